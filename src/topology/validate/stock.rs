//! How the inventory takes stock: whether its strategy has what it needs, and whether a mistake has an effect.

use super::super::graph::Graph;
use super::super::stage::{Carried, Decrement, MasterReplica, Mistake, Queue, QueueForm, StageKind};
use super::super::way::Way;
use super::super::{Place, Problem, Topology};
use super::Unread;
use crate::workload::Operation;

/// More tokens than this take seconds to be written, one by one.
const MOST_TOKENS: u64 = 1_000_000;

pub(super) fn check(topology: &Topology, unread: &Unread, problems: &mut Vec<Problem>) {
    if unread.drawing_is_whole(topology) {
        check_reload(topology, problems);
        check_sweep(topology, problems);
    }
    for (index, stage) in topology.stages.iter().enumerate() {
        let StageKind::MasterReplica(params) = &stage.kind else { continue };
        let place = Place::Stage(stage.name.clone());
        check_mistake(topology, params, &place, problems);
        let mut error = |text: String, remedy: &str| {
            problems.push(Problem::error(place.clone(), text, remedy).about(&["decrement"]));
        };
        let stock = topology.workload.sale.stock;
        if params.decrement == Decrement::OneScript
            && unread.drawing_is_whole(topology)
            && !is_before_its_queue(topology, index)
        {
            let text =
                "its script puts orders on the list of a queue, and no queue behind it has its list here";
            error(
                text.into(),
                "link a Queue behind it, a list of whole orders whose `on` names it, or choose LuaEvalsha",
            );
        }
        if params.decrement == Decrement::ListToken && stock > MOST_TOKENS {
            let text = format!("{stock} units would be as many elements of lists");
            error(text, &format!("sell {MOST_TOKENS} units at most, or choose DecrCompensation"));
        }
    }
}

fn check_mistake(topology: &Topology, params: &MasterReplica, place: &Place, problems: &mut Vec<Problem>) {
    let (Some(mistake), decrement) = (params.mistake, params.decrement) else { return };
    if !mistake.strategies().contains(&decrement) {
        let text = format!("{} can't make the mistake {}", decrement.word(), mistake.word());
        let words: Vec<&str> = mistake.strategies().iter().map(|decrement| decrement.word()).collect();
        let remedy = format!("let decrement be one of {}, or mistake None", words.join(", "));
        problems.push(Problem::error(place.clone(), text, remedy).about(&["mistake", "decrement"]));
    }
    if mistake == Mistake::DecrementBeforeDuplicateCheck && topology.workload.sale.per_buyer_limit.is_none() {
        let text = "its mistake changes nothing: without a limit per buyer there are no duplicates";
        let problem = Problem::warning(place.clone(), text, "set per_buyer_limit, or mistake to None");
        problems.push(problem.about(&["mistake"]));
    }
}

/// Data control that reloads the stock of an inventory from a database that no queue stands before, or where there is none.
fn check_reload(topology: &Topology, problems: &mut Vec<Problem>) {
    let is_there = |fits: fn(&StageKind) -> bool| topology.stages.iter().any(|stage| fits(&stage.kind));
    let has_inventory =
        is_there(|kind| matches!(kind, StageKind::MasterReplica(_) | StageKind::RedisCluster(_)));
    let has_database = is_there(|kind| matches!(kind, StageKind::Database(_)));
    for stage in &topology.stages {
        if let StageKind::DataControl(params) = &stage.kind
            && params.reload_stock
            && !(has_inventory && has_database)
        {
            let text = "there is no stock to reload: that takes an inventory in Redis and a database";
            let place = Place::Stage(stage.name.clone());
            let problem = Problem::warning(place, text, "add what is missing, or set reload_stock to false");
            problems.push(problem.about(&["reload_stock"]));
        }
    }
}

/// Data control that sweeps orders of an inventory that doesn't keep them, or that nobody has to sweep.
fn check_sweep(topology: &Topology, problems: &mut Vec<Problem>) {
    let graph = Graph::of_traffic(topology);
    let leads_to_database = |index: &usize| {
        let mut next = graph.next[*index].iter();
        next.any(|&next| matches!(topology.stages[next].kind, StageKind::Database(_)))
    };
    let claims = topology.is_parted().then(|| Way::of(topology, Operation::Claim).order);
    let mut inventories = (0..topology.stages.len())
        .filter(|index| claims.as_ref().is_none_or(|claims| claims.contains(index)))
        .filter(|&index| matches!(topology.stages[index].kind, StageKind::MasterReplica(_)));
    let can_sweep = inventories.any(|index| leads_to_database(&index));
    for stage in &topology.stages {
        if let StageKind::DataControl(params) = &stage.kind
            && params.sweep_orders.is_some()
            && !can_sweep
        {
            let text = "there is nothing to sweep: no MasterReplica sends to a database without a queue between them";
            let remedy = "link the MasterReplica to the Database, or set sweep_orders to None";
            let problem = Problem::error(Place::Stage(stage.name.clone()), text, remedy);
            problems.push(problem.about(&["sweep_orders"]));
        }
    }
}

/// Whether a queue is what a script can push whole orders on.
fn is_list_of_orders(queue: &Queue) -> bool {
    matches!(queue.form, QueueForm::List | QueueForm::ProcessingList) && queue.carries == Carried::Order
}

/// Whether traffic goes on from an inventory to a queue that is kept on it.
fn is_before_its_queue(topology: &Topology, inventory: usize) -> bool {
    let name = Some(topology.stages[inventory].name.as_str());
    let is_its_queue = |next: &usize| matches!(&topology.stages[*next].kind, StageKind::Queue(queue) if queue.on.as_deref() == name && is_list_of_orders(queue));
    Graph::of_traffic(topology).next[inventory].iter().any(is_its_queue)
}
