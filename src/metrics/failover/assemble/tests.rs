//! Outages as they are told, from lists of what was seen.

use super::super::sight::SentinelEvent;
use super::*;

const AWARE: ClientKind = ClientKind::SentinelAware;
const NAIVE: ClientKind = ClientKind::Naive;

fn processes() -> Vec<(String, u16)> {
    vec![("master".into(), 7001), ("replica 1".into(), 7002), ("replica 2".into(), 7003)]
}

/// Milliseconds after the first arrival, which comes at 1 s.
fn at(ms: u64, what: What) -> Sight {
    Sight { at_ns: ns(ms), what }
}

fn ns(ms: u64) -> u64 {
    1_000_000_000 + ms * 1_000_000
}

fn heard(ms: u64, channel: &str, text: &str) -> Sight {
    at(ms, What::Sentinel(SentinelEvent::parse(channel, text)))
}

fn fault(ms: u64, what: &str, port: Option<u16>) -> Sight {
    let brings_back = ["Resume", "Restart", "MendLink"].iter().any(|word| what.starts_with(word));
    at(ms, What::Fault { what: what.to_owned(), port, takes_away: !brings_back, brings_back })
}

fn gap(clients: ClientKind, from: u64, to: u64) -> Sight {
    at(to, What::Gap { clients, from_ns: ns(from) })
}

fn error(ms: u64, client: u32) -> Sight {
    at(ms, What::Error { clients: AWARE, client })
}

fn write(ms: u64, client: u32) -> Sight {
    at(ms, What::Write { clients: AWARE, client })
}

fn told(seen: &[Sight], has_naive: bool) -> Vec<Failover> {
    let processes = processes();
    assemble(&Facts { stage: "inventory", processes: &processes, has_naive, start_ns: ns(0) }, seen)
}

/// What three Sentinels of Valkey 9.1.2 told of a kill -9, with the milliseconds since then; ports and ids made short.
const KILL: &str = "\
617 +sdown master inventory 127.0.0.1 7001
618 +sdown master inventory 127.0.0.1 7001
624 +sdown master inventory 127.0.0.1 7001
687 +odown master inventory 127.0.0.1 7001 #quorum 2/2
687 +new-epoch 1
687 +try-failover master inventory 127.0.0.1 7001
687 +vote-for-leader eab95b5b 1
689 +odown master inventory 127.0.0.1 7001 #quorum 3/2
689 +new-epoch 1
689 +try-failover master inventory 127.0.0.1 7001
689 +vote-for-leader a1ae141f 1
691 +new-epoch 1
691 +vote-for-leader eab95b5b 1
743 +elected-leader master inventory 127.0.0.1 7001
743 +failover-state-select-slave master inventory 127.0.0.1 7001
795 +selected-slave slave 127.0.0.1:7003 127.0.0.1 7003 @ inventory 127.0.0.1 7001
795 +failover-state-send-slaveof-noone slave 127.0.0.1:7003 127.0.0.1 7003 @ inventory 127.0.0.1 7001
848 +failover-state-wait-promotion slave 127.0.0.1:7003 127.0.0.1 7003 @ inventory 127.0.0.1 7001
1707 -role-change slave 127.0.0.1:7003 127.0.0.1 7003 @ inventory 127.0.0.1 7001 new reported role is master
1747 -role-change slave 127.0.0.1:7003 127.0.0.1 7003 @ inventory 127.0.0.1 7001 new reported role is master
1747 +promoted-slave slave 127.0.0.1:7003 127.0.0.1 7003 @ inventory 127.0.0.1 7001
1747 +failover-state-reconf-slaves master inventory 127.0.0.1 7001
1789 +odown master inventory 127.0.0.1 7001 #quorum 3/2
1789 -role-change slave 127.0.0.1:7003 127.0.0.1 7003 @ inventory 127.0.0.1 7001 new reported role is master
1804 +slave-reconf-sent slave 127.0.0.1:7002 127.0.0.1 7002 @ inventory 127.0.0.1 7001
1810 +config-update-from sentinel eab95b5b 127.0.0.1 7101 @ inventory 127.0.0.1 7001
1810 +switch-master inventory 127.0.0.1 7001 127.0.0.1 7003
1810 +slave slave 127.0.0.1:7001 127.0.0.1 7001 @ inventory 127.0.0.1 7003
1811 +switch-master inventory 127.0.0.1 7001 127.0.0.1 7003
2353 +sdown slave 127.0.0.1:7001 127.0.0.1 7001 @ inventory 127.0.0.1 7003
2792 +slave-reconf-done slave 127.0.0.1:7002 127.0.0.1 7002 @ inventory 127.0.0.1 7001
2849 -odown master inventory 127.0.0.1 7001
2849 +failover-end master inventory 127.0.0.1 7001
2849 +switch-master inventory 127.0.0.1 7001 127.0.0.1 7003
3402 +sdown slave 127.0.0.1:7001 127.0.0.1 7001 @ inventory 127.0.0.1 7003";

