//! A second run over the one that is shown: its lines in the charts, its figures beside the others.

use super::Run;
use crate::report::Report;
use crate::report::compare::metric::{METRICS, Seen, Unit};
use crate::topology::difference::arrivals;

/// A figure of both runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its key, as in comparisons.
    pub key: &'static str,
    /// What it is in.
    pub unit: Unit,
    /// Of the run that is shown, and of the one over it; none where it has none.
    pub both: [Option<f64>; 2],
}

/// A run that was kept, over the one that is shown.
#[derive(Debug)]
pub struct Overlay {
    /// What it is called: title, variant, and when it began.
    pub name: String,
    /// The run.
    pub run: Run,
}

impl Overlay {
    /// The figures of both runs, in the order of comparisons.
    pub fn rows(&self, shown: &Report) -> Vec<Row> {
        let Some(over) = self.run.report() else { return Vec::new() };
        // Nobody kept what the program itself used.
        let both = [shown, over].map(|report| Seen { report, engine_secs: None });
        let rows = METRICS.iter().map(|metric| Row {
            key: metric.key,
            unit: metric.unit,
            both: [(metric.figure)(&both[0]), (metric.figure)(&both[1])],
        });
        rows.filter(|row| row.both.iter().any(Option::is_some)).collect()
    }

    /// Whether other requests came: then what differs may be due to that.
    pub fn has_other_arrivals(&self, shown: &Run) -> bool {
        !arrivals(&shown.topology.workload, &self.run.topology.workload).is_empty()
    }
}

/// What a run is called: "A killed master · with WAIT, 2026-11-21 10:34:36".
pub fn name_of(run: &Run, variant: &str) -> String {
    let title = match variant {
        "" => run.topology.title.clone(),
        variant => format!("{} · {variant}", run.topology.title),
    };
    let began = run.report().map(|report| report.started_at.replace('T', " ").replace('Z', ""));
    began.map_or_else(|| title.clone(), |began| format!("{title}, {began}"))
}
