//! What the tests of whole runs share: small designs, runs in this process, and the laws that every run obeys.

#![allow(dead_code, reason = "each test program uses a part of it")]
#![allow(clippy::unwrap_used, reason = "tests")]

pub mod program;
pub mod servers;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use seckill_lab::engine::{EngineCommand, EngineHandle, EventKind, RunFailure, RunId, RunOptions, RunPhase};
use seckill_lab::files::{parse_topology, read_topology, report_problems};
use seckill_lab::metrics::failover::Step;
use seckill_lab::metrics::{Bucket, InstanceState, StageTally};
use seckill_lab::report::Report;
use seckill_lab::topology::{Change, Fault, RunPlan, StageKind, Topology};

/// Longer than any run here takes, even on a busy machine; a run that takes longer hangs.
pub const PATIENCE: Duration = Duration::from_secs(100);

/// A second and a half of mostly clicks.
pub const CLICKS: &str = r#"(name: "clicks", span: "1500ms", shape: Constant(rate: 3_000), spacing: Poisson, mix: (read: 1, claim: 3))"#;

/// Every preset, in order.
pub fn presets() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("presets");
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "ron"));
    found.sort();
    assert!(!found.is_empty());
    found
}

/// A sound topology from a file.
pub fn open(path: &Path) -> Topology {
    let opened = read_topology(path).unwrap();
    assert!(opened.may_run(), "{}", report_problems(&path.display().to_string(), &opened.problems));
    opened.topology.unwrap()
}

/// The text of a design in which each stage sends to the next one, and data control looks after what it has to.
pub fn chain_text(stages: &[(&str, &str)], sale: &str, phases: &str, targets: &str) -> String {
    let is_control = |kind: &str| kind.starts_with("DataControl");
    let (mut drawn, mut links, mut last) = (String::new(), String::new(), None);
    for (name, kind) in stages {
        drawn.extend([format!("(name: {name:?}, kind: {kind}, at: (0, 0)),\n")]);
        if !is_control(kind) {
            links += &last.replace(name).map_or(String::new(), |last| link(last, name));
        }
    }
    for (control, _) in stages.iter().filter(|(_, kind)| is_control(kind)) {
        for (name, kind) in stages {
            if ["ReadWriteSplit", "MasterReplica", "RedisCluster", "Database"]
                .iter()
                .any(|one| kind.starts_with(one))
            {
                links += &link(control, name);
            }
        }
    }
    format!(
        r#"(version: 1, title: "test", question: "?", source: "tests", stages: [{drawn}], links: [{links}],
            workload: (seed: 5, sale: ({sale}), audience: (users: 50_000), phases: [{phases}]), targets: [{targets}])"#
    )
}

/// A link in the text of a design.
pub fn link(from: &str, to: &str) -> String {
    format!("(from: {from:?}, to: {to:?}),\n")
}

/// The slot of a key with this in braces: CRC16 (XMODEM), as the specification of clusters has it.
pub fn slot_of_tag(tag: &str) -> u16 {
    let mut crc: u16 = 0;
    for byte in tag.bytes() {
        crc ^= u16::from(byte) << 8;
        for _ in 0..8 {
            crc = if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 };
        }
    }
    crc % 16_384
}

/// A sound topology from its text.
pub fn parse(text: &str) -> Topology {
    let opened = parse_topology(text);
    assert!(opened.may_run(), "{}", report_problems("the test's design", &opened.problems));
    opened.topology.unwrap()
}

/// [`chain_text`] with facts as targets, read.
pub fn chain(stages: &[(&str, &str)], sale: &str, phases: &str) -> Topology {
    let facts =
        "Oversold(at_most: 0), Undersold(at_most: 0), Duplicates(at_most: 0), LostAcknowledged(at_most: 0)";
    parse(&chain_text(stages, sale, phases, facts))
}

