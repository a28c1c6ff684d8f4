//! What a run has counted so far, as text for Prometheus and whoever else reads `OpenMetrics`
//! (<https://prometheus.io/docs/specs/om/open_metrics_spec/>, version 1.0.0). Names are those of the report, after `seckill_lab_`.

use std::fmt::Write as _;

use super::HttpReport;
use crate::metrics::{Bucket, InstanceState, Quantiles, StageBucket, StageTally};
use crate::topology::RunPlan;

/// The media type of the text.
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The figures of a run under way. Counters begin at zero with each run.
#[derive(Debug, Clone, Default)]
pub struct Exposition {
    title: String,
    /// Name and kind of each stage, and what it counted.
    stages: Vec<(String, &'static str, StageTally)>,
    offered: u64,
    dropped: u64,
    achieved: u64,
    sold: u64,
    returned: u64,
    /// The last tenth of a second.
    last: Bucket,
    instances: Vec<InstanceState>,
    http: Option<HttpReport>,
}

/// What is told of each stage: name, help, figure.
type OfStage = (&'static str, &'static str, fn(&StageTally) -> u64);

const STAGE_COUNTERS: &[OfStage] = &[
    ("arrivals", "Requests that came in.", |tally| tally.arrivals),
    ("passed", "Requests handed on, or answered here as the owner of the data.", |tally| tally.passed),
    (
        "served",
        "Of passed: reads answered here as the owner, events and increments acknowledged here.",
        |tally| tally.served,
    ),
    ("sold", "Of passed: claims granted here to the end.", |tally| tally.sold),
    ("failed", "Requests that ended in an error; nothing happened.", |tally| tally.failed),
    ("indefinite", "Requests that ended without an answer; something may have happened.", |tally| {
        tally.indefinite
    }),
    ("retries", "Attempts that a service took back, to try again.", |tally| tally.retries),
    ("versioned_reads", "Answers that carried a version.", |tally| tally.versioned_reads),
    ("stale_reads", "Of versioned_reads: older than what was acknowledged before.", |tally| {
        tally.stale_reads
    }),
];

/// What is told of each process: name, help, figure.
type OfInstance = (&'static str, &'static str, fn(&InstanceState) -> f64);

#[allow(clippy::cast_precision_loss, reason = "figures to be looked at")]
const INSTANCE_GAUGES: &[OfInstance] = &[
    ("up", "Whether the process answered the last look.", |state| f64::from(u8::from(state.is_reachable))),
    ("is_master", "Whether it says that it is a master.", |state| {
        f64::from(u8::from(state.role == crate::metrics::Role::Master))
    }),
    ("lag_bytes", "Bytes of the stream by which a replica is behind.", |state| state.lag_bytes as f64),
    ("memory_bytes", "Memory that its data takes.", |state| state.memory_bytes as f64),
];

#[allow(clippy::cast_precision_loss, reason = "figures to be looked at")]
const INSTANCE_COUNTERS: &[OfInstance] = &[
    ("commands", "Commands since it started.", |state| state.commands as f64),
    ("evicted_keys", "Keys thrown away because its memory was full.", |state| state.evicted_keys as f64),
    ("cpu_seconds", "Processor time since it started.", |state| state.cpu_secs),
];

impl Exposition {
    /// Of a run of this plan that has not begun.
    pub fn new(plan: &RunPlan) -> Self {
        let stages = &plan.topology.stages;
        let stages =
            stages.iter().map(|stage| (stage.name.clone(), stage.kind.word(), StageTally::default()));
        Self { title: plan.topology.title.clone(), stages: stages.collect(), ..Self::default() }
    }

    /// Adds what happened in a tenth of a second.
    pub fn add(&mut self, bucket: &Bucket) {
        self.offered += bucket.offered;
        self.dropped += bucket.dropped;
        self.achieved += bucket.achieved;
        self.sold += bucket.sold;
        self.returned += bucket.returned;
        for ((.., tally), stage) in self.stages.iter_mut().zip(&bucket.stages) {
            tally.merge(&stage.tally);
        }
        self.last = bucket.clone();
    }

    /// Notes what processes said of themselves.
    pub fn look(&mut self, instances: &[InstanceState]) {
        self.instances = instances.to_vec();
    }

    /// Notes what was told over HTTP, where requests come so.
    pub fn tell(&mut self, http: Option<&HttpReport>) {
        self.http = http.cloned();
    }

