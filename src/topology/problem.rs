//! What is wrong with a topology, where, and what to do about it.

use std::fmt;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It runs, but probably not as meant.
    Warning,
    /// It can't run.
    Error,
}

/// Where a problem is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// In the text of a file; line and column count from 1.
    Text {
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
    /// At a stage, by name.
    Stage(String),
    /// At a link, by the names of its ends.
    Link {
        /// The stage that sends.
        from: String,
        /// The stage that receives.
        to: String,
    },
    /// In the workload; the phase by name where it is one phase's.
    Workload(Option<String>),
    /// At a fault, counted from 1.
    Fault(usize),
    /// At a rule, counted from 1.
    Rule(usize),
    /// At a target, counted from 1.
    Target(usize),
    /// In the design as a whole.
    Design,
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it is.
    pub place: Place,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub text: String,
    /// What to do about it.
    pub remedy: String,
    /// The fields of the place that it is about, the one to mend first; empty where it is about the whole place.
    pub fields: &'static [&'static str],
}

impl Problem {
    /// A problem that keeps the topology from running.
    pub fn error(place: Place, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { place, severity: Severity::Error, text: text.into(), remedy: remedy.into(), fields: &[] }
    }

    /// A problem that is probably a mistake.
    pub fn warning(place: Place, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { place, severity: Severity::Warning, text: text.into(), remedy: remedy.into(), fields: &[] }
    }

    /// The same problem, said to be about these fields of its place.
    #[must_use]
    pub fn about(self, fields: &'static [&'static str]) -> Self {
        Self { fields, ..self }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { line, column } => write!(f, "{line}:{column}"),
            Self::Stage(name) => write!(f, "stage {name:?}"),
            Self::Link { from, to } => write!(f, "link {from:?} → {to:?}"),
            Self::Workload(None) => f.write_str("workload"),
            Self::Workload(Some(phase)) => write!(f, "phase {phase:?}"),
            Self::Fault(number) => write!(f, "fault {number}"),
            Self::Rule(number) => write!(f, "rule {number}"),
            Self::Target(number) => write!(f, "target {number}"),
            Self::Design => f.write_str("design"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}; {}", self.place, self.severity, self.text, self.remedy)
    }
}
