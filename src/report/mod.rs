//! What we say afterwards. Pure: figures in, words and verdict out.
//!
//! The JSON form is a promise to users, documented in `docs/reference/report.md`.
//!
//! - `alert`: rules that spoke up. [`audit`]: the ledger's findings.
//! - `backup`: backups of the database. `breaker`: circuit breakers of services.
//! - [`claimed`]: what texts claim of managed products, beside what was measured.
//! - `cluster`: the shards of a Redis Cluster.
//! - [`compare`]: several designs held against the first one.
//! - `queue`: the queue's consumers.
//! - [`records`]: what became of events and counters.
//! - [`failover`]: outages in words, and what many of them have in common.
//! - [`http`]: what was told over HTTP.
//! - [`verdict`]: targets and the verdict of three.
//! - [`html`]: the report as a page for a browser. [`csv`], [`markdown`], [`junit`]: the same for sheets, pull requests and CI.
//! - [`read`]: reports from JSON. `words`: what page and Markdown say.
//! - [`sentence`]: the outcome in one plain sentence.
//! - [`text`]: the report for a terminal. [`variants`]: a design and its variants side by side.
//! - [`openmetrics`]: what was counted so far, for Prometheus.
//! - [`timeline`]: the run in buckets. `machine`: what it was made on.
//! - [`mod@line`]: one state line a second while it runs.

mod alert;
pub mod audit;
mod backup;
mod breaker;
pub mod claimed;
mod cluster;
pub mod compare;
pub mod csv;
pub mod failover;
pub mod html;
pub mod http;
pub mod junit;
pub mod line;
mod machine;
pub mod markdown;
pub mod openmetrics;
mod queue;
pub mod read;
pub mod records;
pub mod sentence;
#[cfg(test)]
pub mod testing;
pub mod text;
pub mod timeline;
pub mod variants;
pub mod verdict;
mod words;

use serde::{Deserialize, Serialize};

use crate::metrics::failover::Failover;
use crate::metrics::{InstanceSummary, Quantiles, StageTally, Totals};
use crate::topology::{Realness, Topology};

pub use alert::AlertReport;
pub use audit::AuditReport;
pub use backup::BackupReport;
pub use breaker::{BreakerReport, BreakerState};
pub use claimed::ClaimedReport;
pub use cluster::{ReshapeReport, ShardReport};
pub use http::HttpReport;
pub use machine::MachineReport;
pub use queue::QueueReport;
pub use timeline::{StageTimeline, Timeline};
pub use verdict::{TargetResult, Verdict, Verdicts};

/// The version of the JSON form that this program writes.
pub const REPORT_VERSION: u32 = 1;