    /// The text.
    pub fn render(&self) -> String {
        let mut text = Text::default();
        text.family("run", "info", None, "The design that runs.");
        text.sample("run_info", &[("title", &self.title)], 1.0);
        for (name, help, count) in [
            ("offered", "Arrivals that the schedule called for.", self.offered),
            ("dropped", "Arrivals that could not be sent.", self.dropped),
            ("achieved", "Requests that got an answer, those turned away left out.", self.achieved),
            ("sold", "Claims whose buyers were told that they have it.", self.sold),
            ("returned_units", "Units of cancelled orders that went back on sale.", self.returned),
        ] {
            text.family(name, "counter", None, help);
            text.count(&format!("{name}_total"), &[], count);
        }
        self.render_now(&mut text);
        self.render_stages(&mut text);
        self.render_instances(&mut text);
        self.http.iter().for_each(|http| render_http(&mut text, http));
        text.0.push_str("# EOF\n");
        text.0
    }

    #[allow(clippy::cast_precision_loss, reason = "figures to be looked at")]
    fn render_now(&self, text: &mut Text) {
        let Bucket { stock_left, backlog, .. } = self.last;
        text.family(
            "stock_left_units",
            "gauge",
            Some("units"),
            "Units still on sale by the engine's own books.",
        );
        text.sample("stock_left_units", &[], stock_left as f64);
        text.family("backlog", "gauge", None, "Acknowledged by the queue and not yet in the database.");
        text.count("backlog", &[], backlog);
        for (name, help, quantiles) in [
            (
                "response_seconds",
                "From the intended time to the end, in the last tenth of a second.",
                self.last.response_us,
            ),
            (
                "service_seconds",
                "From the moment of sending to the end, in the last tenth of a second.",
                self.last.service_us,
            ),
            (
                "schedule_lag_seconds",
                "How far the generator was behind, in the last tenth of a second.",
                self.last.schedule_lag_us,
            ),
        ] {
            text.family(name, "summary", Some("seconds"), help);
            text.quantiles(name, &[], quantiles);
        }
    }

    fn render_stages(&self, text: &mut Text) {
        for (name, help, figure) in STAGE_COUNTERS {
            text.family(&format!("stage_{name}"), "counter", None, help);
            for (stage, kind, tally) in &self.stages {
                text.count(
                    &format!("stage_{name}_total"),
                    &[("stage", stage), ("kind", kind)],
                    figure(tally),
                );
            }
        }
        for (name, help) in [
            ("intercepted", "Requests answered before the stage that owns the data."),
            ("rejected", "Claims refused by the stage that decides."),
        ] {
            text.family(&format!("stage_{name}"), "counter", None, help);
            for (stage, kind, tally) in &self.stages {
                let reasons = if name == "intercepted" { &tally.intercepted } else { &tally.rejected };
                for (reason, count) in reasons.iter() {
                    let labels = [("stage", stage.as_str()), ("kind", kind), ("reason", reason.label())];
                    text.count(&format!("stage_{name}_total"), &labels, count);
                }
            }
        }
        text.family("stage_in_flight", "gauge", None, "Requests waiting or under way.");
        self.each_now(|labels, now| text.count("stage_in_flight", labels, now.in_flight));
        text.family(
            "stage_seconds",
            "summary",
            Some("seconds"),
            "Time at the stage, in the last tenth of a second.",
        );
        self.each_now(|labels, now| text.quantiles("stage_seconds", labels, now.latency_us));
    }

    fn each_now(&self, mut tell: impl FnMut(&[(&str, &str)], &StageBucket)) {
        for ((stage, kind, _), now) in self.stages.iter().zip(&self.last.stages) {
            tell(&[("stage", stage), ("kind", kind)], now);
        }
    }

    fn render_instances(&self, text: &mut Text) {
        let families = [(INSTANCE_GAUGES, "gauge", ""), (INSTANCE_COUNTERS, "counter", "_total")];
        for (figures, kind, end) in families {
            for (name, help, figure) in figures {
                let unit = ["bytes", "seconds"].into_iter().find(|unit| name.ends_with(unit));
                text.family(&format!("instance_{name}"), kind, unit, help);
                for state in &self.instances {
                    let Some((stage, ..)) = self.stages.get(state.stage) else { continue };
                    let labels = [("stage", stage.as_str()), ("instance", &state.name)];
                    text.sample(&format!("instance_{name}{end}"), &labels, figure(state));
                }
            }
        }
    }
}

fn render_http(text: &mut Text, http: &HttpReport) {
    for (name, help, by_status) in [
        ("answered", "Answers over HTTP that clients got.", &http.answered),
        ("refused", "Requests over HTTP that asked for nothing that there is.", &http.refused),
    ] {
        text.family(&format!("http_{name}"), "counter", None, help);
        for (status, count) in by_status {
            text.count(&format!("http_{name}_total"), &[("status", &status.to_string())], *count);
        }
    }
    for (name, help, count) in [
        ("requests", "Requests over HTTP that became arrivals.", http.requests),
        ("gone", "Requests over HTTP whose client hung up before it had the answer.", http.gone),
        ("late", "Requests over HTTP that came after the arrivals had ended.", http.late),
        ("looks", "Requests over HTTP for the list of what there is.", http.looks),
        ("connections", "Connections that were made.", http.connections),
    ] {
        text.family(&format!("http_{name}"), "counter", None, help);
        text.count(&format!("http_{name}_total"), &[], count);
    }
}

/// What every name begins with.
const PREFIX: &str = "seckill_lab_";

#[derive(Default)]
struct Text(String);

// Writing into a string does not fail.
impl Text {
    fn family(&mut self, name: &str, kind: &str, unit: Option<&str>, help: &str) {
        writeln!(self.0, "# TYPE {PREFIX}{name} {kind}").ok();
        if let Some(unit) = unit {
            writeln!(self.0, "# UNIT {PREFIX}{name} {unit}").ok();
        }
        writeln!(self.0, "# HELP {PREFIX}{name} {help}").ok();
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        self.begin(name, labels);
        writeln!(self.0, " {value}").ok();
    }

