//! One pipeline: a command a request, sent together, answered together.

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

/// Sends a pipeline on a lane.
pub async fn send<T: FromRedisValue>(lane: &Lane, pipeline: &mut Pipeline) -> Replies<T> {
    let Ok(mut open) = lane.connection.line().await else { return Replies::Unreachable };
    match pipeline.ignore_errors().query_async::<Vec<Result<T, RedisError>>>(&mut open.handle).await {
        Ok(replies) => {
            // A master that became a replica refuses writes for ever: look for the new one.
            if replies.iter().any(|reply| reply.as_ref().is_err_and(|error| error.code() == Some("READONLY")))
            {
                lane.connection.give_up(&open).await;
            }
            Replies::Each(replies)
        }
        Err(error) => {
            if breaks_line(&error) {
                lane.connection.give_up(&open).await;
            }
            Replies::Unknown
        }
    }
}
