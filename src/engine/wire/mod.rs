//! The fast path: what the stages say to Redis and hear from it, without a task and without an allocation for each request.
//!
//! A stage writes the commands of a batch one after the other into one buffer ([`Commands`]), sends it with one system call on a
//! line ([`Line`]), and reads the answers where they came in ([`Answers`], [`Reply`]). Several pipelines may be under way on a line;
//! they are answered in the order in which they were sent, because Redis answers so
//! (<https://redis.io/docs/latest/develop/using-commands/pipelining/>).
//!
//! Data control writes products at the gate by it too. What needs no speed (the rest of data control, consumers, probes, the audit,
//! everything about Sentinels) goes through the `redis` crate. What both have in common, the making and remaking of connections, is in
//! [`super::redis_link`].
//!
//! - [`commands`]: requests, encoded as arrays of bulk strings.
//! - [`answers`]: replies, of which only the ends are looked for when they come in.
//! - [`line`]: a socket, and whose turn it is to read.
//!
//! The protocol is RESP2 (<https://redis.io/docs/latest/develop/reference/protocol-spec/>).

pub mod answers;
pub mod commands;
pub mod line;

pub use answers::{Answers, Elements, Reply};
pub use commands::{Commands, Key};
pub use line::{Line, LineError};
