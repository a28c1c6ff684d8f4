//! The moment of a run that the canvas shows instead of now, or of the whole: chosen on the timeline, and played on from there.

use super::Run;
use crate::metrics::InstanceState;
use crate::report::Report;

/// A window that was not drawn for longer goes on from where it was, in seconds.
const LONGEST_TICK: f64 = 1.0;

/// How fast a run is played again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Speed {
    /// As it went.
    #[default]
    One,
    /// Five times as fast.
    Five,
}

impl Speed {
    /// Seconds of the run in a second.
    pub fn factor(self) -> f64 {
        match self {
            Self::One => 1.0,
            Self::Five => 5.0,
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::One => Self::Five,
            Self::Five => Self::One,
        }
    }
}

/// What is asked of the timeline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Seek {
    /// A moment, in seconds from the first arrival.
    To(f64),
    /// So many buckets later than what is shown, or earlier.
    Step(i64),
    /// Play on, or stop there.
    Play(bool),
    /// This is the time on the window's clock, in seconds: what plays goes on.
    Tick(f64),
    /// How fast it plays.
    Pace(Speed),
    /// Back to now; of a run that is over, to its end.
    End,
}

/// A moment that is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Playhead {
    /// When, in seconds from the first arrival.
    pub at: f64,
    /// Its bucket.
    pub index: usize,
    /// Whether it is played on.
    pub is_playing: bool,
    /// How fast.
    pub speed: Speed,
    /// The window's clock when it was moved on last.
    ticked_at: Option<f64>,
    /// The processes at the end of the bucket, as far as the series knows them.
    instances: Vec<InstanceState>,
}

impl Run {
    /// The bucket that is shown; none: the newest, or all.
    pub fn moment(&self) -> Option<usize> {
        self.playhead.as_ref().map(|playhead| playhead.index)
    }

    /// How many buckets lie before what is shown and in it.
    pub fn shown_len(&self) -> usize {
        self.moment().map_or(self.series.len(), |index| index + 1)
    }

    /// The processes as they are shown: now, or at the moment that was chosen.
    pub fn processes(&self) -> &[InstanceState] {
        self.playhead.as_ref().map_or(&self.instances, |playhead| &playhead.instances)
    }

    /// Shows another moment, or plays it. Nothing can be shown before the first bucket.
    pub fn seek(&mut self, seek: Seek) {
        let Some(last) = self.series.len().checked_sub(1) else { return };
        let before = self.playhead.take();
        let was = before.as_ref();
        let (is_playing, speed) = was.map_or((false, Speed::One), |one| (one.is_playing, one.speed));
        let now = was.map_or_else(|| self.series.end_secs(), |one| one.at);
        let ticked_at = if let Seek::Tick(clock) = seek { Some(clock) } else { None };
        let passed = ticked_at.zip(was.and_then(|one| one.ticked_at)).map_or(0.0, |(now, then)| now - then);
        let (at, is_playing, speed) = match seek {
            Seek::End => return,
            Seek::To(secs) => (secs, is_playing, speed),
            Seek::Step(buckets) => (self.stepped(was.map_or(last, |one| one.index), buckets), false, speed),
            // Played from the end, it begins anew.
            Seek::Play(true) if was.is_none_or(|one| one.index == last) => (0.0, true, speed),
            Seek::Play(plays) => (now, plays, speed),
            Seek::Tick(_) if is_playing => {
                (now + passed.clamp(0.0, LONGEST_TICK) * speed.factor(), true, speed)
            }
            Seek::Tick(_) => (now, false, speed),
            Seek::Pace(speed) => (now, is_playing, speed),
        };
        if was.is_none() && matches!(seek, Seek::Tick(_)) {
            return;
        }
        let at = at.clamp(0.0, self.series.end_secs());
        let index = self.series.index_at(at).unwrap_or(last);
        let instances = match before {
            Some(before) if before.index == index => before.instances,
            _ => self.series.instances_at(index),
        };
        let is_playing = is_playing && at < self.series.end_secs();
        self.playhead = Some(Playhead { at, index, is_playing, speed, ticked_at, instances });
    }

    /// The end of the bucket that is so many further on.
    fn stepped(&self, from: usize, buckets: i64) -> f64 {
        let from = i64::try_from(from).unwrap_or(0);
        let to = usize::try_from(from.saturating_add(buckets)).unwrap_or(0);
        let to = to.min(self.series.len().saturating_sub(1));
        self.series.at_secs.get(to).copied().unwrap_or(0.0)
    }

