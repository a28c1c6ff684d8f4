//! The stream of requests of a run.

use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_distr::Zipf;
use rand_pcg::Pcg64Mcg;

use super::arrival::Arrivals;
use super::operation::{Operation, Request};
use super::spec::Workload;

/// Earlier claims from which a repeated click is drawn.
const MEMORY: usize = 1_024;

/// Gives the requests of a workload in the order of their intended times.
///
/// Times and wishes are drawn from two streams of one seed, so that a change of the audience leaves the times alone.
#[derive(Debug)]
pub struct Source {
    workload: Workload,
    times: Pcg64Mcg,
    wishes: Pcg64Mcg,
    zipf: Zipf<f64>,
    phase: usize,
    phase_at_ns: u64,
    arrivals: Option<Arrivals>,
    next_id: u64,
    recent: Vec<(u64, u32)>,
    recent_at: usize,
}

impl Source {
    /// A source at its beginning. The workload must have passed validation.
    pub fn new(workload: &Workload) -> Self {
        let audience = &workload.audience;
        Self {
            times: Pcg64Mcg::seed_from_u64(workload.seed),
            wishes: Pcg64Mcg::seed_from_u64(workload.seed ^ 0x9e37_79b9_7f4a_7c15),
            zipf: Zipf::new(f64::from(workload.sale.items.max(1)), audience.item_skew.max(0.0))
                .unwrap_or_else(|_| unreachable!("at least one item, and an exponent of 0 or more")),
            workload: workload.clone(),
            phase: 0,
            phase_at_ns: 0,
            arrivals: None,
            next_id: 0,
            recent: Vec::with_capacity(MEMORY),
            recent_at: 0,
        }
    }

    /// How long arrivals come.
    pub fn duration(&self) -> Duration {
        self.workload.duration()
    }

    /// The next request, or none after the last phase.
    pub fn next_request(&mut self) -> Option<Request> {
        let intended_ns = self.next_time()?;
        let operation = self.draw_operation();
        let (claimant, item) = match operation {
            Operation::Read => (self.draw_human(), self.draw_item()),
            Operation::Claim => self.draw_claim(),
        };
        let id = self.next_id;
        self.next_id += 1;
        let units = match operation {
            Operation::Read => 0,
            Operation::Claim => self.workload.sale.units_per_claim,
        };
        Some(Request { id, intended_ns, claimant, item, units, operation })
    }

    fn next_time(&mut self) -> Option<u64> {
        loop {
            let phase = self.workload.phases.get(self.phase)?;
            let arrivals = self.arrivals.get_or_insert_with(|| {
                Arrivals::new(phase.shape.clone(), phase.spacing, phase.span, &mut self.times)
            });
            if let Some(at) = arrivals.next(&mut self.times) {
                return Some(self.phase_at_ns + nanos(at));
            }
            self.phase_at_ns += nanos(phase.span);
            self.phase += 1;
            self.arrivals = None;
        }
    }

    fn draw_operation(&mut self) -> Operation {
        let mix = &self.workload.phases[self.phase].mix;
        if self.wishes.random::<f64>() * (mix.read + mix.claim) < mix.claim {
            Operation::Claim
        } else {
            Operation::Read
        }
    }

    fn draw_claim(&mut self) -> (u64, u32) {
        let audience = &self.workload.audience;
        let (repeat_ratio, bot_ratio, bots) = (audience.repeat_ratio, audience.bot_ratio, audience.bots);
        if !self.recent.is_empty() && self.wishes.random::<f64>() < repeat_ratio {
            return self.recent[self.wishes.random_range(0..self.recent.len())];
        }
        let claimant = if bots > 0 && self.wishes.random::<f64>() < bot_ratio {
            self.wishes.random_range(0..bots)
        } else {
            self.draw_human()
        };
        let claim = (claimant, self.draw_item());
        if self.recent.len() < MEMORY {
            self.recent.push(claim);
        } else {
            self.recent[self.recent_at] = claim;
            self.recent_at = (self.recent_at + 1) % MEMORY;
        }
        claim
    }

    fn draw_human(&mut self) -> u64 {
        let audience = &self.workload.audience;
        let first = audience.bots.min(audience.users - 1);
        self.wishes.random_range(first..audience.users)
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "Zipf draws 1..=items")]
    fn draw_item(&mut self) -> u32 {
        self.wishes.sample(self.zipf) as u32 - 1
    }
}

fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::arrival::Constant;
    use super::super::{Audience, Mix, Phase, Sale, Shape, Spacing};
    use super::*;

    fn workload() -> Workload {
        let phase = |rate, mix| Phase {
            name: "phase".into(),
            span: Duration::from_secs(1),
            shape: Shape::Constant(Constant { rate }),
            spacing: Spacing::Poisson,
            mix,
        };
        Workload {
            seed: 11,
            sale: Sale::default(),
            audience: Audience { users: 5_000, bots: 10, bot_ratio: 0.2, ..Audience::default() },
            phases: vec![
                phase(2_000.0, Mix { read: 1.0, claim: 0.0 }),
                phase(8_000.0, Mix { read: 1.0, claim: 3.0 }),
            ],
        }
    }

    fn all(workload: &Workload) -> Vec<Request> {
        let mut source = Source::new(workload);
        std::iter::from_fn(|| source.next_request()).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_requests() {
        assert_eq!(all(&workload()), all(&workload()));
        assert_ne!(all(&workload()), all(&Workload { seed: 12, ..workload() }));
    }

    #[test]
    fn another_audience_leaves_the_times_alone() {
        let other = Workload { audience: Audience::default(), ..workload() };
        let times = |w: &Workload| all(w).iter().map(|r| r.intended_ns).collect::<Vec<_>>();
        assert_eq!(times(&workload()), times(&other));
    }

    #[test]
    fn requests_follow_the_phases_and_their_mix() {
        let requests = all(&workload());
        let (first, second): (Vec<Request>, Vec<Request>) =
            requests.into_iter().partition(|request| request.intended_ns < 1_000_000_000);
        assert!(first.iter().all(|request| request.operation == Operation::Read && request.units == 0));
        let claims = second.iter().filter(|request| request.operation == Operation::Claim).count();
        let share = claims as f64 / second.len() as f64;
        assert!((share - 0.75).abs() < 0.03, "{share}");
        let requests = all(&workload());
        assert!(requests.windows(2).all(|pair| pair[0].id + 1 == pair[1].id));
        assert!(requests.windows(2).all(|pair| pair[0].intended_ns <= pair[1].intended_ns));
    }

    #[test]
    fn favourites_come_first_and_people_click_again() {
        let requests = all(&workload());
        let count = |item| requests.iter().filter(|request| request.item == item).count();
        assert!(count(0) > 3 * count(9) && count(9) > 0, "{} {}", count(0), count(9));
        let mut claims: Vec<_> = requests
            .iter()
            .filter(|request| request.operation == Operation::Claim)
            .map(|request| (request.claimant, request.item))
            .collect();
        let all = claims.len();
        claims.sort_unstable();
        claims.dedup();
        assert!(claims.len() < all * 95 / 100, "{} of {all} are different", claims.len());
    }
}
