//! Sentinels: their settings, their quick pace, and whether they agree.

use std::collections::BTreeMap;
use std::time::Duration;

use redis::RedisResult;

use super::endpoint::Endpoint;
use super::port::random;
use super::probe::Probe;

/// When a Sentinel calls the master dead, and how it goes on from there.
///
/// The default is quick and was measured: a killed master is replaced after about 1.8 s.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct SentinelSettings {
    /// How many must call the master down before one of them starts a failover. That one also needs the votes of
    /// more than half of all Sentinels, whatever the quorum.
    pub quorum: usize,
    /// `down-after-milliseconds`: this long without an answer is down.
    pub down_after: Duration,
    /// `failover-timeout`: after twice this time a failover that got stuck is tried again.
    pub failover_timeout: Duration,
    /// `parallel-syncs`: how many replicas may copy from a new master at a time.
    pub parallel_syncs: usize,
    /// Whether to ping every 250 ms, publish every 200 ms and leave tilt after 1 s (`SENTINEL DEBUG`, Redis 7.0 and
    /// Valkey). A down-after below 1.5 s needs it: otherwise a Sentinel, which reconnects once per ping, takes its own
    /// lost connection for a dead server, and flaps. The period of INFO stays as it is: lowered too, about half of the
    /// failovers never find a good replica.
    pub quick_pace: bool,
}

impl Default for SentinelSettings {
    fn default() -> Self {
        Self {
            quorum: 2,
            down_after: Duration::from_millis(500),
            failover_timeout: Duration::from_secs(3),
            parallel_syncs: 1,
            quick_pace: true,
        }
    }
}

/// All that one Sentinel's configuration says.
#[derive(Clone, Debug)]
pub(crate) struct SentinelProgram {
    pub name: String,
    pub port: u16,
    /// Its own id: 40 hexadecimal digits.
    pub id: String,
    pub master_name: String,
    pub master: Endpoint,
    pub replicas: Vec<Endpoint>,
    /// The other Sentinels and their ids.
    pub others: Vec<(Endpoint, String)>,
    pub settings: SentinelSettings,
}

/// A new id as `getRandomHexChars` makes one: 40 hexadecimal digits.
pub(crate) fn new_id() -> String {
    format!("{:016x}{:016x}{:08x}", random(), random(), random() >> 32)
}

/// Speeds a running Sentinel up. A restarted one has to be told again.
///
/// # Errors
/// When it doesn't know the command (Redis before 7.0).
pub(crate) async fn set_quick_pace(probe: &mut Probe) -> RedisResult<()> {
    let mut command = redis::cmd("SENTINEL");
    command.arg("DEBUG").arg(&["ping-period", "250", "publish-period", "200", "tilt-period", "1000"]);
    probe.ask(&command).await
}

/// What all Sentinels of a group should see.
#[derive(Debug)]
pub(crate) struct Expected<'group> {
    pub master_name: &'group str,
    pub master: Endpoint,
    pub replica_count: usize,
    pub sentinel_count: usize,
}

/// Asks one Sentinel whether it sees the group as it is; `Err` says in words what it sees instead.
///
/// It counts as agreeing when it has the right master and finds it healthy, knows all replicas and sees each linked to
/// its master, knows all other Sentinels, and `CKQUORUM` finds them all usable.
pub(crate) async fn agrees(probe: &mut Probe, expected: &Expected<'_>) -> Result<(), String> {
    let name = expected.master_name;
    let view = sees_master(probe, name).await?;
    let field = |key: &str| view.get(key).map_or("?", String::as_str);
    let seen =
        (field("ip"), field("port"), field("flags"), field("num-slaves"), field("num-other-sentinels"));
    let (ip, port) = (expected.master.ip.to_string(), expected.master.port.to_string());
    let (replicas, others) = (expected.replica_count.to_string(), (expected.sentinel_count - 1).to_string());
    if seen != (&*ip, &*port, "master", &*replicas, &*others) {
        let (ip, port, flags, replicas, others) = seen;
        return Err(format!("sees {flags} {ip}:{port}, {replicas} replicas, {others} other Sentinels"));
    }
    let mut command = redis::cmd("SENTINEL");
    command.arg("REPLICAS").arg(name);
    let replicas: Vec<BTreeMap<String, String>> =
        probe.ask(&command).await.map_err(|error| error.to_string())?;
    for replica in &replicas {
        let field = |key: &str| replica.get(key).map_or("?", String::as_str);
        if (field("flags"), field("master-link-status")) != ("slave", "ok") {
            let (name, flags, link) = (field("name"), field("flags"), field("master-link-status"));
            return Err(format!("sees replica {name} as {flags}, its link to the master as {link}"));
        }
    }
    let mut command = redis::cmd("SENTINEL");
    command.arg("CKQUORUM").arg(name);
    let answer: String = probe.ask(&command).await.map_err(|error| error.to_string())?;
    if answer.starts_with(&format!("OK {} usable", expected.sentinel_count)) { Ok(()) } else { Err(answer) }
}

async fn sees_master(probe: &mut Probe, name: &str) -> Result<BTreeMap<String, String>, String> {
    let mut command = redis::cmd("SENTINEL");
    command.arg("MASTER").arg(name);
    probe.ask(&command).await.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_forty_digits_and_differ() {
        let (one, other) = (new_id(), new_id());
        assert_eq!((one.len(), other.len()), (40, 40));
        assert!(one.chars().all(|digit| digit.is_ascii_hexdigit()));
        assert_ne!(one, other);
    }
}
