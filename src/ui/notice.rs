//! Messages that show for a while at the corner of the window.

use crate::topology::Severity;

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How bad it is; none: it went well.
    pub severity: Option<Severity>,
    /// One sentence.
    pub text: String,
    /// More, for those who ask; can be copied.
    pub details: Option<String>,
}

impl Notice {
    /// Something went well.
    pub fn good(text: impl Into<String>) -> Self {
        Self { severity: None, text: text.into(), details: None }
    }

    /// Something went wrong.
    pub fn error(text: impl Into<String>, details: impl Into<String>) -> Self {
        Self { severity: Some(Severity::Error), text: text.into(), details: Some(details.into()) }
    }

    /// Something to know.
    pub fn warning(text: impl Into<String>) -> Self {
        Self { severity: Some(Severity::Warning), text: text.into(), details: None }
    }
}

/// A message on the screen.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The message.
    pub notice: Notice,
    /// When it came, in seconds of the window's clock.
    pub since: f64,
    /// Whether its details are unfolded; then it stays.
    pub is_open: bool,
}
