//! Times recorded by many threads at once: an array of counters that anybody adds to, without a lock.
//!
//! The counters are the buckets of [`Latency`], which it is emptied into ten times a second: nothing is rounded twice.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::COUNTS;
use super::histogram::{LONGEST_US, Latency, micros};
use super::stripe::{STRIPES, mine};

/// Times from 2^11 µs on share buckets: 2^10 for each doubling. It follows from the 3 digits of [`Latency`].
const HALF_BITS: u32 = 10;
/// Counters of one bit in the map of what was touched: eight cache lines.
const BLOCK: usize = 64;
const COUNTERS: usize = index(LONGEST_US) + 1;
const BLOCKS: usize = COUNTERS.div_ceil(BLOCK);

/// Records times, in nanoseconds, from any thread. The first time that a thread records anything, it makes its counters.
#[derive(Debug, Default)]
pub struct Recorder([OnceLock<Counters>; STRIPES]);

#[derive(Debug)]
struct Counters {
    of: Box<[AtomicU64]>,
    /// One bit a block of counters: whether any of them was ever added to. Times lie close together, so emptying looks at
    /// a few blocks of many. Bits are never taken back: who finds his bit set has nothing to write.
    touched: [AtomicU64; BLOCKS.div_ceil(64)],
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            of: std::iter::repeat_with(AtomicU64::default).take(BLOCKS * BLOCK).collect(),
            touched: Default::default(),
        }
    }
}

impl Recorder {
    /// Records `count` requests that took the same time, in nanoseconds.
    pub fn record_many_ns(&self, nanos: u64, count: u64) {
        if COUNTS && count > 0 {
            self.mine().add(index(micros(nanos)), count);
        }
    }

    /// Records the times of a batch, in nanoseconds. Neighbours with the same bucket are added at once.
    pub fn record_all_ns(&self, times: impl IntoIterator<Item = u64>) {
        let mut times = times.into_iter();
        let Some(mut last_ns) = times.next().filter(|_| COUNTS) else { return };
        let (counters, mut last, mut count) = (self.mine(), index(micros(last_ns)), 1);
        for nanos in times {
            if nanos != last_ns {
                last_ns = nanos;
                let next = index(micros(nanos));
                if next != last {
                    counters.add(last, count);
                    (last, count) = (next, 0);
                }
            }
            count += 1;
        }
        counters.add(last, count);
    }

    /// Adds what was recorded since the last time to a histogram, and forgets it. For one reader at a time.
    ///
    /// Whoever has seen a count that was written after a time was recorded (release, acquire) finds that time here.
    pub fn take_into(&self, into: &mut Latency) {
        self.0.iter().filter_map(OnceLock::get).for_each(|counters| counters.take_into(into));
    }

    fn mine(&self) -> &Counters {
        self.0[mine()].get_or_init(Counters::default)
    }
}

impl Counters {
    fn add(&self, index: usize, count: u64) {
        let block = index / BLOCK;
        let (touched, bit) = (&self.touched[block / 64], 1 << (block % 64));
        if touched.load(Ordering::Relaxed) & bit == 0 {
            touched.fetch_or(bit, Ordering::Relaxed);
        }
        self.of[index].fetch_add(count, Ordering::Relaxed);
    }

    fn take_into(&self, into: &mut Latency) {
        for (word, touched) in self.touched.iter().enumerate() {
            let mut left = touched.load(Ordering::Relaxed);
            while left != 0 {
                let block = word * 64 + left.trailing_zeros() as usize;
                left &= left - 1;
                for at in block * BLOCK..(block + 1) * BLOCK {
                    let counter = &self.of[at];
                    // Most are zero; a swap would take their cache line from those who record.
                    if counter.load(Ordering::Relaxed) != 0 {
                        into.record_many_us(lowest_us(at), counter.swap(0, Ordering::Relaxed));
                    }
                }
            }
        }
    }
}

/// The bucket of a time: in order, no two times are more than 0.1 % apart in one.
const fn index(micros: u32) -> usize {
    let doublings = (32 - (micros >> (HALF_BITS + 1)).leading_zeros()) as usize;
    (doublings << HALF_BITS) + (micros as usize >> doublings)
}

/// The shortest time of a bucket, in microseconds.
fn lowest_us(index: usize) -> u32 {
    let doublings = (index >> HALF_BITS).saturating_sub(1);
    let micros = (index - (doublings << HALF_BITS)) << doublings;
    u32::try_from(micros).unwrap_or(LONGEST_US)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Around each edge of a bucket of doublings, in steps of all sizes, and beyond the longest.
    fn wide_spread() -> Vec<u64> {
        let edges = (0..64).flat_map(|bits| {
            let edge = 1_u64 << bits;
            [0, 1, 999, 1_000, 1_001].into_iter().flat_map(move |near| {
                [edge.saturating_sub(near), edge.saturating_add(near), edge.saturating_mul(1_000)]
            })
        });
        let longest = u64::from(LONGEST_US) * 1_000;
        let steps = (0..20_000_u64).map(|step| step * step * step % (longest + 5_000_000_000));
        let ends = [0, 1, longest - 1_000, longest, longest + 1, 134_217_727_000, 134_217_728_000, u64::MAX];
        edges.chain(steps).chain(ends).collect()
    }

    #[test]
    fn what_is_taken_out_is_what_a_histogram_would_have_recorded() {
        let times = wide_spread();
        let (recorder, mut taken) = (Recorder::default(), Latency::default());
        let mut direct = Latency::default();
        recorder.record_all_ns(times.iter().copied());
        for &nanos in &times {
            direct.record_ns(nanos);
        }
        recorder.take_into(&mut taken);
        assert_eq!((taken.count(), taken.quantiles()), (direct.count(), direct.quantiles()));
        assert!(taken == direct, "buckets differ");

        for (&nanos, count) in times.iter().zip((0..5).cycle()) {
            recorder.record_many_ns(nanos, count);
            direct.record_many_ns(nanos, count);
        }
        recorder.take_into(&mut taken);
        assert!(taken == direct, "buckets differ after the second time");
        recorder.take_into(&mut taken);
        assert_eq!(taken.count(), direct.count(), "nothing came twice");
    }

    #[test]
    fn neighbours_with_one_bucket_are_all_counted() {
        let times = [5_000, 5_000, 4_500, 9_000, 5_000, 5_000, 0, 0, 1];
        let (recorder, mut taken, mut direct) = (Recorder::default(), Latency::default(), Latency::default());
        for &nanos in &times {
            direct.record_ns(nanos);
        }
        recorder.record_all_ns(times);
        recorder.record_all_ns([]);
        recorder.take_into(&mut taken);
        assert!(taken == direct, "{:?}", taken.quantiles());
    }

    #[test]
    fn threads_lose_nothing_while_another_takes_out() {
        let times = wide_spread();
        let (recorder, mut taken, mut direct) = (Recorder::default(), Latency::default(), Latency::default());
        std::thread::scope(|scope| {
            let writers = [3, 4, 5].map(|count| {
                let (recorder, times) = (&recorder, &times);
                scope.spawn(move || {
                    for &nanos in times {
                        recorder.record_many_ns(nanos, count);
                    }
                    recorder.record_all_ns(times.iter().copied());
                })
            });
            while !writers.iter().all(std::thread::ScopedJoinHandle::is_finished) {
                recorder.take_into(&mut taken);
            }
        });
        recorder.take_into(&mut taken);
        for &nanos in &times {
            direct.record_many_ns(nanos, 3 + 4 + 5 + 3);
        }
        assert!(taken == direct, "{} of {}", taken.count(), direct.count());
    }
}
