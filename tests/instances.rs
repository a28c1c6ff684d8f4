//! Instances of a service that die, stand still and come back, and what they keep for those behind them: in runs.

mod common;

use common::{Ran, assert_all_laws, assert_sound, open, presets, run};
use seckill_lab::metrics::StageTally;

/// A preset at a rate that any machine carries.
fn ran(name: &str, rate: f64) -> Ran {
    let path = presets().into_iter().find(|path| path.ends_with(name)).expect("the preset");
    let mut topology = open(&path);
    topology.workload.scale_to(rate);
    let ran = run(topology);
    assert_all_laws(&ran);
    ran
}

fn of<'a>(ran: &'a Ran, stage: &str) -> &'a StageTally {
    &ran.report.stages.iter().find(|report| report.name == stage).expect("the stage").tally
}

fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

#[test]
fn a_dead_instance_leaves_the_rotation_and_comes_back() {
    let ran = ran("instance-loss.ron", 1_500.0);
    let [absence] = ran.report.absences.as_slice() else { panic!("{:?}", ran.report.absences) };
    assert_eq!((absence.stage.as_str(), absence.instance.as_str()), ("service", "instance 2"));
    assert!(absence.from_secs >= 3.0 && absence.to_secs.is_some_and(|back| back >= 7.0), "{absence:?}");
    // It was dead for 4 of 10 s, with a quarter of the requests: 10 % would fail if nobody looked.
    let service = of(&ran, "service");
    let failed = share(service.failed, service.arrivals);
    assert!(failed > 0.0 && failed < 0.06, "{failed}");
    assert_sound(&ran);
}

#[test]
fn a_dead_instance_that_fails_at_once_gets_nearly_everything_from_who_prefers_the_idle() {
    let ran = ran("balancer-black-hole.ron", 2_000.0);
    assert!(ran.report.absences.is_empty(), "nobody looks: {:?}", ran.report.absences);
    // A fair share would be 10 % of all; everything would be 40 %.
    let service = of(&ran, "service");
    let failed = share(service.failed, service.arrivals);
    assert!(failed > 0.25, "{failed}");
    assert_sound(&ran);
}

#[test]
fn single_flight_and_pages_in_the_service_spare_the_database_a_stampede() {
    let asked = |name| {
        let ran = ran(name, 3_000.0);
        share(of(&ran, "database").arrivals, ran.report.totals.arrivals)
    };
    // Between the purge and the refill a third of all reads come.
    let (without, with) = (asked("stampede.ron"), asked("single-flight.ron"));
    assert!(without > 0.2 && with < 0.05, "{without} {with}");
}
