//! The roster: which replicas of a read-write split get reads.
//!
//! A replica leaves the reads when it doesn't answer, when it can't be reached over its link, or when it is further behind
//! than the limit. It is back when it follows its master again and has what the master had when it was first seen to
//! follow (or when it left, if it was only late), and is within the limit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{MissedTickBehavior, interval};

use super::super::super::absences::Absences;
use super::super::super::clock::nanos;
use super::super::super::dial::Dial;
use super::super::super::heartbeat::{FEEL, Heart, Pulse};
use super::super::lanes::{LaneConnection, Lanes, carries};

/// A replica and the way to it.
pub struct Seat {
    /// Its name within the stage.
    pub name: String,
    /// The lanes to it.
    pub lanes: Lanes,
    /// The connections of these lanes.
    connections: Vec<Arc<LaneConnection>>,
    /// What is known of it.
    pub pulse: Arc<Pulse>,
    is_in: AtomicBool,
}

/// The replicas of a stage.
pub struct Roster {
    /// Each of them.
    pub seats: Vec<Seat>,
    heart: Arc<Heart>,
    /// In nanoseconds.
    lag_limit: Dial<Option<u64>>,
}

/// Whether a replica gets reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    In,
    /// It is back once it has this heartbeat; none while it doesn't follow.
    Out {
        needs_ns: Option<u64>,
    },
}

/// What is seen of a replica at a look.
#[derive(Debug, Clone, Copy)]
struct Sight {
    answers: bool,
    is_reachable: bool,
    is_link_up: bool,
    lag_ns: Option<u64>,
    has_ns: u64,
    newest_ns: u64,
}

impl Seat {
    /// A replica that gets reads.
    pub fn new(name: String, lanes: Lanes, connections: Vec<Arc<LaneConnection>>, pulse: Arc<Pulse>) -> Self {
        Self { name, lanes, connections, pulse, is_in: AtomicBool::new(true) }
    }

    /// Whether each connection carries something. One that broke while the replica was away is made anew, so that no read
    /// has to find out.
    async fn has_lines(&self) -> bool {
        join_all(self.connections.iter().map(|connection| carries(connection)))
            .await
            .into_iter()
            .all(|carried| carried)
    }

    /// Whether it gets reads. One that an exchange has just missed gets none either.
    pub fn is_able(&self) -> bool {
        self.is_in.load(Ordering::Acquire) && self.lanes.is_reachable()
    }

    fn sight(&self, heart: &Heart) -> Sight {
        Sight {
            answers: self.pulse.answers(),
            is_reachable: self.lanes.is_reachable(),
            is_link_up: self.pulse.is_link_up(),
            lag_ns: self.pulse.lag_ns(),
            // Read before the newest one: what it has is never compared with an older one.
            has_ns: self.pulse.has_ns(),
            newest_ns: heart.newest_ns(),
        }
    }
}

impl Roster {
    /// All replicas get reads at first.
    pub fn new(seats: Vec<Seat>, heart: Arc<Heart>, lag_limit: Option<Duration>) -> Self {
        Self { seats, heart, lag_limit: Dial::new(lag_limit.map(nanos)) }
    }

    /// Sets the limit.
    pub fn limit(&self, lag_limit: Option<Duration>) {
        self.lag_limit.set(lag_limit.map(nanos));
    }

    /// Looks at a replica until it is dropped, and tells when it leaves and when it is back. Stages go by their place in the
    /// topology and their name.
    pub async fn keep(self: Arc<Self>, seat: usize, stage: (usize, String), absences: Absences) {
        let seat = &self.seats[seat];
        let mut looks = interval(FEEL);
        looks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut standing = Standing::In;
        loop {
            looks.tick().await;
            let (sight, limit_ns) = (seat.sight(&self.heart), self.lag_limit.get());
            standing = match standing {
                Standing::In => match reason_to_leave(sight, limit_ns) {
                    None => Standing::In,
                    Some((why, needs_ns)) => {
                        seat.is_in.store(false, Ordering::Release);
                        absences.left(&stage, &seat.name, &why);
                        Standing::Out { needs_ns }
                    }
                },
                Standing::Out { needs_ns } => match way_back(needs_ns, sight, limit_ns) {
                    Standing::In if seat.has_lines().await => {
                        seat.is_in.store(true, Ordering::Release);
                        absences.back(&stage, &seat.name);
                        Standing::In
                    }
                    Standing::In => Standing::Out { needs_ns },
                    out @ Standing::Out { .. } => out,
                },
            };
        }
    }
}

