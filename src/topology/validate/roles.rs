//! Whether each request can be answered, and whether the stages get what they need.

use super::super::graph::Graph;
use super::super::stage::{Queue, QueueForm, ReadsWithoutCache, Stage, StageKind, StreamStorage};
use super::super::way::Way;
use super::super::{Place, Problem, Topology};
use super::Unread;
use crate::workload::Operation;

pub(super) fn check(topology: &Topology, unread: &Unread, problems: &mut Vec<Problem>) {
    let whole = unread.drawing_is_whole(topology);
    let users = topology.stages.iter().position(|stage| matches!(stage.kind, StageKind::Users(_)));
    let order = users.and_then(|users| Graph::of_traffic(topology).order_from(users).ok());
    if let (Some(users), Some(order), true) = (users, order, whole) {
        check_ends(topology, &order, problems);
        let ways = Way::all(topology);
        if !unread.phases {
            check_answers(topology, &topology.stages[users], &ways, problems);
            check_undecided(topology, &ways, problems);
        }
        check_control(topology, unread, &ways, problems);
        check_passed_on(topology, &ways, problems);
    }
    for stage in &topology.stages {
        let place = Place::Stage(stage.name.clone());
        if let (StageKind::Sessions(_), Some(host)) = (&stage.kind, stage.kind.host()) {
            check_sessions_host(topology, unread, host, &place, problems);
        }
        if let StageKind::Queue(params) = &stage.kind {
            problems.extend(storage_without_stream(params, &place));
            if let Some(host) = params.on.as_deref()
                && !params.form.is_in_redis()
            {
                let text =
                    format!("a {} can't be on {host:?}: it is a server of its own", params.form.word());
                let remedy = "set on to None, or choose a form that Redis keeps";
                problems.push(Problem::error(place.clone(), text, remedy).about(&["on", "form"]));
            } else if let Some(host) = params.on.as_deref() {
                check_host(topology, unread, host, &place, problems);
            }
            if whole {
                check_consumers(topology, stage, problems);
            }
        }
    }
}

/// A place for messages that is chosen where nobody has a choice.
fn storage_without_stream(params: &Queue, place: &Place) -> Option<Problem> {
    let is_said = params.storage != StreamStorage::Files && params.form != QueueForm::JetStream;
    let text = "storage says nothing to a queue that NATS doesn't keep";
    let remedy = "leave storage out, or let form be JetStream";
    is_said.then(|| Problem::warning(place.clone(), text, remedy).about(&["storage", "form"]))
}

/// One of several services behind a balancer from which no way leads on. Where no request can be answered at all, that
/// is said of the users.
fn check_ends(topology: &Topology, order: &[usize], problems: &mut Vec<Problem>) {
    let graph = Graph::of_traffic(topology);
    let stages = order.iter().map(|&index| (index, &topology.stages[index]));
    if !stages.clone().any(|(_, stage)| stage.kind.answers_reads()) {
        return;
    }
    for (index, stage) in stages {
        if matches!(stage.kind, StageKind::Service(_)) && graph.next[index].is_empty() {
            problems.push(Problem::error(
                Place::Stage(stage.name.clone()),
                "requests end here without an answer",
                "link it to the stages that the other services lead to",
            ));
        }
    }
}

/// The stages that an operation reaches.
fn reached<'a>(
    topology: &'a Topology,
    ways: &'a [Way; Operation::COUNT],
    operation: Operation,
) -> impl Iterator<Item = &'a Stage> {
    ways[operation.index()].order.iter().map(|&index| &topology.stages[index])
}

/// Whether a kind of stage will do.
type Fits = fn(&StageKind) -> bool;

