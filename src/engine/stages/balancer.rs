//! Load balancer: spreads requests over the service instances that are there, and refuses what is too much. In process.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lru::LruCache;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use tokio::time::{MissedTickBehavior, interval};

use super::super::absences::Absences;
use super::super::dial::Dial;
use super::super::pending::{Batch, Pending};
use super::core::{Core, Instances, Listener, Stage, Tunable};
use crate::metrics::{Outcome, Reason};
use crate::topology::stage::{BalancePolicy, LoadBalancer, StageKind};

/// The bucket of the rate limiter holds what the limit allows in this part of a second.
const BURST_SECS: f64 = 0.1;

/// What the bucket holds, in requests: one at least, or nothing would ever get through.
fn burst(limit: f64) -> f64 {
    (limit * BURST_SECS).max(1.0)
}

/// Users whose buckets are remembered; who came longest ago is forgotten first, and begins with a full bucket again.
const USERS: usize = 200_000;

/// A stage behind a balancer.
pub struct Upstream {
    /// The stage.
    pub stage: Arc<dyn Stage>,
    /// How many instances it has.
    pub count: u32,
    /// How they are asked whether they are there; none: nobody asks.
    pub instances: Option<Arc<dyn Instances>>,
    /// The place of the stage in the topology, and its name.
    pub named: (usize, String),
}

/// One instance behind a balancer.
struct Seat {
    /// The place of its stage among the stages behind.
    upstream: usize,
    /// Its number in that stage, from 0.
    number: usize,
    outstanding: AtomicI64,
}

/// State that changes with each batch.
struct Turn {
    /// The seats that get requests.
    rotation: Vec<usize>,
    round: usize,
    lot: Pcg64Mcg,
    all: Tokens,
    /// By user, while there is a limit.
    users: LruCache<u64, Tokens>,
}

/// A token bucket.
#[derive(Debug, Clone, Copy)]
struct Tokens {
    left: f64,
    /// When they were last counted, on the run's clock.
    counted_ns: u64,
}

impl Tokens {
    /// Adds what has come in since the last time at `per_sec`, up to `most`, and takes as many of `wanted` as there are.
    fn take(&mut self, wanted: usize, per_sec: f64, most: f64, now_ns: u64) -> usize {
        let passed_secs = now_ns.saturating_sub(self.counted_ns) as f64 / 1e9;
        self.counted_ns = now_ns;
        self.left = (self.left + passed_secs * per_sec).min(most).max(0.0);
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole tokens, at least 0"
        )]
        let taken = (self.left as usize).min(wanted);
        self.left -= taken as f64;
        taken
    }
}

/// The load balancer.
pub struct BalancerStage {
    core: Arc<Core>,
    next: Vec<Upstream>,
    policy: Dial<BalancePolicy>,
    rate_limit: Dial<Option<u64>>,
    per_user_limit: Dial<Option<u64>>,
    health_interval: Option<Duration>,
    unhealthy_after: u32,
    seats: Vec<Seat>,
    turn: Mutex<Turn>,
}

impl BalancerStage {
    /// A balancer over the `next` stages.
    pub fn new(core: Arc<Core>, next: Vec<Upstream>, params: &LoadBalancer, seed: u64) -> Self {
        let seats = next.iter().enumerate().flat_map(|(upstream, stage)| {
            let numbers = 0..stage.count as usize;
            numbers.map(move |number| Seat { upstream, number, outstanding: AtomicI64::new(0) })
        });
        let seats: Vec<Seat> = seats.collect();
        let most = burst(params.rate_limit.unwrap_or(0) as f64);
        Self {
            turn: Mutex::new(Turn {
                rotation: (0..seats.len()).collect(),
                round: 0,
                lot: Pcg64Mcg::seed_from_u64(seed),
                all: Tokens { left: most, counted_ns: core.now_ns() },
                users: LruCache::unbounded(),
            }),
            seats,
            core,
            next,
            policy: Dial::new(params.policy),
            rate_limit: Dial::new(params.rate_limit),
            per_user_limit: Dial::new(params.per_user_limit),
            health_interval: params.health_interval,
            unhealthy_after: params.unhealthy_after,
        }
    }

