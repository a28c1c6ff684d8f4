//! Operations that go ways of their own: which links may name them, and what there may be once on each way.

use super::super::stage::{Stage, StageKind};
use super::super::way::Way;
use super::super::{Link, Place, Problem, Topology};
use super::wiring::ONLY_ONE;
use super::{Unread, refusal};
use crate::workload::{Operation, Operations};

/// Kinds of which there is one in a run, however operations part.
pub(super) const ONE_IN_ALL: [&str; 3] = ["Users", "ReadWriteSplit", "DataControl"];

/// Whether the links of a kind of stage may each carry other operations. Behind an inventory and a queue everything goes the same way,
/// and a load balancer spreads over copies.
pub fn may_part(kind: &StageKind) -> bool {
    matches!(
        kind,
        StageKind::Users(_)
            | StageKind::Cdn(_)
            | StageKind::Service(_)
            | StageKind::Sessions(_)
            | StageKind::ReadWriteSplit(_)
    )
}

pub(super) fn check(topology: &Topology, unread: &Unread, problems: &mut Vec<Problem>) {
    if !topology.is_parted() {
        return;
    }
    for link in &topology.links {
        check_link(topology, link, problems);
    }
    if !unread.drawing_is_whole(topology) {
        return;
    }
    let (ways, said) = (Way::all(topology), problems.len());
    for (index, stage) in topology.stages.iter().enumerate().filter(|(_, stage)| may_part(&stage.kind)) {
        let comes = |operation: &Operation| {
            ways[operation.index()].order.contains(&index)
                && !unread.phases
                && topology.workload.wants(*operation)
        };
        check_exits(topology, stage, Operation::ALL.into_iter().filter(comes).collect(), problems);
    }
    // Where it isn't clear which way something goes, nothing is said of what stands there.
    if problems.len() == said {
        check_only_ones(topology, &ways, problems);
        check_places(topology, &ways, problems);
    }
}

/// A link that names operations where nothing parts.
fn check_link(topology: &Topology, link: &Link, problems: &mut Vec<Problem>) {
    let from = topology.index_of(&link.from).map(|from| &topology.stages[from].kind);
    if let Some(from) = from.filter(|from| !link.operations.is_empty() && !may_part(from)) {
        let place = Place::Link { from: link.from.clone(), to: link.to.clone() };
        let text = format!("operations part in front of it: {} sends everything the same way", from.label());
        let remedy = "leave operations out, and name them on links of users, a CDN, sessions, a service or a read-write split";
        problems.push(Problem::error(place, text, remedy).about(&["operations"]));
    }
}

/// What leaves a stage by two of its links, or of what comes by none.
fn check_exits(topology: &Topology, stage: &Stage, wanted: Operations, problems: &mut Vec<Problem>) {
    let is_good = |link: &&Link| {
        let to = topology.index_of(&link.to).map(|to| &topology.stages[to].kind);
        link.from == stage.name && to.is_some_and(|to| refusal(&stage.kind, to).is_none())
    };
    let links: Vec<&Link> = topology.links.iter().filter(is_good).collect();
    if links.iter().all(|link| link.operations.is_empty()) {
        return;
    }
    let (mut once, mut twice) = (Operations::NONE, Operations::NONE);
    for link in links {
        let carried = topology.carried(link);
        twice = twice.and(once.shared_with(carried));
        once = once.and(carried);
    }
    let place = || Place::Stage(stage.name.clone());
    if !twice.is_empty() {
        let text = format!("more than one of its links carries {}", twice.words());
        let remedy = "name each operation on one link, and let one link at most name none";
        problems.push(Problem::error(place(), text, remedy));
    }
    let lacking = wanted.without(once);
    if !lacking.is_empty() {
        let text = format!("none of its links carries {}", lacking.words());
        let remedy =
            "name what is missing on a link, or let one link name no operations: it carries the rest";
        problems.push(Problem::error(place(), text, remedy));
    }
}

/// The second of a kind on the way of an operation.
fn check_only_ones(topology: &Topology, ways: &[Way; Operation::COUNT], problems: &mut Vec<Problem>) {
    let shared = |operation: Operation, fits: &dyn Fn(&Stage) -> bool| -> Option<usize> {
        let mut of_kind =
            ways[operation.index()].order.iter().filter(|&&index| fits(&topology.stages[index]));
        of_kind.next().and(of_kind.next()).copied()
    };
    for (word, remedy) in ONLY_ONE.iter().filter(|(word, _)| !ONE_IN_ALL.contains(word)) {
        let is_it = |stage: &Stage| {
            let inventory = ["MasterReplica", "RedisCluster"];
            stage.kind.word() == *word || inventory.contains(word) && inventory.contains(&stage.kind.word())
        };
        // Two inventories of different kinds are spoken of once.
        if *word == "RedisCluster" {
            continue;
        }
        let mut found: Vec<(usize, Operations)> = Vec::new();
        for operation in Operation::ALL {
            let Some(second) = shared(operation, &is_it) else { continue };
            match found.iter_mut().find(|(stage, _)| *stage == second) {
                Some((_, operations)) => *operations = operations.and(operation.into()),
                None => found.push((second, operation.into())),
            }
        }
        for (second, operations) in found {
            let stage = &topology.stages[second];
            let text =
                format!("it is the second {} on the way of {}", stage.kind.label(), operations.words());
            problems.push(Problem::error(Place::Stage(stage.name.clone()), text, *remedy));
        }
    }
}

/// What is kept where somebody else looks for it, or where two things would be one.
fn check_places(topology: &Topology, ways: &[Way; Operation::COUNT], problems: &mut Vec<Problem>) {
    let [reads, claims, ..] = ways;
    let name = |index: usize| topology.stages[index].name.clone();
    if let (Some(pages), Some(orders)) = (reads.database, claims.database)
        && pages != orders
        && topology.workload.reads_own_pages()
    {
        let text = format!(
            "readers' own pages are asked of {:?}, and their orders are in {:?}",
            name(pages),
            name(orders)
        );
        let remedy = "let reads and claims share a database, or let page_of be Product";
        problems.push(Problem::error(Place::Workload(None), text, remedy).about(&["page_of"]));
    }
    for (index, stage) in topology.stages.iter().enumerate() {
        if let StageKind::Database(params) = &stage.kind
            && params.backup_every.is_some()
            && claims.database != Some(index)
        {
            let text = "its backups would be held against orders, and it keeps none";
            let remedy = "leave backup_every out here";
            let problem = Problem::error(Place::Stage(stage.name.clone()), text, remedy);
            problems.push(problem.about(&["backup_every"]));
        }
        let is_queue = matches!(stage.kind, StageKind::Queue(_));
        let same_host = |other: &&Stage| {
            matches!(other.kind, StageKind::Queue(_)) && other.kind.host() == stage.kind.host()
        };
        if let Some(host) = stage.kind.host().filter(|_| is_queue)
            && let Some(other) = topology.stages[..index].iter().find(same_host)
        {
            let text = format!("its list would be that of {:?}: both are on {host:?}", other.name);
            let remedy = "set on to None for a process of its own, or let both ways share one queue";
            let problem = Problem::error(Place::Stage(stage.name.clone()), text, remedy);
            problems.push(problem.about(&["on"]));
        }
    }
}
