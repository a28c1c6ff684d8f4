//! Several designs held against the first one, by runs in turn on the same arrivals.
//!
//! Figures are those of single runs: a run's p99 comes from its own histogram. What is said over runs is said of those figures: the middle
//! one, and the mean of the differences round by round with its interval. Counted facts are listed run by run.
//!
//! - [`metric`]: what is compared. [`figure`]: one of that, by its key. [`student`]: paired differences and Student's t.
//! - [`words`]: sentences. [`table`]: all of it for a terminal.

pub mod figure;
pub mod metric;
pub mod student;
pub mod table;
#[cfg(test)]
mod tests;
pub mod words;

use serde::Serialize;

use self::metric::{FACTS, METRICS, Seen, Unit};
use self::student::{CONFIDENCE, Paired, holm};
use super::Report;
use super::verdict::disturbances;
use crate::topology::difference::{Difference, differences};

/// The version of the JSON form.
pub const COMPARISON_VERSION: u32 = 1;

/// A run of one of the designs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Run {
    /// The round, counted from 1.
    pub round: u32,
    /// The design, by its place; in JSON its letter.
    #[serde(serialize_with = "as_letter")]
    pub design: usize,
    /// Processor time of this program while requests arrived, in seconds.
    pub engine_secs: f64,
    /// Its report.
    pub report: Report,
}

/// Several designs, compared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The version of this form.
    pub comparison_version: u32,
    /// Rounds that were asked for.
    pub repeat: u32,
    /// The confidence of every interval.
    pub confidence: f64,
    /// The designs; the others are held against the first.
    pub designs: Vec<Design>,
    /// What was measured.
    pub metrics: Vec<MetricRow>,
    /// What was counted.
    pub facts: Vec<FactRow>,
    /// What is said of it, a sentence each.
    pub sentences: Vec<String>,
    /// What speaks against it: disturbed runs, arrivals that were not the same.
    pub remarks: Vec<String>,
    /// Every run, in order.
    pub runs: Vec<Run>,
}

/// One of the designs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Design {
    /// A, B, C …
    pub letter: char,
    /// What it was called: a file, a variant.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What differs from the first design.
    pub differences: Vec<Difference>,
}

/// A measured figure of all runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetricRow {
    /// Which.
    pub key: &'static str,
    /// Its name.
    pub label: &'static str,
    /// What it is in.
    pub unit: Unit,
    /// For each design what its undisturbed runs came to.
    pub values: Vec<Values>,
    /// For each design but the first, how it differs.
    pub against_first: Vec<Against>,
}

/// The figures of one design's undisturbed runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Values {
    /// Each with its round.
    pub runs: Vec<(u32, f64)>,
    /// The middle one: of an even number the lower of the two; a figure that was measured.
    pub middle: Option<f64>,
    /// The least.
    pub least: Option<f64>,
    /// The greatest.
    pub most: Option<f64>,
}

/// What can be said of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// There is one.
    Differs,
    /// The interval leaves 0 out, but among so many figures chance alone could do that.
    Hint,
    /// The interval has 0 in it.
    Unclear,
    /// It is 0 in every round.
    Same,
    /// Fewer than two rounds count.
    TooFew,
}

/// How a design differs from the first one in a figure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Against {
    /// The design.
    #[serde(serialize_with = "as_letter")]
    pub design: usize,
    /// What the rounds say in which both were undisturbed: this design less the first one. None of fewer than two.
    pub difference: Option<Paired>,
    /// The p-value, adjusted for the number of figures.
    pub adjusted_p_value: Option<f64>,
    /// What can be said.
    pub finding: Finding,
}

/// A counted fact of all runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FactRow {
    /// Which.
    pub key: &'static str,
    /// Its name.
    pub label: &'static str,
    /// For each design its audited runs, each with its round, disturbed ones too.
    pub runs: Vec<Vec<(u32, u64)>>,
}

/// The letter of a design.
pub fn letter(design: usize) -> char {
    u8::try_from(design).ok().filter(|place| *place < 26).map_or('?', |place| char::from(b'A' + place))
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn as_letter<S: serde::Serializer>(design: &usize, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_char(letter(*design))
}

impl Comparison {
    /// Holds designs, by name, against the first one. Every design must have a run.
    pub fn new(names: &[String], repeat: u32, runs: Vec<Run>) -> Self {
        let topology = |design| runs.iter().find(|run| run.design == design).map(|run| &run.report.topology);
        let design = |(index, name): (usize, &String)| Design {
            letter: letter(index),
            name: name.clone(),
            title: topology(index).map(|topology| topology.title.clone()).unwrap_or_default(),
            differences: topology(0)
                .zip(topology(index))
                .map(|(first, own)| differences(first, own))
                .unwrap_or_default(),
        };
        let designs: Vec<Design> = names.iter().enumerate().map(design).collect();
        let mut comparison = Self {
            comparison_version: COMPARISON_VERSION,
            repeat,
            confidence: CONFIDENCE,
            metrics: measured(names.len(), &runs),
            facts: counted(names.len(), &runs),
            designs,
            sentences: Vec::new(),
            remarks: remarks(&runs),
            runs,
        };
        comparison.sentences = words::sentences(&comparison);
        comparison
    }

    /// Whether each design could be held against the first one in something.
    pub fn says_something(&self) -> bool {
        (1..self.designs.len()).all(|design| {
            let rows = self.metrics.iter().flat_map(|row| &row.against_first);
            rows.into_iter().any(|against| against.design == design && against.difference.is_some())
        })
    }

    /// As JSON, with a newline at its end.
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self)
            .unwrap_or_else(|error| unreachable!("it has text keys and finite numbers: {error}"));
        json.push('\n');
        json
    }
}

