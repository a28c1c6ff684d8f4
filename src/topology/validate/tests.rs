#![allow(clippy::needless_pass_by_value, clippy::unwrap_used, reason = "reads better in a table of tests")]

mod external;
mod parting;

use std::time::Duration;

use super::super::fault::FaultAction;
use super::super::stage::{
    Cdn, DataControl, Database, LoadBalancer, MasterReplica, Queue, ReadWriteSplit, Service, Users,
};
use super::super::target::{Achieved, Oversold};
use super::super::{Fault, Link, Place, RunPlan, Severity, StageKind, Target};
use super::*;
use crate::param::ParamType;
use crate::workload::arrival::{Constant, Ramp};
use crate::workload::{Audience, Mix, Phase, Records, Sale, Shape, Spacing, Workload};

fn link(from: &str, to: &str) -> Link {
    Link::new(from, to)
}

fn stage(name: &str, kind: StageKind) -> Stage {
    Stage { name: name.into(), kind, at: (0.0, 0.0) }
}

fn phase(name: &str, secs: u64, shape: Shape) -> Phase {
    let mix = Mix { read: 1.0, claim: 1.0, ..Mix::NOTHING };
    Phase { name: name.into(), span: Duration::from_secs(secs), shape, spacing: Spacing::Even, mix }
}

fn constant(rate: f64) -> Shape {
    Shape::Constant(Constant { rate })
}

/// A design with every kind of stage and no problem.
fn good() -> Topology {
    use StageKind as K;
    let queue = Queue { on: Some("inventory".into()), ..Queue::default() };
    Topology {
        title: "Good".into(),
        question: String::new(),
        source: String::new(),
        expected: None,
        stages: vec![
            stage("users", K::Users(Users::default())),
            stage("cdn", K::Cdn(Cdn::default())),
            stage("balancer", K::LoadBalancer(LoadBalancer::default())),
            stage("service", K::Service(Service::default())),
            stage("gate", K::ReadWriteSplit(ReadWriteSplit::default())),
            stage("inventory", K::MasterReplica(MasterReplica::default())),
            stage("queue", K::Queue(queue)),
            stage("database", K::Database(Database::default())),
            stage("control", K::DataControl(DataControl::default())),
        ],
        links: vec![
            link("users", "cdn"),
            link("cdn", "balancer"),
            link("balancer", "service"),
            link("service", "gate"),
            link("gate", "inventory"),
            link("inventory", "queue"),
            link("queue", "database"),
            link("control", "gate"),
            link("control", "inventory"),
            link("control", "database"),
        ],
        workload: Workload {
            seed: 1,
            sale: Sale::default(),
            audience: Audience::default(),
            records: Records::default(),
            phases: vec![phase("rush", 5, constant(1_000.0))],
        },
        faults: vec![Fault {
            at: Duration::from_secs(1),
            stage: "inventory".into(),
            instance: "sentinel 3".into(),
            ..Fault::default()
        }],
        targets: vec![Target::Oversold(Oversold::default())],
        rules: Vec::new(),
        variants: Vec::new(),
    }
}

fn at(name: &str) -> Place {
    Place::Stage(name.into())
}

fn between(from: &str, to: &str) -> Place {
    Place::Link { from: from.into(), to: to.into() }
}

fn in_phase(name: &str) -> Place {
    Place::Workload(Some(name.into()))
}

/// Changes the parameters of a stage.
fn with(topology: &mut Topology, name: &str, key: &str, value: impl ParamType) {
    let index = topology.index_of(name).unwrap();
    assert!(topology.stages[index].kind.params_mut().set(key, value.to_value()));
}

fn unlink(topology: &mut Topology, from: &str, to: &str) {
    topology.links.retain(|known| *known != link(from, to));
}

/// A way to spoil the good design, and the one problem that it then has.
type Case = (fn(&mut Topology), Place, &'static str, &'static str);

/// Checks that each change of the good design causes its problem and no other.
fn check(cases: Vec<Case>) {
    spoil(good, cases);
}

/// The same of any design that is sound.
fn spoil(sound: fn() -> Topology, cases: Vec<Case>) {
    for (change, place, text, remedy) in cases {
        let mut topology = sound();
        change(&mut topology);
        let problems = validate(&topology);
        let [problem] = &problems[..] else { panic!("{text}: {problems:#?}") };
        assert_eq!(problem.place, place, "{problem}");
        assert!(problem.text.contains(text), "{text}: {problem}");
        assert!(problem.remedy.contains(remedy), "{remedy}: {problem}");
        let refused = RunPlan::new(topology).is_err();
        assert_eq!(refused, problem.severity == Severity::Error, "{problem}");
    }
}

