//! A token bucket: what may be carried just now over a link with a rate.

use std::time::{Duration, Instant};

/// How long a link that was idle carries as fast as it can before the rate holds: what gathers in the bucket meanwhile.
const BURST: Duration = Duration::from_millis(10);
/// At the least so many bytes gather, so that commands don't go on byte by byte.
const LEAST_BURST: f64 = 512.0;

/// Bytes that may go on now. They gather at the rate.
#[derive(Debug, Default)]
pub(super) struct Bucket {
    bytes: f64,
    filled_at: Option<Instant>,
}

impl Bucket {
    /// Takes up to `wanted` bytes out, where they gather at `rate` a second. It answers 0 until a part worth sending has
    /// gathered, so that what is carried doesn't crumble.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "no more than wanted, and no less than nothing"
    )]
    pub fn take(&mut self, wanted: usize, rate: u64, now: Instant) -> usize {
        let rate = rate as f64;
        let burst = (rate * BURST.as_secs_f64()).max(LEAST_BURST);
        let gathered = self.filled_at.map_or(burst, |filled_at| (now - filled_at).as_secs_f64() * rate);
        self.bytes = (self.bytes + gathered).min(burst);
        self.filled_at = Some(now);
        let worth_sending = (wanted as f64).min(burst * 0.5);
        if self.bytes < worth_sending {
            return 0;
        }
        let taken = wanted.min(self.bytes as usize);
        self.bytes -= taken as f64;
        taken
    }

    /// Puts bytes back that were taken out and not used.
    pub fn give_back(&mut self, bytes: usize) {
        self.bytes += bytes as f64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_carried_follows_the_rate_whatever_is_asked_for() {
        const RATE: u64 = 100_000;
        for wanted in [1, 60, 1_000, 65_536] {
            let mut bucket = Bucket::default();
            let (mut now, mut carried) = (Instant::now(), 0);
            for _ in 0..2_000 {
                now += Duration::from_millis(1);
                // Whoever wants little asks until he is refused, as many connections do.
                loop {
                    let taken = bucket.take(wanted, RATE, now);
                    assert!(taken <= wanted);
                    carried += taken;
                    if taken == 0 {
                        break;
                    }
                }
            }
            let expected = 2.0 * RATE as f64;
            assert!((carried as f64 - expected).abs() <= 0.01 * expected, "{wanted}: {carried}");
        }
    }

    #[test]
    fn an_idle_link_gathers_only_a_short_burst_and_what_is_given_back_is_there_again() {
        let (mut bucket, now) = (Bucket::default(), Instant::now());
        assert_eq!(bucket.take(1_000_000, 100_000, now), 1_000);
        let later = now + Duration::from_mins(1);
        assert_eq!(bucket.take(1_000_000, 100_000, later), 1_000);
        assert_eq!(bucket.take(1_000_000, 100_000, later), 0);
        bucket.give_back(1_000);
        assert_eq!(bucket.take(1_000_000, 100_000, later), 1_000);
    }
}
