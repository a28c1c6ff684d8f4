//! What runs are compared by: figures that were measured, and facts that were counted.

use serde::Serialize;

use super::super::text::grouped;
use super::super::{OperationReport, Report};
use crate::metrics::Totals;
use crate::topology::graph::Graph;
use crate::topology::{Realness, StageKind, Way};
use crate::workload::Operation;

/// What a figure is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A share, 0 to 1; differences are told in points of a hundred.
    Share,
    /// Microseconds.
    Micros,
    /// Seconds.
    Secs,
    /// Orders and records.
    Orders,
}

/// A run as figures are taken from it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// Its report.
    pub report: &'a Report,
    /// Processor time of this program while requests arrived, in seconds; none where nobody took it.
    pub engine_secs: Option<f64>,
}

/// Something that is measured of each run.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its key in JSON.
    pub key: &'static str,
    /// Its name.
    pub label: &'static str,
    /// What it is in.
    pub unit: Unit,
    /// A sentence of more of it: `{who}` has `{much}` more.
    pub more: &'static str,
    /// A sentence of less of it.
    pub less: &'static str,
    /// The figure of a run; none where it has none.
    pub figure: fn(&Seen<'_>) -> Option<f64>,
}

/// All that is compared, in the order in which it is told.
pub const METRICS: [Metric; 14] = [
    Metric {
        key: "before_servers",
        label: "answered before Redis and database",
        unit: Unit::Share,
        more: "{who} answers {much} more of the arrivals before they reach Redis or the database",
        less: "{who} answers {much} less of the arrivals before they reach Redis or the database",
        figure: |run| share(run.report, before_servers(run.report)),
    },
    Metric {
        key: "intercepted",
        label: "intercepted",
        unit: Unit::Share,
        more: "{who} intercepts {much} more of the arrivals",
        less: "{who} intercepts {much} less of the arrivals",
        figure: |run| share(run.report, run.report.totals.intercepted),
    },
    Metric {
        key: "reached_inventory",
        label: "reached the inventory",
        unit: Unit::Share,
        more: "with {who} {much} more of the arrivals reach the stage that decides who gets something",
        less: "with {who} {much} less of the arrivals reach the stage that decides who gets something",
        figure: reached_inventory,
    },
    Metric {
        key: "reached_database",
        label: "reached the database",
        unit: Unit::Share,
        more: "with {who} {much} more of the arrivals reach the database",
        less: "with {who} {much} less of the arrivals reach the database",
        figure: reached_database,
    },
    Metric {
        key: "achieved",
        label: "achieved of the offered load",
        unit: Unit::Share,
        more: "{who} answers {much} more of the offered load",
        less: "{who} answers {much} less of the offered load",
        figure: |run| share(run.report, Totals::achieved(&run.report.totals)),
    },
    Metric {
        key: "stale_reads",
        label: "stale reads",
        unit: Unit::Share,
        more: "{who} gives {much} more stale answers",
        less: "{who} gives {much} less stale answers",
        figure: stale_reads,
    },
    Metric {
        key: "claims_p50_us",
        label: "p50 of claims",
        unit: Unit::Micros,
        more: "p50 of claims is {much} longer with {who}",
        less: "p50 of claims is {much} shorter with {who}",
        figure: |run| time(&run.report.operations.claim, |times| times.response_us.p50),
    },
    Metric {
        key: "claims_p99_us",
        label: "p99 of claims",
        unit: Unit::Micros,
        more: "p99 of claims is {much} longer with {who}",
        less: "p99 of claims is {much} shorter with {who}",
        figure: |run| time(&run.report.operations.claim, |times| times.response_us.p99),
    },
    Metric {
        key: "reads_p99_us",
        label: "p99 of reads",
        unit: Unit::Micros,
        more: "p99 of reads is {much} longer with {who}",
        less: "p99 of reads is {much} shorter with {who}",
        figure: |run| time(&run.report.operations.read, |times| times.response_us.p99),
    },
    Metric {
        key: "records_p99_us",
        label: "p99 of events",
        unit: Unit::Micros,
        more: "p99 of events is {much} longer with {who}",
        less: "p99 of events is {much} shorter with {who}",
        figure: |run| time(&run.report.operations.append, |times| times.response_us.p99),
    },
    Metric {
        key: "engine_us",
        label: "processor time of this program",
        unit: Unit::Micros,
        more: "{who} costs this program {much} more processor time for each arrival",
        less: "{who} costs this program {much} less processor time for each arrival",
        figure: |run| each(run.report, run.engine_secs?),
    },
    Metric {
        key: "servers_us",
        label: "processor time of the servers",
        unit: Unit::Micros,
        more: "{who} costs the servers {much} more processor time for each arrival",
        less: "{who} costs the servers {much} less processor time for each arrival",
        figure: servers_us,
    },
    Metric {
        key: "worst_backlog",
        label: "worst backlog",
        unit: Unit::Orders,
        more: "with {who} the backlog grows {much} longer",
        less: "with {who} the backlog stays {much} shorter",
        figure: |run| run.report.queue.as_ref().and(worst_backlog(run.report)),
    },
    Metric {
        key: "unavailable_secs",
        label: "without acknowledged writes",
        unit: Unit::Secs,
        more: "with {who} outages last {much} longer",
        less: "with {who} outages are {much} shorter",
        figure: unavailable_secs,
    },
];

