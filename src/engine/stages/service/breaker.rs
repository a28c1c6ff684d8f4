//! A circuit breaker: it hands nothing on for a while when too much of what was handed on failed.
//!
//! Closed → open when at least `breaker_opens_at` of the answers in the window were errors or `shed`. Open → half-open after
//! `breaker_retry_after`: then a few requests are handed on as trials. All answered: closed; one not: open again. The pattern is
//! the one of M. Nygard, "Release It!".

use std::time::Duration;

use super::super::super::clock::nanos;
use crate::report::BreakerState;
use crate::topology::stage::Service;

/// The window is counted in so many pieces, the oldest of which is dropped when a new one begins.
const PIECES: usize = 10;

/// The breaker of one instance. Moments are nanoseconds on the run's clock.
#[derive(Debug)]
pub struct Breaker {
    opens_at: f64,
    piece_ns: u64,
    least_answers: u64,
    retry_after_ns: u64,
    trials: u32,
    state: BreakerState,
    /// Since when it is in this state. What was handed on before says nothing about it.
    since_ns: u64,
    /// Answers and, of them, errors.
    pieces: [(u64, u64); PIECES],
    /// The number of the last piece that something was counted in, since the clock began.
    last_piece: u64,
    trials_sent: u32,
    trials_answered: u32,
}

impl Breaker {
    /// A closed one; none where the service has none.
    pub fn new(params: &Service) -> Option<Self> {
        Some(Self {
            opens_at: params.breaker_opens_at?,
            piece_ns: (nanos(params.breaker_window) / PIECES as u64).max(1),
            least_answers: u64::from(params.breaker_answers),
            retry_after_ns: nanos(params.breaker_retry_after.max(Duration::from_millis(1))),
            trials: params.breaker_trials.max(1),
            state: BreakerState::Closed,
            since_ns: 0,
            pieces: [(0, 0); PIECES],
            last_piece: 0,
            trials_sent: 0,
            trials_answered: 0,
        })
    }

    /// Where it stands.
    pub fn state(&self) -> BreakerState {
        self.state
    }

    /// Whether a request may be handed on at `now_ns`, and the state that it went into because of that.
    pub fn lets_through(&mut self, now_ns: u64) -> (bool, Option<BreakerState>) {
        match self.state {
            BreakerState::Closed => (true, None),
            BreakerState::Open if now_ns < self.since_ns + self.retry_after_ns => (false, None),
            BreakerState::Open => {
                let new = self.go(BreakerState::HalfOpen, now_ns);
                self.trials_sent = 1;
                (true, Some(new))
            }
            BreakerState::HalfOpen => {
                let is_trial = self.trials_sent < self.trials;
                self.trials_sent += u32::from(is_trial);
                (is_trial, None)
            }
        }
    }

    /// A request that came to the stage that answered it at `arrived_ns` was answered, or was not. Answers the state that the breaker
    /// went into because of that.
    pub fn heard(&mut self, arrived_ns: u64, is_error: bool, now_ns: u64) -> Option<BreakerState> {
        if arrived_ns < self.since_ns {
            return None;
        }
        match self.state {
            BreakerState::Open => None,
            BreakerState::HalfOpen if is_error => Some(self.go(BreakerState::Open, now_ns)),
            BreakerState::HalfOpen => {
                self.trials_answered += 1;
                let all = self.trials_answered >= self.trials;
                all.then(|| self.go(BreakerState::Closed, now_ns))
            }
            BreakerState::Closed => {
                self.count(is_error, now_ns);
                let (answers, errors) = self
                    .pieces
                    .iter()
                    .fold((0, 0), |(answers, errors), piece| (answers + piece.0, errors + piece.1));
                let is_too_much =
                    answers >= self.least_answers && errors as f64 >= self.opens_at * answers as f64;
                (is_error && is_too_much).then(|| self.go(BreakerState::Open, now_ns))
            }
        }
    }

