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
    let run = model.runs.active();
    if live.run != run.map(|run| run.id) {
        *live = Live { run: run.map(|run| run.id), ..Live::default() };
    }
    let Some(run) = run.filter(|run| run.phase == RunPhase::OnSale) else { return };
    if live.looked_at == Some(model.doc.revision()) {
        return;
    }
    let now = ctx.input(|input| input.time);
    let wait = live.sent_at.map_or(0.0, |sent_at| sent_at + EVERY - now);
    if wait > 0.0 {
        ctx.request_repaint_after(Duration::from_secs_f64(wait));
        return;
    }
    live.looked_at = Some(model.doc.revision());
    for change in differences(model.doc.topology(), run, live) {
        live.sent_at = Some(now);
        out.push(Intent::Change(change));
    }
}

fn differences(design: &Topology, run: &Run, live: &mut Live) -> Vec<Change> {
    let mut changes = Vec::new();
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
    let (Some(running), Some(drawn)) = (run.stage_of(design, stage), design.stages.get(stage)) else {
        return false;
    };
    let (started, value) =
        (run.topology.stages[running].kind.params().get(key), drawn.kind.params().get(key));
    drawn.kind.is_live(key)
        && (started == value
            || value.is_some_and(|value| change(drawn.name.clone(), key, value).check(&run.topology).is_ok()))
}
