//! The presets about events, counters, points and pages of one's own, scaled down, each held to what it promises.

use crate::common;

use std::time::Duration;

use common::{Ran, assert_all_laws, assert_balanced, assert_sound, open, presets, run};
use seckill_lab::metrics::InstanceSummary;
use seckill_lab::report::StageReport;
use seckill_lab::topology::{StageKind, Topology};

/// A preset, and what has to be true of a run of it besides its targets.
type Case = (&'static str, fn(&Ran));

const CASES: [Case; 6] = [
    ("sign-in-points.ron", |ran| {
        let audit = &ran.report.audit;
        assert!(ran.report.totals.rejected > 500, "most come again: {:?}", ran.report.totals);
        assert!(audit.sold > 500 && audit.sold <= 8_000, "{audit:#?}");
        assert_eq!(audit.places.database_orders, Some(audit.sold));
    }),
    ("first-order-page.ron", |ran| {
        let (reads, hits) = (ran.report.operations.read.ended, ran.report.totals.intercepted);
        let asked = stage(ran, "Database").served;
        assert!(hits > 0 && asked > 0 && hits + asked == reads, "{hits} + {asked} of {reads}");
    }),
    ("red-packets.ron", |ran| {
        let audit = &ran.report.audit;
        assert!(audit.sold > 500 && audit.places.queue_orders == 0, "{audit:#?}");
        assert_eq!(audit.sold + audit.left, audit.stock);
    }),
    ("behaviour-tracking.ron", |ran| {
        assert!(ran.report.faults.iter().all(|fault| fault.error.is_none()), "{:?}", ran.report.faults);
        let events = ran.report.audit.events.as_ref().expect("events were left");
        assert!(
            events.all.acknowledged > 1_000 && events.in_database == events.all.acknowledged,
            "{events:?}"
        );
        assert_eq!((events.in_queue, events.tables >= 2), (0, true), "{events:?}");
    }),
    ("live-chat.ron", |ran| {
        let (events, counts) = (ran.report.audit.event_counts(), ran.report.audit.increments());
        assert!(events.present > 500 && counts.in_redis > 500, "{events:?} {counts:?}");
        assert_eq!(ran.report.shards.len(), 3);
        assert!(ran.report.shards.iter().all(|shard| shard.answered > 0), "{:?}", ran.report.shards);
    }),
    ("write-behind-counters.ron", |ran| {
        assert!(ran.report.faults.iter().all(|fault| fault.error.is_none()), "{:?}", ran.report.faults);
        let counts = ran.report.audit.increments();
        assert!(counts.in_database > 500, "{counts:?}");
        assert_eq!(counts.in_redis + counts.in_database, counts.acknowledged);
    }),
];

fn stage<'a>(ran: &'a Ran, kind: &str) -> &'a seckill_lab::metrics::StageTally {
    let found: Option<&StageReport> = ran.report.stages.iter().find(|stage| stage.kind == kind);
    &found.expect("the stage is there").tally
}

#[test]
fn every_preset_of_records_and_own_pages_keeps_its_promise() {
    for (name, holds) in CASES {
        let path = presets().into_iter().find(|path| path.ends_with(name)).expect("the preset is there");
        let mut topology = open(&path);
        topology.stretch_to(Duration::from_secs(4));
        topology.workload.scale_to(2_000.0);
        let is_broken = !topology.faults.is_empty();
        let ran = run(topology);
        // What a dead worker had written is counted again when its successor writes it again.
        if is_broken {
            assert_balanced(&ran);
        } else {
            assert_all_laws(&ran);
        }
        let report = &ran.report;
        assert!(!report.audit.found_wrong(), "{name}: {:#?}", report.audit);
        // Latency depends on the machine; facts don't.
        let missed = report.targets.iter().find(|target| target.is_fact && target.holds != Some(true));
        assert!(missed.is_none(), "{name}: {missed:?}");
        assert_eq!(report.totals.failed + report.totals.indefinite, 0, "{name}: {:?}", report.totals);
        holds(&ran);
    }
}

// ---------------------------------------------------------------- memory, caches, sweeps

fn preset(name: &str) -> Topology {
    open(&presets().into_iter().find(|path| path.ends_with(name)).expect("the preset is there"))
}