#[test]
fn nothing_is_wrong_with_a_good_design() {
    assert_eq!(validate(&good()), []);
    assert!(RunPlan::new(good()).is_ok());
}

#[test]
fn values_out_of_range_are_found_wherever_they_are() {
    check(vec![
        (|t| with(t, "cdn", "ttl", Duration::ZERO), at("cdn"), "ttl is 0s, out of range", "1ms to 1day"),
        (|t| with(t, "service", "instances", 65_u32), at("service"), "instances is 65", "1 to 64 instances"),
        (|t| t.workload.sale.stock = 2_000_000_000, Place::Workload(None), "stock is 2000000000", "0 to"),
        (|t| t.workload.audience.item_skew = f64::NAN, Place::Workload(None), "item_skew is NaN", "0 to 4"),
        (|t| t.workload.phases[0].mix.read = -1.0, in_phase("rush"), "read is -1", "0 to"),
        (|t| t.workload.phases[0].shape = constant(0.0), in_phase("rush"), "rate is 0", "arrivals/s"),
        (|t| t.workload.phases[0].shape = constant(1e12), in_phase("rush"), "rate is 1000000000000", "from"),
        (
            |t| t.targets.push(Target::Achieved(Achieved { at_least: 1.5 })),
            Place::Target(2),
            "at_least is 1.5",
            "0 to 1",
        ),
    ]);
}

#[test]
fn names_are_usable_and_different() {
    check(vec![
        (
            |t| {
                t.stages.push(stage("cdn", StageKind::Cdn(Cdn::default())));
            },
            at("cdn"),
            "two stages are called \"cdn\"",
            "rename",
        ),
        (|t| rename(t, "cdn", " "), at(" "), "its name is empty", "1 to 40"),
        (|t| rename(t, "cdn", "a\tb"), at("a\tb"), "control character", "printable"),
        (|t| rename(t, "cdn", &"x".repeat(41)), at(&"x".repeat(41)), "has 41 characters", "1 to 40"),
        (|t| t.stages[1].at.0 = f32::NAN, at("cdn"), "position is not a number", "at: (x, y)"),
    ]);
}

fn rename(topology: &mut Topology, from: &str, to: &str) {
    let index = topology.index_of(from).unwrap();
    topology.stages[index].name = to.into();
    let ends = topology.links.iter_mut().flat_map(|link| [&mut link.from, &mut link.to]);
    ends.filter(|end| *end == from).for_each(|end| *end = to.into());
}

#[test]
fn links_lead_from_stage_to_stage_and_not_in_circles() {
    check(vec![
        (|t| t.links.push(link("cdn", "cache")), between("cdn", "cache"), "no stage \"cache\"", "correct"),
        (|t| t.links.push(link("cdn", "cdn")), between("cdn", "cdn"), "to itself", "remove"),
        (|t| t.links.push(link("users", "cdn")), between("users", "cdn"), "there twice", "remove one"),
        (|t| t.links.push(link("cdn", "users")), between("cdn", "users"), "CDN can't send to users", "turn"),
        (|t| t.links.push(link("database", "cdn")), between("database", "cdn"), "can't send to CDN", "last"),
        (
            |t| t.links.push(link("control", "cdn")),
            between("control", "cdn"),
            "data control can't send to CDN",
            "looks after",
        ),
        (
            |t| t.links.push(link("gate", "control")),
            between("gate", "control"),
            "can't send to data control",
            "link from it",
        ),
        (
            |t| {
                t.stages.push(stage("tier two", StageKind::Service(Service::default())));
                t.links.extend([link("service", "tier two"), link("tier two", "gate")]);
            },
            between("service", "tier two"),
            "service can't send to service",
            "side by side",
        ),
        (
            |t| t.links.push(link("cdn", "gate")),
            at("cdn"),
            "leave it in 2 ways: \"balancer\", \"gate\"",
            "load balancer",
        ),
        (
            |t| t.links.push(link("balancer", "gate")),
            at("balancer"),
            "spreads over \"service\", \"gate\"",
            "services",
        ),
        (
            |t| {
                let island = stage("island", StageKind::Cdn(Cdn::default()));
                t.stages.push(island);
                t.links.push(link("island", "gate"));
            },
            at("island"),
            "no traffic reaches it",
            "or remove it",
        ),
        (
            |t| {
                for name in ["a", "b"] {
                    t.stages.push(stage(name, StageKind::Cdn(Cdn::default())));
                }
                t.links.extend([link("a", "b"), link("b", "a")]);
            },
            at("a"),
            "in a circle: \"a\" → \"b\" → \"a\"",
            "remove a link",
        ),
        (
            |t| t.stages.extend((0..200).map(|n| stage(&n.to_string(), StageKind::Cdn(Cdn::default())))),
            Place::Design,
            "there are 209 stages",
            "at most 200",
        ),
        (
            |t| t.links.extend((0..2_000).map(|_| link("users", "cdn"))),
            Place::Design,
            "there are 2010 links",
            "at most 2000",
        ),
    ]);
}