    /// Asks every instance whether it is there, again and again, and takes those out of the rotation that are not. Ends at once
    /// where nobody is to ask.
    pub async fn check(self: Arc<Self>, absences: Absences) {
        let Some(period) = self.health_interval else { return };
        let mut missed = vec![0; self.seats.len()];
        let mut looks = interval(period);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            for (place, missed) in missed.iter_mut().enumerate() {
                self.look(place, missed, &absences);
            }
        }
    }

    fn look(&self, place: usize, missed: &mut u32, absences: &Absences) {
        let Seat { upstream, number, .. } = self.seats[place];
        let Upstream { instances, named, .. } = &self.next[upstream];
        let answers = instances.as_ref().is_none_or(|instances| instances.answers(number));
        let was_out = *missed >= self.unhealthy_after;
        *missed = if answers { 0 } else { missed.saturating_add(1) };
        let is_out = *missed >= self.unhealthy_after;
        if was_out == is_out {
            return;
        }
        self.seat(place, !is_out);
        let name = format!("instance {}", number + 1);
        if is_out {
            absences.left(named, &name, &format!("missed {missed} checks"));
        } else {
            absences.back(named, &name);
        }
    }

    /// Puts a seat into the rotation, or takes it out.
    fn seat(&self, place: usize, is_in: bool) {
        let rotation = &mut self.turn().rotation;
        rotation.retain(|&other| other != place);
        if is_in {
            rotation.push(place);
            rotation.sort_unstable();
        }
    }

    fn turn(&self) -> MutexGuard<'_, Turn> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many of `wanted` requests the rate limiter lets through now.
    fn allowed(&self, turn: &mut Turn, wanted: usize, now_ns: u64) -> usize {
        // Where it was off, nothing was counted: it begins with a full bucket, as a run does.
        let Some(limit) = self.rate_limit.get().map(|limit| limit as f64) else { return wanted };
        turn.all.take(wanted, limit, burst(limit), now_ns)
    }

    /// Takes the requests out of a batch of whose users there are too many.
    fn without_greedy(&self, turn: &mut Turn, batch: Batch, now_ns: u64) -> (Batch, Batch) {
        let Some(limit) = self.per_user_limit.get().map(|limit| limit as f64) else {
            if !turn.users.is_empty() {
                turn.users.clear();
            }
            return (batch, Batch::new());
        };
        batch.into_iter().partition(|pending| {
            let full = || Tokens { left: limit, counted_ns: now_ns };
            let is_allowed =
                turn.users.get_or_insert_mut(pending.claimant, full).take(1, limit, limit, now_ns) == 1;
            if turn.users.len() > USERS {
                turn.users.pop_lru();
            }
            is_allowed
        })
    }

    /// The seat of the next request; none where no instance is in the rotation.
    fn pick(&self, turn: &mut Turn) -> Option<usize> {
        let count = turn.rotation.len();
        if count == 0 {
            return None;
        }
        Some(match self.policy.get() {
            BalancePolicy::RoundRobin => {
                turn.round = (turn.round + 1) % count;
                turn.rotation[turn.round]
            }
            BalancePolicy::Random => turn.rotation[turn.lot.random_range(0..count)],
            BalancePolicy::LeastOutstanding => {
                let load = |seat: &usize| self.seats[*seat].outstanding.load(Ordering::Relaxed);
                turn.rotation.iter().copied().min_by_key(load)?
            }
        })
    }
}

impl Stage for BalancerStage {
    fn take(&self, mut batch: Batch) {
        let now_ns = self.core.arrive(&mut batch);
        let mut groups: Vec<Batch> = self.next.iter().map(|_| Batch::with_capacity(batch.len())).collect();
        let mut nowhere = Batch::new();
        let (refused, greedy) = {
            let mut turn = self.turn();
            let (mut batch, greedy) = self.without_greedy(&mut turn, batch, now_ns);
            let allowed = self.allowed(&mut turn, batch.len(), now_ns);
            let refused = batch.split_off(allowed);
            for mut pending in batch {
                let Some(seat) = self.pick(&mut turn) else {
                    nowhere.push(pending);
                    continue;
                };
                self.seats[seat].outstanding.fetch_add(1, Ordering::Relaxed);
                pending.instance = u16::try_from(seat).ok();
                groups[self.seats[seat].upstream].push(pending);
            }
            (refused, greedy)
        };
        self.core.intercept(&greedy, Reason::RateLimited);
        self.core.intercept(&refused, Reason::RateLimited);
        self.core.end(&nowhere, Outcome::Failed);
        for (group, next) in groups.into_iter().zip(&self.next) {
            self.core.pass(group, &*next.stage);
        }
    }
}

