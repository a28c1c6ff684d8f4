//! Designs whose operations go ways of their own.

use super::*;
use crate::workload::{Operation, Operations};

/// Pages, orders, counters and events, each on its way; the good design is the way of orders.
fn parted() -> Topology {
    use StageKind as K;
    let mut topology = good();
    let named = |link: Link, operations: &[Operation]| Link {
        operations: operations.iter().copied().collect::<Operations>(),
        ..link
    };
    topology.stages.retain(|stage| stage.name != "gate");
    topology.links.retain(|link| link.from != "gate" && link.to != "gate");
    topology.stages.extend([
        stage("cache", K::ReadWriteSplit(ReadWriteSplit::default())),
        stage("pages", K::Database(Database::default())),
        stage("counters", K::MasterReplica(MasterReplica::default())),
        stage("counts", K::Database(Database::default())),
        stage("events", K::Queue(Queue::default())),
        stage("tracking", K::Database(Database::default())),
    ]);
    topology.links.extend([
        link("service", "inventory"),
        named(link("users", "cache"), &[Operation::Read]),
        link("cache", "pages"),
        named(link("users", "counters"), &[Operation::Count]),
        link("counters", "counts"),
        named(link("users", "events"), &[Operation::Append]),
        link("events", "tracking"),
        link("control", "cache"),
        link("control", "pages"),
        link("control", "counters"),
        link("control", "counts"),
    ]);
    topology.workload.phases[0].mix = Mix { read: 1.0, claim: 1.0, append: 1.0, count: 1.0 };
    topology
}

fn named<'a>(topology: &'a mut Topology, from: &str, to: &str) -> &'a mut Operations {
    let link = topology.links.iter_mut().find(|known| known.from == from && known.to == to);
    &mut link.unwrap().operations
}

fn check(cases: Vec<Case>) {
    spoil(parted, cases);
}

#[test]
fn each_operation_has_its_own_places() {
    assert_eq!(validate(&parted()), []);
    let plan = RunPlan::new(parted()).unwrap();
    let at = |name: &str| plan.topology.index_of(name);
    assert_eq!((plan.decider, plan.queue, plan.database), (at("inventory"), at("queue"), at("database")));
    assert_eq!((plan.gate, plan.read_owner), (at("cache"), at("pages")));
    assert_eq!((plan.event_keeper, plan.count_keeper), (at("events"), at("counters")));
    let databases = Operation::ALL.map(|operation| plan.way(operation).database);
    assert_eq!(databases, ["pages", "database", "tracking", "counts"].map(at));
    assert_eq!(plan.queues().collect::<Vec<_>>(), [at("queue"), at("events")].map(Option::unwrap));
    // A link that names nothing carries the rest.
    let users = at("users").unwrap();
    let to = |name: &str| plan.carried(users, at(name).unwrap());
    assert_eq!((to("cdn"), to("cache")), (Operation::Claim.into(), Operation::Read.into()));
    assert_eq!(plan.reaching(at("service").unwrap()), Operation::Claim.into());
    assert_eq!((plan.keeper, plan.recorder, plan.page_keeper), (None, None, None));
    assert_eq!(plan.order.first(), Some(&users), "{:?}", plan.order);
    let place = |name: &str| plan.order.iter().position(|&index| Some(index) == at(name));
    assert!(place("database") < place("cache"), "way by way, as drawn: {:?}", plan.order);
}

#[test]
fn a_design_whose_links_name_nothing_has_one_way_for_all() {
    let plan = RunPlan::new(good()).unwrap();
    assert!(plan.ways.iter().all(|way| *way == plan.ways[0]));
    assert!(plan.order.iter().all(|&stage| plan.reaching(stage) == Operations::ALL));
    assert_eq!((plan.read_owner, plan.event_keeper), (plan.database, plan.queue));
    assert_eq!(plan.page_keeper, None);
}

#[test]
fn pages_may_be_kept_by_a_redis_that_is_no_gate() {
    let mut topology = parted();
    let cache = topology.index_of("cache").unwrap();
    topology.stages[cache].kind = StageKind::MasterReplica(MasterReplica::default());
    assert_eq!(validate(&topology), []);
    let plan = RunPlan::new(topology).unwrap();
    assert_eq!((plan.page_keeper, plan.gate), (Some(cache), None));
}

