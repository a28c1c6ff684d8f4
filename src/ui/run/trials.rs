//! Comparisons and searches that go on or went before, as the window shows them.

use crate::engine::RunFailure;
use crate::engine::trial::rounds::Turn;
use crate::machine::knee::{Knee, Point};
use crate::report::compare::Comparison;

/// What goes on just now.
#[derive(Debug, Clone, PartialEq)]
pub enum UnderWay {
    /// A comparison: how many rounds, the names of the designs, and which run it is.
    Comparing(u32, Vec<String>, Option<Turn>),
    /// A search, and the rate that is tried: arrivals a second.
    Searching(Option<f64>),
}

/// Comparisons and searches.
#[derive(Debug, Default)]
pub struct Trials {
    /// What goes on; none: nothing does.
    pub under_way: Option<UnderWay>,
    /// Whether somebody asked it to stop.
    pub is_stopping: bool,
    /// The last comparison, as far as it has come.
    pub comparison: Option<Comparison>,
    /// The points of the last search, in order.
    pub points: Vec<Point>,
    /// What the last search came to.
    pub knee: Option<Knee>,
    /// Why the last one ended early.
    pub failure: Option<RunFailure>,
}

impl Trials {
    /// Whether there is anything to show.
    pub fn is_worth_a_look(&self) -> bool {
        self.under_way.is_some()
            || self.comparison.is_some()
            || !self.points.is_empty()
            || self.failure.is_some()
    }
}
