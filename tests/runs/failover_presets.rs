//! Every preset of a failover gives the verdict that it promises, for the reason that it names.

use crate::common;

use std::path::PathBuf;

use common::{Ran, assert_balanced, open, presets, run};
use seckill_lab::metrics::failover::{Failover, Outcome};
use seckill_lab::report::Verdict;
use seckill_lab::topology::Expected;

fn ran(name: &str) -> Ran {
    let path: PathBuf = presets().into_iter().find(|path| path.ends_with(name)).expect("the preset is there");
    let topology = open(&path);
    let expected = topology.expected;
    let ran = run(topology);
    assert_balanced(&ran);
    assert!(ran.faults.iter().all(|(_, failed)| failed.is_none()), "{:?}", ran.faults);
    let report = &ran.report;
    // Facts decide in any run; that the generator kept its schedule depends on what else the machine does.
    let holds = report.targets.iter().all(|target| target.is_fact && target.holds == Some(true));
    assert_eq!(holds, expected == Some(Expected::Pass), "{:?} {:#?}", report.targets, report.failovers);
    assert_eq!(report.verdict == Verdict::Fail, !holds, "{:?}", report.reasons);
    // None of them fails for another reason than the one that it is about.
    let missed = report.targets.iter().filter(|target| target.holds == Some(false));
    let about = |target: &str| target.starts_with("lost acknowledged") || target.starts_with("undersold ≤ 0");
    assert!(missed.clone().all(|missed| about(&missed.target)), "{:#?}", report.targets);
    ran
}

/// The outage that the preset's fault began. On a machine that stands still for a moment Sentinels may believe a healthy master
/// down; such an outage has no cause.
fn outage(ran: &Ran) -> &Failover {
    let caused: Vec<&Failover> = ran.report.failovers.iter().filter(|one| one.cause.is_some()).collect();
    let [one] = caused[..] else { panic!("not one outage with a cause: {:#?}", ran.report.failovers) };
    one
}

/// An outage that a failover ended, after a kill: every step is there, in its order, and takes as long as it was measured.
fn assert_whole(one: &Failover) {
    assert_eq!(one.outcome, Outcome::Failover, "{one:#?}");
    assert_eq!(
        (one.cause.as_deref(), one.master_before.as_str()),
        (Some("Kill master of inventory"), "master")
    );
    assert!(one.master_after.starts_with("replica"), "{one:#?}");
    // The Sentinel that leads names the new master before it tells of the switch: clients that ask it are early.
    let sentinels = [
        one.fault_secs,
        one.sdown_secs,
        one.odown_secs,
        one.elected_secs,
        one.promoted_secs,
        one.switched_secs,
    ];
    let clients =
        [one.fault_secs, one.first_error_secs, one.elected_secs, one.first_write_secs, one.last_moved_secs];
    for steps in [&sentinels[..], &clients] {
        assert!(steps.iter().all(Option::is_some) && steps.is_sorted(), "{one:#?}");
    }
    let unavailable = one.unavailable_secs.expect("it ended");
    // The band of the measurements on a busy machine.
    assert!((1.2..4.0).contains(&unavailable), "{one:#?}");
    let (detection, promotion) = (one.detection_secs.unwrap_or(0.0), one.promotion_secs.unwrap_or(0.0));
    assert!(detection > 0.4 && promotion > 0.1 && detection + promotion < unavailable + 0.5, "{one:#?}");
    assert_eq!((one.two_masters_secs, one.demoted_secs), (0.0, None), "{one:#?}");
}

/// Orders acknowledged in the buckets that end at most so many milliseconds before or after a moment.
fn sold_about(ran: &Ran, at_secs: f64, before: f64, after: f64) -> u64 {
    let near = (at_secs - before)..(at_secs + after);
    ran.buckets
        .iter()
        .filter(|bucket| near.contains(&bucket.at.as_secs_f64()))
        .map(|bucket| bucket.sold)
        .sum()
}

#[test]
fn a_killed_master_loses_nothing_on_one_machine() {
    let ran = ran("failover-kill.ron");
    assert_whole(outage(&ran));
    assert_eq!(ran.report.audit.lost_acknowledged, 0);
}

#[test]
fn slow_replicas_lose_what_was_acknowledged_while_it_was_on_its_way() {
    for name in ["failover-slow-link.ron", "failover-min-replicas.ron"] {
        let ran = ran(name);
        let one = outage(&ran);
        assert_eq!(one.outcome, Outcome::Failover, "{one:#?}");
        let lost = ran.report.audit.lost_acknowledged;
        let fault = one.fault_secs.expect("a fault");
        // 50 ms are half a bucket.
        let acknowledged = sold_about(&ran, fault, 0.15, 0.1);
        assert!(lost > 0 && lost <= acknowledged, "{name}: {lost} of {acknowledged} about the fault");
    }
}

#[test]
fn who_waits_for_a_replica_loses_nothing() {
    let ran = ran("failover-wait.ron");
    assert_eq!(outage(&ran).outcome, Outcome::Failover);
    assert_eq!(ran.report.audit.lost_acknowledged, 0);
    assert!(ran.report.totals.sold > 1_000, "{:?}", ran.report.totals);
}

#[test]
fn naive_clients_bring_orders_to_a_former_master_until_it_is_told() {
    let ran = ran("failover-naive.ron");
    let one = outage(&ran);
    assert_eq!(
        (one.outcome, one.cause.as_deref()),
        (Outcome::Failover, Some("Failover master of inventory"))
    );
    // From the promotion until Sentinel makes the former master a replica.
    assert!((7.0..14.0).contains(&one.two_masters_secs), "{one:#?}");
    assert!(one.demoted_secs.is_some() && one.unavailable_secs.is_some_and(|gap| gap < 1.0), "{one:#?}");
    let naive = one.naive.expect("there are naive clients");
    let (switched, last) = (one.switched_secs, naive.last_write_to_former_secs);
    let after = last.expect("they wrote on") - switched.expect("it was switched");
    assert!((7.0..14.0).contains(&after), "{one:#?}");
    assert!(naive.first_error_secs >= last, "{one:#?}");
    assert!(ran.report.audit.lost_acknowledged > 1_000, "{:#?}", ran.report.audit);
}

#[test]
fn an_empty_master_that_is_back_at_once_takes_everything_with_it() {
    let ran = ran("crash-without-persistence.ron");
    let one = outage(&ran);
    assert_eq!((one.outcome, one.master_after.as_str()), (Outcome::InPlace, "master"), "{one:#?}");
    assert_eq!((one.odown_secs, one.switched_secs), (None, None), "{one:#?}");
    assert!(one.unavailable_secs.is_some_and(|gap| (0.1..0.5).contains(&gap)), "{one:#?}");
    let audit = &ran.report.audit;
    assert!(audit.lost_acknowledged > 0 && audit.undersold > 0, "{audit:#?}");
    // The stock is gone: nothing is sold any more.
    let back = one.brought_back_secs.expect("it is back");
    assert_eq!(sold_about(&ran, back, -0.2, 60.0), 0);
}
