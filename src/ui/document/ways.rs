//! The automatic layout where operations part: a row for each way, databases below each other at the end. Pure.

use egui::{Vec2, vec2};

use super::arrange::on_grid;
use super::layout::{GAP, WIDTH, size};
use crate::topology::graph::Graph;
use crate::topology::{Topology, Way};
use crate::workload::Operation;

/// The gap between boxes of one way and those of the next.
const DOWN: f32 = 20.0;

/// Places the stages of these columns: each in the row of its way, or in the middle of those that it is on. Answers where they end
/// below.
pub(super) fn place(
    topology: &Topology,
    mut columns: Vec<Vec<usize>>,
    traffic: &Graph,
    places: &mut [Option<Vec2>],
) -> f32 {
    move_ends_to_the_right(&mut columns, traffic);
    let (rows, mut bottom) = (rows(topology), 0.0);
    let tops = tops(topology, &rows);
    let middle = |stage: usize| {
        let on = rows.iter().zip(&tops).filter(|(row, _)| row.contains(&stage)).map(|(_, top)| *top);
        let on: Vec<f32> = on.collect();
        if on.is_empty() {
            tops.last().copied().unwrap_or(0.0)
        } else {
            on.iter().sum::<f32>() / on.len() as f32
        }
    };
    for (index, column) in columns.iter_mut().enumerate() {
        column.sort_by(|&a, &b| middle(a).total_cmp(&middle(b)));
        let mut free_from = f32::MIN;
        for &stage in &*column {
            let at = vec2(index as f32 * (WIDTH + GAP), on_grid(middle(stage)).max(free_from));
            free_from = on_grid(at.y + size(&topology.stages[stage]).y + DOWN);
            bottom = f32::max(bottom, at.y + size(&topology.stages[stage]).y);
            places[stage] = Some(at);
        }
    }
    on_grid(bottom)
}

/// What sends nothing on stands in the last column, so that databases are below each other.
fn move_ends_to_the_right(columns: &mut [Vec<usize>], traffic: &Graph) {
    let Some((last, others)) = columns.split_last_mut() else { return };
    for column in others {
        last.extend(
            column.extract_if(.., |stage| {
                traffic.next[*stage].is_empty() && !traffic.previous[*stage].is_empty()
            }),
        );
    }
}

/// The stages of each way, those of two operations that go the same way once; in the order in which links name them.
fn rows(topology: &Topology) -> Vec<Vec<usize>> {
    let first_named = |operation: &Operation| {
        let parts =
            |from: &str| topology.links.iter().any(|link| link.from == from && !link.operations.is_empty());
        let is_its_link =
            |link: &crate::topology::Link| parts(&link.from) && topology.carried(link).contains(*operation);
        topology.links.iter().position(is_its_link).unwrap_or(usize::MAX)
    };
    let mut operations = Operation::ALL;
    operations.sort_by_key(first_named);
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for operation in operations {
        let way = Way::of(topology, operation).order;
        if way.len() > 1 && !rows.contains(&way) {
            rows.push(way);
        }
    }
    rows
}

/// Where each row begins: below the highest box of the one before that is on no other.
fn tops(topology: &Topology, rows: &[Vec<usize>]) -> Vec<f32> {
    let mut top = 0.0;
    let height = |row: &Vec<usize>| {
        let is_own = |stage: &&usize| rows.iter().filter(|other| other.contains(stage)).count() == 1;
        row.iter().filter(is_own).map(|&stage| size(&topology.stages[stage]).y).fold(0.0, f32::max)
    };
    let below = |row: &Vec<usize>| {
        let here = top;
        top = on_grid(top + height(row) + DOWN);
        here
    };
    rows.iter().map(below).collect()
}