/// Why a replica that gets reads should get none any more, and the heartbeat that brings it back, if that is known.
fn reason_to_leave(sight: Sight, limit_ns: Option<u64>) -> Option<(String, Option<u64>)> {
    if !sight.answers {
        return Some(("no answer".to_owned(), None));
    }
    if !sight.is_reachable {
        return Some(("can't be reached".to_owned(), None));
    }
    let (lag_ns, limit_ns) = (sight.lag_ns?, limit_ns?);
    (lag_ns > limit_ns).then(|| {
        let (lag, limit) = (Duration::from_nanos(lag_ns), Duration::from_nanos(limit_ns));
        let why =
            format!("{:.2} s behind, more than {}", lag.as_secs_f64(), humantime::format_duration(limit));
        (why, Some(sight.newest_ns))
    })
}

/// Where a replica stands that gets no reads.
fn way_back(needs_ns: Option<u64>, sight: Sight, limit_ns: Option<u64>) -> Standing {
    if !(sight.answers && sight.is_reachable && sight.is_link_up) {
        return Standing::Out { needs_ns: None };
    }
    let needed_ns = needs_ns.unwrap_or(sight.newest_ns);
    let is_late = limit_ns.is_some_and(|limit| sight.lag_ns.is_none_or(|lag| lag > limit));
    if is_late || sight.has_ns < needed_ns {
        return Standing::Out { needs_ns: Some(needed_ns) };
    }
    Standing::In
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELL: Sight = Sight {
        answers: true,
        is_reachable: true,
        is_link_up: true,
        lag_ns: Some(0),
        has_ns: 50,
        newest_ns: 50,
    };

    #[test]
    fn a_replica_leaves_when_it_is_missed_or_late_and_not_because_its_master_is_gone() {
        let why = |sight, limit| reason_to_leave(sight, limit).map(|(why, _)| why);
        assert_eq!(why(WELL, Some(1)), None);
        assert_eq!(why(Sight { is_link_up: false, lag_ns: Some(9), ..WELL }, None), None);
        assert_eq!(why(Sight { answers: false, ..WELL }, None).as_deref(), Some("no answer"));
        let cut = Sight { is_reachable: false, ..WELL };
        assert_eq!(why(cut, None).as_deref(), Some("can't be reached"));
        let late = Sight { lag_ns: Some(3_200_000_000), newest_ns: 70, ..WELL };
        let found = reason_to_leave(late, Some(500_000_000));
        assert_eq!(found, Some(("3.20 s behind, more than 500ms".to_owned(), Some(70))));
    }

    #[test]
    fn a_replica_is_back_when_it_follows_and_has_caught_up_not_when_it_answers() {
        let out = |needs_ns| Standing::Out { needs_ns };
        // It was dead; it answers, but copies from nobody yet.
        assert_eq!(way_back(None, Sight { is_link_up: false, ..WELL }, None), out(None));
        // It follows, and lacks what came while it was away.
        let follows = Sight { has_ns: 20, lag_ns: Some(30), ..WELL };
        assert_eq!(way_back(None, follows, None), out(Some(50)));
        // More was written since; it has what it needs.
        let caught_up = Sight { has_ns: 51, newest_ns: 90, lag_ns: Some(20), ..WELL };
        assert_eq!(way_back(Some(50), caught_up, None), Standing::In);
        assert_eq!(way_back(Some(50), caught_up, Some(10)), out(Some(50)), "still over the limit");
        assert_eq!(way_back(Some(50), Sight { answers: false, ..caught_up }, None), out(None));
    }
}