/// What a run brought.
pub struct Ran {
    pub plan: RunPlan,
    pub report: Report,
    pub buckets: Vec<Bucket>,
    pub phases: Vec<RunPhase>,
    pub faults: Vec<(Fault, Option<String>)>,
    /// Answers to changes, in order.
    pub changes: Vec<(Change, Option<String>)>,
    /// Factors on the offered rate that snapshots showed, one after the other.
    pub factors: Vec<f64>,
    /// By stage: none when its master was lost, and the instance when one was found.
    pub masters: Vec<(usize, Option<String>)>,
    /// Steps of failovers as they were told, by stage.
    pub steps: Vec<(usize, Step)>,
    /// By stage and shard of a cluster: the same.
    pub shards: Vec<(usize, usize, Option<String>)>,
    /// Shards that came or went, in words, each with why it did not.
    pub reshaped: Vec<(String, Option<String>)>,
    pub notes: Vec<String>,
    /// Each Redis process as it was at the last look.
    pub instances: Vec<InstanceState>,
    /// The same at each snapshot, by the end of its last bucket.
    pub looks: Vec<(Duration, Vec<InstanceState>)>,
    /// The folder that was kept; it is removed when this is dropped.
    pub kept: Option<Kept>,
}

/// A folder that a run kept.
pub struct Kept(pub PathBuf);

impl Drop for Kept {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// Runs a design to its report.
pub fn run(topology: Topology) -> Ran {
    run_with(topology, false)
}

/// Runs a design and keeps its files.
pub fn run_and_keep(topology: Topology) -> Ran {
    run_with(topology, true)
}

fn run_with(topology: Topology, keep_data: bool) -> Ran {
    report_of(try_run(topology, keep_data))
}

/// Runs a design and asks for changes, each when this much time of the arrivals has passed.
pub fn run_and_change(topology: Topology, changes: Vec<(Duration, Change)>) -> Ran {
    report_of(run_told(topology, options(), &[], changes))
}

fn report_of(result: Result<Ran, RunFailure>) -> Ran {
    match result {
        Ok(ran) => ran,
        Err(failure) => panic!("the run ended without a report: {}", failure.text),
    }
}

/// Runs a design; a run without a report answers why.
pub fn try_run(topology: Topology, keep_data: bool) -> Result<Ran, RunFailure> {
    run_told(topology, RunOptions { keep_data, ..options() }, &[], Vec::new())
}

/// How the tests run designs: with the server that the environment names, if it names one.
pub fn options() -> RunOptions {
    let redis_server = std::env::var_os("SECKILL_LAB_REDIS_SERVER").map(PathBuf::from);
    RunOptions { redis_server, ..RunOptions::default() }
}

/// Runs a design, and injects faults as soon as requests arrive.
pub fn run_live(topology: Topology, options: RunOptions, live: &[Fault]) -> Result<Ran, RunFailure> {
    run_told(topology, options, live, Vec::new())
}

/// Runs a design, injects faults as soon as requests arrive, and sends each change at its moment.
fn run_told(
    topology: Topology,
    options: RunOptions,
    live: &[Fault],
    changes: Vec<(Duration, Change)>,
) -> Result<Ran, RunFailure> {
    let plan = RunPlan::new(topology).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let engine = EngineHandle::start(Arc::new(|| {})).unwrap();
    engine.send(EngineCommand::Start { run_id: RunId(7), plan: Box::new(plan.clone()), options }).unwrap();
    let mut wanted = changes.into_iter().peekable();
    let (mut buckets, mut phases, mut faults, mut kept) = (Vec::new(), Vec::new(), Vec::new(), None);
    let (mut changes, mut factors, mut masters) = (Vec::new(), Vec::new(), Vec::new());
    let (mut notes, mut instances, mut steps, mut looks) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut shards, mut reshaped) = (Vec::new(), Vec::new());
    let started_at = Instant::now();
    loop {
        assert!(started_at.elapsed() < PATIENCE, "the run hangs; it came as far as {:?}", phases.last());
        let ended = engine.events().recv_timeout(Duration::from_millis(50)).ok();
        for snapshot in engine.snapshots().try_iter() {
            buckets.extend(snapshot.buckets);
            factors.push(snapshot.offered_factor);
            instances = snapshot.instances;
            looks.extend(buckets.last().map(|bucket: &Bucket| (bucket.at, instances.clone())));
        }
        let at = buckets.last().map_or(Duration::ZERO, |bucket: &Bucket| bucket.at);
        while let Some((_, change)) = wanted.next_if(|(when, _)| *when <= at) {
            engine.send(EngineCommand::Change(change)).unwrap();
        }
        let Some(event) = ended else { continue };
        assert_eq!(event.run_id, RunId(7));
        match event.kind {
            EventKind::Phase(phase) => {
                phases.push(phase);
                for fault in live.iter().filter(|_| phase == RunPhase::OnSale) {
                    engine.send(EngineCommand::Inject(fault.clone())).unwrap();
                }
            }
            EventKind::Note(text) => {
                if let Some(path) = text.strip_prefix("The run's files stay in ") {
                    kept = Some(Kept(path.into()));
                }
                notes.push(text);
            }
            EventKind::Trouble(text) => notes.push(text),
            // Who got no reads, and what breakers and rules did, is in the report once more.
            EventKind::SaleOpened
            | EventKind::Serving { .. }
            | EventKind::Rotation { .. }
            | EventKind::Breaker { .. }
            | EventKind::Alert(_) => {}
            EventKind::Fault { fault, failed } => faults.push((fault, failed)),
            EventKind::Changed { change, failed } => changes.push((change, failed)),
            EventKind::MasterLost { stage } => masters.push((stage, None)),
            EventKind::MasterFound { stage, instance } => masters.push((stage, Some(instance))),
            EventKind::Failover { stage, step } => steps.push((stage, step)),
            EventKind::ShardLost { stage, shard } => shards.push((stage, shard, None)),
            EventKind::ShardFound { stage, shard, instance } => shards.push((stage, shard, Some(instance))),
            EventKind::Reshaped { what, failed } => reshaped.push((what, failed)),
            EventKind::Failed(failure) => return Err(failure),
            EventKind::Finished(report) => {
                buckets.extend(engine.snapshots().try_iter().flat_map(|snapshot| snapshot.buckets));
                factors.dedup();
                let report = *report;
                return Ok(Ran {
                    plan,
                    report,
                    buckets,
                    phases,
                    faults,
                    changes,
                    factors,
                    masters,
                    steps,
                    shards,
                    reshaped,
                    notes,
                    instances,
                    looks,
                    kept,
                });
            }
        }
    }
}