fn check_answers(
    topology: &Topology,
    users: &Stage,
    ways: &[Way; Operation::COUNT],
    problems: &mut Vec<Problem>,
) {
    let fits: [(Operation, Fits, &str, &str); Operation::COUNT] = [
        (
            Operation::Claim,
            StageKind::decides_claims,
            "its claims reach no stage that can decide them",
            "link a MasterReplica, a RedisCluster or a Database behind it, or take claims out of the mix",
        ),
        (
            Operation::Read,
            StageKind::answers_reads,
            "its reads reach no stage that can answer them",
            "link a ReadWriteSplit, a MasterReplica, a RedisCluster or a Database behind it, or take reads out of the mix",
        ),
        (
            Operation::Append,
            StageKind::keeps_records,
            "its events reach no stage that can keep them",
            "link a MasterReplica, a RedisCluster, a Queue or a Database behind it, or take appends out of the mix",
        ),
        (
            Operation::Count,
            StageKind::keeps_records,
            "its increments reach no stage that can count them",
            "link a MasterReplica, a RedisCluster, a Queue or a Database behind it, or take counts out of the mix",
        ),
    ];
    for (operation, fits, text, remedy) in fits {
        if topology.workload.wants(operation)
            && !reached(topology, ways, operation).any(|stage| fits(&stage.kind))
        {
            problems.push(Problem::error(Place::Stage(users.name.clone()), text, remedy));
        }
        if operation == Operation::Read
            && topology.workload.reads_own_pages()
            && ways[operation.index()].database.is_none()
        {
            problems.push(
                Problem::error(
                    Place::Workload(None),
                    "readers' own pages are in no database",
                    "link a Database behind the others, or let page_of be Product",
                )
                .about(&["page_of"]),
            );
        }
    }
}

/// A queue that claims reach before anybody has decided them: buyers would be told that they have what may not be there.
fn check_undecided(topology: &Topology, ways: &[Way; Operation::COUNT], problems: &mut Vec<Problem>) {
    let first = reached(topology, ways, Operation::Claim).find(|stage| stage.kind.keeps_records());
    if let Some(queue) = first.filter(|stage| matches!(stage.kind, StageKind::Queue(_)))
        && topology.workload.wants(Operation::Claim)
    {
        problems.push(Problem::error(
            Place::Stage(queue.name.clone()),
            "claims reach it undecided",
            "put a MasterReplica or a RedisCluster in front of it, or take claims out of the mix",
        ));
    }
}

fn check_control(
    topology: &Topology,
    unread: &Unread,
    ways: &[Way; Operation::COUNT],
    problems: &mut Vec<Problem>,
) {
    let wants = |operation| unread.phases || topology.workload.wants(operation);
    let Some(control) =
        topology.stages.iter().position(|stage| matches!(stage.kind, StageKind::DataControl(_)))
    else {
        let wanted = [Operation::Read, Operation::Claim].into_iter().filter(|&operation| wants(operation));
        let mut goods = wanted.flat_map(|operation| reached(topology, ways, operation));
        if let Some(stage) = goods.find(|stage| stage.kind.answers_reads()) {
            problems.push(Problem::error(
                Place::Stage(stage.name.clone()),
                "nobody preloads it: there is no data control",
                "add a DataControl stage and link it to this one",
            ));
        }
        return;
    };
    let looked_after = &Graph::of_control(topology).next[control];
    let linked = |stage: &Stage| looked_after.iter().any(|&index| topology.stages[index].name == stage.name);
    let is_split = |stage: &&Stage| matches!(stage.kind, StageKind::ReadWriteSplit(_));
    let decider = reached(topology, ways, Operation::Claim).find(|stage| stage.kind.decides_claims());
    let gate = reached(topology, ways, Operation::Claim).find(is_split);
    let database = ways[Operation::Claim.index()].database.map(|index| &topology.stages[index]);
    let is_other = |stage: &&Stage| decider.is_none_or(|decider| decider.name != stage.name);
    let mut asked = vec![
        (decider, "preloads its stock"),
        (gate, "opens it when the sale starts"),
        (database.filter(is_other), "compares its orders with the stock"),
    ];
    if topology.is_parted() {
        asked.extend(parted_places(topology, ways, wants));
    }
    let mut spoken_of: Vec<&str> = Vec::new();
    for (stage, what) in asked {
        if let Some(stage) = stage
            && !linked(stage)
            && !spoken_of.contains(&stage.name.as_str())
        {
            spoken_of.push(&stage.name);
            problems.push(Problem::error(
                Place::Stage(stage.name.clone()),
                format!("nobody {what}: data control has no link to it"),
                format!("add a link from {:?} to {:?}", topology.stages[control].name, stage.name),
            ));
        }
    }
    if database.is_none() {
        check_unpaid(&topology.stages[control], problems);
    }
    if let (Some(decider), None) = (decider, gate) {
        check_opening(topology, decider, problems);
    }
}

