//! One pipeline: a command a request, sent together, answered together.

use std::sync::Arc;
use std::time::Duration;

use super::super::redis_link::connection::OpenLine;
use super::super::wire::{Answers, Commands, Line, LineError, Reply};
use super::lanes::Lane;

/// The answers to a pipeline.
#[derive(Debug)]
pub enum Replies {
    /// One answer a command; a command's own error is the server's refusal, so that nothing happened.
    Each(Answers),
    /// The server could not be reached; nothing was sent.
    Unreachable,
    /// Sent, and no answer came: each command may have happened.
    Unknown,
}

impl Replies {
    /// The first answer.
    pub fn first(&self) -> Option<Reply<'_>> {
        match self {
            Self::Each(answers) => answers.get(0),
            Self::Unreachable | Self::Unknown => None,
        }
    }
}

/// How many replicas must have a write before it counts, and how long they may take: `WAIT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Safety {
    replicas: u32,
    patience: Duration,
}

impl Safety {
    /// Such a demand; none where no replica is waited for.
    pub fn new(replicas: u32, patience: Duration) -> Option<Self> {
        (replicas > 0).then_some(Self { replicas, patience })
    }

    /// Asks at the end of a pipeline: one `WAIT` covers all writes of its connection before it
    /// (<https://redis.io/docs/latest/commands/wait/>).
    pub fn ask(self, commands: &mut Commands) {
        let patience_ms = u64::try_from(self.patience.as_millis()).unwrap_or(u64::MAX);
        commands.command(3).word("WAIT").number(u64::from(self.replicas)).number(patience_ms);
    }

    /// Whether the answer, which is the last of a pipeline, says that enough replicas have the writes. An error, such as that
    /// of a master which became a replica while it waited, says that nobody knows.
    pub fn is_met(self, answers: &Answers) -> bool {
        let copies = answers.len().checked_sub(1).and_then(|last| answers.get(last)?.int());
        copies.is_some_and(|copies| copies >= i64::from(self.replicas))
    }
}

/// Sends commands on a lane. With the answers, the generation of the line on which they came, for [`Lane::wrote`].
pub async fn send(lane: &Lane, commands: &Commands) -> (Replies, u64) {
    // A line on which the server hung up sends nothing: then a new one does.
    for _ in 0..2 {
        let Ok(open) = lane.connection.line().await else { break };
        if let Some(replies) = send_once(lane, &open, commands).await {
            return (replies, open.generation());
        }
    }
    lane.connection.note_error();
    (Replies::Unreachable, 0)
}

/// Sends commands on the line of a generation or not at all: another one doesn't know what was said on it.
pub async fn send_on(lane: &Lane, commands: &Commands, generation: u64) -> Replies {
    if let Ok(open) = lane.connection.line().await
        && open.generation() == generation
        && let Some(replies) = send_once(lane, &open, commands).await
    {
        return replies;
    }
    lane.connection.note_error();
    Replies::Unreachable
}

/// Sends commands on a line; none if the server had hung up on it, so that nothing was sent.
async fn send_once(lane: &Lane, open: &OpenLine<Arc<Line>>, commands: &Commands) -> Option<Replies> {
    match open.handle.ask(commands).await {
        Ok(answers) => {
            let refuses = |code: &[u8]| answers.errors().any(|error| error.code() == Some(code));
            // A master that became a replica refuses writes for ever: look for the new one.
            let is_replica = refuses(b"READONLY");
            if is_replica {
                lane.connection.give_up(open).await;
            }
            if is_replica || refuses(b"NOREPLICAS") {
                lane.connection.note_error();
            }
            Some(Replies::Each(answers))
        }
        Err(LineError::NotSent) => {
            lane.connection.give_up(open).await;
            None
        }
        Err(LineError::NoAnswer(_)) => {
            lane.connection.give_up(open).await;
            lane.connection.note_error();
            Some(Replies::Unknown)
        }
    }
}
