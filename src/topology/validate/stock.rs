//! How the inventory takes stock: whether its strategy has what it needs.

use super::super::graph::Graph;
use super::super::stage::{Decrement, StageKind};
use super::super::{Place, Problem, Topology};
use super::Unread;

/// More tokens than this take seconds to be written, one by one.
const MOST_TOKENS: u64 = 1_000_000;

pub(super) fn check(topology: &Topology, unread: &Unread, problems: &mut Vec<Problem>) {
    for (index, stage) in topology.stages.iter().enumerate() {
        let StageKind::MasterReplica(params) = &stage.kind else { continue };
        let mut error = |text: String, remedy: &str| {
            let problem = Problem::error(Place::Stage(stage.name.clone()), text, remedy);
            problems.push(problem.about(&["decrement"]));
        };
        let stock = topology.workload.sale.stock;
        if params.decrement == Decrement::OneScript
            && unread.drawing_is_whole(topology)
            && !is_before_its_queue(topology, index)
        {
            let text =
                "its script puts orders on the list of a queue, and no queue behind it has its list here";
            error(text.into(), "link a Queue behind it whose `on` names it, or choose LuaEvalsha");
        }
        if params.decrement == Decrement::ListToken && stock > MOST_TOKENS {
            let text = format!("{stock} units would be as many elements of lists");
            error(text, &format!("sell {MOST_TOKENS} units at most, or choose DecrCompensation"));
        }
    }
}

/// Whether traffic goes on from an inventory to a queue that is kept on it.
fn is_before_its_queue(topology: &Topology, inventory: usize) -> bool {
    let name = Some(topology.stages[inventory].name.as_str());
    let is_its_queue = |next: &usize| matches!(&topology.stages[*next].kind, StageKind::Queue(queue) if queue.on.as_deref() == name);
    Graph::of_traffic(topology).next[inventory].iter().any(is_its_queue)
}
