//! Load balancer: spreads requests over service instances, and refuses what is too much. In process.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::super::dial::Dial;
use super::super::pending::{Batch, Pending};
use super::core::{Core, Listener, Stage, Tunable};
use crate::metrics::{Outcome, Reason};
use crate::topology::stage::{BalancePolicy, LoadBalancer, StageKind};

/// The bucket of the rate limiter holds what the limit allows in this part of a second.
const BURST_SECS: f64 = 0.1;

/// State that changes with each batch.
struct Turn {
    round: usize,
    lot: Pcg64Mcg,
    /// Tokens of the rate limiter, and when they were last counted.
    tokens: f64,
    counted_ns: u64,
}

/// The load balancer.
pub struct BalancerStage {
    core: Arc<Core>,
    next: Vec<Arc<dyn Stage>>,
    policy: Dial<BalancePolicy>,
    rate_limit: Dial<Option<u64>>,
    /// Every instance behind the balancer, as the place of its service among the next stages.
    seats: Vec<usize>,
    outstanding: Vec<AtomicI64>,
    turn: Mutex<Turn>,
}

impl BalancerStage {
    /// A balancer over the `next` stages, each with its number of instances.
    pub fn new(core: Arc<Core>, next: Vec<(Arc<dyn Stage>, u32)>, params: &LoadBalancer, seed: u64) -> Self {
        let instances = next.iter().map(|(_, instances)| *instances).enumerate();
        let seats: Vec<usize> = instances
            .flat_map(|(service, instances)| std::iter::repeat_n(service, instances as usize))
            .collect();
        Self {
            outstanding: seats.iter().map(|_| AtomicI64::new(0)).collect(),
            seats,
            turn: Mutex::new(Turn {
                round: 0,
                lot: Pcg64Mcg::seed_from_u64(seed),
                tokens: params.rate_limit.unwrap_or(0) as f64 * BURST_SECS,
                counted_ns: core.now_ns(),
            }),
            core,
            next: next.into_iter().map(|(stage, _)| stage).collect(),
            policy: Dial::new(params.policy),
            rate_limit: Dial::new(params.rate_limit),
        }
    }

    /// How many of `wanted` requests the rate limiter lets through now.
    fn allowed(&self, turn: &mut Turn, wanted: usize, now_ns: u64) -> usize {
        let Some(limit) = self.rate_limit.get() else { return wanted };
        // Where it was off, nothing was counted: it begins with a full bucket, as a run does.
        let limit = limit as f64;
        let passed_secs = now_ns.saturating_sub(turn.counted_ns) as f64 / 1e9;
        turn.counted_ns = now_ns;
        turn.tokens = (turn.tokens + passed_secs * limit).min(limit * BURST_SECS).max(0.0);
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole tokens, at least 0"
        )]
        let allowed = (turn.tokens as usize).min(wanted);
        turn.tokens -= allowed as f64;
        allowed
    }

    fn pick(&self, turn: &mut Turn) -> usize {
        match self.policy.get() {
            BalancePolicy::RoundRobin => {
                turn.round = (turn.round + 1) % self.seats.len();
                turn.round
            }
            BalancePolicy::Random => turn.lot.random_range(0..self.seats.len()),
            BalancePolicy::LeastOutstanding => {
                let load = |seat: &usize| self.outstanding[*seat].load(Ordering::Relaxed);
                (0..self.seats.len()).min_by_key(load).unwrap_or(0)
            }
        }
    }
}

impl Stage for BalancerStage {
    fn take(&self, mut batch: Batch) {
        let now_ns = self.core.arrive(&mut batch);
        let mut groups: Vec<Batch> = self.next.iter().map(|_| Batch::with_capacity(batch.len())).collect();
        let refused = {
            let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
            let allowed = self.allowed(&mut turn, batch.len(), now_ns);
            let refused = batch.split_off(allowed);
            for mut pending in batch {
                let seat = self.pick(&mut turn);
                self.outstanding[seat].fetch_add(1, Ordering::Relaxed);
                pending.instance = u16::try_from(seat).ok();
                groups[self.seats[seat]].push(pending);
            }
            refused
        };
        self.core.intercept(&refused, Reason::RateLimited);
        for (group, next) in groups.into_iter().zip(&self.next) {
            self.core.pass(group, &**next);
        }
    }
}