#[test]
fn every_request_can_be_answered() {
    check(vec![
        (
            |t| {
                t.stages.retain(|stage| stage.name != "users");
                t.links.retain(|link| link.from != "users");
            },
            Place::Design,
            "nobody comes: there is no users stage",
            "add a Users stage",
        ),
        (
            |t| {
                t.stages.retain(|stage| !["inventory", "queue", "database"].contains(&&*stage.name));
                t.links.retain(|link| {
                    t.stages.iter().filter(|s| s.name == link.from || s.name == link.to).count() == 2
                });
                t.faults.clear();
            },
            at("users"),
            "its claims reach no stage that can decide them",
            "RedisCluster or a Database",
        ),
        (
            |t| {
                t.stages.retain(|stage| ["users", "cdn"].contains(&&*stage.name));
                t.links.truncate(1);
                t.faults.clear();
                t.workload.phases[0].mix.claim = 0.0;
            },
            at("users"),
            "its reads reach no stage that can answer them",
            "ReadWriteSplit",
        ),
        (
            |t| {
                t.stages.retain(|stage| stage.name != "control");
                t.links.retain(|link| link.from != "control");
            },
            at("gate"),
            "nobody preloads it: there is no data control",
            "DataControl",
        ),
        (
            |t| unlink(t, "control", "inventory"),
            at("inventory"),
            "nobody preloads its stock",
            "\"inventory\"",
        ),
        (|t| unlink(t, "control", "gate"), at("gate"), "nobody opens it", "from \"control\" to \"gate\""),
        (|t| unlink(t, "control", "database"), at("database"), "nobody compares its orders", "\"database\""),
    ]);
}

#[test]
fn stages_get_what_they_need() {
    check(vec![
        (|t| with(t, "inventory", "sentinels", 4_u32), at("inventory"), "4 Sentinels can split", "1, 3 or 5"),
        (|t| with(t, "inventory", "quorum", 5_u32), at("inventory"), "a quorum of 5 is more", "lower"),
        (
            |t| with(t, "inventory", "replicas", 0_u32),
            at("inventory"),
            "no replica to promote",
            "add a replica",
        ),
        (
            |t| with(t, "queue", "on", Some("gate".to_owned())),
            at("queue"),
            "can't be on \"gate\", which is a Redis read-write split",
            "MasterReplica",
        ),
        (|t| with(t, "queue", "on", Some("x".to_owned())), at("queue"), "there is no such stage", "or None"),
        (
            |t| {
                t.stages.push(stage("second", StageKind::DataControl(DataControl::default())));
            },
            at("second"),
            "more than one data control stage",
            "take one away",
        ),
        (
            |t| {
                t.workload.sale.opens_at = Duration::from_secs(1);
                t.stages.retain(|stage| stage.name != "gate");
                t.links.retain(|link| link.from != "gate" && link.to != "gate");
                t.links.push(link("service", "inventory"));
            },
            at("inventory"),
            "it sells before the sale opens",
            "put a ReadWriteSplit in front",
        ),
        (
            |t| {
                t.stages.push(stage("dead end", StageKind::Service(Service::default())));
                t.links.push(link("balancer", "dead end"));
            },
            at("dead end"),
            "requests end here without an answer",
            "the other services",
        ),
        (
            |t| {
                with(t, "control", "unpaid_ratio", 0.5);
                t.stages.retain(|stage| !["queue", "database"].contains(&&*stage.name));
                t.links.retain(|link| link.to != "queue" && link.to != "database");
            },
            at("control"),
            "unpaid orders can't be expired",
            "unpaid_ratio to 0",
        ),
    ]);
}

