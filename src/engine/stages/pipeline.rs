//! One pipeline: a command a request, sent together, answered together.

use std::time::Duration;

use redis::{FromRedisValue, Pipeline, RedisError};

use super::super::redis_link::connection::breaks_line;
use super::lanes::Lane;

/// The answers to a pipeline.
#[derive(Debug)]
pub enum Replies<T> {
    /// One answer a command; a command's own error is the server's refusal, so that nothing happened.
    Each(Vec<Result<T, RedisError>>),
    /// The server could not be reached; nothing was sent.
    Unreachable,
    /// Sent, and no answer came: each command may have happened.
    Unknown,
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
    pub fn ask(self, pipeline: &mut Pipeline) {
        pipeline.cmd("WAIT").arg(self.replicas).arg(self.patience.as_millis());
    }

    /// Whether the answer says that enough replicas have the writes. An error, such as that of a master which became a
    /// replica while it waited, says that nobody knows.
    pub fn is_met<T>(self, answer: Option<Result<T, RedisError>>, number: impl Fn(T) -> Option<u64>) -> bool {
        let copies = answer.and_then(Result::ok).and_then(number);
        copies.is_some_and(|copies| copies >= u64::from(self.replicas))
    }
}

/// Sends a pipeline on a lane.
pub async fn send<T: FromRedisValue>(lane: &Lane, pipeline: &mut Pipeline) -> Replies<T> {
    send_on(lane, pipeline).await.0
}

/// The same; with the answers, the generation of the line on which they came, for [`Lane::wrote`].
pub async fn send_on<T: FromRedisValue>(lane: &Lane, pipeline: &mut Pipeline) -> (Replies<T>, u64) {
    let Ok(mut open) = lane.connection.line().await else {
        lane.connection.note_error();
        return (Replies::Unreachable, 0);
    };
    let generation = open.generation();
    match pipeline.ignore_errors().query_async::<Vec<Result<T, RedisError>>>(&mut open.handle).await {
        Ok(replies) => {
            let refuses = |code: &str| {
                replies.iter().any(|reply| reply.as_ref().is_err_and(|error| error.code() == Some(code)))
            };
            // A master that became a replica refuses writes for ever: look for the new one.
            let is_replica = refuses("READONLY");
            if is_replica {
                lane.connection.give_up(&open).await;
            }
            if is_replica || refuses("NOREPLICAS") {
                lane.connection.note_error();
            }
            (Replies::Each(replies), generation)
        }
        Err(error) => {
            if breaks_line(&error) {
                lane.connection.give_up(&open).await;
            }
            lane.connection.note_error();
            (Replies::Unknown, generation)
        }
    }
}
