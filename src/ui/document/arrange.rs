//! The automatic layout: stages in columns by their distance from the users, in rows that fit a screen. Pure.

use egui::{Vec2, vec2};

use super::layout::{GAP, GRID, PORT, WIDTH, size};
use super::ways;
use crate::topology::graph::Graph;
use crate::topology::{StageKind, Topology};

/// Columns beside each other before the next row begins.
const COLUMNS: usize = 4;
/// The gap between boxes of a column, and between rows.
const DOWN: f32 = 60.0;
/// The gap above data control: its wires need less room than those that turn back to the next row.
const CONTROL: f32 = 40.0;

/// Puts every stage in its place: columns by the longest way from where traffic begins, at most four beside each other,
/// and data control below what it looks after. Where operations part, each way has a row of its own.
pub fn arrange(topology: &mut Topology) {
    let traffic = Graph::of_traffic(topology);
    let columns = columns(topology, &traffic);
    let mut places: Vec<Option<Vec2>> = vec![None; topology.stages.len()];
    let mut top = 0.0;
    if topology.is_parted() {
        top = ways::place(topology, columns, &traffic, &mut places) + CONTROL;
    } else if !columns.is_empty() {
        let rows = columns.len().div_ceil(COLUMNS);
        for row in columns.chunks(columns.len().div_ceil(rows)) {
            top = place_row(topology, row, top, &mut places) + DOWN;
        }
        top -= DOWN - CONTROL;
    }
    place_control(topology, top, &mut places);
    for (stage, place) in topology.stages.iter_mut().zip(places) {
        if let Some(place) = place {
            stage.at = (place.x, place.y);
        }
    }
}

/// The stages that carry traffic, column by column, each column ordered by where its traffic comes from.
fn columns(topology: &Topology, traffic: &Graph) -> Vec<Vec<usize>> {
    let depths = depths(topology, traffic);
    let deepest = depths.iter().flatten().max().copied();
    let mut columns: Vec<Vec<usize>> = vec![Vec::new(); deepest.map_or(0, |deepest| deepest + 1)];
    for (stage, depth) in depths.iter().enumerate() {
        if let Some(depth) = depth {
            columns[*depth].push(stage);
        }
    }
    let mut orders = vec![0.0; topology.stages.len()];
    for column in &mut columns {
        let centre = |stage: usize| {
            let before = &traffic.previous[stage];
            let sum: f32 = before.iter().map(|&stage| orders[stage]).sum();
            if before.is_empty() { f32::MAX } else { sum / before.len() as f32 }
        };
        // Stable: stages with the same predecessors keep the order in which they were drawn.
        column.sort_by(|&a, &b| centre(a).total_cmp(&centre(b)));
        for (order, &stage) in column.iter().enumerate() {
            orders[stage] = order as f32;
        }
    }
    columns
}

/// For each stage that carries traffic, the length of the longest way to it. What no users reach begins at 0, too.
fn depths(topology: &Topology, traffic: &Graph) -> Vec<Option<usize>> {
    let carries = |stage: usize| topology.stages[stage].kind.carries_traffic();
    let mut depths: Vec<Option<usize>> = vec![None; topology.stages.len()];
    let mut waits: Vec<usize> = traffic.previous.iter().map(Vec::len).collect();
    let mut left: Vec<usize> = (0..topology.stages.len()).filter(|&stage| carries(stage)).collect();
    while !left.is_empty() {
        // In a circle everything waits for something; the first one drawn is as good a beginning as any.
        let next = left.iter().position(|&stage| waits[stage] == 0).unwrap_or(0);
        let stage = left.remove(next);
        let before = traffic.previous[stage].iter().filter_map(|&before| depths[before]).max();
        depths[stage] = Some(before.map_or(0, |before| before + 1));
        for &after in &traffic.next[stage] {
            waits[after] = waits[after].saturating_sub(1);
        }
    }
    depths
}

