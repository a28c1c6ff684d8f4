//! Histograms of response times.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// The longest time that is told apart; longer ones count as this long.
pub const LONGEST: Duration = Duration::from_secs(LONGEST_US as u64 / 1_000_000);
/// The same, in microseconds.
pub(super) const LONGEST_US: u32 = 120_000_000;
/// Significant digits kept: errors of up to 0.1 %.
const DIGITS: u8 = 3;

/// The time that stands for `nanos`, in microseconds: the next whole one, from 1 to [`LONGEST`].
pub(super) fn micros(nanos: u64) -> u32 {
    u32::try_from(nanos.div_ceil(1_000)).map_or(LONGEST_US, |micros| micros.clamp(1, LONGEST_US))
}

/// A histogram of times, in microseconds, from 1 µs to [`LONGEST`]. It takes memory once there is something in it.
#[derive(Debug, Clone, Default)]
pub struct Latency(Option<Box<Histogram<u64>>>);

impl PartialEq for Latency {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => one == other,
            _ => self.count() == other.count(),
        }
    }
}

fn empty() -> Histogram<u64> {
    let histogram = Histogram::new_with_bounds(1, LONGEST_US.into(), DIGITS);
    histogram.unwrap_or_else(|error| unreachable!("the bounds are constants: {error}"))
}

/// Quantiles of a histogram, in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Quantiles {
    /// Half are at least as fast.
    pub p50: u64,
    /// 95 of 100.
    pub p95: u64,
    /// 99 of 100.
    pub p99: u64,
    /// 999 of 1,000.
    pub p999: u64,
    /// The slowest.
    pub max: u64,
}

impl Latency {
    /// Records one time, in nanoseconds.
    pub fn record_ns(&mut self, nanos: u64) {
        self.record_many_ns(nanos, 1);
    }

    /// Records `count` requests that took the same time, in nanoseconds.
    pub fn record_many_ns(&mut self, nanos: u64, count: u64) {
        self.record_many_us(micros(nanos), count);
    }

    /// Records `count` requests that took the same time, 1 to [`LONGEST`] in microseconds.
    pub(super) fn record_many_us(&mut self, micros: u32, count: u64) {
        if count > 0 {
            self.0.get_or_insert_with(|| Box::new(empty())).saturating_record_n(micros.into(), count);
        }
    }

    /// Adds all of another histogram.
    pub fn merge(&mut self, other: &Self) {
        let Some(other) = other.0.as_ref().filter(|other| !other.is_empty()) else { return };
        if self.0.get_or_insert_with(|| Box::new(empty())).add(&**other).is_err() {
            unreachable!("all histograms have the same bounds");
        }
    }

    /// Empties it, keeping its memory.
    pub fn clear(&mut self) {
        if let Some(histogram) = self.0.as_mut().filter(|histogram| !histogram.is_empty()) {
            histogram.reset();
        }
    }

    /// How many times were recorded.
    pub fn count(&self) -> u64 {
        self.0.as_ref().map_or(0, |histogram| histogram.len())
    }

    /// The time that a share `quantile` (0 to 1) of the requests did not exceed, in microseconds; 0 when empty.
    pub fn quantile_us(&self, quantile: f64) -> u64 {
        self.filled().map_or(0, |histogram| histogram.value_at_quantile(quantile))
    }

    /// The usual quantiles.
    pub fn quantiles(&self) -> Quantiles {
        Quantiles {
            p50: self.quantile_us(0.5),
            p95: self.quantile_us(0.95),
            p99: self.quantile_us(0.99),
            p999: self.quantile_us(0.999),
            max: self.filled().map_or(0, Histogram::max),
        }
    }

    fn filled(&self) -> Option<&Histogram<u64>> {
        self.0.as_deref().filter(|histogram| !histogram.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_quantiles_are_those_of_all_values_together() {
        let (mut fast, mut slow, mut all) = (Latency::default(), Latency::default(), Latency::default());
        for ms in 1..=90 {
            fast.record_ns(ms * 1_000_000);
            all.record_ns(ms * 1_000_000);
        }
        slow.record_many_ns(5_000_000_000, 10);
        all.record_many_ns(5_000_000_000, 10);
        fast.merge(&slow);
        assert_eq!(fast.quantiles(), all.quantiles());
        let quantiles = fast.quantiles();
        assert!((50_000..50_100).contains(&quantiles.p50), "{quantiles:?}");
        assert!((5_000_000..5_010_000).contains(&quantiles.p95), "{quantiles:?}");
    }

    #[test]
    fn times_beyond_the_longest_are_kept_as_the_longest() {
        let mut latency = Latency::default();
        latency.record_ns(u64::MAX);
        assert!(latency.quantiles().max >= 120_000_000);
        latency.clear();
        assert_eq!((latency.count(), latency.quantiles()), (0, Quantiles::default()));
    }
}
