//! What became of the shards of a Redis Cluster.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::Report;
use super::text::grouped;

/// What clients saw of one shard, all its nodes together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShardReport {
    /// The stage it belongs to.
    pub stage: String,
    /// Its number, counted from 1.
    pub shard: u64,
    /// Its nodes.
    pub nodes: Vec<String>,
    /// Requests that it answered.
    pub answered: u64,
    /// Requests that failed at it: it could not be reached, or refused.
    pub failed: u64,
    /// Claims sent to it that got no answer.
    pub indefinite: u64,
    /// Times that it sent a request elsewhere because the slot is there (MOVED); the request went on.
    pub moved: u64,
    /// Times that it sent a request elsewhere because the slot is on its way (ASK); the request went on.
    pub asked: u64,
    /// Times that it put a request off because some of its keys had gone over and others had not (TRYAGAIN); the request
    /// went on.
    pub put_off: u64,
    /// Of `failed`: refused because the cluster did not work (CLUSTERDOWN).
    pub cluster_down: u64,
}

/// How a shard came or went while requests arrived.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReshapeReport {
    /// The stage.
    pub stage: String,
    /// `AddShard` or `RemoveShard`.
    pub action: String,
    /// When it began, in seconds from the first arrival.
    pub started_at_secs: f64,
    /// When it was over, in seconds from the first arrival.
    pub ended_at_secs: f64,
    /// The shard, counted from 1; none if it failed.
    pub shard: Option<u64>,
    /// Slots that moved.
    pub slots: u64,
    /// How long the moving took, in milliseconds, without the start of the nodes.
    pub moving_ms: f64,
    /// Whether the server moved all slots of a giver at once; else they went key by key.
    pub is_atomic: bool,
    /// Why it failed, if it did.
    pub error: Option<String>,
}

/// The shards in words.
pub(super) fn write(out: &mut String, report: &Report) -> std::fmt::Result {
    if report.shards.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "  {:<28} {:>11} {:>9} {:>11} {:>9} {:>9} {:>9} {:>12}",
        "shard", "answered", "failed", "indefinite", "MOVED", "ASK", "TRYAGAIN", "CLUSTERDOWN"
    )?;
    for shard in &report.shards {
        let counts = [shard.failed, shard.indefinite, shard.moved, shard.asked, shard.put_off].map(grouped);
        writeln!(
            out,
            "  {:<28} {:>11} {:>9} {:>11} {:>9} {:>9} {:>9} {:>12}",
            format!(
                "{}, shard {} ({})",
                shard.stage,
                shard.shard,
                shard.nodes.join(", ").replace("node ", "")
            ),
            grouped(shard.answered),
            counts[0],
            counts[1],
            counts[2],
            counts[3],
            counts[4],
            grouped(shard.cluster_down),
        )?;
    }
    for reshape in &report.reshapes {
        let way = if reshape.is_atomic { "as a whole" } else { "key by key" };
        let what = format!("{} of {} at {:.1} s", reshape.action, reshape.stage, reshape.started_at_secs);
        match &reshape.error {
            Some(error) => writeln!(out, "  {what} failed: {error}")?,
            None => writeln!(
                out,
                "  {what}: {} slots moved {way} in {:.0} ms, all done at {:.1} s",
                grouped(reshape.slots),
                reshape.moving_ms,
                reshape.ended_at_secs
            )?,
        }
    }
    Ok(())
}
