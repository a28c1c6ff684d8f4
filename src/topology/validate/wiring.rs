//! Names, links and the way of the traffic.

use super::super::graph::Graph;
use super::super::stage::{Stage, StageKind};
use super::super::{Link, Place, Problem, Topology};
use super::parting::{ONE_IN_ALL, may_part};
use super::{MOST_LINKS, MOST_STAGES, Unread};

/// Names longer than this don't fit a stage on the canvas.
pub const LONGEST_NAME: usize = 40;

/// Kinds of which a run has one at most, and what to do about the second.
pub(super) const ONLY_ONE: &[(&str, &str)] = &[
    ("Users", "let one stage of users carry the whole workload"),
    ("LoadBalancer", "a run works with one load balancer; take one away"),
    ("Sessions", "a run works with one stage of sessions; take one away"),
    ("ReadWriteSplit", "a run works with one read-write split; take one away"),
    ("MasterReplica", "a run works with one inventory; take one away"),
    ("RedisCluster", "a run works with one inventory; take one away"),
    ("Queue", "a run works with one queue; take one away"),
    ("Database", "a run works with one database; take one away"),
    ("DataControl", "one data-control module looks after the whole design; take one away"),
];

/// What to do about a second stage of a kind, where a run works with one at most: most may be there once on the way of each operation,
/// where operations part.
pub fn only_one(kind: &StageKind, is_parted: bool) -> Option<&'static str> {
    let word = kind.word();
    let found = ONLY_ONE.iter().find(|(one, _)| *one == word && (!is_parted || ONE_IN_ALL.contains(one)));
    found.map(|(_, remedy)| *remedy)
}

/// Whether there are few enough stages and links to look at.
pub(super) fn check_counts(topology: &Topology, problems: &mut Vec<Problem>) -> bool {
    let mut fits = true;
    let counts: [(&'static [&'static str], usize, usize); 2] =
        [(&["stages"], topology.stages.len(), MOST_STAGES), (&["links"], topology.links.len(), MOST_LINKS)];
    for (what, count, most) in counts {
        if count > most {
            let text = format!("there are {count} {}", what.concat());
            let problem = Problem::error(Place::Design, text, format!("at most {most} are possible"));
            problems.push(problem.about(what));
            fits = false;
        }
    }
    fits
}

pub(super) fn check(topology: &Topology, unread: &Unread, problems: &mut Vec<Problem>) {
    if topology.stages.is_empty() && !unread.stages {
        problems.push(
            Problem::error(Place::Design, "there are no stages", "add users and the stages behind them")
                .about(&["stages"]),
        );
    }
    for (index, stage) in topology.stages.iter().enumerate() {
        check_stage(stage, &topology.stages[..index], problems);
    }
    // A stage that could not be read has a name all the same.
    for name in unread.stage_names.iter().filter(|name| topology.index_of(name).is_some()) {
        problems.push(called_twice(name));
    }
    check_only_ones(topology, problems);
    check_links(topology, unread, problems);
    check_exits(topology, problems);
    check_ways(topology, unread.drawing_is_whole(topology), problems);
}

fn check_stage(stage: &Stage, earlier: &[Stage], problems: &mut Vec<Problem>) {
    let place = Place::Stage(stage.name.clone());
    let length = stage.name.chars().count();
    let wrong_with_name = if stage.name.trim().is_empty() {
        Some("its name is empty".to_owned())
    } else if length > LONGEST_NAME {
        Some(format!("its name has {length} characters"))
    } else if stage.name.chars().any(char::is_control) {
        Some("its name has a line break or another control character".to_owned())
    } else {
        None
    };
    if let Some(text) = wrong_with_name {
        let remedy = format!("use 1 to {LONGEST_NAME} printable characters");
        problems.push(Problem::error(place.clone(), text, remedy).about(&["name"]));
    }
    if earlier.iter().any(|earlier| earlier.name == stage.name) {
        problems.push(called_twice(&stage.name));
    }
    if !(stage.at.0.is_finite() && stage.at.1.is_finite()) {
        let problem = Problem::error(place, "its position is not a number", "write at: (x, y)");
        problems.push(problem.about(&["at"]));
    }
}

fn called_twice(name: &str) -> Problem {
    let text = format!("two stages are called {name:?}");
    Problem::error(Place::Stage(name.to_owned()), text, "rename one of them").about(&["name"])
}

fn check_only_ones(topology: &Topology, problems: &mut Vec<Problem>) {
    // Where operations part, most kinds may be there once on each way.
    let is_counted = |word: &str| !topology.is_parted() || ONE_IN_ALL.contains(&word);
    for (word, remedy) in ONLY_ONE.iter().filter(|(word, _)| is_counted(word)) {
        let mut of_kind = topology.stages.iter().filter(|stage| stage.kind.word() == *word);
        if let (Some(_first), Some(second)) = (of_kind.next(), of_kind.next()) {
            let text = format!("there is more than one {} stage", second.kind.label());
            problems.push(Problem::error(Place::Stage(second.name.clone()), text, *remedy));
        }
    }
    if topology.is_parted() {
        return;
    }
    let of = |word: &str| topology.stages.iter().find(|stage| stage.kind.word() == word);
    if let (Some(group), Some(cluster)) = (of("MasterReplica"), of("RedisCluster")) {
        let text = format!("it and {:?} both hold the inventory", group.name);
        let remedy = "a run works with one inventory; take one away";
        problems.push(Problem::error(Place::Stage(cluster.name.clone()), text, remedy));
    }
}

