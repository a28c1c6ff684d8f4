//! From columns to the points of a line or an area: never more than the screen has dots.

use std::ops::Range;

use egui_plot::PlotPoint;

use super::super::run::column::{Cell, Column, Counted, Kind};
use super::super::run::series::Series;

/// Screen points that one cell takes at least.
const CELL_POINTS: f64 = 1.5;

/// The cells into which the visible buckets are grouped. Their borders stay where they are while time goes on, so that
/// nothing shimmers.
#[derive(Debug, Clone, Default)]
pub struct Cells {
    /// The buckets of each cell.
    pub buckets: Vec<Range<usize>>,
    /// The middle of each cell, in seconds.
    pub at: Vec<f64>,
    /// The length of each cell, in seconds.
    secs: Vec<f64>,
    /// Buckets in a cell.
    step: usize,
}

impl Cells {
    /// The cells of a stretch of time that is `points` wide on the screen. Buckets from `len` on don't count.
    pub fn new(series: &Series, len: usize, (from, to): (f64, f64), points: f32) -> Self {
        let len = len.min(series.len());
        let at = &series.at_secs[..len];
        let first = at.partition_point(|at| *at < from).saturating_sub(1);
        let last = (at.partition_point(|at| *at < to) + 2).min(len);
        if first >= last || to <= from {
            return Self::default();
        }
        let visible = (last - first) as f64;
        let share = ((series.at_secs[last - 1] - series.start_of(first)) / (to - from)).min(1.0);
        let room = (f64::from(points) * share / CELL_POINTS).max(1.0);
        let mut step = 1;
        while visible / step as f64 > room {
            step *= 2;
        }
        let mut cells = Self { step, ..Self::default() };
        let mut start = first / step * step;
        while start < last {
            let buckets = start..(start + step).min(len);
            let (from, to) = series.span_of(&buckets);
            cells.at.push(f64::midpoint(from, to));
            cells.secs.push((to - from).max(1e-3));
            start = buckets.end.max(start + 1);
            cells.buckets.push(buckets);
        }
        cells
    }

    /// The smallest and largest value of each cell; none where nothing was measured.
    pub fn extremes<K: Kind>(&self, column: &Column<K>) -> Vec<Option<(f64, f64)>> {
        let ends = |cell: Cell<K>| (K::number(cell.min), K::number(cell.max));
        self.buckets.iter().map(|buckets| column.fold(buckets.clone()).map(ends)).collect()
    }

    /// The lowest and highest rate a second of each cell's buckets.
    pub fn rate_extremes(&self, column: &Column<Counted>) -> Vec<Option<(f64, f64)>> {
        let mut ends = self.extremes(column);
        for ((ends, buckets), secs) in ends.iter_mut().zip(&self.buckets).zip(&self.secs) {
            let bucket_secs = secs / buckets.len() as f64;
            *ends = ends.map(|(min, max)| (min / bucket_secs, max / bucket_secs));
        }
        ends
    }

    /// The rate a second over each cell.
    pub fn rates(&self, column: &Column<Counted>) -> Vec<f64> {
        let sums = self.buckets.iter().map(|buckets| column.sum(buckets.clone()));
        sums.zip(&self.secs).map(|(sum, secs)| sum as f64 / secs).collect()
    }
}

/// The points of a line through the extremes of each cell, in pieces where nothing was measured in between.
pub fn line(cells: &Cells, extremes: &[Option<(f64, f64)>]) -> Vec<Vec<PlotPoint>> {
    let mut pieces = vec![Vec::new()];
    let mut before = 0.0;
    for (at, ends) in cells.at.iter().zip(extremes) {
        let Some((min, max)) = *ends else {
            pieces.push(Vec::new());
            continue;
        };
        if let Some(piece) = pieces.last_mut() {
            // The nearer end first: the line then runs through the cell instead of jumping back.
            let (one, other) = if before * 2.0 > min + max { (max, min) } else { (min, max) };
            piece.push(PlotPoint::new(*at, one));
            #[allow(clippy::float_cmp, reason = "the same value, copied")]
            if cells.step > 1 && one != other {
                piece.push(PlotPoint::new(*at, other));
            }
            before = other;
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::metrics::Bucket;

    fn series(buckets: u64) -> Series {
        let mut series = Series::default();
        for tenth in 0..buckets {
            let at = Duration::from_millis(100 * (tenth + 1));
            series.add(&Bucket { at, offered: tenth % 10, ..Bucket::default() }, &[]);
        }
        series
    }

    #[test]
    fn there_are_no_more_cells_than_dots_and_every_bucket_is_in_one() {
        let series = series(36_000);
        let cells = Cells::new(&series, series.len(), (0.0, 3_600.0), 700.0);
        assert!(cells.at.len() <= 700 && cells.at.len() > 200, "{}", cells.at.len());
        assert_eq!(cells.buckets.first().map(|cell| cell.start), Some(0));
        assert!(cells.buckets.windows(2).all(|pair| pair[0].end == pair[1].start));
        assert_eq!(cells.buckets.last().map(|cell| cell.end), Some(36_000));
        assert!(line(&cells, &cells.rate_extremes(&series.offered)).concat().len() <= 1_400);
        let total: f64 = cells.rates(&series.offered).iter().zip(&cells.secs).map(|(r, s)| r * s).sum();
        assert!((total - series.offered.sum(0..36_000) as f64).abs() < 1e-3);
    }

    #[test]
    fn a_close_look_shows_every_bucket_and_no_later_ones() {
        let series = series(100);
        let cells = Cells::new(&series, 50, (4.0, 6.0), 700.0);
        assert_eq!(cells.buckets.last().cloned(), Some(49..50));
        assert!(cells.buckets.iter().all(|cell| cell.len() == 1));
        let ends = cells.rate_extremes(&series.offered);
        assert!((ends.last().unwrap().unwrap().1 - 90.0).abs() < 1e-6);
        assert!(Cells::new(&series, 0, (0.0, 9.0), 700.0).at.is_empty());
    }

    #[test]
    fn a_line_is_broken_where_nothing_was_measured() {
        let series = series(5);
        let cells = Cells::new(&series, 5, (0.0, 1.0), 700.0);
        let ends = [Some((1.0, 2.0)), None, Some((3.0, 3.0)), Some((4.0, 4.0)), None];
        let lengths: Vec<usize> = line(&cells, &ends).iter().map(Vec::len).collect();
        assert_eq!(lengths, [1, 2]);
    }
}
