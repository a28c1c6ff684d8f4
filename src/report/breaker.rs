//! What services did about stages behind them that failed: retries, and circuit breakers.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::Report;
use super::text::grouped;

/// Where a circuit breaker stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    /// Everything is handed on.
    Closed,
    /// Nothing is.
    Open,
    /// A few requests are handed on, to see how they fare.
    HalfOpen,
}

impl BreakerState {
    /// The word used in reports.
    pub fn label(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
        }
    }
}

/// A span in which the breaker of an instance was not closed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BreakerReport {
    /// The service.
    pub stage: String,
    /// Which of its instances.
    pub instance: String,
    /// When it opened, in seconds from the first arrival.
    pub from_secs: f64,
    /// When it was closed again; none if it never was.
    pub to_secs: Option<f64>,
    /// How often it opened in the span: once, and again after each time that a trial failed.
    pub opened: u64,
    /// Requests that it answered `shed` in the span.
    pub shed: u64,
}

/// Retries and breakers in words.
pub(super) fn write(out: &mut String, report: &Report) -> std::fmt::Result {
    write_retries(out, report)?;
    for span in &report.breakers {
        let until = span.to_secs.map_or("the end".to_owned(), |secs| format!("{secs:.1} s"));
        writeln!(
            out,
            "  the circuit breaker of {} of {} was not closed from {:.1} s to {until}: it opened {} times and answered {} requests itself",
            span.instance,
            span.stage,
            span.from_secs,
            grouped(span.opened),
            grouped(span.shed)
        )?;
    }
    Ok(())
}

/// Services that tried reads again, and the attempts that came of it.
fn write_retries(out: &mut String, report: &Report) -> std::fmt::Result {
    for service in report.stages.iter().filter(|stage| stage.tally.retries > 0) {
        let given_back = report.stages.iter().filter(|stage| stage.tally.given_back > 0);
        let by: Vec<String> =
            given_back.map(|stage| format!("{} {}", stage.name, grouped(stage.tally.given_back))).collect();
        writeln!(
            out,
            "  {}: {} retries of reads, given back by {}",
            service.name,
            grouped(service.tally.retries),
            by.join(", ")
        )?;
    }
    Ok(())
}