/// An inventory without a gate in front of it, and a sale that opens later.
fn check_opening(topology: &Topology, decider: &Stage, problems: &mut Vec<Problem>) {
    if matches!(decider.kind, StageKind::MasterReplica(_) | StageKind::RedisCluster(_))
        && !topology.workload.sale.opens_at.is_zero()
        // An opening that never comes is spoken of by its own name.
        && topology.workload.sale.opens_at < topology.workload.duration()
    {
        problems.push(Problem::error(
            Place::Stage(decider.name.clone()),
            "it sells before the sale opens: no gate stands in front of it",
            "put a ReadWriteSplit in front of it, or set opens_at to 0s",
        ));
    }
}

/// What else data control looks after where operations part: pages and counters.
fn parted_places<'a>(
    topology: &'a Topology,
    ways: &'a [Way; Operation::COUNT],
    wants: impl Fn(Operation) -> bool,
) -> Vec<(Option<&'a Stage>, &'static str)> {
    let mut asked = Vec::new();
    let database = |operation: Operation| ways[operation.index()].database.map(|at| &topology.stages[at]);
    if wants(Operation::Read) {
        let cache = reached(topology, ways, Operation::Read).find(|stage| stage.kind.answers_reads());
        asked.extend([cache, database(Operation::Read)].map(|stage| (stage, "preloads its pages")));
    }
    let keeper = reached(topology, ways, Operation::Count).find(|stage| stage.kind.keeps_records());
    let is_redis =
        |stage: &&Stage| matches!(stage.kind, StageKind::MasterReplica(_) | StageKind::RedisCluster(_));
    if let (Some(keeper), Some(database), true) =
        (keeper.filter(is_redis), database(Operation::Count), wants(Operation::Count))
    {
        asked.push((Some(keeper), "takes its counters to the database"));
        asked.push((Some(database), "brings it the counters"));
    }
    asked
}

/// Without a database, nobody knows which orders are not paid.
fn check_unpaid(control: &Stage, problems: &mut Vec<Problem>) {
    if let StageKind::DataControl(params) = &control.kind
        && params.unpaid_ratio > 0.0
    {
        let problem = Problem::error(
            Place::Stage(control.name.clone()),
            "unpaid orders can't be expired: no database keeps orders",
            "link a Database behind the queue, or set unpaid_ratio to 0",
        );
        problems.push(problem.about(&["unpaid_ratio"]));
    }
}

/// A cache whose reads are to go on where nobody can answer them.
fn check_passed_on(topology: &Topology, ways: &[Way; Operation::COUNT], problems: &mut Vec<Problem>) {
    let has_database = ways[Operation::Read.index()].database.is_some();
    for stage in reached(topology, ways, Operation::Read) {
        if let StageKind::ReadWriteSplit(params) = &stage.kind
            && params.reads_without_cache == ReadsWithoutCache::PassedOn
            && !has_database
        {
            let text = "reads that its processes don't answer go on, and no database answers them";
            let remedy = "link a Database behind it, or set reads_without_cache to Failed";
            let problem = Problem::warning(Place::Stage(stage.name.clone()), text, remedy);
            problems.push(problem.about(&["reads_without_cache"]));
        }
        if let StageKind::ReadWriteSplit(params) = &stage.kind
            && (params.expire_after.is_some() || params.absence_ttl.is_some())
            && !has_database
        {
            let text = "what it forgets would have to come from a database, and none stands behind it";
            let remedy = "link a Database behind it, or set expire_after and absence_ttl to None";
            let problem = Problem::error(Place::Stage(stage.name.clone()), text, remedy);
            problems.push(problem.about(&["expire_after", "absence_ttl"]));
        }
    }
}

fn check_host(topology: &Topology, unread: &Unread, host: &str, place: &Place, problems: &mut Vec<Problem>) {
    let stage = topology.stages.iter().find(|stage| stage.name == host);
    let text = match stage {
        Some(stage) if matches!(stage.kind, StageKind::MasterReplica(_)) => return,
        // A list is one key: it would lie on one shard, and move with its slot.
        Some(stage) => format!("its list can't be on {host:?}, which is a {}", stage.kind.label()),
        None if unread.knows(topology, host) => return,
        None => format!("its list can't be on {host:?}: there is no such stage"),
    };
    let remedy = "name a MasterReplica stage, or None for a process of its own";
    problems.push(Problem::error(place.clone(), text, remedy).about(&["on"]));
}

