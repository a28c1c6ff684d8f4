//! How a run goes just now: sums over its last second, for the state line.

use super::Run;
use super::column::{Column, Counted, Micros};
use super::series::Series;
use crate::engine::{RunPhase, WORST_DROPPED, WORST_LAG};

/// How much of the past counts as now, in seconds.
const WINDOW_SECS: f64 = 1.0;

/// A run just now.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Pace {
    /// Offered load over the last second, per second.
    pub offered_per_sec: f64,
    /// Achieved throughput over the last second, per second.
    pub achieved_per_sec: f64,
    /// Claims granted since the start.
    pub sold: u64,
    /// Orders acknowledged and not yet in the database.
    pub backlog: u64,
    /// The highest p99 of response time in the tenths of the last second, in microseconds.
    pub worst_p99_us: u64,
    /// The same of the generator's lag behind its schedule.
    pub worst_lag_us: u64,
    /// Whether the generator was later than is allowed in several of those tenths; one may be a hiccup.
    pub is_late: bool,
}

/// From so many late tenths of a second on, the generator counts as late.
const LATE_TENTHS: usize = 2;

/// What will make the run say nothing about the design, if it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The generator is behind its schedule by more than is allowed.
    Behind,
    /// More arrivals could not be sent than is allowed.
    Dropped(u64),
}

impl Pace {
    /// The end of what was measured.
    pub fn of(series: &Series) -> Self {
        let recent = series.recent(WINDOW_SECS);
        let is_late = |lag: &u32| u128::from(*lag) > WORST_LAG.as_micros();
        let worst = |column: &Column<Micros>| column.range(recent.clone()).max().map_or(0, u64::from);
        Self {
            offered_per_sec: series.rate(&series.offered, recent.clone()),
            achieved_per_sec: series.rate(&series.achieved, recent.clone()),
            sold: series.sold_in_all.last().map_or(0, u64::from),
            backlog: series.backlog.last().map_or(0, u64::from),
            worst_p99_us: worst(&series.response_us[2]),
            worst_lag_us: worst(&series.lag_us),
            is_late: series.lag_us.range(recent.clone()).filter(is_late).count() >= LATE_TENTHS,
        }
    }
}

impl Run {
    /// What puts the verdict in doubt just now.
    pub fn doubt(&self, now: &Pace) -> Option<Doubt> {
        let sum = |column: &Column<Counted>| column.sum(0..self.series.len());
        let dropped = sum(&self.series.dropped);
        if dropped as f64 > WORST_DROPPED * sum(&self.series.offered) as f64 {
            return Some(Doubt::Dropped(dropped));
        }
        (self.phase == RunPhase::OnSale && now.is_late).then_some(Doubt::Behind)
    }
}