    /// It knows nothing, as a process that was just started.
    pub fn forget(&mut self, now_ns: u64) -> Option<BreakerState> {
        if self.state == BreakerState::Closed {
            self.pieces = Default::default();
            return None;
        }
        Some(self.go(BreakerState::Closed, now_ns))
    }

    fn count(&mut self, is_error: bool, now_ns: u64) {
        let now = (now_ns / self.piece_ns).max(self.last_piece);
        for gone in (self.last_piece + 1..=now).take(PIECES) {
            // What is older than the window makes room, also where nothing was heard for longer than that.
            *self.piece(gone) = (0, 0);
        }
        self.last_piece = now;
        let piece = self.piece(now);
        piece.0 += 1;
        piece.1 += u64::from(is_error);
    }

    fn piece(&mut self, number: u64) -> &mut (u64, u64) {
        &mut self.pieces[usize::try_from(number % PIECES as u64).unwrap_or(0)]
    }

    fn go(&mut self, to: BreakerState, now_ns: u64) -> BreakerState {
        self.state = to;
        self.since_ns = now_ns;
        (self.trials_sent, self.trials_answered) = (0, 0);
        self.pieces = Default::default();
        to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    fn breaker() -> Breaker {
        let params = Service {
            breaker_opens_at: Some(0.5),
            breaker_window: Duration::from_secs(1),
            breaker_answers: 10,
            breaker_retry_after: Duration::from_millis(200),
            breaker_trials: 3,
            ..Service::default()
        };
        Breaker::new(&params).unwrap()
    }

    fn hear(breaker: &mut Breaker, errors: &[bool], now_ns: u64) -> Vec<BreakerState> {
        errors.iter().filter_map(|&is_error| breaker.heard(now_ns, is_error, now_ns)).collect()
    }

    #[test]
    fn it_opens_when_half_of_enough_answers_are_errors() {
        let mut breaker = breaker();
        assert!(hear(&mut breaker, &[true; 9], MS).is_empty(), "nine are not enough");
        assert_eq!(hear(&mut breaker, &[true], MS), [BreakerState::Open]);
        assert_eq!(breaker.lets_through(100 * MS), (false, None));
    }

    #[test]
    fn errors_older_than_the_window_don_t_count() {
        let mut breaker = breaker();
        hear(&mut breaker, &[true; 9], MS);
        assert!(hear(&mut breaker, &[true; 9], 1_200 * MS).is_empty());
        assert!(hear(&mut breaker, &[false; 20], 1_300 * MS).is_empty());
        assert!(hear(&mut breaker, &[true; 9], 1_400 * MS).is_empty(), "18 of 38");
        assert_eq!(hear(&mut breaker, &[true; 3], 1_400 * MS), [BreakerState::Open]);
        assert!(
            hear(&mut self::breaker(), &[false; 9], 60_000 * MS).is_empty(),
            "a minute without an answer"
        );
    }

    #[test]
    fn after_a_while_a_few_trials_decide() {
        for (answers, end) in [([false; 3], BreakerState::Closed), ([true; 3], BreakerState::Open)] {
            let mut breaker = breaker();
            hear(&mut breaker, &[true; 10], MS);
            let at = 300 * MS;
            assert_eq!(breaker.lets_through(at), (true, Some(BreakerState::HalfOpen)));
            let more: Vec<bool> = (0..4).map(|_| breaker.lets_through(at).0).collect();
            assert_eq!(more, [true, true, false, false], "three trials");
            assert_eq!(breaker.heard(2 * MS, true, at), None, "that was handed on long before");
            assert_eq!(hear(&mut breaker, &answers, at + MS), [end]);
            assert_eq!(breaker.lets_through(at + 2 * MS).0, end == BreakerState::Closed);
        }
    }

    #[test]
    fn who_is_started_anew_knows_of_no_errors() {
        let mut breaker = breaker();
        hear(&mut breaker, &[true; 10], MS);
        assert_eq!(breaker.forget(2 * MS), Some(BreakerState::Closed));
        assert!(breaker.lets_through(3 * MS).0 && hear(&mut breaker, &[true; 9], 3 * MS).is_empty());
    }
}
