//! The way of the traffic through the links.

use super::{Link, Topology};
use crate::workload::Operation;

/// Links as indices of stages. Links whose ends don't exist and links from a stage to itself are left out; the validator
/// speaks of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    /// For each stage, the stages it sends to, in the order of the links.
    pub next: Vec<Vec<usize>>,
    /// For each stage, the stages that send to it.
    pub previous: Vec<Vec<usize>>,
}

impl Graph {
    /// The graph of the links that carry traffic.
    pub fn of_traffic(topology: &Topology) -> Self {
        Self::of(topology, true, |_| true)
    }

    /// The graph of the links that carry an operation.
    pub fn of_operation(topology: &Topology, operation: Operation) -> Self {
        Self::of(topology, true, |link| topology.carried(link).contains(operation))
    }

    /// The graph of the links from data control to the stages it looks after.
    pub fn of_control(topology: &Topology) -> Self {
        Self::of(topology, false, |_| true)
    }

    fn of(topology: &Topology, traffic: bool, is_wanted: impl Fn(&Link) -> bool) -> Self {
        let count = topology.stages.len();
        let mut graph = Self { next: vec![Vec::new(); count], previous: vec![Vec::new(); count] };
        for link in &topology.links {
            if let (Some(from), Some(to)) = (topology.index_of(&link.from), topology.index_of(&link.to))
                && from != to
                && topology.stages[from].kind.carries_traffic() == traffic
                && !graph.next[from].contains(&to)
                && is_wanted(link)
            {
                graph.next[from].push(to);
                graph.previous[to].push(from);
            }
        }
        graph
    }

    /// The stages that can be reached from `start`, itself included, each before those it sends to. Where the links
    /// run in a circle, one of the stages in it is the error.
    ///
    /// # Errors
    /// A stage that is reached again from itself.
    pub fn order_from(&self, start: usize) -> Result<Vec<usize>, usize> {
        let mut marks = vec![Mark::New; self.next.len()];
        let mut reversed = Vec::new();
        self.visit(start, &mut marks, &mut reversed)?;
        reversed.reverse();
        Ok(reversed)
    }

    /// As [`Self::order_from`], but of several ways out of a stage the first comes first, with all that is behind it alone.
    ///
    /// # Errors
    /// As there.
    pub fn order_way_by_way(&self, start: usize) -> Result<Vec<usize>, usize> {
        let mut turned = self.clone();
        turned.next.iter_mut().for_each(|next| next.reverse());
        turned.order_from(start)
    }

    /// A shortest way of the links from a stage back to itself, with that stage at both ends; empty if there is none.
    pub fn circle_through(&self, stage: usize) -> Vec<usize> {
        let mut came_from = vec![None; self.next.len()];
        let mut open = std::collections::VecDeque::from([stage]);
        while let Some(at) = open.pop_front() {
            for &next in &self.next[at] {
                if next == stage {
                    let mut circle = vec![stage];
                    circle.extend(std::iter::successors(Some(at), |&at| came_from[at]));
                    circle.reverse();
                    return circle;
                }
                if came_from[next].is_none() {
                    came_from[next] = Some(at);
                    open.push_back(next);
                }
            }
        }
        Vec::new()
    }

    fn visit(&self, stage: usize, marks: &mut [Mark], reversed: &mut Vec<usize>) -> Result<(), usize> {
        match marks[stage] {
            Mark::Done => return Ok(()),
            Mark::Open => return Err(stage),
            Mark::New => marks[stage] = Mark::Open,
        }
        for &next in &self.next[stage] {
            self.visit(next, marks, reversed)?;
        }
        marks[stage] = Mark::Done;
        reversed.push(stage);
        Ok(())
    }

    /// The stages from which `stage` can be reached, nearest first, without itself.
    pub fn above(&self, stage: usize) -> Vec<usize> {
        let mut found = Vec::new();
        let mut open = std::collections::VecDeque::from([stage]);
        while let Some(at) = open.pop_front() {
            for &previous in &self.previous[at] {
                if !found.contains(&previous) {
                    found.push(previous);
                    open.push_back(previous);
                }
            }
        }
        found
    }
}

#[derive(Clone, Copy)]
enum Mark {
    New,
    Open,
    Done,
}