/// Sessions are kept by any master of one stage; a cluster would need them spread.
fn check_sessions_host(
    topology: &Topology,
    unread: &Unread,
    host: &str,
    place: &Place,
    problems: &mut Vec<Problem>,
) {
    let text = match topology.stages.iter().find(|stage| stage.name == host) {
        Some(stage) if matches!(stage.kind, StageKind::MasterReplica(_) | StageKind::ReadWriteSplit(_)) => {
            return;
        }
        Some(stage) => format!("its sessions can't be on {host:?}, which is a {}", stage.kind.label()),
        None if unread.knows(topology, host) => return,
        None => format!("its sessions can't be on {host:?}: there is no such stage"),
    };
    let remedy = "name a MasterReplica or ReadWriteSplit stage, or None for a process of its own";
    problems.push(Problem::error(place.clone(), text, remedy).about(&["on"]));
}

fn check_consumers(topology: &Topology, queue: &Stage, problems: &mut Vec<Problem>) {
    let graph = Graph::of_traffic(topology);
    if topology.index_of(&queue.name).is_some_and(|index| graph.next[index].is_empty()) {
        problems.push(Problem::error(
            Place::Stage(queue.name.clone()),
            "its consumers have nowhere to write orders",
            "link a Database behind it",
        ));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::super::Link;
    use super::super::super::stage::{DataControl, Database, MasterReplica, ReadWriteSplit, Sessions, Users};
    use super::super::super::testing::design;
    use super::super::validate;
    use super::*;

    /// A chain of these stages, with data control before the last; what is said of it.
    fn said(kinds: Vec<StageKind>) -> String {
        let last = kinds.len() - 1;
        let mut topology = design(kinds);
        for (from, to) in (0..last).zip(1..last) {
            let (from, to) = (from.to_string(), to.to_string());
            topology.links.push(Link::new(from, to));
        }
        validate(&topology).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn sessions_are_kept_by_a_master_that_is_there() {
        let chain = |on: Option<&str>| {
            let sessions = Sessions { on: on.map(str::to_owned), ..Sessions::default() };
            said(vec![
                StageKind::Users(Users::default()),
                StageKind::Sessions(sessions),
                StageKind::MasterReplica(MasterReplica::default()),
                StageKind::Database(Database::default()),
                StageKind::DataControl(DataControl::default()),
            ])
        };
        for (on, problem) in [
            (None, ""),
            (Some("2"), ""),
            (Some("3"), "can't be on \"3\", which is a database"),
            (Some("x"), "there is no such stage"),
        ] {
            let text = chain(on);
            assert_eq!(text.contains("its sessions can't be on"), !problem.is_empty(), "{on:?}: {text}");
            assert!(text.contains(problem), "{on:?}: {text}");
        }
    }

    #[test]
    fn what_a_cache_forgets_has_to_be_in_a_database_and_what_is_swept_has_to_lie_before_one() {
        let chain = |has_database: bool, sweeps: bool| {
            let cache =
                ReadWriteSplit { expire_after: Some(Duration::from_secs(1)), ..ReadWriteSplit::default() };
            let control = DataControl {
                sweep_orders: sweeps.then_some(Duration::from_secs(1)),
                ..DataControl::default()
            };
            let mut kinds = vec![
                StageKind::Users(Users::default()),
                StageKind::ReadWriteSplit(cache),
                StageKind::MasterReplica(MasterReplica::default()),
            ];
            if has_database {
                kinds.push(StageKind::Database(Database::default()));
            }
            kinds.push(StageKind::DataControl(control));
            said(kinds)
        };
        for (has_database, sweeps) in [(true, true), (true, false), (false, true), (false, false)] {
            let text = chain(has_database, sweeps);
            assert_eq!(text.contains("would have to come from a database"), !has_database, "{text}");
            assert_eq!(text.contains("there is nothing to sweep"), sweeps && !has_database, "{text}");
        }
    }
}