#[test]
fn the_workload_makes_sense() {
    let sale = || Place::Workload(None);
    check(vec![
        (|t| t.workload.audience.users = 0, sale(), "users is 0", "1 to"),
        (
            |t| t.workload.audience = Audience { users: 5, bots: 5, ..Audience::default() },
            sale(),
            "5 bots leave no people among 5 users",
            "raise users",
        ),
        (
            |t| t.workload.sale.opens_at = Duration::from_secs(5),
            sale(),
            "the sale opens at 5s, after the last arrival",
            "within the phases",
        ),
        (|t| t.workload.sale.units_per_claim = 2, sale(), "but a buyer may have 1", "per_buyer_limit"),
        (|t| t.workload.sale.stock = 9, sale(), "9 units are too few for 10 products", "raise stock"),
        (
            |t| t.workload.phases.push(phase("long", 100_000, constant(1.0))),
            sale(),
            "the phases take 1day 3h 46m 45s",
            "24 hours",
        ),
        (
            |t| {
                let long = Phase { span: Duration::MAX, ..phase("long", 1, constant(1.0)) };
                t.workload.phases.push(long);
            },
            sale(),
            "the phases take",
            "24 hours",
        ),
        (
            |t| t.workload.phases.push(phase("much", 80_000, constant(9e6))),
            sale(),
            "720000005000 arrivals would come",
            "lower the rates",
        ),
        (|t| t.workload.phases.push(phase("none", 0, constant(1.0))), in_phase("none"), "no time", "\"5s\""),
        (|t| t.workload.phases[0].mix = Mix::NOTHING, in_phase("rush"), "people want nothing", "above 0"),
        (
            |t| t.workload.phases[0].shape = Shape::Ramp(Ramp { from: 0.0, to: 0.0 }),
            in_phase("rush"),
            "its arrival rate is zero",
            "above 0",
        ),
        (
            |t| t.workload.phases[0].shape = Shape::Curve((0..2_000).map(|n| (f64::from(n), 1.0)).collect()),
            in_phase("rush"),
            "its curve has 2000 points",
            "1000 at most",
        ),
        (|t| t.workload.phases[0].shape = Shape::Curve(vec![]), in_phase("rush"), "no points", "points: ["),
        (
            |t| t.workload.phases[0].shape = Shape::Curve(vec![(0.0, f64::INFINITY)]),
            in_phase("rush"),
            "not a number, or below 0",
            "from 0",
        ),
        (
            |t| t.workload.phases[0].shape = Shape::Curve(vec![(1.0, 5.0), (1.0, 6.0)]),
            in_phase("rush"),
            "don't rise",
            "order the points",
        ),
        (|t| t.targets.clear(), Place::Design, "there are no targets", "Oversold(at_most: 0)"),
    ]);
    let mut topology = Topology { faults: Vec::new(), ..good() };
    topology.workload.phases.clear();
    let problems = validate(&topology);
    assert_eq!(problems[0].text, "nobody comes: there are no phases");
    assert_eq!(problems.len(), 1, "{problems:#?}");
}

#[test]
fn faults_hit_something_in_time() {
    let fault = || Place::Fault(1);
    check(vec![
        (|t| t.faults[0].at = Duration::from_secs(5), fault(), "at 5s the run is over", "within the phases"),
        (|t| t.faults[0].stage = "x".into(), fault(), "there is no stage \"x\"", "correct the name"),
        (
            |t| t.faults[0].stage = "balancer".into(),
            fault(),
            "\"balancer\" has nothing that",
            "another stage",
        ),
        (
            |t| t.faults[0].instance = "replica 3".into(),
            fault(),
            "\"inventory\" has no instance \"replica 3\"",
            "master, replica 1, replica 2, sentinel 1",
        ),
        (
            |t| t.faults[0].action = FaultAction::CutLink,
            fault(),
            "CutLink can't be done to \"sentinel 3\": Sentinels have no link",
            "choose from Kill, Terminate, Pause",
        ),
        (
            |t| t.faults[0].delay = Duration::from_secs(1),
            fault(),
            "delay says nothing to Kill",
            "let the action be SlowLink",
        ),
    ]);
}

#[test]
fn nothing_is_said_about_what_follows_from_a_gap() {
    let mut topology = good();
    topology.stages.retain(|stage| stage.name != "inventory");
    assert!(validate(&topology).len() > 2);
    let unread = Unread { stages: true, stage_names: vec!["inventory".into()], ..Unread::default() };
    assert_eq!(validate_read(&topology, &unread), []);
    let twice = validate_read(&good(), &unread);
    assert_eq!(twice.len(), 1, "{twice:#?}");
    assert_eq!((&twice[0].place, &*twice[0].text), (&at("inventory"), "two stages are called \"inventory\""));

    let mut topology = good();
    topology.workload.phases.clear();
    topology.targets.clear();
    topology.links.clear();
    let unread = Unread { phases: true, targets: true, links: true, ..Unread::default() };
    assert_eq!(validate_read(&topology, &unread), []);
}
