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

fn fault(ms: u64, action: &'static str, port: Option<u16>) -> Sight {
    let brings_back = matches!(action, "Resume" | "Restart" | "MendLink");
    at(ms, What::Fault { action, port, takes_away: !brings_back, brings_back })
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

/// A kill -9 at 2 s, with what three Sentinels of Valkey 9.1 told of it.
fn kill(ms: u64) -> Vec<Sight> {
    vec![
        fault(ms, "Kill", Some(7001)),
        error(ms + 1, 3),
        error(ms + 4, PROBE),
        error(ms + 6, 4),
        heard(ms + 640, "+sdown", "master inventory 127.0.0.1 7001"),
        heard(ms + 655, "+sdown", "master inventory 127.0.0.1 7001"),
        heard(ms + 690, "+odown", "master inventory 127.0.0.1 7001 #quorum 2/2"),
        heard(ms + 691, "+try-failover", "master inventory 127.0.0.1 7001"),
        heard(ms + 745, "+elected-leader", "master inventory 127.0.0.1 7001"),
        heard(ms + 745, "+failover-state-select-slave", "master inventory 127.0.0.1 7001"),
        heard(ms + 800, "+selected-slave", "slave 127.0.0.1:7003 127.0.0.1 7003 @ inventory 127.0.0.1 7001"),
        heard(
            ms + 1_650,
            "+promoted-slave",
            "slave 127.0.0.1:7003 127.0.0.1 7003 @ inventory 127.0.0.1 7001",
        ),
        heard(ms + 1_770, "+switch-master", "inventory 127.0.0.1 7001 127.0.0.1 7003"),
        heard(ms + 1_772, "+switch-master", "inventory 127.0.0.1 7001 127.0.0.1 7003"),
        write(ms + 1_776, PROBE),
        gap(AWARE, ms - 3, ms + 1_776),
        write(ms + 1_779, 3),
        write(ms + 1_790, 4),
        heard(ms + 2_700, "+failover-end", "master inventory 127.0.0.1 7001"),
        heard(ms + 2_700, "+switch-master", "inventory 127.0.0.1 7001 127.0.0.1 7003"),
        heard(ms + 2_710, "+sdown", "slave 127.0.0.1:7001 127.0.0.1 7001 @ inventory 127.0.0.1 7003"),
    ]
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
        (one.last_write_secs, 1.997),
        (one.first_error_secs, 2.001),
        (one.sdown_secs, 2.64),
        (one.odown_secs, 2.69),
        (one.elected_secs, 2.745),
        (one.promoted_secs, 3.65),
        (one.switched_secs, 3.77),
        (one.first_write_secs, 3.776),
        (one.last_moved_secs, 3.79),
        (one.detection_secs, 0.69),
        (one.promotion_secs, 1.08),
        (one.unavailable_secs, 1.779),
    ] {
        assert!(close(found, wanted), "{found:?} is not {wanted}: {one:#?}");
    }
    assert_eq!((one.demoted_secs, one.brought_back_secs, one.two_masters_secs), (None, None, 0.0));
    assert!(one.aborted.is_empty() && one.naive.is_none());
    let names: Vec<&str> = one.steps().iter().map(|(name, _)| *name).collect();
    assert_eq!((names[0], names[names.len() - 1]), ("fault", "last client moved"));
}

#[test]
fn a_second_kill_is_an_outage_of_its_own_and_hits_who_is_master_then() {
    let mut seen = kill(2_000);
    // The first process is dead already: nothing begins.
    seen.push(fault(5_000, "Kill", Some(7001)));
    seen.push(fault(6_000, "Kill", Some(7003)));
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
        fault(2_000, "Kill", Some(7001)),
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
    let naive_gap = What::LastWrite { clients: NAIVE, from_ns: ns(12_390), is_failing: true };
    let seen = [
        fault(2_000, "Failover", None),
        heard(2_001, "+try-failover", "master inventory 127.0.0.1 7001"),
        heard(2_060, "+elected-leader", "master inventory 127.0.0.1 7001"),
        heard(2_900, "+promoted-slave", "slave 127.0.0.1:7002 127.0.0.1 7002 @ inventory 127.0.0.1 7001"),
        at(2_950, What::Masters(2)),
        heard(3_000, "+switch-master", "inventory 127.0.0.1 7001 127.0.0.1 7002"),
        write(3_006, PROBE),
        gap(AWARE, 3_001, 3_006),
        heard(12_400, "+convert-to-slave", "slave 127.0.0.1:7001 127.0.0.1 7001 @ inventory 127.0.0.1 7002"),
        at(12_401, What::Error { clients: NAIVE, client: PROBE }),
        at(12_450, What::Masters(1)),
        at(15_000, naive_gap),
        at(15_000, What::LastWrite { clients: AWARE, from_ns: ns(14_999), is_failing: false }),
    ];
    let told = told(&seen, true);
    let [one] = &told[..] else { panic!("{told:#?}") };
    assert_eq!((one.outcome, one.cause.as_deref()), (Outcome::Failover, Some("Failover")));
    assert!(close(one.unavailable_secs, 0.005) && close(one.demoted_secs, 12.4), "{one:#?}");
    assert!((one.two_masters_secs - 9.5).abs() < 1e-6, "{one:#?}");
    let naive = one.naive.expect("there are naive clients");
    assert!(close(naive.first_error_secs, 12.401) && close(naive.last_write_to_former_secs, 12.39));
    assert_eq!(naive.unavailable_secs, None);
}

#[test]
fn what_was_given_up_is_told_with_its_reason_and_belongs_to_the_same_outage() {
    let mut seen = vec![
        fault(1_000, "Kill", Some(7001)),
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
