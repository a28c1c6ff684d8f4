//! Rules at work: each tenth of a second what they measure is held against their thresholds.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::metrics::{Bucket, InstanceState, Reason, StageBucket};
use crate::topology::RunPlan;
use crate::topology::rule::{Measure, Rule, Side};

/// Over how many looks, a tenth of a second apart, processor time is measured.
const CPU_LOOKS: usize = 10;

/// The rules of a run.
pub struct Rules {
    rows: Vec<Row>,
    last_at: Duration,
    /// Processor time of each process at the last looks, with their moments.
    cpu: BTreeMap<(usize, String), VecDeque<(Duration, f64)>>,
}

struct Row {
    number: usize,
    rule: Rule,
    stage: usize,
    /// Since when the figure has been beyond the threshold.
    since: Option<Duration>,
    rests_until: Duration,
}

/// A rule whose threshold was passed for long enough.
#[derive(Debug, Clone, PartialEq)]
pub struct Fired {
    /// Its number, from 1.
    pub number: usize,
    /// The rule.
    pub rule: Rule,
    /// What was measured.
    pub measured: f64,
}

impl Rules {
    /// Those of a plan.
    pub fn new(plan: &RunPlan) -> Self {
        let row = |(rule, number): (&Rule, usize)| {
            let stage = plan.topology.index_of(&rule.stage)?;
            Some(Row { number, rule: rule.clone(), stage, since: None, rests_until: Duration::ZERO })
        };
        Self {
            rows: plan.topology.rules.iter().zip(1..).filter_map(row).collect(),
            last_at: Duration::ZERO,
            cpu: BTreeMap::new(),
        }
    }

    /// Looks at a bucket and at the processes as they were at its end. Answers the rules that speak up.
    pub fn look(&mut self, bucket: &Bucket, processes: &[InstanceState]) -> Vec<Fired> {
        if self.rows.is_empty() {
            return Vec::new();
        }
        self.note_cpu(bucket.at, processes);
        let span = bucket.at.saturating_sub(std::mem::replace(&mut self.last_at, bucket.at));
        let cpu = &self.cpu;
        let figure = |measure: Measure, stage: usize| match measure {
            Measure::Backlog => Some(bucket.backlog_of(stage) as f64),
            Measure::Cpu => busiest(cpu, stage),
            _ => of_stage(measure, bucket.stages.get(stage)?, span),
        };
        self.rows
            .iter_mut()
            .filter_map(|row| row.look(figure(row.rule.measure, row.stage), bucket.at))
            .collect()
    }

    fn note_cpu(&mut self, at: Duration, processes: &[InstanceState]) {
        if !self.rows.iter().any(|row| row.rule.measure == Measure::Cpu) {
            return;
        }
        for process in processes.iter().filter(|process| process.is_reachable) {
            let looks = self.cpu.entry((process.stage, process.name.clone())).or_default();
            if looks.back().is_some_and(|&(_, before)| process.cpu_secs < before) {
                // A process that was restarted counts from zero again.
                looks.clear();
            }
            looks.push_back((at, process.cpu_secs));
            if looks.len() > CPU_LOOKS + 1 {
                looks.pop_front();
            }
        }
    }
}

impl Row {
    /// Holds a figure against the threshold. Without a figure nothing is known, and the time begins anew.
    fn look(&mut self, figure: Option<f64>, at: Duration) -> Option<Fired> {
        let is_beyond = figure.is_some_and(|figure| match self.rule.side {
            Side::Above => figure > self.rule.threshold,
            Side::Below => figure < self.rule.threshold,
        });
        if !is_beyond || at < self.rests_until {
            self.since = None;
            return None;
        }
        if at.saturating_sub(*self.since.get_or_insert(at)) < self.rule.holds_for {
            return None;
        }
        (self.since, self.rests_until) = (None, at + self.rule.rests);
        Some(Fired { number: self.number, rule: self.rule.clone(), measured: figure? })
    }
}

/// A figure of one stage in one bucket; none where nothing came, so that there is no share.
fn of_stage(measure: Measure, stage: &StageBucket, span: Duration) -> Option<f64> {
    let tally = &stage.tally;
    let share = |part: u64| (tally.arrivals > 0).then(|| part as f64 / tally.arrivals as f64);
    match measure {
        Measure::P99 => (stage.latency_us.max > 0).then(|| stage.latency_us.p99 as f64 / 1_000.0),
        Measure::FailedShare => share(tally.failed + tally.indefinite),
        Measure::ShedShare => share(tally.intercepted.get(Reason::Shed)),
        Measure::InFlight => Some(stage.in_flight as f64),
        Measure::Arrivals => (!span.is_zero()).then(|| tally.arrivals as f64 / span.as_secs_f64()),
        Measure::Backlog | Measure::Cpu => None,
    }
}