fn check_links(topology: &Topology, unread: &Unread, problems: &mut Vec<Problem>) {
    for (index, link) in topology.links.iter().enumerate() {
        let place = Place::Link { from: link.from.clone(), to: link.to.clone() };
        let error = |text: String, remedy: &str| Problem::error(place.clone(), text, remedy);
        let ends: [(&str, &'static [&'static str]); 2] = [(&link.from, &["from"]), (&link.to, &["to"])];
        for (end, field) in ends {
            if !unread.knows(topology, end) {
                let text = format!("there is no stage {end:?}");
                problems.push(error(text, "add the stage, or correct the name").about(field));
            }
        }
        if topology.links[..index].iter().any(|earlier| earlier.is_beside(link)) {
            problems.push(error("it is there twice".into(), "remove one of the two"));
        }
        if link.from == link.to {
            problems.push(error("it leads from a stage to itself".into(), "remove it").about(&["to"]));
        } else if let (Some(from), Some(to)) = (stage(topology, &link.from), stage(topology, &link.to))
            && let Some((text, remedy)) = refusal(&from.kind, &to.kind)
        {
            problems.push(error(text, remedy));
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
        (
            K::DataControl(_),
            K::ReadWriteSplit(_) | K::MasterReplica(_) | K::RedisCluster(_) | K::Database(_),
        ) => None,
        (K::DataControl(_), _) => {
            Some((text, "data control looks after the read-write split, the inventory and the database"))
        }
        (_, K::DataControl(_)) => Some((text, "data control works beside the traffic; link from it")),
        (K::Queue(_), K::Database(_)) => None,
        (K::Queue(_), _) => Some((text, "consumers of the queue write to a database")),
        (K::Database(_), _) => Some((text, "the database is the last stage")),
        (K::MasterReplica(_) | K::RedisCluster(_), K::Queue(_) | K::Database(_)) => None,
        (K::MasterReplica(_) | K::RedisCluster(_), _) => {
            Some((text, "behind the inventory comes a queue or a database"))
        }
        (K::Service(_), K::Service(_) | K::LoadBalancer(_)) => {
            Some((text, "one tier of services is possible: put them side by side behind one load balancer"))
        }
        _ => None,
    }
}

/// Only a load balancer has more than one way out for everything, and those lead to services.
fn check_exits(topology: &Topology, problems: &mut Vec<Problem>) {
    let graph = Graph::of_traffic(topology);
    for (index, stage) in topology.stages.iter().enumerate() {
        let is_refused = |to: usize| refusal(&stage.kind, &topology.stages[to].kind).is_some();
        let ways: Vec<usize> = graph.next[index].iter().copied().filter(|&to| !is_refused(to)).collect();
        let parts = |link: &Link| link.from == stage.name && !link.operations.is_empty();
        if ways.len() < 2 || may_part(&stage.kind) && topology.links.iter().any(parts) {
            continue;
        }
        let to = names(topology, &ways, ", ");
        let services = ways.iter().all(|&to| matches!(topology.stages[to].kind, StageKind::Service(_)));
        let (text, remedy) = if !matches!(stage.kind, StageKind::LoadBalancer(_)) {
            let remedy = if may_part(&stage.kind) {
                "keep one link, put a load balancer in between, or let links name operations"
            } else {
                "keep one link, or put a load balancer in between"
            };
            (format!("traffic can leave it in {} ways: {to}", ways.len()), remedy)
        } else if !services {
            (
                format!("it spreads over {to}, which are not all services"),
                "let a load balancer with several links spread over services",
            )
        } else {
            continue;
        };
        problems.push(Problem::error(Place::Stage(stage.name.clone()), text, remedy));
    }
}

fn check_ways(topology: &Topology, whole: bool, problems: &mut Vec<Problem>) {
    let graph = Graph::of_traffic(topology);
    if let Some(start) = (0..topology.stages.len()).find_map(|start| graph.order_from(start).err()) {
        check_circle(topology, &graph.circle_through(start), problems);
        return;
    }
    if !whole || topology.stages.is_empty() {
        return;
    }
    let Some(users) = topology.stages.iter().position(|stage| matches!(stage.kind, StageKind::Users(_)))
    else {
        let text = "nobody comes: there is no users stage";
        problems.push(Problem::error(Place::Design, text, "add a Users stage").about(&["stages"]));
        return;
    };
    let reached = graph.order_from(users).unwrap_or_default();
    for (index, stage) in topology.stages.iter().enumerate() {
        if stage.kind.carries_traffic()
            && !matches!(stage.kind, StageKind::Users(_))
            && !reached.contains(&index)
        {
            problems.push(Problem::warning(
                Place::Stage(stage.name.clone()),
                "no traffic reaches it",
                "link it behind the users, or remove it",
            ));
        }
    }
}

/// Speaks of a circle, unless one of its links was already refused: without that link there is none.
fn check_circle(topology: &Topology, circle: &[usize], problems: &mut Vec<Problem>) {
    let kind = |index: usize| &topology.stages[index].kind;
    let refused = circle.windows(2).any(|pair| refusal(kind(pair[0]), kind(pair[1])).is_some());
    if let Some(&start) = circle.first()
        && !refused
    {
        problems.push(Problem::error(
            Place::Stage(topology.stages[start].name.clone()),
            format!("requests go round in a circle: {}", names(topology, circle, " → ")),
            "remove a link of the circle",
        ));
    }
}

fn names(topology: &Topology, stages: &[usize], between: &str) -> String {
    let quoted: Vec<String> =
        stages.iter().map(|&index| format!("{:?}", topology.stages[index].name)).collect();
    quoted.join(between)
}

fn stage<'a>(topology: &'a Topology, name: &str) -> Option<&'a Stage> {
    topology.stages.iter().find(|stage| stage.name == name)
}
