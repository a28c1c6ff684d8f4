//! The design that a step of a lesson runs: a preset, or one that stands in the lesson, each also with changes.

use std::time::Duration;

use super::super::presets::PRESETS;
use super::super::raw::Raw;
use super::group::Group;
use super::variant::read_setting;
use super::{NO_PART, Reader, suggest};
use crate::topology::validate::{LONGEST_RUN, validate};
use crate::topology::{Severity, Topology};

/// The name of a run and what it runs.
pub(super) fn read_exercise(group: &Group, step: Raw, reader: &mut Reader) -> Option<(String, Topology)> {
    let name = read_name(group, reader);
    let mut topology = read_design(group, step, reader)?;
    topology.variants.clear();
    let problems = reader.found.len();
    let is_changed = change(group, &mut topology, reader);
    if is_changed && reader.found.len() == problems {
        let errors = validate(&topology);
        for problem in errors.iter().filter(|problem| problem.severity == Severity::Error) {
            let text = format!("changed so, the design can't run: {}", problem.text);
            reader.error(step.offset, &NO_PART, text, &problem.remedy);
        }
    }
    Some((name, topology))
}

fn read_name(group: &Group, reader: &mut Reader) -> String {
    let name: String = group.field("name", reader).unwrap_or_default();
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')) {
        let offset = group.get("name").map_or(group.offset, |raw| raw.offset);
        let text = format!("{name:?} can't be the name of a run");
        reader.error(offset, &NO_PART, text, "use letters a to z, digits, - and _");
    }
    name
}

fn read_design(group: &Group, step: Raw, reader: &mut Reader) -> Option<Topology> {
    match (group.get("preset"), group.get("design")) {
        (Some(raw), None) => {
            let file: String = group.field("preset", reader)?;
            let found = PRESETS.iter().find(|preset| preset.file == file);
            if found.is_none() {
                let files: Vec<&str> = PRESETS.iter().map(|preset| preset.file).collect();
                let near = suggest::nearest(&file, &files);
                let remedy = near.map_or_else(
                    || "name a file of the program's presets, or write the design itself".to_owned(),
                    |near| format!("did you mean {near}?"),
                );
                reader.error(raw.offset, &NO_PART, format!("there is no preset {file:?}"), remedy);
            }
            found?.topology().cloned()
        }
        (None, Some(raw)) => {
            let mut inner = Reader::default();
            let topology = super::read_root(raw, &mut inner);
            if let Some(topology) = &topology {
                inner.add_problems_of(topology);
            }
            // A warning is the author's business in the design, not in the lesson.
            inner.found.retain(|(_, problem)| problem.severity == Severity::Error);
            reader.found.append(&mut inner.found);
            topology
        }
        (Some(_), Some(raw)) => {
            reader.error(raw.offset, &NO_PART, "a run has one design", "remove preset, or design");
            None
        }
        (None, None) => {
            if !group.is_broken("preset", reader) && !group.is_broken("design", reader) {
                let remedy = "add preset: \"…\", a file of the program's presets, or design: ( … )";
                reader.error(step.offset, &NO_PART, "a run needs a design", remedy);
            }
            None
        }
    }
}

/// Changes the design as the step says. Answers whether it says anything.
fn change(group: &Group, topology: &mut Topology, reader: &mut Reader) -> bool {
    let settings = group.items("set", reader).unwrap_or_default();
    let mut is_changed = !settings.is_empty();
    for raw in settings {
        let mut inner = Reader::default();
        let setting = Group::open(raw, "a setting", NO_PART, &["stage", "set", "to"], &mut inner)
            .and_then(|setting| read_setting(&setting, raw, &topology.stages, &mut inner));
        reader.found.append(&mut inner.found);
        let Some((stage, key, value)) = setting else { continue };
        if let Some(stage) = topology.stages.iter_mut().find(|known| known.name == stage) {
            stage.kind.params_mut().set(&key, value);
        }
    }
    if let Some(duration) = group.field::<Duration>("duration", reader) {
        if duration.is_zero() || duration > LONGEST_RUN || topology.workload.duration().is_zero() {
            let offset = group.get("duration").map_or(group.offset, |raw| raw.offset);
            let text = format!("a run of {} can't be", humantime::format_duration(duration));
            reader.error(offset, &NO_PART, text, "choose a few seconds, such as duration: \"5s\"");
        } else {
            topology.stretch_to(duration);
            is_changed = true;
        }
    }
    if let Some(rate) = group.field::<f64>("rate", reader) {
        if rate.is_finite() && rate > 0.0 {
            topology.workload.scale_to(rate);
            is_changed = true;
        } else {
            let offset = group.get("rate").map_or(group.offset, |raw| raw.offset);
            reader.error(offset, &NO_PART, "rate has to be above 0", "write arrivals a second: 2_000");
        }
    }
    let workload = &mut topology.workload;
    let before = (workload.sale.stock, workload.audience.users, workload.seed);
    workload.sale.stock = group.field("stock", reader).unwrap_or(before.0);
    workload.audience.users = group.field("buyers", reader).unwrap_or(before.1);
    workload.seed = group.field("seed", reader).unwrap_or(before.2);
    is_changed || before != (workload.sale.stock, workload.audience.users, workload.seed)
}