/// Something that the audit counts. Facts stand in every audited run and are never averaged.
#[derive(Debug, Clone, Copy)]
pub struct Fact {
    /// Its key in JSON.
    pub key: &'static str,
    /// Its name.
    pub label: &'static str,
    /// The count in a run; none where there was no audit.
    pub count: fn(&Report) -> Option<u64>,
}

/// All facts.
pub const FACTS: [Fact; 9] = [
    Fact { key: "sold", label: "units sold", count: |report| audited(report, report.audit.sold) },
    Fact { key: "oversold", label: "units oversold", count: |report| audited(report, report.audit.oversold) },
    Fact {
        key: "undersold",
        label: "units undersold",
        count: |report| audited(report, report.audit.undersold),
    },
    Fact {
        key: "duplicates",
        label: "orders beyond a buyer's limit",
        count: |report| audited(report, report.audit.duplicates),
    },
    Fact {
        key: "lost_acknowledged",
        label: "acknowledged orders lost",
        count: |report| audited(report, report.audit.lost_acknowledged),
    },
    Fact {
        key: "unacknowledged_present",
        label: "orders that nobody was told about",
        count: |report| audited(report, report.audit.unacknowledged_present),
    },
    Fact {
        key: "lost_events",
        label: "events lost",
        count: |report| audited(report, report.audit.event_counts().lost),
    },
    Fact {
        key: "duplicate_events",
        label: "events kept twice",
        count: |report| audited(report, report.audit.event_counts().duplicates),
    },
    Fact {
        key: "miscounted",
        label: "increments miscounted",
        count: |report| audited(report, report.audit.increments().off()),
    },
];

impl Unit {
    /// A figure in words.
    pub fn told(self, figure: f64) -> String {
        match self {
            Self::Share => format!("{:.1} %", figure * 100.0),
            Self::Micros => micros(figure),
            Self::Secs => format!("{figure:.2} s"),
            Self::Orders => orders(figure),
        }
    }

    /// How much more or less, without a sign.
    pub fn much(self, difference: f64) -> String {
        let size = difference.abs();
        match self {
            Self::Share => format!("{:.1} points", size * 100.0),
            Self::Orders => format!("{} orders", orders(size)),
            _ => self.told(size),
        }
    }

    /// A difference with its sign.
    pub fn signed(self, difference: f64) -> String {
        let sign = if difference < 0.0 { "−" } else { "+" };
        let size = difference.abs();
        match self {
            Self::Share => format!("{sign}{:.1} points", size * 100.0),
            _ => format!("{sign}{}", self.told(size)),
        }
    }
}

/// Few orders with a fraction, for a mean of differences has one.
fn orders(count: f64) -> String {
    if count < 100.0 && count.fract() != 0.0 { format!("{count:.1}") } else { grouped(whole(count)) }
}

