//! Parameters that follow the design while a run goes on: what is edited, undone or done again there is changed in the run
//! too, where it can be.

use std::collections::BTreeMap;
use std::time::Duration;

use egui::Context;

use super::super::super::intent::{Intent, Intents};
use super::super::super::model::Model;
use super::super::super::run::Run;
use crate::engine::{RunId, RunPhase};
use crate::param::ParamValue;
use crate::topology::{Change, Topology};

/// Changes go out this often at the most, in seconds: a drag would send one each frame.
const EVERY: f64 = 0.1;

/// What runs, as far as it follows the design.
#[derive(Debug, Default)]
pub struct Live {
    run: Option<RunId>,
    /// What was changed since the start, by stage and key.
    changed: BTreeMap<(String, &'static str), ParamValue>,
    /// The revision of the design that was looked at last.
    looked_at: Option<u64>,
    /// When a change was sent last, by the window's clock.
    sent_at: Option<f64>,
}

/// Asks for the changes that make what runs follow the design. They are possible only while requests arrive; what was
/// edited before waits until then.
pub fn follow(ctx: &Context, model: &Model, live: &mut Live, out: &mut Intents) {
    if let Some(wait) = follow_at(ctx.input(|input| input.time), model, live, out) {
        ctx.request_repaint_after(wait);
    }
}

/// The same at a moment of the window's clock. Answers how long to wait before it is worth a look again.
fn follow_at(now: f64, model: &Model, live: &mut Live, out: &mut Intents) -> Option<Duration> {
    let run = model.runs.active();
    if live.run != run.map(|run| run.id) {
        *live = Live { run: run.map(|run| run.id), ..Live::default() };
    }
    let run = run.filter(|run| run.phase == RunPhase::OnSale)?;
    if live.looked_at == Some(model.doc.revision()) {
        return None;
    }
    let wait = live.sent_at.map_or(0.0, |sent_at| sent_at + EVERY - now);
    if wait > 0.0 {
        return Some(Duration::from_secs_f64(wait));
    }
    live.looked_at = Some(model.doc.revision());
    for change in differences(model.doc.topology(), run, live) {
        live.sent_at = Some(now);
        out.push(Intent::Change(change));
    }
    None
}

fn differences(design: &Topology, run: &Run, live: &mut Live) -> Vec<Change> {
    let (mut changes, design) = (Vec::new(), &*run.seen(design));
    for (index, stage) in design.stages.iter().enumerate() {
        let Some(running) = run.stage_of(design, index) else { continue };
        let started = run.topology.stages[running].kind.params();
        let params = stage.kind.params();
        for spec in params.specs().iter().filter(|spec| stage.kind.is_live(spec.key)) {
            let name = (stage.name.clone(), spec.key);
            let now = live.changed.get(&name).cloned().or_else(|| started.get(spec.key));
            let Some(value) = params.get(spec.key).filter(|value| Some(value) != now.as_ref()) else {
                continue;
            };
            let change = change(stage.name.clone(), spec.key, value.clone());
            // A value that can't be is told at its field; the run goes on with the one before.
            if change.check(&run.topology).is_ok() {
                live.changed.insert(name, value);
                changes.push(change);
            }
        }
    }
    changes
}

fn change(stage: String, key: &str, value: ParamValue) -> Change {
    Change::Param { stage, key: key.to_owned(), value }
}

/// Whether a parameter of a stage of the design takes effect in a run, with the value that it has.
pub fn follows(design: &Topology, run: &Run, stage: usize, key: &str) -> bool {
    let design = &*run.seen(design);
    let (Some(running), Some(drawn)) = (run.stage_of(design, stage), design.stages.get(stage)) else {
        return false;
    };
    let (started, value) =
        (run.topology.stages[running].kind.params().get(key), drawn.kind.params().get(key));
    drawn.kind.is_live(key)
        && (started == value
            || value.is_some_and(|value| change(drawn.name.clone(), key, value).check(&run.topology).is_ok()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::super::super::document::{Document, Edit, Origin, ops};
    use super::super::super::super::selection::Selection;
    use super::*;
    use crate::files::parse_topology;
    use crate::files::presets::PRESETS;

    fn running() -> Model {
        let topology = parse_topology(PRESETS[0].text).topology.unwrap();
        let mut model = Model { doc: Document::unsaved(topology.clone(), Origin::New), ..Model::default() };
        let mut run = Run::new(model.runs.next_id(), Arc::new(topology));
        run.phase = RunPhase::OnSale;
        model.runs.current = Some(run);
        model
    }

    fn edit(model: &mut Model, stage: &str, key: &'static str, value: ParamValue) {
        let stage = model.doc.topology().index_of(stage).unwrap();
        let edit = Edit::new(crate::ui::text::common::UNTITLED, move |topology| {
            ops::set_param(topology, stage, key, value);
        });
        model.doc.apply(edit.in_gesture("drag"), &Selection::Nothing);
    }

    fn asked(now: f64, model: &Model, live: &mut Live) -> (Vec<String>, bool) {
        let mut out = Intents::default();
        let waits = follow_at(now, model, live, &mut out).is_some();
        let words = out.take().into_iter().map(|intent| match intent {
            Intent::Change(change) => change.text(),
            other => format!("{other:?}"),
        });
        (words.collect(), waits)
    }

    #[test]
    fn a_drag_changes_what_runs_ten_times_a_second_and_at_its_end() {
        let (mut model, mut live) = (running(), Live::default());
        assert_eq!(asked(0.0, &model, &mut live), (vec![], false));
        edit(&mut model, "orders", "batch", ParamValue::Int(400));
        assert_eq!(asked(1.0, &model, &mut live), (vec!["orders: batch 400".into()], false));
        edit(&mut model, "orders", "batch", ParamValue::Int(300));
        assert_eq!(asked(1.02, &model, &mut live), (vec![], true));
        edit(&mut model, "orders", "batch", ParamValue::Int(200));
        assert_eq!(asked(1.11, &model, &mut live), (vec!["orders: batch 200".into()], false));
        assert_eq!(asked(1.5, &model, &mut live), (vec![], false));
        model.doc.undo(&Selection::Nothing);
        assert_eq!(asked(2.0, &model, &mut live), (vec!["orders: batch 500".into()], false));
    }

    #[test]
    fn what_cannot_change_stays_and_what_was_edited_early_waits_for_the_first_arrival() {
        let (mut model, mut live) = (running(), Live::default());
        edit(&mut model, "orders", "batch", ParamValue::Int(9_999_999));
        edit(&mut model, "orders", "window", ParamValue::Int(9));
        edit(&mut model, "cdn", "ttl", ParamValue::Duration(Duration::from_secs(2)));
        model.runs.current.as_mut().unwrap().phase = RunPhase::WarmingUp;
        assert_eq!(asked(0.0, &model, &mut live), (vec![], false));
        model.runs.current.as_mut().unwrap().phase = RunPhase::OnSale;
        assert_eq!(asked(0.1, &model, &mut live), (vec!["cdn: ttl 2s".into()], false));
        let run = model.runs.current.as_ref().unwrap();
        let orders = model.doc.topology().index_of("orders").unwrap();
        let cdn = model.doc.topology().index_of("cdn").unwrap();
        assert!(follows(model.doc.topology(), run, cdn, "ttl"));
        assert!(!follows(model.doc.topology(), run, orders, "batch"));
        assert!(!follows(model.doc.topology(), run, orders, "window"));
    }
}