/// The same of a SENTINEL FAILOVER on a healthy master.
const MANUAL: &str = "\
1 +new-epoch 1
1 +try-failover master inventory 127.0.0.1 7001
42 -sdown master inventory 127.0.0.1 7001
42 +vote-for-leader 43a151ee 1
42 +elected-leader master inventory 127.0.0.1 7001
42 +failover-state-select-slave master inventory 127.0.0.1 7001
113 +selected-slave slave 127.0.0.1:7003 127.0.0.1 7003 @ inventory 127.0.0.1 7001
113 +failover-state-send-slaveof-noone slave 127.0.0.1:7003 127.0.0.1 7003 @ inventory 127.0.0.1 7001
1050 +promoted-slave slave 127.0.0.1:7003 127.0.0.1 7003 @ inventory 127.0.0.1 7001
1123 +config-update-from sentinel 43a151ee 127.0.0.1 7101 @ inventory 127.0.0.1 7001
1123 +switch-master inventory 127.0.0.1 7001 127.0.0.1 7003
1146 -role-change slave 127.0.0.1:7001 127.0.0.1 7001 @ inventory 127.0.0.1 7003 new reported role is master
2141 +failover-end master inventory 127.0.0.1 7001
2141 +switch-master inventory 127.0.0.1 7001 127.0.0.1 7003
11175 +convert-to-slave slave 127.0.0.1:7001 127.0.0.1 7001 @ inventory 127.0.0.1 7003
11196 +role-change slave 127.0.0.1:7001 127.0.0.1 7001 @ inventory 127.0.0.1 7003 new reported role is slave";

fn recorded(from_ms: u64, list: &str) -> Vec<Sight> {
    let line = |line: &str| {
        let mut words = line.splitn(3, ' ');
        let mut next = || words.next().unwrap_or_default();
        let after: u64 = next().parse().expect("milliseconds");
        heard(from_ms + after, next(), next())
    };
    list.lines().map(line).collect()
}

/// A kill -9 at a moment, as the Sentinels and the clients of a real run saw it.
fn kill(ms: u64) -> Vec<Sight> {
    let mut seen = recorded(ms, KILL);
    seen.extend([
        fault(ms, "Kill master", Some(7001)),
        error(ms + 2, 3),
        error(ms + 4, PROBE),
        error(ms + 6, 4),
        write(ms + 1_749, PROBE),
        gap(AWARE, ms - 4, ms + 1_753),
        write(ms + 1_751, 3),
        write(ms + 1_753, 4),
    ]);
    seen
}

fn close(found: Option<f64>, wanted: f64) -> bool {
    found.is_some_and(|found| (found - wanted).abs() < 1e-6)
}

#[test]
fn a_kill_is_told_step_by_step() {
    let told = told(&kill(2_000), false);
    let [one] = &told[..] else { panic!("{told:#?}") };
    assert_eq!((one.outcome, one.cause.as_deref()), (Outcome::Failover, Some("Kill master")));
    assert_eq!((one.master_before.as_str(), one.master_after.as_str()), ("master", "replica 2"));
    for (found, wanted) in [
        (one.fault_secs, 2.0),
        (one.last_write_secs, 1.996),
        (one.first_error_secs, 2.002),
        (one.sdown_secs, 2.617),
        (one.odown_secs, 2.687),
        (one.elected_secs, 2.743),
        (one.promoted_secs, 3.747),
        (one.switched_secs, 3.81),
        (one.first_write_secs, 3.749),
        (one.last_moved_secs, 3.753),
        (one.detection_secs, 0.687),
        (one.promotion_secs, 1.123),
        (one.unavailable_secs, 1.757),
    ] {
        assert!(close(found, wanted), "{found:?} is not {wanted}: {one:#?}");
    }
    assert_eq!((one.demoted_secs, one.brought_back_secs, one.two_masters_secs), (None, None, 0.0));
    assert!(one.aborted.is_empty() && one.naive.is_none());
    let names: Vec<&str> = one.steps().iter().map(|(name, _)| *name).collect();
    assert_eq!((names[0], names[names.len() - 1]), ("fault", "switch told"));
}

#[test]
fn a_second_kill_is_an_outage_of_its_own_and_hits_who_is_master_then() {
    let mut seen = kill(2_000);
    // The first process is dead already: nothing begins.
    seen.push(fault(5_000, "Kill master", Some(7001)));
    seen.push(fault(6_000, "Kill replica 2", Some(7003)));
    seen.push(error(6_004, PROBE));
    seen.push(at(9_000, What::LastWrite { clients: AWARE, from_ns: ns(5_999), is_failing: true }));
    let told = told(&seen, false);
    assert_eq!(told.len(), 2, "{told:#?}");
    assert_eq!((told[1].outcome, told[1].cause.as_deref()), (Outcome::NotOver, Some("Kill replica 2")));
    assert_eq!((told[1].unavailable_secs, told[1].master_after.as_str()), (None, "replica 2"));
    assert!(close(told[1].last_write_secs, 5.999), "{:#?}", told[1]);
}

