//! Load balancer: spreads requests over service instances, and refuses what is too much. In process.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::super::pending::{Batch, Pending};
use super::core::{Core, Listener, Stage};
use crate::metrics::{Outcome, Reason};
use crate::topology::stage::{BalancePolicy, LoadBalancer};

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
    policy: BalancePolicy,
    rate_limit: Option<f64>,
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
        let rate_limit = params.rate_limit.map(|limit| limit as f64);
        Self {
            outstanding: seats.iter().map(|_| AtomicI64::new(0)).collect(),
            seats,
            turn: Mutex::new(Turn {
                round: 0,
                lot: Pcg64Mcg::seed_from_u64(seed),
                tokens: rate_limit.unwrap_or(0.0) * BURST_SECS,
                counted_ns: core.now_ns(),
            }),
            core,
            next: next.into_iter().map(|(stage, _)| stage).collect(),
            policy: params.policy,
            rate_limit,
        }
    }

    /// How many of `wanted` requests the rate limiter lets through now.
    fn allowed(&self, turn: &mut Turn, wanted: usize, now_ns: u64) -> usize {
        let Some(limit) = self.rate_limit else { return wanted };
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
        match self.policy {
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