    /// Why a replica got no reads at the moment that is shown, or gets none now; none where it gets them.
    pub fn why_out_as_shown(&self, stage: usize, instance: &str) -> Option<&str> {
        let Some(playhead) = &self.playhead else { return self.why_out_of_reads(stage, instance) };
        let mut turns = self.rotations.iter().filter(|turn| turn.stage == stage && turn.instance == instance);
        turns.rfind(|turn| turn.at_secs <= playhead.at)?.left.as_deref()
    }
}

/// A replica left the rotation of reads, or came back.
#[derive(Debug, Clone, PartialEq)]
pub struct Rotation {
    /// When, in seconds from the first arrival.
    pub at_secs: f64,
    /// Its stage.
    pub stage: usize,
    /// Its name.
    pub instance: String,
    /// Why it left, in English; none: it came back.
    pub left: Option<String>,
}

impl Rotation {
    /// What a report tells of a run whose events are gone.
    pub fn of_report(report: &Report) -> Vec<Self> {
        let both = report.absences.iter().filter_map(|one| {
            let stage = report.topology.index_of(&one.stage)?;
            let turn = |at_secs, left| Self { at_secs, stage, instance: one.instance.clone(), left };
            let back = one.to_secs.map(|to| turn(to, None));
            Some([Some(turn(one.from_secs, Some(one.why.clone()))), back])
        });
        let mut all: Vec<Self> = both.flatten().flatten().collect();
        all.sort_by(|a, b| a.at_secs.total_cmp(&b.at_secs));
        all
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::engine::RunId;
    use crate::files::presets::PRESETS;
    use crate::metrics::{Bucket, Role, StageBucket};
    use crate::ui::run::now;

    /// Two seconds: the first of 10 arrivals a tenth, the second of 30; a master that is silent in the second.
    fn run() -> Run {
        let topology = PRESETS[0].topology().unwrap().clone();
        let mut run = Run::new(RunId(1), Arc::new(topology));
        for tenth in 1..=20_u64 {
            let mut stage = StageBucket { in_flight: tenth, ..StageBucket::default() };
            stage.tally.arrivals = if tenth <= 10 { 10 } else { 30 };
            let stages = vec![stage; run.topology.stages.len()];
            let bucket = Bucket { at: Duration::from_millis(100 * tenth), stages, ..Bucket::default() };
            let master = InstanceState {
                stage: 5,
                name: "master".into(),
                is_reachable: tenth <= 10,
                role: Role::Master,
                ops_per_sec: tenth,
                ..InstanceState::default()
            };
            run.series.add(&bucket, &[master]);
        }
        run
    }

    #[test]
    fn a_moment_has_the_figures_and_the_processes_that_were_true_then() {
        let mut run = run();
        run.seek(Seek::To(1.0));
        let then = now::stage(&run, 1).unwrap();
        assert_eq!((then.arrivals, then.in_flight, then.scope), (100, Some(10), now::Scope::Moment));
        let [master] = run.processes() else { panic!("{:?}", run.processes()) };
        assert_eq!((master.is_reachable, master.role, master.ops_per_sec), (true, Role::Master, 10));
        run.seek(Seek::Step(1));
        assert_eq!(run.moment(), Some(10));
        assert!(!run.processes()[0].is_reachable);
        run.seek(Seek::End);
        assert_eq!((run.moment(), now::stage(&run, 1).unwrap().arrivals), (None, 300));
    }

    #[test]
    fn it_plays_on_at_its_pace_and_stops_at_the_end() {
        let mut run = run();
        run.seek(Seek::Tick(1.0));
        assert_eq!(run.playhead, None, "nothing plays");
        run.seek(Seek::Play(true));
        run.seek(Seek::Tick(7.0));
        run.seek(Seek::Tick(7.3));
        assert!((run.playhead.as_ref().unwrap().at - 0.3).abs() < 1e-9);
        run.seek(Seek::Pace(Speed::Five));
        run.seek(Seek::Tick(8.0));
        run.seek(Seek::Tick(8.2));
        assert!((run.playhead.as_ref().unwrap().at - 1.3).abs() < 1e-9);
        run.seek(Seek::Tick(9.2));
        let playhead = run.playhead.as_ref().unwrap();
        assert!(!playhead.is_playing && playhead.index == 19, "{playhead:?}");
    }

    #[test]
    fn replicas_are_out_of_the_rotation_for_as_long_as_they_were() {
        let mut run = run();
        let turn = |at_secs, left: Option<&str>| {
            let instance = "replica 1".to_owned();
            Rotation { at_secs, stage: 4, instance, left: left.map(str::to_owned) }
        };
        run.rotations = vec![turn(0.5, Some("too far behind")), turn(1.5, None)];
        for (at, out) in [(0.3, false), (1.0, true), (1.9, false)] {
            run.seek(Seek::To(at));
            assert_eq!(run.why_out_as_shown(4, "replica 1").is_some(), out, "{at}");
        }
    }
}
