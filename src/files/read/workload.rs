//! What arrives.

use std::time::Duration;

use super::super::raw::Raw;
use super::Reader;
use super::group::{Group, keys, read_kind};
use crate::param::Params;
use crate::topology::Place;
use crate::workload::arrival::Constant;
use crate::workload::{Mix, Phase, Shape, Spacing, Workload};

/// The span of a phase whose span can't be read; only ever seen beside its problem.
const SOME_SPAN: Duration = Duration::from_secs(1);

pub(super) fn read_workload(root: &Group, reader: &mut Reader) -> Workload {
    let place = Place::Workload(None);
    let group = root.require("workload", "workload: (phases: [ … ])", reader).and_then(|raw| {
        Group::open(raw, "a workload", place, &["seed", "sale", "audience", "records", "phases"], reader)
    });
    let Some(group) = group else {
        reader.unread.phases = true;
        return Workload {
            seed: 1,
            sale: <_>::default(),
            audience: <_>::default(),
            records: <_>::default(),
            phases: Vec::new(),
        };
    };
    Workload {
        seed: group.field("seed", reader).unwrap_or(1),
        sale: read_part(&group, "sale", "a sale", reader).unwrap_or_default(),
        audience: read_part(&group, "audience", "an audience", reader).unwrap_or_default(),
        records: read_part(&group, "records", "records", reader).unwrap_or_default(),
        phases: read_phases(&group, reader),
    }
}

/// A field that is itself a group of parameters.
fn read_part<P: Params + Default>(
    group: &Group,
    key: &'static str,
    what: &str,
    reader: &mut Reader,
) -> Option<P> {
    let mut params = P::default();
    let part = Group::open(group.get(key)?, what, group.place.clone(), &keys(&params), reader);
    let Some(part) = part else {
        for key in keys(&params) {
            reader.broken.insert((group.place.clone(), key));
        }
        return None;
    };
    part.fill(&mut params, reader);
    Some(params)
}

fn read_phases(workload: &Group, reader: &mut Reader) -> Vec<Phase> {
    let example = "phases: [ (span: \"5s\", shape: Constant(rate: 1_000)), … ]";
    workload.require("phases", example, reader);
    let Some(items) = workload.items("phases", reader) else {
        reader.unread.phases = true;
        return Vec::new();
    };
    let mut phases = Vec::new();
    for (index, raw) in items.into_iter().enumerate() {
        let problems = reader.found.len();
        phases.extend(read_phase(index + 1, raw, reader));
        // Whatever is wrong with a phase, its length, its rate or its mix may not be what was meant.
        reader.unread.phases |= reader.found.len() > problems;
    }
    phases
}

fn read_phase(number: usize, raw: Raw, reader: &mut Reader) -> Option<Phase> {
    let known_name: Option<String> =
        raw.word().1.fields().and_then(|fields| fields.iter().find(|field| field.key == "name")?.value.to());
    let name = known_name.unwrap_or_else(|| format!("phase {number}"));
    let place = Place::Workload(Some(name.clone()));
    let fields = &["name", "span", "shape", "spacing", "mix"];
    let group = Group::open(raw, "a phase", place, fields, reader)?;
    group.field::<String>("name", reader);
    Some(Phase {
        name,
        span: group.required("span", "span: \"5s\"", reader).unwrap_or(SOME_SPAN),
        shape: read_shape(&group, reader),
        spacing: group.field("spacing", reader).unwrap_or(Spacing::Poisson),
        mix: read_mix(&group, reader),
    })
}

fn read_shape(phase: &Group, reader: &mut Reader) -> Shape {
    let unread = Shape::Constant(Constant::default());
    let Some(raw) = phase.require("shape", "a shape, such as shape: Constant(rate: 1_000)", reader) else {
        return unread;
    };
    let what = ("shape", "shape");
    let Some(mut shape) = read_kind(raw, what, Shape::WORDS, Shape::from_word, &phase.place, reader) else {
        return unread;
    };
    let known = shape.params().map_or(vec!["points"], keys);
    let what = format!("a {} shape", raw.word().0.unwrap_or_default());
    let Some(group) = Group::open(raw, &what, phase.place.clone(), &known, reader) else {
        return unread;
    };
    match shape.params_mut() {
        Some(params) => group.fill(params, reader),
        None => match read_points(&group, reader) {
            Some(points) => shape = Shape::Curve(points),
            None => return unread,
        },
    }
    shape
}

fn read_points(curve: &Group, reader: &mut Reader) -> Option<Vec<(f64, f64)>> {
    let example = "points: [(0, 1_000), (5, 8_000)], as (seconds, arrivals per second)";
    curve.require("points", example, reader)?;
    let items = curve.items("points", reader)?;
    let points: Vec<Option<(f64, f64)>> = items.iter().map(|raw| raw.to()).collect();
    for raw in items.iter().zip(&points).filter_map(|(raw, point)| point.is_none().then_some(raw)) {
        let text = format!("points: expected a point such as (5, 8_000), found {}", raw.description());
        let remedy = "write (seconds, arrivals per second)".into();
        reader.field_error(raw.offset, &curve.place, "points", (text, remedy));
    }
    points.into_iter().collect()
}

fn read_mix(phase: &Group, reader: &mut Reader) -> Mix {
    let Some(raw) = phase.get("mix") else {
        return Mix::default();
    };
    // Who names one operation means that there is no other.
    let mut mix = Mix::NOTHING;
    match Group::open(raw, "a mix", phase.place.clone(), &keys(&mix), reader) {
        Some(group) => group.fill(&mut mix, reader),
        None => return Mix::default(),
    }
    mix
}
