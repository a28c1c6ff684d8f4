//! Rules: what is watched while a run goes on, when it is an alert, and what is changed then.

use std::fmt;
use std::time::Duration;

use super::stage::{Realness, StageKind};
use super::{Change, Topology};
use crate::param::{ParamKind, ParamSpec, ParamValue, choices, params};

choices! {
    /// What a rule measures of a stage, ten times a second.
    pub enum Measure {
        /// The 99th percentile of the time spent at the stage, in milliseconds.
        P99,
        /// Requests that failed or ended without an answer, as a share of its arrivals: 0 to 1.
        FailedShare,
        /// Requests that it answered `shed`, as a share of its arrivals: 0 to 1.
        ShedShare,
        /// Requests waiting at it or under way.
        InFlight,
        /// Orders and records that a queue has acknowledged and the database does not have yet.
        Backlog,
        /// Arrivals a second.
        Arrivals,
        /// Processor time of its busiest process over the last second, as a share of one core: 0 to 1.
        Cpu,
    }

    /// On which side of the threshold a figure is reason for an alert.
    pub enum Side {
        /// Above it.
        Above,
        /// Below it.
        Below,
    }
}

params! {
    /// Something that is watched while requests arrive, and what is done about it.
    pub struct Rule {
        /// The stage that is watched.
        stage: String = String::new();
        /// What is measured of it.
        measure: Measure = Measure::InFlight;
        /// On which side of the threshold a figure is reason for an alert.
        side: Side = Side::Above;
        /// The threshold, in the unit of what is measured.
        threshold: f64 = 1_000.0, in 0.0..1_000_000_000.0, "in its unit";
        /// For how long the figure must stay there.
        holds_for: Duration = Duration::from_secs(1), in 0.1..3600.0;
        /// How long the rule rests after each alert.
        rests: Duration = Duration::from_secs(5), in 0.1..3600.0;
        /// The live parameter that each alert changes, a number; None: it only alerts.
        sets: Option<String> = None;
        /// The stage whose parameter it is; None: the one that is watched.
        sets_of: Option<String> = None;
        /// How much is added to it each time; below 0 it is taken away.
        by: f64 = 1.0, in -1_000_000.0..1_000_000.0, "in its unit";
        /// What the parameter never goes beyond; None: the end of its range.
        limit: Option<f64> = None, in 0.0..1_000_000_000.0, "in its unit";
    }
}

impl Measure {
    /// Its name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::P99 => "p99",
            Self::FailedShare => "failed share",
            Self::ShedShare => "shed share",
            Self::InFlight => "requests in flight",
            Self::Backlog => "backlog",
            Self::Arrivals => "arrivals",
            Self::Cpu => "CPU",
        }
    }

    /// A figure with its unit.
    pub fn shown(self, figure: f64) -> String {
        match self {
            Self::P99 => format!("{figure:.1} ms"),
            Self::FailedShare | Self::ShedShare | Self::Cpu => format!("{:.1} %", figure * 100.0),
            Self::InFlight | Self::Backlog => format!("{figure:.0}"),
            Self::Arrivals => format!("{figure:.0}/s"),
        }
    }

    /// Whether a kind of stage has such a figure.
    pub fn fits(self, kind: &StageKind) -> bool {
        match self {
            Self::Backlog => matches!(kind, StageKind::Queue(_)),
            Self::Cpu => kind.realness() == Realness::RealProcess,
            _ => kind.carries_traffic(),
        }
    }
}

impl Rule {
    /// The stage whose parameter it changes.
    pub fn changed_stage(&self) -> &str {
        self.sets_of.as_deref().unwrap_or(&self.stage)
    }

