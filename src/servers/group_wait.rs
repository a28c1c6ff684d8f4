//! Waiting, in bounded time, until the servers of a group have found together.

use std::time::{Duration, Instant};

use super::endpoint::Endpoint;
use super::group_settings::{GroupError, GroupSettings};
use super::probe::Probe;
use super::redis_node::RedisNode;
use super::sentinel::{self, Expected};

/// Replicas follow in milliseconds; one that came too early tries again after a second.
const SYNC_WITHIN: Duration = Duration::from_secs(10);
/// Agreement takes a few hundred milliseconds; at the slow pace a few seconds.
const AGREE_WITHIN: Duration = Duration::from_secs(15);
const POLL: Duration = Duration::from_millis(5);

/// Waits until `replica` says that its link to `upstream` is up, which includes the first copy.
pub(crate) async fn await_link(replica: &RedisNode, upstream: &RedisNode) -> Result<(), GroupError> {
    let mut probe = Probe::new(replica.endpoint());
    let started_at = Instant::now();
    loop {
        let problem = match probe.info("replication").await {
            Ok(info) if info.get("master_link_status").is_some_and(|status| status == "up") => return Ok(()),
            Ok(info) => {
                format!("its link is {}", info.get("master_link_status").map_or("absent", String::as_str))
            }
            Err(error) => error.to_string(),
        };
        give_up_later(started_at, replica, upstream, problem)?;
        tokio::time::sleep(POLL).await;
    }
}

/// Waits until what the master is told arrives at each replica.
///
/// A link that is up is not enough: after a diskless copy the master holds everything back until the replica
/// acknowledges, up to a second. A published message is passed on to replicas like a write, and leaves no data.
pub(crate) async fn await_stream(nodes: &[RedisNode]) -> Result<(), GroupError> {
    let master = &nodes[0];
    let mut above = Probe::new(master.endpoint());
    let mut publish = redis::cmd("PUBLISH");
    publish.arg("ready").arg("");
    let mut wanted = None;
    for replica in &nodes[1..] {
        let mut below = Probe::new(replica.endpoint());
        let started_at = Instant::now();
        loop {
            if wanted.is_none() && above.ask::<i64>(&publish).await.is_ok() {
                wanted = offset(&mut above, "master_repl_offset").await;
            }
            let arrived = offset(&mut below, "slave_repl_offset").await;
            if wanted.is_some() && arrived >= wanted {
                break;
            }
            let problem = format!("it is at offset {arrived:?}, its master at {wanted:?}");
            give_up_later(started_at, replica, master, problem)?;
            tokio::time::sleep(POLL).await;
        }
    }
    Ok(())
}

/// A field of `INFO replication` that counts bytes of the replication stream.
async fn offset(probe: &mut Probe, field: &str) -> Option<u64> {
    probe.info("replication").await.ok()?.get(field)?.parse().ok()
}

/// An error once a replica has been waited for too long.
fn give_up_later(
    started_at: Instant,
    replica: &RedisNode,
    upstream: &RedisNode,
    problem: String,
) -> Result<(), GroupError> {
    let waited = started_at.elapsed();
    if waited <= SYNC_WITHIN {
        return Ok(());
    }
    let (replica, log) = (replica.name().to_owned(), replica.log_tail());
    Err(GroupError::NotSynced { replica, master: upstream.announced(), waited, problem, log })
}

pub(crate) async fn await_agreement(
    settings: &GroupSettings,
    master: Endpoint,
    nodes: &[RedisNode],
) -> Result<(), GroupError> {
    let started_at = Instant::now();
    let expected = Expected {
        master_name: &settings.name,
        master,
        replica_count: settings.replica_count,
        sentinel_count: settings.sentinel_count,
    };
    let mut probes: Vec<Probe> = nodes.iter().map(|node| Probe::new(node.endpoint())).collect();
    loop {
        let mut views = Vec::new();
        for (node, probe) in nodes.iter().zip(&mut probes) {
            if let Err(view) = sentinel::agrees(probe, &expected).await {
                views.push(format!("  {} {view}", node.name()));
            }
        }
        if views.is_empty() {
            return Ok(());
        }
        let waited = started_at.elapsed();
        if waited > AGREE_WITHIN {
            return Err(GroupError::NoAgreement {
                name: settings.name.clone(),
                waited,
                views: views.join("\n"),
            });
        }
        tokio::time::sleep(POLL).await;
    }
}
