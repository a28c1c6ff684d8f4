//! Removes the keys of a run from a server that is not ours: bounded steps, nothing but what begins with the prefix.

use std::time::Duration;

use redis::RedisResult;
use redis::aio::MultiplexedConnection;
use tokio::time::timeout;

use super::error::ExternalError;
use super::server::Server;

/// Keys that a step looks at, about; the server serves others between two steps.
const STEP: usize = 1_000;
/// How long it may take as a whole. A server with many millions of keys of others takes longer, and then keeps what is left.
const WITHIN: Duration = Duration::from_mins(1);
/// How often it is looked again: what was under way when the door was shut may still arrive.
const ROUNDS: usize = 5;

/// Removes them. Answers how many there were.
///
/// # Errors
/// The server can't be reached, or it takes too long.
pub(super) async fn clean(server: &Server, prefix: &str) -> Result<u64, ExternalError> {
    let cleaning = async {
        let mut line = server.connection().await?;
        let mut removed = 0;
        for _ in 0..ROUNDS {
            let found = round(&mut line, prefix).await.map_err(|error| server.refuses(&error))?;
            removed += found;
            if found == 0 {
                break;
            }
        }
        Ok(removed)
    };
    timeout(WITHIN, cleaning)
        .await
        .unwrap_or_else(|_late| Err(server.unreachable("removing the keys took too long")))
}

/// The same at a node of a cluster; a replica's keys go with its master's.
///
/// # Errors
/// As [`clean`].
pub(super) async fn clean_master(server: &Server, prefix: &str) -> Result<u64, ExternalError> {
    let mut line = server.connection().await?;
    let role: Vec<redis::Value> =
        redis::cmd("ROLE").query_async(&mut line).await.map_err(|error| server.refuses(&error))?;
    let is_master = role.first() == Some(&redis::Value::BulkString(b"master".to_vec()));
    if is_master { clean(server, prefix).await } else { Ok(0) }
}

/// One walk over all keys (<https://redis.io/docs/latest/commands/scan/>). Answers how many were removed.
async fn round(line: &mut MultiplexedConnection, prefix: &str) -> RedisResult<u64> {
    let (mut cursor, mut removed) = (0_u64, 0);
    loop {
        let mut scan = redis::cmd("SCAN");
        scan.arg(cursor).arg("MATCH").arg(format!("{prefix}*")).arg("COUNT").arg(STEP);
        let (next, keys): (u64, Vec<String>) = scan.query_async(line).await?;
        for keys in keys.chunks(STEP) {
            // One by one: those of a cluster lie in many slots.
            let mut unlink = redis::pipe();
            for key in keys {
                unlink.cmd("UNLINK").arg(key);
            }
            removed += unlink.query_async::<Vec<u64>>(line).await?.iter().sum::<u64>();
        }
        if next == 0 {
            return Ok(removed);
        }
        cursor = next;
    }
}