/// Everything a run found out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The version of this form; it rises when a key changes its meaning or goes.
    pub report_version: u32,
    /// Pass, fail or inconclusive.
    pub verdict: Verdict,
    /// Why it is not a pass; empty for a pass.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// How all arrivals ended.
    pub totals: Totals,
    /// The stages that traffic reached, each before those it sends to.
    #[serde(default)]
    pub stages: Vec<StageReport>,
    /// Response times by operation, and of all.
    #[serde(default)]
    pub operations: OperationsReport,
    /// Ledger against Redis, queue and database.
    #[serde(default)]
    pub audit: AuditReport,
    /// Each target with what was measured.
    #[serde(default)]
    pub targets: Vec<TargetResult>,
    /// How the generator kept its schedule.
    #[serde(default)]
    pub generator: GeneratorReport,
    /// What was told over HTTP, where the requests came so and not from the generator; else none.
    pub http: Option<HttpReport>,
    /// The servers that ran.
    #[serde(default)]
    pub servers: Vec<ServerReport>,
    /// What each Redis process did.
    #[serde(default)]
    pub instances: Vec<InstanceSummary>,
    /// What texts claim of managed products, beside what stages of their kind did here.
    #[serde(default)]
    pub claimed: Vec<ClaimedReport>,
    /// What clients saw of each shard of a cluster.
    #[serde(default)]
    pub shards: Vec<ShardReport>,
    /// How shards came and went while it ran.
    #[serde(default)]
    pub reshapes: Vec<ReshapeReport>,
    /// Settings that a library would otherwise have chosen.
    #[serde(default)]
    pub settings: Vec<SettingReport>,
    /// The queue's consumers; none where there is no queue.
    pub queue: Option<QueueReport>,
    /// The same of queues that carry no orders.
    #[serde(default)]
    pub other_queues: Vec<QueueReport>,
    /// Faults that were injected.
    #[serde(default)]
    pub faults: Vec<FaultReport>,
    /// Outages of master-replica stages, step by step.
    #[serde(default)]
    pub failovers: Vec<Failover>,
    /// Spans in which an instance was out of the rotation.
    #[serde(default)]
    pub absences: Vec<AbsenceReport>,
    /// Spans in which the circuit breaker of a service's instance was not closed.
    #[serde(default)]
    pub breakers: Vec<BreakerReport>,
    /// Rules that spoke up, and what they changed.
    #[serde(default)]
    pub alerts: Vec<AlertReport>,
    /// Changes that were asked for while it ran.
    #[serde(default)]
    pub changes: Vec<ChangeReport>,
    /// Backups of the database, and what came of restoring the last one; none where none was taken.
    pub backup: Option<BackupReport>,
    /// Errors that were waited out, each once.
    #[serde(default)]
    pub troubles: Vec<String>,
    /// One row a second.
    #[serde(default)]
    pub series: Vec<SecondReport>,
    /// The run in buckets, stage by stage.
    #[serde(default)]
    pub timeline: Timeline,
    /// When the arrivals began, by the calendar, in UTC: "2026-11-21T08:00:00Z".
    #[serde(default)]
    pub started_at: String,
    /// The machine on which it was made.
    #[serde(default)]
    pub machine: MachineReport,
    /// Seed of every lot that was drawn.
    pub seed: u64,
    /// The version of this program.
    pub program_version: String,
    /// The design, every default explicit.
    pub topology: Topology,
}

impl Report {
    /// The queues, that of the orders first, of whose consumers there is something to tell.
    pub fn eventful_queues(&self) -> impl Iterator<Item = &QueueReport> {
        self.queue.iter().chain(&self.other_queues).filter(|queue| queue.is_eventful())
    }
}

/// What one stage did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageReport {
    /// Its name.
    pub name: String,
    /// Its kind, as in files.
    pub kind: String,
    /// How much of it is the real thing.
    pub realness: Realness,
    /// What it counted; its keys stand beside the others.
    #[serde(flatten)]
    pub tally: StageTally,
    /// Neither answered nor handed on when the run ended; 0 after a complete drain.
    pub in_flight: i64,
    /// Time spent at the stage, in microseconds.
    pub latency_us: Quantiles,
    /// Age of its stale answers, in microseconds.
    pub stale_age_us: Quantiles,
}

impl StageReport {
    /// A stage's report from its counts.
    pub fn new(
        name: &str,
        kind: &str,
        realness: Realness,
        tally: &StageTally,
        latency_us: Quantiles,
    ) -> Self {
        Self {
            name: name.to_owned(),
            kind: kind.to_owned(),
            realness,
            tally: *tally,
            in_flight: tally.in_flight(),
            latency_us,
            stale_age_us: Quantiles::default(),
        }
    }
}

/// Response times, in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OperationReport {
    /// Requests that ended.
    pub ended: u64,
    /// From the intended time.
    pub response_us: Quantiles,
    /// From the moment of sending.
    pub service_us: Quantiles,
}

/// Response times by operation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OperationsReport {
    /// Pages.
    pub read: OperationReport,
    /// Purchases.
    pub claim: OperationReport,
    /// Events left on streams.
    pub append: OperationReport,
    /// Increments of counters.
    pub count: OperationReport,
    /// All together.
    pub all: OperationReport,
}