/// The processor time of the busiest process of a stage, as a share of one core.
fn busiest(cpu: &BTreeMap<(usize, String), VecDeque<(Duration, f64)>>, stage: usize) -> Option<f64> {
    let shares = cpu.iter().filter(|((of, _), _)| *of == stage).filter_map(|(_, looks)| {
        let (&(from, before), &(to, after)) = (looks.front()?, looks.back()?);
        let secs = to.saturating_sub(from).as_secs_f64();
        (secs > 0.0).then(|| (after - before) / secs)
    });
    shares.reduce(f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(rule: Rule) -> Rules {
        let row = Row { number: 1, rule, stage: 0, since: None, rests_until: Duration::ZERO };
        Rules { rows: vec![row], last_at: Duration::ZERO, cpu: BTreeMap::new() }
    }

    fn tenths(count: u32) -> Duration {
        Duration::from_millis(100) * count
    }

    fn rule(measure: Measure, side: Side, threshold: f64) -> Rule {
        Rule { measure, side, threshold, holds_for: tenths(3), rests: tenths(5), ..Rule::default() }
    }

    fn bucket(at: u32, backlog: u64) -> Bucket {
        Bucket { at: tenths(at), backlog, ..Bucket::default() }
    }

    /// At which tenths of a second a rule speaks up, of backlogs one after the other.
    fn fired(side: Side, backlogs: &[u64]) -> Vec<u32> {
        let mut rules = rules(rule(Measure::Backlog, side, 100.0));
        let look = |(&backlog, at): (&u64, u32)| {
            let fired = rules.look(&bucket(at, backlog), &[]);
            (!fired.is_empty()).then_some(at)
        };
        backlogs.iter().zip(0..).filter_map(look).collect()
    }

    #[test]
    fn a_rule_speaks_up_when_it_held_for_long_enough_and_then_rests() {
        assert_eq!(fired(Side::Above, &[500; 14]), [3, 11]);
        assert_eq!(fired(Side::Above, &[500, 500, 500, 100, 500, 500, 500, 500]), [7], "it begins anew");
        assert_eq!(fired(Side::Below, &[500, 0, 0, 0, 0, 500]), [4]);
    }

    #[test]
    fn figures_of_a_stage_are_those_of_the_bucket() {
        let mut stage = StageBucket { in_flight: 7, ..StageBucket::default() };
        (stage.tally.arrivals, stage.tally.failed, stage.tally.indefinite) = (200, 10, 10);
        stage.tally.intercepted.add(Reason::Shed, 50);
        (stage.latency_us.p99, stage.latency_us.max) = (2_500, 3_000);
        let of = |measure| of_stage(measure, &stage, tenths(1)).unwrap_or(f64::NAN);
        for (measure, figure) in [
            (Measure::FailedShare, 0.1),
            (Measure::ShedShare, 0.25),
            (Measure::InFlight, 7.0),
            (Measure::P99, 2.5),
            (Measure::Arrivals, 2_000.0),
        ] {
            assert!((of(measure) - figure).abs() < 1e-9, "{measure:?}: {}", of(measure));
        }
        let idle = StageBucket::default();
        assert_eq!(of_stage(Measure::FailedShare, &idle, tenths(1)), None, "nobody came");
    }

    #[test]
    fn the_busiest_process_counts_and_a_restart_begins_anew() {
        let mut rules = rules(rule(Measure::Cpu, Side::Above, 0.5));
        let process = |name: &str, cpu_secs| InstanceState {
            name: name.into(),
            is_reachable: true,
            cpu_secs,
            ..InstanceState::default()
        };
        let mut fired = 0;
        for at in 0..8 {
            let busy = f64::from(at) * 0.09;
            let looks = [process("master", 0.001), process("replica 1", busy)];
            fired += rules.look(&bucket(at, 0), &looks).len();
        }
        assert_eq!(fired, 1);
        rules.note_cpu(tenths(9), &[process("replica 1", 0.0)]);
        assert!(busiest(&rules.cpu, 0).is_some_and(|share| share < 0.1), "the other one is left");
    }
}
