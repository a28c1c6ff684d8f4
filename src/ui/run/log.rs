//! Events in words, and the marks they leave on the charts.

use std::time::Duration;

use crate::engine::{EngineEvent, EventKind};
use crate::report::Report;
use crate::topology::Topology;

/// What kind of event a line or a mark is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// A phase of the run, or a word of the servers.
    Note,
    /// The sale opened.
    Sale,
    /// Something was broken or mended.
    Fault,
    /// A parameter was changed while the run went on.
    Change,
    /// A circuit breaker changed its state, or a rule spoke up.
    Alert,
    /// Something did not work.
    Trouble,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// When, from the first arrival.
    pub at: Duration,
    /// What it is about.
    pub mark: Mark,
    /// In English; the window translates it.
    pub text: String,
    /// The stage that something was done to, of a fault: by its place in the running topology.
    pub stage: Option<usize>,
}

/// A span in which a stage had no master.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// The stage, by its place in the running topology.
    pub stage: usize,
    /// The shard, of a cluster.
    pub shard: Option<usize>,
    /// From when.
    pub from: Duration,
    /// Until when; none while it lasts.
    pub to: Option<Duration>,
}

/// All lines of a run.
#[derive(Debug, Clone, Default)]
pub struct Log {
    /// The lines, in order.
    pub lines: Vec<Line>,
    /// Failovers.
    pub bands: Vec<Band>,
}

impl Log {
    /// Adds what an event says.
    pub fn add(&mut self, event: &EngineEvent, topology: &Topology) {
        let name = |stage: usize| topology.stages.get(stage).map_or("", |stage| stage.name.as_str());
        let (mark, text) = match &event.kind {
            EventKind::Phase(phase) => (Mark::Note, phase.label().to_owned()),
            EventKind::Note(text) => (Mark::Note, text.clone()),
            EventKind::Trouble(text) => (Mark::Trouble, text.clone()),
            EventKind::Serving { at } => (Mark::Note, format!("requests are taken in at http://{at}")),
            EventKind::SaleOpened => (Mark::Sale, "the sale is open".to_owned()),
            EventKind::Fault { fault, failed } => match failed {
                None => (Mark::Fault, fault.to_string()),
                Some(reason) => (Mark::Trouble, format!("{fault} failed: {reason}")),
            },
            EventKind::Changed { change, failed } => match failed {
                None => (Mark::Change, change.text()),
                Some(reason) => (Mark::Trouble, format!("{} failed: {reason}", change.text())),
            },
            EventKind::MasterLost { stage } => {
                self.bands.push(Band { stage: *stage, shard: None, from: event.at, to: None });
                (Mark::Note, format!("{} has no master", name(*stage)))
            }
            EventKind::MasterFound { stage, instance } => {
                self.close_band(*stage, None, event.at);
                (Mark::Note, format!("{} has {instance} as its master", name(*stage)))
            }
            EventKind::Failover { stage, step } => (Mark::Note, format!("{}: {}", name(*stage), step.text())),
            EventKind::Rotation { stage, instance, left } => {
                let who = format!("{instance} of {}", name(*stage));
                match left {
                    Some(why) => (Mark::Note, format!("{who} left the rotation: {why}")),
                    None => (Mark::Note, format!("{who} is back in the rotation")),
                }
            }
            EventKind::Breaker { stage, instance, state } => {
                let who = format!("{instance} of {}", name(*stage));
                (Mark::Alert, format!("the circuit breaker of {who} is {}", state.label()))
            }
            EventKind::Alert(alert) => (Mark::Alert, alert.text()),
            EventKind::ShardLost { stage, shard } => {
                self.bands.push(Band { stage: *stage, shard: Some(*shard), from: event.at, to: None });
                (Mark::Note, format!("shard {shard} of {} has no master", name(*stage)))
            }
            EventKind::ShardFound { stage, shard, instance } => {
                self.close_band(*stage, Some(*shard), event.at);
                (Mark::Note, format!("shard {shard} of {} has {instance} as its master", name(*stage)))
            }
            EventKind::Reshaped { what, failed } => match failed {
                None => (Mark::Change, what.clone()),
                Some(reason) => (Mark::Trouble, format!("{what} failed: {reason}")),
            },
            EventKind::Finished(report) => (Mark::Note, format!("verdict: {}", report.verdict.label())),
            EventKind::Failed(failure) => (Mark::Trouble, failure.text.clone()),
        };
        let stage = match &event.kind {
            EventKind::Fault { fault, failed: None } => topology.index_of(&fault.stage),
            _ => None,
        };
        self.lines.push(Line { at: event.at, mark, text, stage });
    }

    /// What a report tells of a run whose events are gone: its faults, changes, alerts and troubles, and when a stage had no master.
    pub fn of_report(report: &Report) -> Self {
        let at = |secs: f64| Duration::try_from_secs_f64(secs).unwrap_or_default();
        let done = |secs, mark, what: &str, error: &Option<String>| match error {
            None => Line { at: at(secs), mark, text: what.to_owned(), stage: None },
            Some(reason) => {
                let text = format!("{what} failed: {reason}");
                Line { at: at(secs), mark: Mark::Trouble, text, stage: None }
            }
        };
        let faults = report.faults.iter().map(|one| Line {
            stage: report.topology.index_of(&one.stage).filter(|_| one.error.is_none()),
            ..done(one.at_secs, Mark::Fault, &one.what, &one.error)
        });
        let changes = report.changes.iter().map(|one| done(one.at_secs, Mark::Change, &one.what, &one.error));
        let alerts = report.alerts.iter().map(|one| done(one.at_secs, Mark::Alert, &one.text(), &None));
        let mut lines: Vec<Line> = faults.chain(changes).chain(alerts).collect();
        lines.sort_by_key(|line| line.at);
        let end = at(report.generator.duration_secs);
        let line = |mark, text| Line { at: end, mark, text, stage: None };
        lines.extend(report.troubles.iter().map(|trouble| line(Mark::Trouble, trouble.clone())));
        lines.push(line(Mark::Note, format!("verdict: {}", report.verdict.label())));
        let bands = report.failovers.iter().filter_map(|outage| {
            let stage = report.topology.index_of(&outage.stage)?;
            let from = outage.last_write_secs.or(outage.fault_secs)?;
            Some(Band { stage, shard: None, from: at(from), to: outage.first_write_secs.map(at) })
        });
        Self { bands: bands.collect(), lines }
    }

    fn close_band(&mut self, stage: usize, shard: Option<usize>, at: Duration) {
        let is_open = |band: &&mut Band| band.stage == stage && band.shard == shard && band.to.is_none();
        if let Some(band) = self.bands.iter_mut().rev().find(is_open) {
            band.to = Some(at);
        }
    }

    /// The lines that leave a mark on the charts.
    pub fn marks(&self) -> impl Iterator<Item = &Line> {
        self.lines
            .iter()
            .filter(|line| matches!(line.mark, Mark::Sale | Mark::Fault | Mark::Change | Mark::Alert))
    }
}