#[test]
fn a_restart_in_place_is_told_as_such() {
    let seen = [
        fault(2_000, "Kill master", Some(7001)),
        error(2_003, PROBE),
        at(2_130, What::Restarted { port: 7001 }),
        write(2_135, PROBE),
        gap(AWARE, 1_998, 2_135),
    ];
    let told = told(&seen, false);
    let [one] = &told[..] else { panic!("{told:#?}") };
    assert_eq!((one.outcome, one.master_after.as_str()), (Outcome::InPlace, "master"));
    assert!(close(one.unavailable_secs, 0.137) && close(one.brought_back_secs, 2.13), "{one:#?}");
    assert_eq!((one.detection_secs, one.promotion_secs, one.switched_secs), (None, None, None));
}

#[test]
fn a_manual_failover_leaves_two_masters_and_naive_clients_behind() {
    let mut seen = recorded(3_001, MANUAL);
    seen.extend([
        fault(3_001, "Failover", None),
        at(3_220, What::Masters(2)),
        write(4_128, PROBE),
        gap(AWARE, 4_121, 4_128),
        at(14_182, What::Error { clients: NAIVE, client: PROBE }),
        at(14_220, What::Masters(1)),
        at(18_000, What::LastWrite { clients: NAIVE, from_ns: ns(14_177), is_failing: true }),
        at(18_000, What::LastWrite { clients: AWARE, from_ns: ns(17_999), is_failing: false }),
    ]);
    assert_eq!(told(&seen, true).len(), 1);
    // What the switch left behind stays its own, also when the machine stood still for a moment in between.
    seen.extend([error(8_000, PROBE), gap(AWARE, 6_990, 8_010)]);
    let told = told(&seen, true);
    let [one, _] = &told[..] else { panic!("{told:#?}") };
    assert_eq!((one.outcome, one.cause.as_deref()), (Outcome::Failover, Some("Failover")));
    assert!(close(one.unavailable_secs, 0.007) && close(one.demoted_secs, 14.176), "{one:#?}");
    assert_eq!((one.detection_secs, one.promotion_secs, one.sdown_secs), (None, None, None));
    assert!((one.two_masters_secs - 11.0).abs() < 1e-6, "{one:#?}");
    let naive = one.naive.expect("there are naive clients");
    assert!(close(naive.first_error_secs, 14.182) && close(naive.last_write_to_former_secs, 14.177));
    assert_eq!(naive.unavailable_secs, None);
}

#[test]
fn what_was_given_up_is_told_with_its_reason_and_belongs_to_the_same_outage() {
    let mut seen = vec![
        fault(1_000, "Kill master", Some(7001)),
        error(1_003, PROBE),
        heard(1_600, "+sdown", "master inventory 127.0.0.1 7001"),
        heard(1_650, "+odown", "master inventory 127.0.0.1 7001 #quorum 2/2"),
        heard(1_700, "+elected-leader", "master inventory 127.0.0.1 7001"),
        heard(1_760, "-failover-abort-no-good-slave", "master inventory 127.0.0.1 7001"),
        heard(7_700, "+try-failover", "master inventory 127.0.0.1 7001"),
        heard(7_750, "+elected-leader", "master inventory 127.0.0.1 7001"),
        heard(8_700, "+switch-master", "inventory 127.0.0.1 7001 127.0.0.1 7002"),
        gap(AWARE, 999, 8_705),
    ];
    // The order in which things are noted does not matter.
    seen.reverse();
    let told = told(&seen, false);
    let [one] = &told[..] else { panic!("{told:#?}") };
    assert_eq!(one.aborted.len(), 1);
    assert!(close(Some(one.aborted[0].at_secs), 1.76) && one.aborted[0].reason == "no good slave");
    assert!(close(one.elected_secs, 7.75) && close(one.unavailable_secs, 7.706), "{one:#?}");
}

#[test]
fn without_a_fault_only_what_the_probe_or_the_sentinels_felt_is_an_outage() {
    assert_eq!(told(&[error(100, 3), write(900, 3), gap(AWARE, 2_000, 2_150)], false), []);
    assert_eq!(told(&[fault(100, "Kill", Some(7002)), fault(200, "Pause", Some(7001))], false), []);
    let mut late = kill(9_000);
    late.insert(0, fault(2_000, "SlowScript", Some(7001)));
    let causes: Vec<Option<String>> = told(&late, false).into_iter().map(|one| one.cause).collect();
    assert_eq!(causes, [Some("Kill master".to_owned())], "what nobody felt is not the cause");
    let told = told(&[error(100, 3), error(104, PROBE), gap(AWARE, 99, 300)], false);
    let [one] = &told[..] else { panic!("{told:#?}") };
    assert_eq!((one.outcome, one.cause.as_deref()), (Outcome::Recovered, None));
    assert!(close(one.first_error_secs, 0.1) && one.fault_secs.is_none(), "{one:#?}");
}
