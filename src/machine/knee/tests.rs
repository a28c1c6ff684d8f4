//! The search's arithmetic and its words.

use super::gauge::Resource;
use super::*;
use crate::topology::Target;
use crate::topology::target::{Oversold, Requests, ResponseTime};

fn point(rate: f64, outcome: Outcome) -> Point {
    Point {
        rate_per_sec: rate,
        offered_per_sec: rate,
        achieved_per_sec: rate,
        p50_us: 900,
        p99_us: 61_000,
        lag_p99_us: 300,
        oversold: Some(0),
        outcome,
        reasons: if outcome == Outcome::Met { Vec::new() } else { vec!["it was too slow".into()] },
        gauges: vec![gauge(0.62)],
    }
}

fn gauge(used: f64) -> Gauge {
    Gauge {
        resource: Resource::ServerCpu,
        stage: Some("inventory".into()),
        process: Some("master".into()),
        used,
        full_from: 0.9,
        is_full: used >= 0.9,
        name: "processor of master of inventory".into(),
        measured: format!("{used:.2} of 1 core"),
    }
}

#[test]
fn what_was_met_once_was_met_and_what_is_above_it_bounds_it() {
    use Outcome::{Met, Missed, Unknown};
    let of = |rows: &[(f64, Outcome)]| {
        let points: Vec<Point> = rows.iter().map(|(rate, outcome)| point(*rate, *outcome)).collect();
        let met = met(&points);
        (met.per_sec, met.failed_at)
    };
    assert_eq!(
        of(&[(100.0, Met), (200.0, Missed), (200.0, Met), (400.0, Missed)]),
        (Some(200.0), Some(400.0))
    );
    assert_eq!(of(&[(100.0, Missed), (100.0, Unknown), (50.0, Missed)]), (None, Some(50.0)));
    assert_eq!(of(&[(100.0, Met)]), (Some(100.0), None));
    assert_eq!(
        of(&[(400.0, Missed), (200.0, Missed), (100.0, Met), (140.0, Met)]),
        (Some(140.0), Some(200.0))
    );
}

#[test]
fn sentences_say_what_is_known_and_no_more() {
    let say = |points: &[Point]| table::sentence(met(points), points);
    let (low, missed) = (point(12_000.0, Outcome::Met), point(14_000.0, Outcome::Missed));
    assert_eq!(
        say(&[low.clone(), missed.clone()]),
        "Targets met up to about 12,000 arrivals a second; at 14,000 not, because it was too slow"
    );
    assert_eq!(
        say(&[low.clone(), point(14_000.0, Outcome::Unknown)]),
        "Targets met up to about 12,000 arrivals a second; at 14,000 a run can't say, because it was too slow"
    );
    assert_eq!(say(&[low]), "Targets met at least about 12,000 arrivals a second");
    assert_eq!(
        say(std::slice::from_ref(&missed)),
        "Targets met: not even 14,000 arrivals a second; at 14,000 not, because it was too slow"
    );
    assert_eq!(
        bottleneck(&missed).sentence,
        "What limits it at 14,000 a second is not known: nothing that is measured was full; \
         the fullest was at 69 %: processor of master of inventory: 0.62 of 1 core"
    );
    let full = bottleneck(&Point { gauges: vec![gauge(0.97), gauge(0.4)], ..missed });
    assert_eq!(full.full.len(), 1);
    assert_eq!(full.sentence, "Full at 14,000 a second: processor of master of inventory: 0.97 of 1 core");
}

#[test]
fn a_design_is_held_to_selling_no_unit_twice_and_to_some_time() {
    let design = || crate::machine::Way::WholePath.design(1_000.0, Duration::from_secs(1));
    let own = Aim::new(design(), None);
    assert!(own.added.is_empty() && own.requests == Requests::Claims, "{:?}", own.added);
    let asked = Aim::new(design(), Some(Duration::from_millis(20)));
    assert_eq!(asked.added, ["p99 of all requests ≤ 20ms"]);
    assert_eq!(asked.requests, Requests::All);
    let mut bare = design();
    bare.targets = vec![Target::Oversold(Oversold { at_most: 7 })];
    let aim = Aim::new(bare, None);
    assert_eq!(
        aim.added,
        ["oversold ≤ 0 units", "p99 of all requests ≤ 50ms", "achieved of the offered load ≥ 99.0 %"]
    );
    assert_eq!(aim.requests, Requests::Claims);
    let is_time = |target: &&Target| matches!(target, Target::ResponseTime(ResponseTime { .. }));
    assert_eq!(aim.topology.targets.iter().filter(is_time).count(), 1);
}