/// How the generator kept its schedule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GeneratorReport {
    /// How late requests were sent, in microseconds.
    pub schedule_lag_us: Quantiles,
    /// How long arrivals came, in seconds.
    pub duration_secs: f64,
    /// Offered load: arrivals a second that the schedule called for.
    pub offered_per_sec: f64,
    /// Achieved throughput: answers a second.
    pub achieved_per_sec: f64,
    /// Whether it was stopped before the schedule's end.
    pub stopped_early: bool,
}

/// A server that ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerReport {
    /// "Valkey", "Redis", "NATS", "RabbitMQ", "SQLite", "PostgreSQL" or "MariaDB".
    pub kind: String,
    /// Its version.
    pub version: String,
    /// The program's path, or "embedded".
    pub path: String,
}

/// A setting that a library would otherwise have chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingReport {
    /// The stage it applies to.
    pub stage: String,
    /// What is set.
    pub name: String,
    /// To what.
    pub value: String,
}

/// A fault that was injected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FaultReport {
    /// When, in seconds from the first arrival.
    pub at_secs: f64,
    /// What was done, in words.
    pub what: String,
    /// What was done.
    pub action: String,
    /// To which stage.
    pub stage: String,
    /// To which of its instances.
    pub instance: String,
    /// How much later a slow link carries what is sent, each way, in milliseconds; of other faults none.
    pub delay_ms: Option<f64>,
    /// What a throttled link carries, each way, in bytes per second; of other faults none.
    pub rate_bytes_per_sec: Option<u64>,
    /// By how many MiB data grew; of other faults none.
    pub amount_mib: Option<u64>,
    /// How long a slow script computes, in milliseconds of the server's processor time; of other faults none.
    pub lasts_ms: Option<f64>,
    /// Why it could not be done, if it could not.
    pub error: Option<String>,
}

/// A span in which an instance was out of the rotation: a replica of a read-write split got no reads, an instance of a service no
/// requests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AbsenceReport {
    /// The stage.
    pub stage: String,
    /// Which of its replicas, or instances.
    pub instance: String,
    /// When it left the rotation, in seconds from the first arrival.
    pub from_secs: f64,
    /// When it was back; none if it never was.
    pub to_secs: Option<f64>,
    /// Why it left.
    pub why: String,
}

/// A change that was asked for while requests arrived.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangeReport {
    /// When, in seconds from the first arrival.
    pub at_secs: f64,
    /// What was to be changed, in words.
    pub what: String,
    /// Why it could not be changed, if it could not.
    pub error: Option<String>,
}

/// One second of the run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SecondReport {
    /// The end of the second, from the first arrival.
    pub at_secs: f64,
    /// Arrivals that the schedule called for.
    pub offered: u64,
    /// Requests that got an answer; not those turned away.
    pub achieved: u64,
    /// Claims granted.
    pub sold: u64,
    /// Units still on sale at the end, by the engine's own books; see [`crate::metrics::Bucket::stock_left`].
    pub stock_left: i64,
    /// Orders and records acknowledged by the queue and not yet in the database, at the end.
    pub backlog: u64,
    /// The highest p99 of response time in its tenths, in microseconds.
    pub worst_p99_us: u64,
}

/// The report as JSON, with a newline at its end.
pub fn to_json(report: &Report) -> String {
    let mut json = serde_json::to_string_pretty(report)
        .unwrap_or_else(|error| unreachable!("a report has text keys and finite numbers: {error}"));
    json.push('\n');
    json
}

/// Several runs of one design.
#[derive(Debug, Serialize)]
struct Repeated<'a> {
    repeat: u32,
    verdicts: Verdicts,
    distribution: &'a failover::Distribution,
    runs: &'a [Report],
}

/// The reports of a run that was to be done `repeat` times, with what they have in common, as JSON with a newline at its end.
pub fn repeated_to_json(repeat: u32, distribution: &failover::Distribution, runs: &[Report]) -> String {
    let verdicts = Verdicts::of(runs.iter().map(|run| run.verdict));
    let mut json = serde_json::to_string_pretty(&Repeated { repeat, verdicts, distribution, runs })
        .unwrap_or_else(|error| unreachable!("a report has text keys and finite numbers: {error}"));
    json.push('\n');
    json
}