impl Listener for BalancerStage {
    fn answered(&self, batch: &[Pending], _outcome: Outcome, _now_ns: u64) {
        for pending in batch {
            if let Some(seat) = pending.instance.and_then(|seat| self.seats.get(usize::from(seat))) {
                seat.outstanding.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }
}

impl Tunable for BalancerStage {
    fn tune(&self, kind: &StageKind) {
        if let StageKind::LoadBalancer(params) = kind {
            self.policy.set(params.policy);
            self.rate_limit.set(params.rate_limit);
            self.per_user_limit.set(params.per_user_limit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::outbox::Outbox;
    use super::super::service::ServiceStage;
    use super::super::testing::{ITEMS, Sink, claims, core};
    use super::*;
    use crate::topology::stage::Service;

    fn balancer(policy: BalancePolicy, rate_limit: Option<u64>) -> (BalancerStage, [Arc<Sink>; 2]) {
        let sinks = [Arc::new(Sink::default()), Arc::new(Sink::default())];
        let upstream = |place: usize, count| Upstream {
            stage: sinks[place].clone(),
            count,
            instances: None,
            named: (place, format!("service {place}")),
        };
        let next = vec![upstream(0, 1), upstream(1, 3)];
        let params = LoadBalancer { policy, rate_limit, ..LoadBalancer::default() };
        (BalancerStage::new(core(), next, &params, 7), sinks)
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
    fn the_smallest_limit_lets_somebody_through() {
        let (balancer, [one, three]) = balancer(BalancePolicy::RoundRobin, Some(1));
        balancer.take(claims(0, 5_000));
        assert!(one.take_all().len() + three.take_all().len() >= 1);
    }

    #[test]
    fn limit_and_policy_can_be_turned_while_it_works() {
        let (balancer, [one, three]) = balancer(BalancePolicy::RoundRobin, None);
        let passed = |rate_limit, policy| {
            balancer.tune(&StageKind::LoadBalancer(LoadBalancer {
                policy,
                rate_limit,
                ..LoadBalancer::default()
            }));
            balancer.take(claims(0, 5_000));
            [one.take_all(), three.take_all()].concat()
        };
        assert_eq!(passed(None, BalancePolicy::Random).len(), 5_000);
        let limited = passed(Some(1_000), BalancePolicy::RoundRobin).len();
        assert!((0..200).contains(&limited), "{limited}");
        assert_eq!(passed(None, BalancePolicy::RoundRobin).len(), 5_000);
        // Nothing was answered, so that those with the most outstanding are avoided.
        assert_eq!(passed(None, BalancePolicy::LeastOutstanding).len(), 5_000);
        let load = balancer.seats.iter().map(|seat| seat.outstanding.load(Ordering::Relaxed));
        let load: Vec<i64> = load.collect();
        assert!(load.iter().max().unwrap() - load.iter().min().unwrap() <= 1, "{load:?}");
    }

    #[test]
    fn one_user_gets_no_more_than_his_limit_and_takes_nothing_from_others() {
        let (balancer, [one, three]) = balancer(BalancePolicy::RoundRobin, None);
        let params = LoadBalancer { per_user_limit: Some(5), ..LoadBalancer::default() };
        balancer.tune(&StageKind::LoadBalancer(params));
        let greedy = (0..50).map(|_| claims(0, 1)[0]);
        balancer.take(greedy.chain(claims(0, 11).into_iter().skip(1)).collect());
        let passed = [one.take_all(), three.take_all()].concat();
        let his = passed.iter().filter(|pending| pending.claimant == 0).count();
        assert_eq!((his, passed.len() - his), (5, 10));
        let tally = balancer.core.book().tally();
        assert_eq!((tally.intercepted.get(Reason::RateLimited), tally.in_flight()), (45, 0));
    }

    #[test]
    fn who_misses_checks_gets_nothing_until_he_answers_one() {
        let (sink, behind) = (Arc::new(Sink::default()), core());
        let params = Service { instances: 3, ..Service::default() };
        let service = Arc::new(ServiceStage::new(behind.clone(), sink, &params, ITEMS, Some(0)));
        let upstream = Upstream {
            stage: service.clone(),
            count: 3,
            instances: Some(service.clone()),
            named: (1, "service".into()),
        };
        let params = LoadBalancer { unhealthy_after: 2, ..LoadBalancer::default() };
        let balancer = BalancerStage::new(core(), vec![upstream], &params, 7);
        let absences = Absences::new(Outbox::deaf());
        let mut missed = [0; 3];
        let mut look = || (0..3).for_each(|place| balancer.look(place, &mut missed[place], &absences));
        let failed = || behind.book().tally().failed;
        service.kill(1);
        look();
        balancer.take(claims(0, 30));
        assert_eq!(failed(), 10, "one missed check is not enough");
        look();
        balancer.take(claims(0, 30));
        assert_eq!(failed(), 10);
        service.restart(1);
        look();
        balancer.take(claims(0, 30));
        assert_eq!(failed(), 10);
        let spans = absences.all();
        assert_eq!((spans.len(), spans[0].instance.as_str()), (1, "instance 2"));
        assert!(spans[0].to_secs.is_some() && spans[0].why.contains("2 checks"), "{spans:?}");
        (0..3).for_each(|number| assert!(service.kill(number)));
        look();
        look();
        balancer.take(claims(0, 5));
        let tally = balancer.core.book().tally();
        assert_eq!((tally.failed, tally.in_flight()), (5, 0), "nobody is there");
    }
}
