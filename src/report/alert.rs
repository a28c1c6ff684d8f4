//! Alerts: which rules spoke up, and what they changed.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::Report;

/// Alerts that the text lists.
const LISTED: usize = 20;

/// A rule that spoke up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertReport {
    /// When, in seconds from the first arrival.
    pub at_secs: f64,
    /// Its number among the rules, from 1.
    pub rule: usize,
    /// What it watches, in words.
    pub what: String,
    /// The stage that it watches.
    pub stage: String,
    /// What was measured, in the unit of the measure.
    pub measured: f64,
    /// The same in words.
    pub measured_text: String,
    /// What was changed, in words; none where the rule only alerts, or nothing was to be changed.
    pub change: Option<String>,
    /// Why nothing was changed, if something should have been.
    pub error: Option<String>,
}

impl AlertReport {
    /// The alert in one line.
    pub fn text(&self) -> String {
        let Self { what, measured_text, .. } = self;
        match (&self.change, &self.error) {
            (_, Some(why)) => format!("{what}: {measured_text}; not changed: {why}"),
            (Some(change), None) => format!("{what}: {measured_text}; {change}"),
            (None, None) => format!("{what}: {measured_text}"),
        }
    }
}

/// Alerts in words.
pub(super) fn write(out: &mut String, report: &Report) -> std::fmt::Result {
    if report.alerts.is_empty() {
        return Ok(());
    }
    writeln!(out, "  {:>11}  alert", "at")?;
    for alert in report.alerts.iter().take(LISTED) {
        writeln!(out, "  {:>11}  {}", format!("{:.3} s", alert.at_secs), alert.text())?;
    }
    if report.alerts.len() > LISTED {
        writeln!(out, "  and {} more", report.alerts.len() - LISTED)?;
    }
    writeln!(out)
}