/// Places a row of columns so that the wires between single stages run straight. Answers where it ends below.
fn place_row(topology: &Topology, row: &[Vec<usize>], top: f32, places: &mut [Option<Vec2>]) -> f32 {
    let tops = |column: &[usize]| {
        let mut y = 0.0;
        let tops: Vec<f32> = column
            .iter()
            .map(|&stage| {
                let top = y;
                y = on_grid(y + size(&topology.stages[stage]).y + DOWN / 2.0);
                top
            })
            .collect();
        tops
    };
    // Where a column's traffic comes and goes on average.
    let line = |column: &[usize]| {
        let tops = tops(column);
        tops.iter().sum::<f32>() / tops.len().max(1) as f32 + PORT
    };
    let lowest = row.iter().map(|column| line(column)).fold(0.0, f32::max);
    let mut bottom = top;
    for (index, column) in row.iter().enumerate() {
        let shift = on_grid(lowest - line(column));
        for (&stage, y) in column.iter().zip(tops(column)) {
            let at = vec2(index as f32 * (WIDTH + GAP), top + shift + y);
            bottom = f32::max(bottom, at.y + size(&topology.stages[stage]).y);
            places[stage] = Some(at);
        }
    }
    on_grid(bottom)
}

/// Places data control below everything, under the middle of what it looks after.
fn place_control(topology: &Topology, top: f32, places: &mut [Option<Vec2>]) {
    let control = Graph::of_control(topology);
    let mut free_from = f32::MIN;
    for (index, stage) in topology.stages.iter().enumerate() {
        if !matches!(stage.kind, StageKind::DataControl(_)) {
            continue;
        }
        let under: Vec<f32> =
            control.next[index].iter().filter_map(|&target| places[target].map(|at| at.x)).collect();
        let middle = under.iter().sum::<f32>() / under.len().max(1) as f32;
        let x = on_grid(middle).max(free_from);
        free_from = x + WIDTH + GAP;
        places[index] = Some(vec2(x, top));
    }
}

pub(super) fn on_grid(x: f32) -> f32 {
    (x / GRID).round() * GRID
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::layout::rect;
    use super::super::{empty, ops};
    use super::*;
    use crate::files::parse_topology;
    use crate::files::presets::PRESETS;

    fn drawn(kinds: &[&str], links: &[(usize, usize)]) -> Topology {
        let mut topology = empty();
        for kind in kinds {
            ops::add_stage(&mut topology, StageKind::from_word(kind).unwrap(), (7.0, 7.0));
        }
        for &(from, to) in links {
            ops::connect(&mut topology, from, to);
        }
        topology
    }

    fn expect_apart(topology: &Topology) {
        for (index, stage) in topology.stages.iter().enumerate() {
            for other in &topology.stages[..index] {
                assert!(!rect(stage).intersects(rect(other)), "{} covers {}", stage.name, other.name);
            }
        }
    }

    #[test]
    fn a_chain_runs_from_left_to_right_in_rows_like_a_text() {
        let mut topology = drawn(
            &["Users", "Cdn", "LoadBalancer", "Service", "ReadWriteSplit", "Database", "DataControl"],
            &[(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (6, 4), (6, 5)],
        );
        arrange(&mut topology);
        let at = |index: usize| topology.stages[index].at;
        assert_eq!(at(0), (0.0, 0.0));
        assert_eq!(at(2), (560.0, 0.0));
        assert_eq!([at(3), at(5)], [(0.0, 180.0), (560.0, 180.0)], "six columns are two rows of three");
        assert!(at(6).1 > at(4).1 && at(4).0 < at(6).0 && at(6).0 < at(5).0);
        expect_apart(&topology);
    }

    #[test]
    fn services_side_by_side_stand_in_one_column_and_circles_are_laid_out_too() {
        let mut topology = drawn(
            &["Users", "LoadBalancer", "Service", "Service", "Service", "Cdn", "Cdn"],
            &[(0, 1), (1, 2), (1, 3), (1, 4), (5, 6), (6, 5)],
        );
        arrange(&mut topology);
        let columns: BTreeSet<u32> =
            [2, 3, 4].iter().map(|&index| topology.stages[index].at.0.to_bits()).collect();
        assert_eq!(columns.len(), 1);
        expect_apart(&topology);
        let once = topology.clone();
        arrange(&mut topology);
        assert_eq!(topology, once, "the same drawing gives the same layout");
    }

    #[test]
    fn presets_stand_as_the_automatic_layout_puts_them() {
        for preset in PRESETS {
            let topology = parse_topology(preset.text).topology.unwrap();
            let mut arranged = topology.clone();
            arrange(&mut arranged);
            let places = |topology: &Topology| -> Vec<(String, (f32, f32))> {
                topology.stages.iter().map(|stage| (stage.name.clone(), stage.at)).collect()
            };
            assert_eq!(places(&topology), places(&arranged), "{}", preset.file);
        }
    }
}