/// Microseconds that need not be whole, in a unit that people read.
fn micros(us: f64) -> String {
    if us < 100.0 { format!("{us:.1} µs") } else { super::super::verdict::micros(whole(us)) }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count, rounded")]
fn whole(figure: f64) -> u64 {
    figure.round().max(0.0) as u64
}

fn audited(report: &Report, count: u64) -> Option<u64> {
    report.audit.audited.then_some(count)
}

fn share(report: &Report, count: u64) -> Option<f64> {
    let arrivals = report.totals.arrivals;
    (arrivals > 0).then(|| count as f64 / arrivals as f64)
}

fn each(report: &Report, secs: f64) -> Option<f64> {
    let arrivals = report.totals.arrivals;
    (arrivals > 0).then(|| secs / arrivals as f64 * 1e6)
}

fn time(times: &OperationReport, pick: fn(&OperationReport) -> u64) -> Option<f64> {
    (times.ended > 0).then(|| pick(times) as f64)
}

/// Requests that stages in this program answered before any server was asked: none of the stages above them is one.
fn before_servers(report: &Report) -> u64 {
    let topology = &report.topology;
    let graph = Graph::of_traffic(topology);
    let is_in_process = |index: usize| topology.stages[index].kind.realness() == Realness::InProcess;
    let stands_before = |name: &str| {
        let index = topology.index_of(name);
        index.is_some_and(|index| is_in_process(index) && graph.above(index).into_iter().all(is_in_process))
    };
    let stages = report.stages.iter().filter(|stage| stands_before(&stage.name));
    stages.map(|stage| stage.tally.intercepted.sum()).sum()
}

/// Requests that came to the stage which decides claims.
fn reached_inventory(run: &Seen<'_>) -> Option<f64> {
    let topology = &run.report.topology;
    let ways = Way::all(topology);
    let decider = ways[Operation::Claim.index()].first(topology, StageKind::decides_claims)?;
    let name = &topology.stages[decider].name;
    let stage = run.report.stages.iter().find(|stage| stage.name == *name)?;
    share(run.report, stage.tally.arrivals)
}

fn reached_database(run: &Seen<'_>) -> Option<f64> {
    let database = StageKind::Database(crate::topology::stage::Database::default());
    let mut stages = run.report.stages.iter().filter(|stage| stage.kind == database.word()).peekable();
    stages.peek()?;
    share(run.report, stages.map(|stage| stage.tally.arrivals).sum())
}

fn stale_reads(run: &Seen<'_>) -> Option<f64> {
    let tallies = || run.report.stages.iter().map(|stage| &stage.tally);
    let all: u64 = tallies().map(|tally| tally.versioned_reads).sum();
    let stale: u64 = tallies().map(|tally| tally.stale_reads).sum();
    (all > 0).then(|| stale as f64 / all as f64)
}

fn servers_us(run: &Seen<'_>) -> Option<f64> {
    let instances = &run.report.instances;
    let secs = instances.iter().map(|one| one.cpu_secs).sum();
    (!instances.is_empty()).then(|| each(run.report, secs)).flatten()
}

fn worst_backlog(report: &Report) -> Option<f64> {
    report.series.iter().map(|second| second.backlog as f64).reduce(f64::max)
}

/// Time without acknowledged writes, all outages together; none where one has no end.
fn unavailable_secs(run: &Seen<'_>) -> Option<f64> {
    let breaks = !run.report.failovers.is_empty() || !run.report.topology.faults.is_empty();
    breaks.then(|| run.report.failovers.iter().map(|outage| outage.unavailable_secs).sum()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_and_differences_are_told_in_their_unit() {
        for (unit, figure, told, signed, much) in [
            (Unit::Share, 0.312, "31.2 %", "+31.2 points", "31.2 points"),
            (Unit::Micros, 1_250.0, "1.2 ms", "+1.2 ms", "1.2 ms"),
            (Unit::Micros, 3.26, "3.3 µs", "+3.3 µs", "3.3 µs"),
            (Unit::Secs, 1.8, "1.80 s", "+1.80 s", "1.80 s"),
            (Unit::Orders, 1_200.4, "1,200", "+1,200", "1,200 orders"),
            (Unit::Orders, 0.4, "0.4", "+0.4", "0.4 orders"),
        ] {
            assert_eq!((unit.told(figure), unit.signed(figure)), (told.to_owned(), signed.to_owned()));
            assert_eq!(unit.much(-figure), much);
        }
        assert_eq!(Unit::Share.signed(-0.05), "−5.0 points");
    }

    #[test]
    fn keys_are_different_and_sentences_have_both_their_gaps() {
        let mut keys: Vec<&str> = METRICS.iter().map(|metric| metric.key).collect();
        keys.extend(FACTS.iter().map(|fact| fact.key));
        let all = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), all);
        for sentence in METRICS.iter().flat_map(|metric| [metric.more, metric.less]) {
            assert!(sentence.contains("{who}") && sentence.contains("{much}"), "{sentence}");
        }
    }
}
