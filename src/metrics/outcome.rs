//! How a request can end.

use serde::Serialize;

/// Why a request was answered before the stage that owns the data, or refused by that stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A cache had the answer.
    CacheHit,
    /// The sale is not open yet.
    NotStarted,
    /// No stock is left.
    SoldOut,
    /// More requests per second than allowed.
    RateLimited,
    /// The buyer has all that one buyer may have.
    Duplicate,
    /// The stage had too much to do.
    Shed,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Self; 6] =
        [Self::CacheHit, Self::NotStarted, Self::SoldOut, Self::RateLimited, Self::Duplicate, Self::Shed];

    /// The word used in reports.
    pub fn label(self) -> &'static str {
        match self {
            Self::CacheHit => "cache_hit",
            Self::NotStarted => "not_started",
            Self::SoldOut => "sold_out",
            Self::RateLimited => "rate_limited",
            Self::Duplicate => "duplicate",
            Self::Shed => "shed",
        }
    }
}

/// How a request ended, as the person who sent it sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Answered before the stage that owns the data.
    Intercepted(Reason),
    /// A read answered by the stage that owns the data; an event or an increment acknowledged by the stage that keeps it.
    Served,
    /// A claim granted: the buyer was told so.
    Sold,
    /// A claim refused by the stage that decides.
    Rejected(Reason),
    /// An error, and it is known that nothing happened.
    Failed,
    /// No answer in time: it may have happened.
    Indefinite,
}
