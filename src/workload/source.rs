//! The stream of requests of a run.

use std::collections::VecDeque;
use std::time::Duration;

use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

use super::arrival::Arrivals;
use super::operation::Request;
use super::spec::Workload;
use super::wishes::Wishes;

/// Gives the requests of a workload in the order of their intended times.
///
/// Times and wishes are drawn from two streams of one seed, so that a change of the audience leaves the times alone.
#[derive(Debug)]
pub struct Source {
    workload: Workload,
    wishes: Wishes,
    at: Moment,
    /// Where it was before it looked for an arrival in a later phase and found it, or none: until that one is taken, a
    /// change of the rate can still bring earlier ones.
    left: Vec<Moment>,
    factor: f64,
    /// Changes of the factor that no arrival has come after yet: when, and to what.
    changes: VecDeque<(u64, f64)>,
    changed_at_ns: u64,
    next_id: u64,
}

/// Where a source stands in time.
#[derive(Debug, Clone)]
struct Moment {
    phase: usize,
    phase_at_ns: u64,
    arrivals: Option<Arrivals>,
    lots: Pcg64Mcg,
}

impl Source {
    /// A source at its beginning. The workload must have passed validation.
    pub fn new(workload: &Workload) -> Self {
        Self {
            wishes: Wishes::new(workload),
            workload: workload.clone(),
            at: Moment {
                phase: 0,
                phase_at_ns: 0,
                arrivals: None,
                lots: Pcg64Mcg::seed_from_u64(workload.seed),
            },
            left: Vec::new(),
            factor: 1.0,
            changes: VecDeque::new(),
            changed_at_ns: 0,
            next_id: 0,
        }
    }

    /// How long arrivals come.
    pub fn duration(&self) -> Duration {
        self.workload.duration()
    }

    /// The next request, or none after the last phase.
    pub fn next_request(&mut self) -> Option<Request> {
        let intended_ns = self.peek_ns()?;
        let Moment { arrivals: Some(arrivals), lots, .. } = &mut self.at else {
            unreachable!("an arrival was just found in them")
        };
        arrivals.advance(lots);
        self.left.clear();
        let id = self.next_id;
        self.next_id += 1;
        Some(self.wishes.draw(self.at.phase).asked(id, intended_ns))
    }

    /// When the next request is intended, in nanoseconds from the first tick; none after the last phase.
    pub fn peek_ns(&mut self) -> Option<u64> {
        loop {
            let next = self.look();
            match self.changes.front() {
                Some(&(at_ns, factor)) if next.is_none_or(|next| next >= at_ns) => {
                    self.changes.pop_front();
                    self.rescale(at_ns, factor);
                }
                _ => return next,
            }
        }
    }

    /// From a moment on, requests come at the rate as drawn times `factor`. Those before it stay what they are. The moment
    /// must lie after all requests that were taken and all changes before.
    pub fn scale_from(&mut self, at_ns: u64, factor: f64) {
        self.changes.push_back((at_ns, factor));
    }

    fn look(&mut self) -> Option<u64> {
        loop {
            let phase = self.workload.phases.get(self.at.phase)?;
            let Moment { arrivals, lots, .. } = &mut self.at;
            let arrivals = arrivals.get_or_insert_with(|| {
                Arrivals::new(phase.shape.clone(), phase.spacing, phase.span, self.factor, lots)
            });
            if let Some(at) = arrivals.peek() {
                return Some((self.at.phase_at_ns + nanos(at)).max(self.changed_at_ns));
            }
            let next = Moment {
                phase: self.at.phase + 1,
                phase_at_ns: self.at.phase_at_ns + nanos(phase.span),
                arrivals: None,
                lots: self.at.lots.clone(),
            };
            self.left.push(std::mem::replace(&mut self.at, next));
        }
    }

    /// Goes back to the phase of that moment, if it was left in vain, and changes the rate from there.
    fn rescale(&mut self, at_ns: u64, factor: f64) {
        while self.at.phase_at_ns > at_ns
            && let Some(left) = self.left.pop()
        {
            self.at = left;
        }
        self.factor = factor;
        self.changed_at_ns = at_ns;
        if let Some(arrivals) = &mut self.at.arrivals {
            let since = at_ns.saturating_sub(self.at.phase_at_ns);
            arrivals.scale_from(Duration::from_nanos(since), factor);
        }
    }
}

fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::arrival::Constant;
    use super::super::{Audience, Mix, Operation, PageOf, Phase, Records, Sale, Shape, Spacing};
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
            records: Records::default(),
            phases: vec![
                phase(2_000.0, Mix { read: 1.0, ..Mix::NOTHING }),
                phase(8_000.0, Mix { read: 1.0, claim: 3.0, ..Mix::NOTHING }),
            ],
        }
    }

    fn all(workload: &Workload) -> Vec<Request> {
        let mut source = Source::new(workload);
        std::iter::from_fn(|| source.next_request()).collect()
    }

    #[test]
    fn some_readers_ask_for_products_that_do_not_exist_and_nobody_buys_them() {
        let asks = |unknown_ratio| {
            let audience = Audience { unknown_ratio, unknown_items: 5, ..workload().audience };
            let requests = all(&Workload { audience, ..workload() });
            let unknown = |operation| {
                let of = requests.iter().filter(|one| one.operation == operation);
                of.filter(|one| (10..15).contains(&one.item)).count()
            };
            assert!(requests.iter().all(|one| one.item < 15));
            assert_eq!(unknown(Operation::Claim), 0);
            let reads = requests.iter().filter(|one| one.operation == Operation::Read).count();
            unknown(Operation::Read) as f64 / reads as f64
        };
        assert!(asks(0.0) == 0.0 && (asks(0.4) - 0.4).abs() < 0.03);
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
    fn four_operations_come_by_their_weights_each_about_what_it_is_about() {
        let mut workload = workload();
        workload.phases.remove(0);
        workload.phases[0].mix = Mix { read: 1.0, claim: 2.0, append: 3.0, count: 4.0 };
        workload.records = Records { streams: 3, counters: 50 };
        workload.audience.page_of = PageOf::Reader;
        let requests = all(&workload);
        for (operation, share, widest) in [
            (Operation::Read, 0.1, 5_010),
            (Operation::Claim, 0.2, 10),
            (Operation::Append, 0.3, 3),
            (Operation::Count, 0.4, 50),
        ] {
            let of: Vec<&Request> =
                requests.iter().filter(|request| request.operation == operation).collect();
            let found = of.len() as f64 / requests.len() as f64;
            assert!((found - share).abs() < 0.03, "{operation:?}: {found}");
            assert!(of.iter().all(|request| request.item < widest), "{operation:?}");
            assert!(of.iter().all(|request| (request.units > 0) == (operation == Operation::Claim)));
            let is_own = |request: &&Request| u64::from(request.item) == 10 + request.claimant;
            assert!(operation != Operation::Read || of.iter().all(is_own));
        }
    }

    /// The requests of a workload whose rate changes at these moments.
    fn changed(workload: &Workload, changes: &[(u64, f64)]) -> Vec<Request> {
        let mut source = Source::new(workload);
        let mut changes = changes.iter().copied().peekable();
        let mut requests = Vec::new();
        loop {
            // As a generator does: it learns of a change when it has sent what was due before it.
            let next = source.peek_ns();
            if let Some((at_ns, factor)) = changes.next_if(|(at, _)| next.is_none_or(|next| next >= *at)) {
                source.scale_from(at_ns, factor);
            } else if let Some(request) = source.next_request() {
                requests.push(request);
            } else {
                return requests;
            }
        }
    }

    fn between(requests: &[Request], from_ms: u64, to_ms: u64) -> f64 {
        let span = from_ms * 1_000_000..to_ms * 1_000_000;
        requests.iter().filter(|request| span.contains(&request.intended_ns)).count() as f64
    }

    #[test]
    fn a_changed_rate_holds_from_its_moment_on_and_leaves_what_was_before_alone() {
        let plain = all(&workload());
        let at_ns = 400_000_000;
        let before = plain.iter().take_while(|request| request.intended_ns < at_ns).count();
        for factor in [0.25, 1.0, 3.0] {
            let requests = changed(&workload(), &[(at_ns, factor)]);
            assert_eq!(requests[..before], plain[..before]);
            assert!(requests.windows(2).all(|pair| pair[0].intended_ns <= pair[1].intended_ns));
            assert!(requests[before].intended_ns >= at_ns);
            for (from, to, drawn) in [(400, 1_000, 1_200.0), (1_000, 2_000, 8_000.0)] {
                let share = between(&requests, from, to) / (drawn * factor);
                assert!((share - 1.0).abs() < 0.1, "× {factor}, {from} ms to {to} ms: {share}");
            }
            assert_eq!(requests, changed(&workload(), &[(at_ns, factor)]), "it is reproducible");
        }
        assert_eq!(changed(&workload(), &[(at_ns, 1.0)]), plain, "× 1 is as drawn");
        let undone = changed(&workload(), &[(at_ns, 4.0), (at_ns * 2, 1.0)]);
        assert!((between(&undone, 1_000, 2_000) / 8_000.0 - 1.0).abs() < 0.05);
    }

    #[test]
    fn a_raised_rate_brings_arrivals_to_phases_that_would_have_passed_without_one() {
        let mut quiet = workload();
        for phase in &mut quiet.phases {
            phase.shape = Shape::Constant(Constant { rate: 0.4 });
            phase.spacing = Spacing::Even;
        }
        assert!(all(&quiet).is_empty(), "half a gap is longer than a phase");
        let requests = changed(&quiet, &[(500_000_000, 100.0)]);
        assert_eq!((between(&requests, 0, 500), between(&requests, 1_000, 2_000)), (0.0, 40.0));
        assert!((19.0..=20.0).contains(&between(&requests, 500, 1_000)), "{requests:?}");
        assert!(requests.iter().all(|request| request.intended_ns < 2_000_000_000));
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