impl Listener for BalancerStage {
    fn answered(&self, batch: &[Pending], _outcome: Outcome, _now_ns: u64) {
        for pending in batch {
            if let Some(outstanding) =
                pending.instance.and_then(|seat| self.outstanding.get(usize::from(seat)))
            {
                outstanding.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }
}

impl Tunable for BalancerStage {
    fn tune(&self, kind: &StageKind) {
        if let StageKind::LoadBalancer(params) = kind {
            self.policy.set(params.policy);
            self.rate_limit.set(params.rate_limit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Sink, claims, core};
    use super::*;

    fn balancer(policy: BalancePolicy, rate_limit: Option<u64>) -> (BalancerStage, [Arc<Sink>; 2]) {
        let sinks = [Arc::new(Sink::default()), Arc::new(Sink::default())];
        let next: Vec<(Arc<dyn Stage>, u32)> = vec![(sinks[0].clone(), 1), (sinks[1].clone(), 3)];
        (BalancerStage::new(core(), next, &LoadBalancer { policy, rate_limit }, 7), sinks)
    }

    fn seats(batch: &[Pending]) -> [usize; 4] {
        let mut seats = [0; 4];
        for pending in batch {
            seats[usize::from(pending.instance.unwrap())] += 1;
        }
        seats
    }

    #[test]
    fn every_policy_spreads_over_all_instances_of_all_services() {
        for policy in BalancePolicy::ALL {
            let (balancer, [one, three]) = balancer(*policy, None);
            balancer.take(claims(0, 4_000));
            let (one, three) = (one.take_all(), three.take_all());
            assert_eq!(one.len() + three.len(), 4_000);
            assert!(one.iter().all(|pending| pending.instance == Some(0)));
            let all = seats(&[one, three].concat());
            assert!(all.iter().all(|count| (850..1_150).contains(count)), "{policy:?}: {all:?}");
        }
    }

    #[test]
    fn least_outstanding_prefers_the_instance_that_has_answered() {
        let (balancer, [one, three]) = balancer(BalancePolicy::LeastOutstanding, None);
        balancer.take(claims(0, 8));
        let sent = [one.take_all(), three.take_all()].concat();
        assert_eq!(seats(&sent), [2; 4]);
        let answered: Batch = sent.into_iter().filter(|pending| pending.instance == Some(2)).collect();
        balancer.answered(&answered, Outcome::Sold, 0);
        balancer.take(claims(0, 2));
        assert_eq!(seats(&[one.take_all(), three.take_all()].concat()), [0, 0, 2, 0]);
    }

    #[test]
    fn what_exceeds_the_rate_limit_is_refused_and_counted() {
        let (balancer, [one, three]) = balancer(BalancePolicy::RoundRobin, Some(1_000));
        balancer.take(claims(0, 5_000));
        let passed = one.take_all().len() + three.take_all().len();
        // The bucket holds a tenth of a second, and little time has passed since it was filled.
        assert!((100..200).contains(&passed), "{passed}");
        let tally = balancer.core.book().tally();
        assert_eq!(tally.intercepted.get(Reason::RateLimited), 5_000 - passed as u64);
        assert_eq!(tally.in_flight(), 0);
    }

    #[test]
    fn limit_and_policy_can_be_turned_while_it_works() {
        let (balancer, [one, three]) = balancer(BalancePolicy::RoundRobin, None);
        let passed = |rate_limit, policy| {
            balancer.tune(&StageKind::LoadBalancer(LoadBalancer { policy, rate_limit }));
            balancer.take(claims(0, 5_000));
            [one.take_all(), three.take_all()].concat()
        };
        assert_eq!(passed(None, BalancePolicy::Random).len(), 5_000);
        let limited = passed(Some(1_000), BalancePolicy::RoundRobin).len();
        assert!((0..200).contains(&limited), "{limited}");
        assert_eq!(passed(None, BalancePolicy::RoundRobin).len(), 5_000);
        // Nothing was answered, so that those with the most outstanding are avoided.
        assert_eq!(passed(None, BalancePolicy::LeastOutstanding).len(), 5_000);
        let load: Vec<i64> = balancer.outstanding.iter().map(|seat| seat.load(Ordering::Relaxed)).collect();
        assert!(load.iter().max().unwrap() - load.iter().min().unwrap() <= 1, "{load:?}");
    }
}
