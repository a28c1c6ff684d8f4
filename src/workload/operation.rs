//! What one request wants.

/// The operations of the users. Every scenario is a mix of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// Refresh a product page. Any cache may answer.
    Read,
    /// Buy: at most what the stock holds, at most what the buyer may have.
    Claim,
}

impl Operation {
    /// All operations.
    pub const ALL: [Self; 2] = [Self::Read, Self::Claim];
    /// How many operations there are.
    pub const COUNT: usize = Self::ALL.len();

    /// Its place in [`Self::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// Its name in reports.
    pub fn label(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Claim => "claim",
        }
    }
}

/// One request. Small and plain, because they travel by the thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// Its number in the run, from 0; for a claim also the order's id.
    pub id: u64,
    /// When it should be sent, in nanoseconds from the first tick of the schedule.
    pub intended_ns: u64,
    /// Who asks.
    pub claimant: u64,
    /// The product it is about.
    pub item: u32,
    /// Units asked for; 0 for a read.
    pub units: u32,
    /// What it wants.
    pub operation: Operation,
}
