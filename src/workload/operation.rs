//! What one request wants.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

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

    /// Its name in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "Read",
            Self::Claim => "Claim",
            Self::Append => "Append",
            Self::Count => "Count",
        }
    }

    /// The operation of this name in files.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.word() == word)
    }

    /// Whether it leaves something behind besides an order: an event or an increment.
    pub fn is_record(self) -> bool {
        matches!(self, Self::Append | Self::Count)
    }
}

/// Some of the operations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Operations(u8);

impl Operations {
    /// None of them.
    pub const NONE: Self = Self(0);
    /// All of them.
    pub const ALL: Self = Self((1 << Operation::COUNT) - 1);

    /// Whether one is among them.
    pub fn contains(self, operation: Operation) -> bool {
        self.0 & Self::from(operation).0 != 0
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self == Self::NONE
    }

    /// These and those.
    #[must_use]
    pub fn and(self, those: Self) -> Self {
        Self(self.0 | those.0)
    }

    /// Those that are in both.
    #[must_use]
    pub fn shared_with(self, those: Self) -> Self {
        Self(self.0 & those.0)
    }

    /// These, but none of those.
    #[must_use]
    pub fn without(self, those: Self) -> Self {
        Self(self.0 & !those.0)
    }

    /// One after the other, in the order of [`Operation::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Operation> {
        Operation::ALL.into_iter().filter(move |&operation| self.contains(operation))
    }

    /// Their names in files, with a comma in between.
    pub fn words(self) -> String {
        self.iter().map(Operation::word).collect::<Vec<_>>().join(", ")
    }
}

impl From<Operation> for Operations {
    fn from(operation: Operation) -> Self {
        Self(1 << operation.index())
    }
}

impl FromIterator<Operation> for Operations {
    fn from_iter<T: IntoIterator<Item = Operation>>(operations: T) -> Self {
        operations.into_iter().fold(Self::NONE, |all, one| all.and(one.into()))
    }
}

impl Serialize for Operations {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Operation::word))
    }
}

impl<'de> Deserialize<'de> for Operations {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words: Vec<String> = Vec::deserialize(deserializer)?;
        let operation = |word: &String| {
            Operation::from_word(word).ok_or_else(|| D::Error::custom(format!("{word} is no operation")))
        };
        words.iter().map(operation).collect()
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
