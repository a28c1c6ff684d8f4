//! How slots move from one master to another while requests come.
//!
//! Valkey 9 moves them as a whole (`CLUSTER MIGRATESLOTS`): the giver sends a copy and what is written meanwhile, then pauses
//! for a moment and hands over. Other servers move them key by key: the slot is marked at both ends, the keys go over by
//! `MIGRATE`, and a client that asks for one which has gone is sent after it by ASK.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use redis::Value;

use super::peer::{Member, Peer};
use super::settings::ClusterError;
use crate::topology::stage::SlotMoving;

/// How long one giver may take.
const MOVED_WITHIN: Duration = Duration::from_mins(1);
/// How often a move is looked at.
const POLL: Duration = Duration::from_millis(5);
/// Slots that are under way together, key by key.
const SLOTS_AT_ONCE: usize = 128;
/// Keys that go over by one MIGRATE: while they do, both servers do nothing else.
const KEYS_AT_ONCE: &str = "100";
/// How long one MIGRATE may take, in milliseconds.
const MIGRATE_WITHIN: &str = "800";

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

/// Moves slots from one peer to another, by their places. Every peer is told in the end.
///
/// # Errors
/// A node refuses, or it takes too long. The slots are then where they were, or partly moved; either is sound.
pub(super) async fn move_slots(
    peers: &mut [Peer],
    (from, to): (usize, usize),
    slots: &[RangeInclusive<u16>],
    way: SlotMoving,
) -> Result<(), ClusterError> {
    match way {
        SlotMoving::Atomic => move_atomically(peers, (from, to), slots).await,
        SlotMoving::KeyByKey => {
            let slots: Vec<u16> = slots.iter().cloned().flatten().collect();
            for group in slots.chunks(SLOTS_AT_ONCE) {
                move_group(peers, (from, to), group).await?;
            }
            Ok(())
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

/// Some slots, key by key (<https://valkey.io/commands/cluster-setslot/>). The receiver is told first: whoever is sent there
/// by ASK must find it ready, and it must be the first to say that a slot is its own. A change of a slot is written to disk
/// and waits for the node's replicas; many at once share that.
async fn move_group(
    peers: &mut [Peer],
    (from, to): (usize, usize),
    slots: &[u16],
) -> Result<(), ClusterError> {
    let slots: Vec<String> = slots.iter().map(u16::to_string).collect();
    let (giver, receiver) = (peers[from].member.clone(), peers[to].member.clone());
    set(&mut peers[to], &slots, "IMPORTING", &giver).await?;
    set(&mut peers[from], &slots, "MIGRATING", &receiver).await?;
    let counts: Vec<Vec<&str>> =
        slots.iter().map(|slot| vec!["CLUSTER", "COUNTKEYSINSLOT", slot.as_str()]).collect();
    let counts: Vec<u64> = peers[from].ask_all(&counts).await?;
    for (slot, _) in slots.iter().zip(counts).filter(|(_, count)| *count > 0) {
        move_keys(&mut peers[from], &receiver, slot).await?;
    }
    set(&mut peers[to], &slots, "NODE", &receiver).await?;
    set(&mut peers[from], &slots, "NODE", &receiver).await
}

/// Has a peer note something about slots and another node.
async fn set(peer: &mut Peer, slots: &[String], what: &str, other: &Member) -> Result<(), ClusterError> {
    let commands: Vec<Vec<&str>> =
        slots.iter().map(|slot| vec!["CLUSTER", "SETSLOT", slot.as_str(), what, other.id.as_str()]).collect();
    peer.ask_all::<Value>(&commands).await.map(drop)
}

/// Moves the keys of a slot, until none is left: new ones are made at the receiver already.
async fn move_keys(giver: &mut Peer, receiver: &Member, slot: &str) -> Result<(), ClusterError> {
    let (ip, port) = (receiver.endpoint.ip.to_string(), receiver.endpoint.port.to_string());
    loop {
        let keys: Vec<String> = giver.ask(&["CLUSTER", "GETKEYSINSLOT", slot, KEYS_AT_ONCE]).await?;
        if keys.is_empty() {
            return Ok(());
        }
        let mut command = vec!["MIGRATE", &ip, &port, "", "0", MIGRATE_WITHIN, "KEYS"];
        command.extend(keys.iter().map(String::as_str));
        giver.ask::<Value>(&command).await?;
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
