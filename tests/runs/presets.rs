//! Every preset keeps what it promises, scaled down.

use crate::common;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use common::{assert_all_laws, assert_sold_exactly, assert_sound, open, presets, run, run_and_keep};
use seckill_lab::metrics::Role;
use seckill_lab::topology::stage::{Decrement, StageKind};
use seckill_lab::topology::target::Target;
use seckill_lab::topology::{Expected, Topology};
use seckill_lab::workload::Operation;

/// The presets in which nothing breaks; those of failovers, and those that make a mistake, have tests of their own.
fn unbroken() -> Vec<PathBuf> {
    let is_sound = |topology: &Topology| topology.faults.is_empty() && !makes_a_mistake(topology);
    presets().into_iter().filter(|path| is_sound(&open(path))).collect()
}

fn makes_a_mistake(topology: &Topology) -> bool {
    topology.stages.iter().any(|stage| match &stage.kind {
        StageKind::MasterReplica(params) => params.mistake.is_some(),
        StageKind::DataControl(params) => params.reload_stock,
        _ => false,
    })
}

fn preset(name: &str) -> PathBuf {
    presets().into_iter().find(|path| path.ends_with(name)).expect("the preset is there")
}

/// Short, and with many more clicks than units.
fn scaled_down(path: &std::path::Path) -> Topology {
    let mut topology = open(path);
    topology.stretch_to(Duration::from_secs(3));
    topology.workload.scale_to(2_500.0);
    topology.workload.sale.stock = 200;
    topology.workload.sale.items = topology.workload.sale.items.min(200);
    topology
}

fn is_naive(topology: &Topology) -> bool {
    let naive = |kind: &StageKind| match kind {
        StageKind::MasterReplica(params) => params.decrement == Decrement::NaiveReadThenWrite,
        _ => false,
    };
    topology.stages.iter().any(|stage| naive(&stage.kind))
}

#[test]
fn every_preset_keeps_the_laws_and_its_audit_says_what_the_preset_promises() {
    for path in unbroken() {
        let topology = scaled_down(&path);
        if !topology.faults.is_empty() {
            // What breaks, or grows, is held to its promise by a test of its own.
            continue;
        }
        let (naive, expected) = (is_naive(&topology), topology.expected);
        let ran = run(topology);
        assert_all_laws(&ran);
        let audit = &ran.report.audit;
        assert_eq!(audit.stock, 200);
        // What is killed on purpose misses looks.
        let undisturbed = ran.plan.topology.faults.is_empty();
        for process in ran.report.instances.iter().filter(|_| undisturbed) {
            assert!(process.looks > 5 && process.missed_looks == 0 && process.commands > 0, "{process:#?}");
            let role = match process.name.split(' ').next() {
                Some("master") => Role::Master,
                // The first three of six.
                Some("node") if ["node 1", "node 2", "node 3"].contains(&process.name.as_str()) => {
                    Role::Master
                }
                Some("replica" | "node") => Role::Replica,
                _ => Role::Sentinel,
            };
            assert_eq!(process.role, role, "{process:#?}");
        }
        if naive {
            assert!(audit.oversold > 0, "{}: {audit:#?}", path.display());
            assert_eq!(ran.report.verdict.exit_code(), 1, "{}: {:?}", path.display(), ran.report.reasons);
        } else {
            assert_sound(&ran);
        }
        if expected == Some(Expected::Pass) {
            // Latency depends on the machine; facts don't.
            let facts = ran.report.targets.iter().filter(|target| target.is_fact);
            assert!(
                facts.clone().count() > 0 && facts.clone().all(|target| target.holds == Some(true)),
                "{audit:#?}"
            );
        }
    }
}

#[test]
fn every_preset_promises_a_verdict_and_has_targets_of_fact() {
    for path in presets() {
        let topology = open(&path);
        assert!(topology.expected.is_some(), "{}", path.display());
        let facts: [(Operation, &[&str]); 3] = [
            (Operation::Claim, &["Oversold", "Undersold", "Duplicates", "LostAcknowledged"]),
            (Operation::Append, &["LostEvents", "DuplicateEvents"]),
            (Operation::Count, &["Miscounted"]),
        ];
        let wanted = facts.iter().filter(|(operation, _)| topology.workload.wants(*operation));
        for &fact in wanted.flat_map(|(_, facts)| *facts) {
            assert!(topology.targets.iter().map(Target::word).any(|word| word == fact), "{}", path.display());
        }
    }
}

#[test]
fn with_orders_paid_at_once_the_stock_is_sold_to_the_last_unit() {
    let mut topology = scaled_down(&preset("seckill-six-phases.ron"));
    for stage in &mut topology.stages {
        if let StageKind::DataControl(params) = &mut stage.kind {
            params.unpaid_ratio = 0.0;
        }
    }
    let ran = run(topology);
    assert_all_laws(&ran);
    assert_sold_exactly(&ran);
}

#[test]
fn the_kept_database_counts_the_same_as_the_report() {
    let mut topology = scaled_down(&preset("seckill-six-phases.ron"));
    for stage in &mut topology.stages {
        if let StageKind::DataControl(params) = &mut stage.kind {
            params.pay_within = Duration::from_millis(500);
        }
    }
    let ran = run_and_keep(topology);
    assert_all_laws(&ran);
    let folder = ran.kept.as_ref().expect("the folder is named").0.clone();
    let database = rusqlite::Connection::open(folder.join("seckill.sqlite3")).unwrap();
    let mut statement =
        database.prepare("SELECT id, item, claimant, units, status FROM orders ORDER BY id").unwrap();
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))
        .unwrap();
    let orders: Vec<(u64, u32, u64, u64, u8)> = rows.map(Result::unwrap).collect();
    let (mut buyers, mut sold) = (BTreeSet::new(), vec![0; 10]);
    for &(_, item, claimant, units, _) in orders.iter().filter(|order| order.4 != 2) {
        assert!(buyers.insert((claimant, item)), "buyer {claimant} has product {item} twice");
        sold[item as usize] += units;
    }
    let audit = &ran.report.audit;
    let cancelled = orders.len() - buyers.len();
    assert!(cancelled > 0, "some buyers never pay");
    assert_eq!(orders.len() as u64, ran.report.totals.sold);
    assert_eq!(audit.places.database_orders, Some(orders.len() as u64));
    assert_eq!(audit.places.cancelled_orders, cancelled as u64);
    assert_eq!(audit.sold, sold.iter().sum::<u64>());
    for (item, &sold) in (0..).zip(&sold) {
        assert!(sold <= ran.plan.topology.workload.sale.stock_of(item), "product {item}: {sold}");
    }
}
