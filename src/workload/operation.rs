//! What one request wants.

/// The operations of the users. Every scenario is a mix of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// Ask for a page: of a product, or one of the reader's own. Any cache may answer.
    Read,
    /// Buy: at most what the stock holds, at most what the buyer may have.
    Claim,
    /// Leave an event on a stream: a chat message, a click that is tracked. Acknowledged, then persisted.
    Append,
    /// Add one to a counter. Acknowledged; what many have added is written down together.
    Count,
}

impl Operation {
    /// All operations.
    pub const ALL: [Self; 4] = [Self::Read, Self::Claim, Self::Append, Self::Count];
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
            Self::Append => "append",
            Self::Count => "count",
        }
    }

    /// Whether it leaves something behind besides an order: an event or an increment.
    pub fn is_record(self) -> bool {
        matches!(self, Self::Append | Self::Count)
    }
}

/// One request. Small and plain, because they travel by the thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// Its number in the run, from 0; for a claim also the order's id, for an append the event's.
    pub id: u64,
    /// When it should be sent, in nanoseconds from the first tick of the schedule.
    pub intended_ns: u64,
    /// Who asks.
    pub claimant: u64,
    /// What it is about, by number: a product; for a read of the reader's own page the number of
    /// products plus the reader; for an append the stream; for a count the counter.
    pub item: u32,
    /// Units that a claim asks for; 0 for anything else.
    pub units: u32,
    /// What it wants.
    pub operation: Operation,
}