    /// A whole number, exact however large.
    fn count(&mut self, name: &str, labels: &[(&str, &str)], count: u64) {
        self.begin(name, labels);
        writeln!(self.0, " {count}").ok();
    }

    #[allow(clippy::cast_precision_loss, reason = "figures to be looked at")]
    fn quantiles(&mut self, name: &str, labels: &[(&str, &str)], of: Quantiles) {
        let all = [("0.5", of.p50), ("0.95", of.p95), ("0.99", of.p99), ("0.999", of.p999), ("1", of.max)];
        for (quantile, micros) in all {
            self.sample(name, &[labels, &[("quantile", quantile)]].concat(), micros as f64 / 1e6);
        }
    }

    fn begin(&mut self, name: &str, labels: &[(&str, &str)]) {
        write!(self.0, "{PREFIX}{name}").ok();
        if labels.is_empty() {
            return;
        }
        let pairs: Vec<String> =
            labels.iter().map(|(key, value)| format!("{key}=\"{}\"", escaped(value))).collect();
        write!(self.0, "{{{}}}", pairs.join(",")).ok();
    }
}

/// The value of a label.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Reason;

    fn exposition() -> Exposition {
        let mut tally = StageTally { arrivals: 5, passed: 2, ..StageTally::default() };
        tally.intercepted.add(Reason::CacheHit, 3);
        let stage = StageBucket { tally, in_flight: 1, ..StageBucket::default() };
        let bucket = Bucket { offered: 5, stock_left: -2, stages: vec![stage], ..Bucket::default() };
        let mut told = Exposition {
            title: "a \"b\"\n\\c".into(),
            stages: vec![("缓存 \"x\"".into(), "Cdn", StageTally::default())],
            ..Exposition::default()
        };
        told.add(&bucket);
        told.add(&bucket);
        told
    }

    #[test]
    fn counters_add_up_and_what_is_now_is_the_last_bucket() {
        let text = exposition().render();
        for line in [
            r#"seckill_lab_run_info{title="a \"b\"\n\\c"} 1"#,
            "seckill_lab_offered_total 10",
            "seckill_lab_stock_left_units -2",
            r#"seckill_lab_stage_arrivals_total{stage="缓存 \"x\"",kind="Cdn"} 10"#,
            r#"seckill_lab_stage_intercepted_total{stage="缓存 \"x\"",kind="Cdn",reason="cache_hit"} 6"#,
            r#"seckill_lab_stage_in_flight{stage="缓存 \"x\"",kind="Cdn"} 1"#,
        ] {
            assert!(text.lines().any(|one| one == line), "{line} in\n{text}");
        }
    }

    /// What the format asks of every text: a family is begun once, its samples stand behind it, and the text ends.
    #[test]
    fn the_text_is_as_the_format_wants_it() {
        let text = exposition().render();
        assert!(text.ends_with("\n# EOF\n"));
        let (mut family, mut seen) = ("", Vec::new());
        for line in text.lines().filter(|line| *line != "# EOF") {
            if let Some(rest) = line.strip_prefix("# TYPE ") {
                family = rest.split(' ').next().unwrap();
                assert!(!seen.contains(&family), "{family} is begun twice");
                seen.push(family);
            } else if !line.starts_with('#') {
                let name = line.split(['{', ' ']).next().unwrap();
                let is_its =
                    name.strip_prefix(family).is_some_and(|end| ["", "_total", "_info"].contains(&end));
                assert!(is_its, "{line} behind {family}");
            }
        }
    }
}