/// A preset as one of its variants has it, or as drawn.
fn varied(name: &str, variant: Option<&str>) -> Topology {
    let topology = preset(name);
    let found = variant.map(|variant| {
        topology.variants.iter().find(|one| one.name == variant).expect("the variant is there").clone()
    });
    found.map_or_else(|| topology.clone(), |variant| topology.varied(&variant))
}

/// The session leak in four seconds, with so little memory that it is full after about one.
fn leak(name: &str, variant: Option<&str>) -> Ran {
    let mut topology = varied(name, variant);
    topology.stretch_to(Duration::from_secs(3));
    topology.workload.scale_to(4_000.0);
    for stage in &mut topology.stages {
        match &mut stage.kind {
            StageKind::Sessions(params) => params.max_memory = Some(6),
            StageKind::MasterReplica(params) => params.max_memory = Some(6),
            _ => {}
        }
    }
    topology.workload.audience.users = 500;
    let ran = run(topology);
    assert_balanced(&ran);
    ran
}

fn instance<'a>(ran: &'a Ran, stage: &str) -> &'a InstanceSummary {
    let found = ran.report.instances.iter().find(|one| one.stage == stage && one.name == "master");
    found.expect("the process is there")
}

#[test]
fn leaking_sessions_fill_the_memory_of_the_sale_and_are_refused_or_evicted() {
    const LIMIT: u64 = 6 << 20;
    let full = leak("session-leak.ron", None);
    let memory = instance(&full, "inventory");
    assert_eq!((memory.memory_limit_bytes, memory.evicted_keys), (LIMIT, 0), "{memory:?}");
    assert!(memory.refused_for_memory > 500, "{memory:?}");
    assert!(full.report.totals.failed > 200, "claims are refused: {:?}", full.report.totals);
    let audit = &full.report.audit;
    assert_eq!((audit.oversold, audit.lost_acknowledged, audit.undersold), (0, 0, 0), "{audit:#?}");

    // To Redis the stock is a key like any other.
    let anything = leak("session-leak.ron", Some("evict anything"));
    assert!(instance(&anything, "inventory").evicted_keys > 500);
    assert!(anything.report.audit.undersold > 0, "{:#?}", anything.report.audit);
}

#[test]
fn the_sale_is_spared_where_only_sessions_are_evicted_or_have_a_redis_of_their_own_or_clients_are_mended() {
    for (name, variant, evicts, refuses) in [
        ("session-leak.ron", Some("evict sessions only"), Some("inventory"), None),
        ("session-leak-isolated.ron", None, None, Some("sessions")),
        ("session-leak-isolated.ron", Some("the oldest go"), Some("sessions"), None),
        ("session-leak.ron", Some("clients mended"), None, None),
    ] {
        let ran = leak(name, variant);
        assert_eq!(ran.report.totals.failed, 0, "{name} {variant:?}: {:?}", ran.report.totals);
        assert!(!ran.report.audit.found_wrong(), "{name} {variant:?}: {:#?}", ran.report.audit);
        assert!(ran.report.audit.sold > 500, "{:?}", ran.report.audit);
        for process in &ran.report.instances {
            let is = |stage: Option<&str>| stage == Some(process.stage.as_str());
            assert_eq!(process.evicted_keys > 500, is(evicts), "{name} {variant:?}: {process:?}");
            assert_eq!(process.refused_for_memory > 500, is(refuses), "{name} {variant:?}: {process:?}");
        }
    }
}

/// The most arrivals at the database in a tenth of a second, as a share of all arrivals in one on average.
fn worst_at_database(ran: &Ran) -> f64 {
    let database = ran.plan.database.expect("there is one");
    let most = ran.buckets.iter().map(|bucket| bucket.stages[database].tally.arrivals).max();
    let mean = ran.report.totals.arrivals as f64 / ran.report.generator.duration_secs / 10.0;
    most.unwrap_or(0) as f64 / mean
}

#[test]
fn pages_of_one_age_expire_together_and_with_jitter_one_by_one() {
    let worst = [None, Some("shorter by lot")].map(|variant| {
        let mut topology = varied("cache-avalanche.ron", variant);
        topology.stretch_to(Duration::from_secs(4));
        topology.workload.scale_to(4_000.0);
        topology.workload.sale.items = 800;
        let cache = topology.index_of("cache").expect("a stage");
        let StageKind::ReadWriteSplit(params) = &mut topology.stages[cache].kind else { panic!("a cache") };
        params.expire_after = Some(Duration::from_secs(3));
        let ran = run(topology);
        assert_balanced(&ran);
        worst_at_database(&ran)
    });
    assert!(worst[0] > 2.0 * worst[1], "{worst:?}");
}