    /// The change that an alert makes of a topology as it is now; none where the rule only alerts.
    ///
    /// # Errors
    /// Why there is none to make, in words.
    pub fn change(&self, now: &Topology) -> Result<Option<Change>, String> {
        let Some(key) = &self.sets else { return Ok(None) };
        let stage = self.changed_stage();
        let index = now.index_of(stage).ok_or("there is no such stage")?;
        let params = now.stages[index].kind.params();
        let spec = params.specs().iter().find(|spec| spec.key == key).ok_or("there is no such parameter")?;
        let number = match params.get(spec.key) {
            Some(ParamValue::Int(number)) => number as f64,
            Some(ParamValue::Float(number)) => number,
            _ => return Err(format!("{key} is no number: give it one to begin with")),
        };
        let next = self.bounded(spec, number + self.by);
        if (next - number).abs() < f64::EPSILON {
            return Err(format!("{key} stays at {number}: that is its limit"));
        }
        let value = match spec.kind {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "within its range, which begins at 0 or above"
            )]
            ParamKind::Int => ParamValue::Int(next.round() as u64),
            _ => ParamValue::Float(next),
        };
        Ok(Some(Change::Param { stage: stage.to_owned(), key: key.clone(), value }))
    }

    /// A value that is neither beyond the limit of the rule nor out of the parameter's range.
    fn bounded(&self, spec: &ParamSpec, value: f64) -> f64 {
        let value = match self.limit {
            Some(limit) if self.by > 0.0 => value.min(limit),
            Some(limit) => value.max(limit),
            None => value,
        };
        spec.range.map_or(value, |(low, high)| value.clamp(low, high))
    }
}

/// For people: "backlog of orders above 500 for 1s".
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = match self.side {
            Side::Above => "above",
            Side::Below => "below",
        };
        let (measure, threshold) = (self.measure.label(), self.measure.shown(self.threshold));
        let span = humantime::format_duration(self.holds_for);
        write!(f, "{measure} of {} {side} {threshold} for {span}", self.stage)
    }
}

#[cfg(test)]
mod tests {
    use super::super::stage::{LoadBalancer, Queue};
    use super::super::testing::design;
    use super::*;

    fn hiring(by: f64, limit: Option<f64>) -> Rule {
        Rule {
            stage: "0".into(),
            measure: Measure::Backlog,
            sets: Some("consumers".into()),
            by,
            limit,
            ..Rule::default()
        }
    }

    #[test]
    fn a_rule_changes_a_number_step_by_step_up_to_its_limit() {
        let topology = |consumers| design(vec![StageKind::Queue(Queue { consumers, ..Queue::default() })]);
        let next = |rule: &Rule, consumers| match rule.change(&topology(consumers)) {
            Ok(Some(Change::Param { value, .. })) => Some(value),
            _ => None,
        };
        let up = hiring(3.0, Some(8.0));
        assert_eq!(next(&up, 2), Some(ParamValue::Int(5)));
        assert_eq!(next(&up, 7), Some(ParamValue::Int(8)));
        assert!(up.change(&topology(8)).is_err_and(|why| why.contains("limit")));
        assert_eq!(next(&hiring(-3.0, Some(2.0)), 4), Some(ParamValue::Int(2)));
        assert_eq!(next(&hiring(1_000.0, None), 4), Some(ParamValue::Int(64)), "the end of its range");
        assert_eq!(Rule::default().change(&topology(2)), Ok(None));
    }

    #[test]
    fn what_is_off_has_no_number_to_begin_with() {
        let rule = Rule { sets: Some("rate_limit".into()), ..hiring(1.0, None) };
        let topology = design(vec![StageKind::LoadBalancer(LoadBalancer::default())]);
        assert!(rule.change(&topology).is_err_and(|why| why.contains("give it one")));
    }

    #[test]
    fn a_rule_says_what_it_watches() {
        assert_eq!(hiring(1.0, None).to_string(), "backlog of 0 above 1000 for 1s");
        let share = Rule { measure: Measure::ShedShare, threshold: 0.05, ..hiring(1.0, None) };
        assert_eq!(share.to_string(), "shed share of 0 above 5.0 % for 1s");
    }
}