impl Run {
    /// The same as figures are taken from it.
    pub fn seen(&self) -> Seen<'_> {
        Seen { report: &self.report, engine_secs: Some(self.engine_secs) }
    }

    /// What disturbed it, so that its timing says nothing.
    pub fn disturbances(&self) -> Vec<&str> {
        disturbances(&self.report)
    }
}

impl Values {
    fn of(runs: Vec<(u32, f64)>) -> Self {
        let mut sorted: Vec<f64> = runs.iter().map(|(_, value)| *value).collect();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.get(sorted.len().div_ceil(2).saturating_sub(1)).copied();
        Self { middle, least: sorted.first().copied(), most: sorted.last().copied(), runs }
    }
}

fn measured(designs: usize, runs: &[Run]) -> Vec<MetricRow> {
    let undisturbed: Vec<&Run> = runs.iter().filter(|run| run.disturbances().is_empty()).collect();
    let mut rows: Vec<MetricRow> = METRICS
        .iter()
        .map(|metric| {
            let of = |design| {
                let own = undisturbed.iter().filter(|run| run.design == design);
                Values::of(own.filter_map(|run| Some((run.round, (metric.figure)(&run.seen())?))).collect())
            };
            let values: Vec<Values> = (0..designs).map(of).collect();
            let against_first = (1..designs).map(|design| against(design, &values)).collect();
            MetricRow { key: metric.key, label: metric.label, unit: metric.unit, values, against_first }
        })
        .filter(|row| row.values.iter().any(|values| !values.runs.is_empty()))
        .collect();
    (1..designs).for_each(|design| judge(&mut rows, design));
    rows
}

/// The difference of a design from the first one, over the rounds that both have.
fn against(design: usize, values: &[Values]) -> Against {
    let of = |round: u32| values[0].runs.iter().find(|(other, _)| *other == round).map(|(_, value)| *value);
    let pairs = values[design].runs.iter().filter_map(|(round, value)| Some(value - of(*round)?));
    let difference = Paired::of(&pairs.collect::<Vec<f64>>());
    Against { design, difference, adjusted_p_value: None, finding: Finding::TooFew }
}

/// Says what can be said of each difference of a design from the first one, given how many figures there are.
fn judge(rows: &mut [MetricRow], design: usize) {
    let all = rows.iter_mut().flat_map(|row| &mut row.against_first);
    let mut all: Vec<&mut Against> = all.filter(|against| against.design == design).collect();
    let known: Vec<f64> = all.iter().filter_map(|one| Some(one.difference?.p_value)).collect();
    let mut adjusted = holm(&known).into_iter();
    for against in &mut all {
        let Some(difference) = against.difference else { continue };
        against.adjusted_p_value = adjusted.next();
        let is_clear = |p_value: f64| p_value < 1.0 - CONFIDENCE;
        against.finding = if difference.low == 0.0 && difference.high == 0.0 {
            Finding::Same
        } else if against.adjusted_p_value.is_some_and(is_clear) {
            Finding::Differs
        } else if is_clear(difference.p_value) {
            Finding::Hint
        } else {
            Finding::Unclear
        };
    }
}

fn counted(designs: usize, runs: &[Run]) -> Vec<FactRow> {
    let row = |fact: &metric::Fact| {
        let of = |design| {
            let own = runs.iter().filter(|run| run.design == design);
            own.filter_map(|run| Some((run.round, (fact.count)(&run.report)?))).collect()
        };
        FactRow { key: fact.key, label: fact.label, runs: (0..designs).map(of).collect() }
    };
    FACTS.iter().map(row).collect()
}

/// What speaks against the comparison.
fn remarks(runs: &[Run]) -> Vec<String> {
    let mut remarks: Vec<String> = Vec::new();
    for run in runs {
        let disturbed = run.disturbances();
        if !disturbed.is_empty() {
            remarks.push(format!(
                "round {} of {} is left out of what was measured: {}",
                run.round,
                letter(run.design),
                disturbed.join("; ")
            ));
        }
    }
    let mut complete = runs.iter().filter(|run| !run.report.generator.stopped_early);
    if let Some(first) = complete.next() {
        let arrivals = first.report.totals.arrivals;
        let others = complete.filter(|run| run.report.totals.arrivals != arrivals);
        remarks.extend(others.map(|run| {
            format!(
                "round {} of {} had {} arrivals, and round {} of {} {arrivals}: they were not the same",
                run.round,
                letter(run.design),
                run.report.totals.arrivals,
                first.round,
                letter(first.design)
            )
        }));
    }
    remarks
}