#[test]
fn what_does_not_exist_reaches_the_database_each_time_unless_its_absence_is_kept() {
    let asked = [None, Some("absence kept for 2 s")].map(|variant| {
        let mut topology = varied("cache-penetration.ron", variant);
        topology.stretch_to(Duration::from_secs(2));
        topology.workload.scale_to(3_000.0);
        let ran = run(topology);
        assert_all_laws(&ran);
        assert_eq!(ran.report.totals.failed, 0, "{:?}", ran.report.totals);
        stage(&ran, "Database").served as f64 / ran.report.totals.arrivals as f64
    });
    // Three in ten; then 300 products, each once or, if two readers come at the same time, twice.
    assert!((0.25..0.35).contains(&asked[0]) && asked[1] < 0.15, "{asked:?}");
}

#[test]
fn a_changed_page_is_dropped_from_the_cache_and_fetched_from_the_database() {
    let mut topology = preset("cache-aside.ron");
    topology.stretch_to(Duration::from_secs(3));
    topology.workload.scale_to(2_000.0);
    topology.workload.sale.items = 50;
    let cache = topology.index_of("cache").expect("a stage");
    if let StageKind::ReadWriteSplit(params) = &mut topology.stages[cache].kind {
        // No page expires: what is missing was dropped.
        (params.expire_after, params.absence_ttl) = (Some(Duration::from_mins(1)), None);
    }
    topology.workload.audience.unknown_ratio = 0.0;
    let ran = run(topology);
    assert_all_laws(&ran);
    assert_sound(&ran);
    let (fetched, hits) = (stage(&ran, "Database").served, ran.report.totals.intercepted);
    assert!(fetched > 50 && hits > 2 * fetched, "{fetched} fetched, {hits} hits");
    let (answers, stale) = ran.report.stages.iter().fold((0, 0), |(all, stale), stage| {
        (all + stage.tally.versioned_reads, stale + stage.tally.stale_reads)
    });
    // Had the old pages stayed, most answers would be stale.
    assert!(answers > 2_000 && stale * 10 < answers, "{stale} of {answers}");
}

#[test]
fn a_sweep_brings_every_order_to_the_database_once_whichever_way_it_reads() {
    for variant in [None, Some("in pieces")] {
        let mut topology = varied("scheduled-sweep.ron", variant);
        topology.stretch_to(Duration::from_secs(2));
        topology.workload.scale_to(2_000.0);
        topology.workload.sale.items = 7;
        let ran = run(topology);
        assert_all_laws(&ran);
        assert_sound(&ran);
        let (audit, backlog) = (&ran.report.audit, ran.buckets.iter().map(|bucket| bucket.backlog).max());
        assert!(audit.sold > 3_000, "{audit:#?}");
        assert_eq!(audit.places.inventory_orders, Some(audit.sold), "they stay in Redis: {audit:#?}");
        assert_eq!(audit.places.database_orders, Some(audit.sold), "{audit:#?}");
        // Between two sweeps orders wait.
        assert!(backlog > Some(300), "{backlog:?}");
    }
}

#[test]
fn a_data_set_doubles_while_people_buy_and_nothing_is_lost() {
    let mut topology = preset("growing-data-set.ron");
    topology.stretch_to(Duration::from_secs(4));
    topology.workload.scale_to(1_000.0);
    topology.faults.truncate(2);
    for (fault, (at_ms, amount)) in topology.faults.iter_mut().zip([(0, 30), (2_000, 30)]) {
        (fault.at, fault.amount) = (Duration::from_millis(at_ms), amount);
    }
    let ran = run(topology);
    assert_balanced(&ran);
    assert_sound(&ran);
    assert!(ran.report.faults.iter().all(|fault| fault.error.is_none()), "{:?}", ran.report.faults);
    assert_eq!(ran.report.totals.failed + ran.report.totals.indefinite, 0, "{:?}", ran.report.totals);
    for process in &ran.report.instances {
        let mib = process.peak_memory_bytes >> 20;
        assert!((60..90).contains(&mib), "the replica has it too: {process:?}");
        assert!(process.longest_fork_ms > 0.0 || process.name != "master", "{process:?}");
    }
}