#[test]
fn where_operations_part_each_has_one_way() {
    check(vec![
        (
            |t| *named(t, "users", "cache") = Operations::NONE,
            at("users"),
            "more than one of its links carries Read, Claim",
            "one link at most name none",
        ),
        (
            |t| *named(t, "users", "cdn") = [Operation::Claim, Operation::Append].into_iter().collect(),
            at("users"),
            "more than one of its links carries Append",
            "name each operation",
        ),
        (
            |t| *named(t, "inventory", "queue") = Operation::Claim.into(),
            between("inventory", "queue"),
            "Redis master-replica sends everything the same way",
            "on links of users",
        ),
        (
            |t| *named(t, "control", "cache") = Operation::Read.into(),
            between("control", "cache"),
            "data control sends everything the same way",
            "leave operations out",
        ),
        (
            |t| {
                t.stages.push(stage("second", StageKind::LoadBalancer(LoadBalancer::default())));
                let first = t.links.iter_mut().find(|known| known.to == "cdn").unwrap();
                "second".clone_into(&mut first.to);
                t.links.push(link("second", "cdn"));
            },
            at("balancer"),
            "it is the second load balancer on the way of Claim",
            "one load balancer",
        ),
        (
            |t| {
                unlink(t, "counters", "counts");
                t.links.push(link("counters", "inventory"));
                t.links.retain(|known| known.to != "counts");
                t.stages.retain(|stage| stage.name != "counts");
                *t.links
                    .iter_mut()
                    .find(|known| known.to == "inventory" && known.from == "counters")
                    .unwrap() = link("counters", "database");
                t.links.retain(|known| *known != link("control", "counters"));
            },
            at("counters"),
            "nobody takes its counters to the database",
            "from \"control\" to \"counters\"",
        ),
    ]);
}

#[test]
fn each_place_is_looked_after_and_keeps_what_belongs_there() {
    check(vec![
        (
            |t| unlink(t, "control", "pages"),
            at("pages"),
            "nobody preloads its pages",
            "from \"control\" to \"pages\"",
        ),
        (|t| unlink(t, "control", "counts"), at("counts"), "nobody brings it the counters", "\"counts\""),
        (
            |t| with(t, "events", "on", Some("inventory".to_owned())),
            at("events"),
            "its list would be that of \"queue\": both are on \"inventory\"",
            "process of its own",
        ),
        (
            |t| with(t, "tracking", "backup_every", Some(Duration::from_secs(1))),
            at("tracking"),
            "its backups would be held against orders",
            "leave backup_every out",
        ),
        (
            |t| t.workload.audience.page_of = crate::workload::PageOf::Reader,
            Place::Workload(None),
            "asked of \"pages\", and their orders are in \"database\"",
            "share a database",
        ),
        (
            |t| t.workload.sale.opens_at = Duration::from_secs(1),
            at("inventory"),
            "it sells before the sale opens",
            "ReadWriteSplit",
        ),
        (
            |t| {
                t.stages.push(stage("gate", StageKind::ReadWriteSplit(ReadWriteSplit::default())));
                unlink(t, "service", "inventory");
                t.links.extend([link("service", "gate"), link("gate", "inventory"), link("control", "gate")]);
            },
            at("gate"),
            "there is more than one Redis read-write split stage",
            "one read-write split",
        ),
    ]);
}

#[test]
fn what_no_link_carries_is_said_of_the_stage_that_it_leaves() {
    let mut topology = parted();
    *named(&mut topology, "users", "cdn") = Operation::Read.into();
    *named(&mut topology, "users", "cache") = Operations::NONE;
    unlink(&mut topology, "users", "cache");
    topology.links.retain(|known| !(known.from == "users" && known.to == "cache"));
    let said: Vec<String> = validate(&topology).iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|text| text.contains("none of its links carries Claim")), "{said:#?}");
    assert!(said.iter().any(|text| text.contains("its claims reach no stage")), "{said:#?}");
}
