//! Names, links and the way of the traffic.

use super::super::graph::Graph;
use super::super::stage::{Stage, StageKind};
use super::super::{Place, Problem, Topology};

/// Names longer than this don't fit a stage on the canvas.
const LONGEST_NAME: usize = 40;
/// More stages than this are not a drawing that anyone reads.
const MOST_STAGES: usize = 200;

pub(super) fn check(topology: &Topology, problems: &mut Vec<Problem>) {
    check_stages(topology, problems);
    check_links(topology, problems);
    check_ways(topology, problems);
}

fn check_stages(topology: &Topology, problems: &mut Vec<Problem>) {
    if topology.stages.is_empty() {
        problems.push(Problem::error(
            Place::Design,
            "there are no stages",
            "add users and the stages behind them",
        ));
    }
    if topology.stages.len() > MOST_STAGES {
        let text = format!("there are {} stages", topology.stages.len());
        problems.push(Problem::error(Place::Design, text, format!("at most {MOST_STAGES} are possible")));
    }
    for (index, stage) in topology.stages.iter().enumerate() {
        let place = Place::Stage(stage.name.clone());
        let length = stage.name.chars().count();
        if stage.name.trim().is_empty() || length > LONGEST_NAME || stage.name.chars().any(char::is_control) {
            let remedy = format!("use 1 to {LONGEST_NAME} printable characters");
            problems.push(Problem::error(place.clone(), "the name can't be used", remedy));
        }
        if topology.stages[..index].iter().any(|earlier| earlier.name == stage.name) {
            let text = format!("two stages are called \"{}\"", stage.name);
            problems.push(Problem::error(place.clone(), text, "rename one of them"));
        }
        if !(stage.at.0.is_finite() && stage.at.1.is_finite()) {
            problems.push(Problem::error(place, "its position is not a number", "write at: (x, y)"));
        }
    }
    for (word, remedy) in [
        ("Users", "let one stage of users carry the whole workload"),
        ("ReadWriteSplit", "a run works with one read-write split; take one away"),
        ("MasterReplica", "a run works with one inventory; take one away"),
        ("Queue", "a run works with one queue; take one away"),
        ("Database", "a run works with one database; take one away"),
        ("DataControl", "one data-control module looks after the whole design; take one away"),
    ] {
        let mut of_kind = topology.stages.iter().filter(|stage| stage.kind.word() == word);
        if let (Some(_first), Some(second)) = (of_kind.next(), of_kind.next()) {
            let text = format!("there is more than one {} stage", second.kind.label());
            problems.push(Problem::error(Place::Stage(second.name.clone()), text, remedy));
        }
    }
}

fn check_links(topology: &Topology, problems: &mut Vec<Problem>) {
    for (index, link) in topology.links.iter().enumerate() {
        let place = Place::Link { from: link.from.clone(), to: link.to.clone() };
        let mut error =
            |text: String, remedy: &str| problems.push(Problem::error(place.clone(), text, remedy));
        for end in [&link.from, &link.to] {
            if topology.index_of(end).is_none() {
                error(format!("there is no stage \"{end}\""), "add the stage, or correct the name");
            }
        }
        if link.from == link.to {
            error("it leads from a stage to itself".into(), "remove it");
        }
        if topology.links[..index].contains(link) {
            error("it is there twice".into(), "remove one of the two");
        }
        let (Some(from), Some(to)) = (stage(topology, &link.from), stage(topology, &link.to)) else {
            continue;
        };
        if let Some((text, remedy)) = refusal(&from.kind, &to.kind) {
            error(text, remedy);
        }
    }
}

/// Why a wire from one kind of stage to another makes no sense, and what to do instead.
#[allow(clippy::match_same_arms, reason = "the arms are read from top to bottom")]
pub fn refusal(from: &StageKind, to: &StageKind) -> Option<(String, &'static str)> {
    use StageKind as K;
    let text = format!("{} can't send to {}", from.label(), to.label());
    match (from, to) {
        (_, K::Users(_)) => Some((text, "users only send; turn the link round")),
        (K::DataControl(_), K::ReadWriteSplit(_) | K::MasterReplica(_) | K::Database(_)) => None,
        (K::DataControl(_), _) => {
            Some((text, "data control looks after the read-write split, the inventory and the database"))
        }
        (_, K::DataControl(_)) => Some((text, "data control works beside the traffic; link from it")),
        (K::Queue(_), K::Database(_)) => None,
        (K::Queue(_), _) => Some((text, "consumers of the queue write to a database")),
        (K::Database(_), _) => Some((text, "the database is the last stage")),
        (K::MasterReplica(_), K::Queue(_) | K::Database(_)) => None,
        (K::MasterReplica(_), _) => Some((text, "behind the inventory comes a queue or a database")),
        (_, K::Queue(_)) => {
            Some((text, "a queue takes orders whose stock is decided: put it behind the inventory"))
        }
        _ => None,
    }
}

fn check_ways(topology: &Topology, problems: &mut Vec<Problem>) {
    let graph = Graph::of_traffic(topology);
    for (index, stage) in topology.stages.iter().enumerate() {
        let place = Place::Stage(stage.name.clone());
        let ways = &graph.next[index];
        let names = || {
            ways.iter().map(|&to| format!("\"{}\"", topology.stages[to].name)).collect::<Vec<_>>().join(", ")
        };
        if ways.len() > 1 && !matches!(stage.kind, StageKind::LoadBalancer(_)) {
            problems.push(Problem::error(
                place,
                format!("traffic can leave it in {} ways: {}", ways.len(), names()),
                "keep one link, or put a load balancer in between",
            ));
        } else if ways.len() > 1
            && !ways.iter().all(|&to| matches!(topology.stages[to].kind, StageKind::Service(_)))
        {
            problems.push(Problem::error(
                place,
                format!("it spreads over {}, which are not all services", names()),
                "a load balancer with several links spreads over services",
            ));
        }
    }
    let Some(users) = topology.stages.iter().position(|stage| matches!(stage.kind, StageKind::Users(_)))
    else {
        if !topology.stages.is_empty() {
            problems.push(Problem::error(
                Place::Design,
                "nobody comes: there is no users stage",
                "add a Users stage",
            ));
        }
        return;
    };
    if let Some(circle) = (0..topology.stages.len()).find_map(|start| graph.order_from(start).err()) {
        let place = Place::Stage(topology.stages[circle].name.clone());
        problems.push(Problem::error(
            place,
            "requests that leave it come back to it: the links run in a circle",
            "remove a link of the circle",
        ));
        return;
    }
    let reached = graph.order_from(users).unwrap_or_default();
    for (index, stage) in topology.stages.iter().enumerate() {
        if stage.kind.carries_traffic() && !reached.contains(&index) {
            problems.push(Problem::warning(
                Place::Stage(stage.name.clone()),
                "no traffic reaches it",
                "link it behind the users, or remove it",
            ));
        }
    }
}

fn stage<'a>(topology: &'a Topology, name: &str) -> Option<&'a Stage> {
    topology.stages.iter().find(|stage| stage.name == name)
}
