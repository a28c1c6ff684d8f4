//! How long pages of products stay in a cache in front of the database, and what is kept there of products that don't exist.

use std::time::Duration;

use rand::RngExt;
use rand_pcg::Pcg64Mcg;

/// What is kept under the key of a page that doesn't exist. It has no version.
pub const ABSENT: &str = "<!--absent-->";

/// How long a page stays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PageLife {
    /// At the most.
    pub ttl: Duration,
    /// The share of it by which a lot may shorten it.
    pub jitter: f64,
}

impl PageLife {
    /// The life of one page by lot, in milliseconds.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a day at the most")]
    pub fn draw_ms(self, lot: &mut Pcg64Mcg) -> u64 {
        let shortened = 1.0 - self.jitter * lot.random::<f64>();
        ((self.ttl.as_secs_f64() * shortened * 1_000.0) as u64).max(1)
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::super::control::page_version;
    use super::*;

    #[test]
    fn a_life_is_shortened_by_its_jitter_at_the_most() {
        let mut lot = Pcg64Mcg::seed_from_u64(7);
        let ttl = Duration::from_secs(10);
        for (jitter, least_ms) in [(0.0, 10_000), (0.2, 8_000), (1.0, 1)] {
            let lives: Vec<u64> = (0..1_000).map(|_| PageLife { ttl, jitter }.draw_ms(&mut lot)).collect();
            assert!(lives.iter().all(|life| (least_ms..=10_000).contains(life)), "{jitter}");
            assert_eq!(lives.windows(2).any(|pair| pair[0] != pair[1]), jitter > 0.0, "{jitter}");
        }
        assert_eq!(page_version(ABSENT.as_bytes()), None);
    }
}