/// Asserts that every arrival of a run is accounted for, end to end and at each stage.
pub fn assert_balanced(ran: &Ran) {
    let (report, totals) = (&ran.report, &ran.report.totals);
    assert_eq!(totals.in_flight(), 0, "{totals:?}");
    assert!(totals.arrivals > 0);
    let sum =
        |part: fn(&seckill_lab::report::StageReport) -> u64| report.stages.iter().map(part).sum::<u64>();
    assert_eq!(sum(|stage| stage.tally.intercepted.sum()), totals.intercepted);
    assert_eq!(sum(|stage| stage.tally.served), totals.served);
    assert_eq!(sum(|stage| stage.tally.sold), totals.sold);
    assert_eq!(sum(|stage| stage.tally.rejected.sum()), totals.rejected);
    assert_eq!(sum(|stage| stage.tally.failed), totals.failed);
    assert_eq!(sum(|stage| stage.tally.indefinite), totals.indefinite);
    assert_eq!(report.stages[0].tally.arrivals, totals.arrivals - totals.dropped);
    for stage in &report.stages {
        let done =
            stage.tally.intercepted.sum() + stage.tally.passed + stage.tally.failed + stage.tally.indefinite;
        let came = stage.tally.arrivals + stage.tally.retries;
        assert_eq!((came, stage.in_flight), (done + stage.tally.given_back, 0), "{stage:#?}");
    }
    let each = &report.operations;
    let ended: u64 = [each.read, each.claim, each.append, each.count].iter().map(|one| one.ended).sum();
    assert_eq!((ended, report.operations.all.ended), (totals.arrivals - totals.dropped, ended));
}

/// Asserts that each stage gave the next one exactly what it handed on, and consumers wrote what the queue promised.
pub fn assert_nothing_lost_between_stages(ran: &Ran) {
    let mut all = vec![StageTally::default(); ran.plan.topology.stages.len()];
    for bucket in &ran.buckets {
        all.iter_mut().zip(&bucket.stages).for_each(|(sum, stage)| sum.merge(&stage.tally));
    }
    for (place, given, got) in handovers(&ran.plan, &all) {
        assert_eq!(got, given, "{place}");
    }
}

