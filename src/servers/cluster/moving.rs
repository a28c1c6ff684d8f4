//! How slots move from one master to another while requests come.
//!
//! Valkey 9 moves them as a whole (`CLUSTER MIGRATESLOTS`): the giver sends a copy and what is written meanwhile, then pauses
//! for a moment and hands over. Other servers move them key by key (`key_by_key`).

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use redis::Value;

use super::super::Progress;
use super::key_by_key;
use super::peer::Peer;
use super::settings::ClusterError;
use crate::topology::stage::SlotMoving;

/// How long one giver may take.
const MOVED_WITHIN: Duration = Duration::from_mins(1);
/// How often a move is looked at.
const POLL: Duration = Duration::from_millis(5);

/// How slots move at this server: as wanted, or key by key where it knows no other way.
///
/// # Errors
/// It doesn't answer.
pub(super) async fn way_of(peer: &mut Peer, wanted: SlotMoving) -> Result<SlotMoving, ClusterError> {
    if wanted == SlotMoving::KeyByKey {
        return Ok(wanted);
    }
    let known: Vec<Value> = peer.ask(&["COMMAND", "INFO", "cluster|migrateslots"]).await?;
    let is_known = known.first().is_some_and(|entry| !matches!(entry, Value::Nil));
    Ok(if is_known { SlotMoving::Atomic } else { SlotMoving::KeyByKey })
}

/// Moves slots from one peer to another, by their places. `trouble` hears of a move that was interrupted.
///
/// # Errors
/// A node refuses, or it takes too long. Each slot is then where it was, or has moved.
pub(super) async fn move_slots(
    peers: &mut [Peer],
    (from, to): (usize, usize),
    slots: &[RangeInclusive<u16>],
    way: SlotMoving,
    trouble: Progress<'_>,
) -> Result<(), ClusterError> {
    match way {
        SlotMoving::Atomic => move_atomically(peers, (from, to), slots).await,
        SlotMoving::KeyByKey => {
            let slots: Vec<u16> = slots.iter().cloned().flatten().collect();
            key_by_key::move_slots(peers, (from, to), &slots, trouble).await
        }
    }
}

async fn move_atomically(
    peers: &mut [Peer],
    (from, to): (usize, usize),
    slots: &[RangeInclusive<u16>],
) -> Result<(), ClusterError> {
    let target = peers[to].member.clone();
    let mut command = vec!["CLUSTER".to_owned(), "MIGRATESLOTS".to_owned(), "SLOTSRANGE".to_owned()];
    for range in slots {
        command.extend([range.start().to_string(), range.end().to_string()]);
    }
    command.extend(["NODE".to_owned(), target.id.clone()]);
    let words: Vec<&str> = command.iter().map(String::as_str).collect();
    let giver = &mut peers[from];
    let before: Vec<Option<String>> = jobs(giver).await?.iter().map(|job| job.get("name").cloned()).collect();
    giver.ask::<()>(&words).await?;
    let started_at = Instant::now();
    loop {
        let is_new = |job: &BTreeMap<String, String>| !before.contains(&job.get("name").cloned());
        let job = jobs(giver).await?.into_iter().find(is_new).unwrap_or_default();
        let state = job.get("state").map_or("", String::as_str);
        let problem = match state {
            "success" => return Ok(()),
            "failed" | "canceled" | "cancelled" => {
                format!("{state}: {}", job.get("message").map_or("", String::as_str))
            }
            _ if started_at.elapsed() > MOVED_WITHIN => {
                format!("still {state:?} after {} s", MOVED_WITHIN.as_secs())
            }
            _ => {
                tokio::time::sleep(POLL).await;
                continue;
            }
        };
        return Err(ClusterError::NotMoved { from: giver.member.name(), to: target.name(), problem });
    }
}

/// The slot migrations that a node knows of (<https://valkey.io/commands/cluster-getslotmigrations/>): a map each.
async fn jobs(peer: &mut Peer) -> Result<Vec<BTreeMap<String, String>>, ClusterError> {
    let answer: Value = peer.ask(&["CLUSTER", "GETSLOTMIGRATIONS"]).await?;
    let Value::Array(jobs) = answer else { return Ok(Vec::new()) };
    Ok(jobs.iter().map(fields).collect())
}

/// A map, whether it came as one or as a list of keys and values.
fn fields(value: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::BulkString(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Value::SimpleString(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        _ => String::new(),
    };
    match value {
        Value::Array(items) => items.chunks_exact(2).map(|pair| (text(&pair[0]), text(&pair[1]))).collect(),
        Value::Map(pairs) => pairs.iter().map(|(key, value)| (text(key), text(value))).collect(),
        _ => BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_understood_as_a_list_and_as_a_map() {
        let text = |text: &str| Value::BulkString(text.as_bytes().to_vec());
        let list = Value::Array(vec![text("state"), text("success"), text("cow_size"), Value::Int(7)]);
        let map = Value::Map(vec![(text("state"), text("success")), (text("cow_size"), Value::Int(7))]);
        for value in [list, map] {
            let fields = fields(&value);
            assert_eq!(fields["state"], "success");
            assert_eq!(fields["cow_size"], "7");
        }
    }
}
