//! Whether each request can be answered, and whether the stages get what they need.

use super::super::graph::Graph;
use super::super::stage::{MasterReplica, Stage, StageKind};
use super::super::{Place, Problem, Topology};

pub(super) fn check(topology: &Topology, problems: &mut Vec<Problem>) {
    let users = topology.stages.iter().position(|stage| matches!(stage.kind, StageKind::Users(_)));
    let order = users.and_then(|users| Graph::of_traffic(topology).order_from(users).ok());
    if let (Some(users), Some(order)) = (users, order) {
        let reached: Vec<&Stage> = order.iter().map(|&index| &topology.stages[index]).collect();
        check_answers(topology, &topology.stages[users], &reached, problems);
        check_control(topology, &reached, problems);
    }
    for stage in &topology.stages {
        let place = Place::Stage(stage.name.clone());
        match &stage.kind {
            StageKind::MasterReplica(params) => check_sentinels(params, &place, problems),
            StageKind::Queue(params) => {
                check_queue(topology, stage, params.on.as_deref(), problems);
            }
            _ => {}
        }
    }
}

fn check_answers(topology: &Topology, users: &Stage, reached: &[&Stage], problems: &mut Vec<Problem>) {
    let place = Place::Stage(users.name.clone());
    let wants = |weight: fn(&crate::workload::Mix) -> f64| {
        topology.workload.phases.iter().any(|phase| weight(&phase.mix) > 0.0)
    };
    if wants(|mix| mix.claim) && !reached.iter().any(|stage| stage.kind.decides_claims()) {
        problems.push(Problem::error(
            place.clone(),
            "claims leave it that no stage on their way can decide",
            "link a MasterReplica or a Database behind it, or take claims out of the mix",
        ));
    }
    if wants(|mix| mix.read) && !reached.iter().any(|stage| stage.kind.answers_reads()) {
        problems.push(Problem::error(
            place,
            "reads leave it that no stage on their way can answer",
            "link a ReadWriteSplit, a MasterReplica or a Database behind it, or take reads out of the mix",
        ));
    }
}

fn check_control(topology: &Topology, reached: &[&Stage], problems: &mut Vec<Problem>) {
    let Some(control) =
        topology.stages.iter().position(|stage| matches!(stage.kind, StageKind::DataControl(_)))
    else {
        if let Some(stage) = reached.iter().find(|stage| stage.kind.answers_reads()) {
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
    let decider = reached.iter().find(|stage| stage.kind.decides_claims());
    let gate = reached.iter().find(|stage| matches!(stage.kind, StageKind::ReadWriteSplit(_)));
    let database = reached.iter().find(|stage| matches!(stage.kind, StageKind::Database(_)));
    for (stage, what) in
        [(decider, "preloads its stock"), (gate, "opens its gate"), (database, "computes from it")]
    {
        if let Some(stage) = stage
            && !linked(stage)
        {
            problems.push(Problem::error(
                Place::Stage(stage.name.clone()),
                format!("nobody {what}: data control has no link to it"),
                format!("add a link from \"{}\" to \"{}\"", topology.stages[control].name, stage.name),
            ));
        }
    }
    if let StageKind::DataControl(params) = &topology.stages[control].kind
        && params.unpaid_ratio > 0.0
        && database.is_none()
    {
        problems.push(Problem::error(
            Place::Stage(topology.stages[control].name.clone()),
            "unpaid orders can't be expired: no database keeps orders",
            "link a Database behind the queue, or set unpaid_ratio to 0",
        ));
    }
}

fn check_sentinels(params: &MasterReplica, place: &Place, problems: &mut Vec<Problem>) {
    let mut error = |text: String, remedy: &str| problems.push(Problem::error(place.clone(), text, remedy));
    if params.sentinels > 0 && params.sentinels.is_multiple_of(2) {
        error(format!("{} Sentinels can split into equal halves", params.sentinels), "use 1, 3 or 5");
    }
    if params.sentinels > 0 && params.quorum > params.sentinels {
        error(
            format!("a quorum of {} can't be reached by {} Sentinels", params.quorum, params.sentinels),
            "lower the quorum or add Sentinels",
        );
    }
    if params.sentinels > 0 && params.replicas == 0 {
        problems.push(Problem::warning(
            place.clone(),
            "Sentinels have no replica to promote",
            "add a replica, or set sentinels to 0",
        ));
    }
}

fn check_queue(topology: &Topology, stage: &Stage, on: Option<&str>, problems: &mut Vec<Problem>) {
    let place = Place::Stage(stage.name.clone());
    let host = on.map(|name| topology.stages.iter().find(|stage| stage.name == name));
    let fits = |host: &Stage| matches!(host.kind, StageKind::MasterReplica(_));
    if let Some(host) = host
        && !host.is_some_and(fits)
    {
        problems.push(Problem::error(
            place.clone(),
            format!("its list can't be on \"{}\"", on.unwrap_or_default()),
            "name a MasterReplica stage, or None for a process of its own",
        ));
    }
    let graph = Graph::of_traffic(topology);
    if topology.index_of(&stage.name).is_some_and(|index| graph.next[index].is_empty()) {
        problems.push(Problem::error(
            place,
            "its consumers have nowhere to write orders",
            "link a Database behind it",
        ));
    }
}