/// What was handed on at each place where traffic goes from stages to stages, and what arrived.
fn handovers(plan: &RunPlan, tallies: &[StageTally]) -> Vec<(String, u64, u64)> {
    let given = |stage: usize| match plan.topology.stages[stage].kind {
        // An order in the queue has been answered, and comes out of it at the other end.
        StageKind::Queue(_) => tallies[stage].handed_on() + tallies[stage].sold + tallies[stage].served,
        // An order that is swept later has been answered too.
        _ if plan.swept == Some(stage) => tallies[stage].handed_on() + tallies[stage].sold,
        _ => tallies[stage].handed_on(),
    };
    let arrived = |stages: &[usize]| stages.iter().map(|&stage| tallies[stage].arrivals).sum();
    let mut found = Vec::new();
    for &to in &plan.order[1..] {
        let from: Vec<usize> =
            plan.order.iter().copied().filter(|&stage| plan.next[stage].contains(&to)).collect();
        let all = from.iter().map(|&stage| given(stage)).sum();
        let place = format!("before {:?}", plan.name(to));
        match plan.next[from[0]].as_slice() {
            [_] => found.push((place, all, arrived(&[to]))),
            several => found.push((place, all, arrived(several))),
        }
    }
    found
}

/// Asserts the laws for each bucket on its own: nothing is counted twice at any moment.
pub fn assert_each_bucket_balances(ran: &Ran) {
    let mut all = vec![StageTally::default(); ran.plan.topology.stages.len()];
    let (mut offered, mut dropped, mut ended, mut sold) = (0, 0, 0, 0);
    let mut last = Duration::ZERO;
    for bucket in &ran.buckets {
        let at = bucket.at;
        assert!(at >= last, "{at:?} after {last:?}");
        last = at;
        offered += bucket.offered;
        dropped += bucket.dropped;
        sold += bucket.sold;
        for (sum, stage) in all.iter_mut().zip(&bucket.stages) {
            sum.merge(&stage.tally);
            assert_eq!(u64::try_from(sum.in_flight()).ok(), Some(stage.in_flight), "at {at:?}: {sum:?}");
        }
        ended += bucket.stages.iter().map(|stage| stage.tally.ended()).sum::<u64>();
        assert!(dropped + ended <= offered, "at {at:?}: {dropped} dropped + {ended} ended of {offered}");
        for (place, given, got) in handovers(&ran.plan, &all) {
            // What a consumer writes may be counted before the queue's own answer is.
            let is_database = place.contains("database") || place.contains("数据库");
            assert!(got <= given || is_database, "at {at:?} {place}: {got} of {given}");
        }
    }
    let totals = &ran.report.totals;
    assert_eq!((offered, dropped, sold), (totals.arrivals, totals.dropped, totals.sold));
    assert_eq!(dropped + ended, offered);
}

/// Asserts that the stock was sold to the last unit, once, to people who were told so.
pub fn assert_sold_exactly(ran: &Ran) {
    assert_sound(ran);
    let audit = &ran.report.audit;
    assert_eq!((audit.sold, audit.left), (audit.stock, 0), "{audit:#?}");
}

/// Asserts that nothing is wrong with what was sold.
pub fn assert_sound(ran: &Ran) {
    let audit = &ran.report.audit;
    assert!(audit.audited);
    assert_eq!((audit.oversold, audit.undersold, audit.duplicates), (0, 0, 0), "{audit:#?}");
    assert_eq!((audit.lost_acknowledged, audit.unacknowledged_present), (0, 0), "{audit:#?}");
    assert_eq!(audit.sold + audit.left, audit.stock, "{audit:#?}");
    assert!(audit.offending.is_empty(), "{audit:#?}");
    assert_eq!(audit.places.queue_orders, 0, "{audit:#?}");
    assert_eq!(audit.places.ledger_orders, ran.report.totals.sold, "{audit:#?}");
}

/// All laws of an undisturbed run.
pub fn assert_all_laws(ran: &Ran) {
    use RunPhase::{Auditing, Draining, OnSale, Preloading, StartingServers, WarmingUp};
    assert_eq!(ran.phases, [StartingServers, Preloading, WarmingUp, OnSale, Draining, Auditing]);
    assert_balanced(ran);
    assert_each_bucket_balances(ran);
    assert_nothing_lost_between_stages(ran);
}
