//! Slots that move key by key: a slot is marked at both ends, the keys go over by `MIGRATE`, and a client that asks for one
//! which has gone is sent after it by ASK (<https://valkey.io/commands/cluster-setslot/>).
//!
//! A move that is interrupted, because a node dies, stands still or refuses, leaves slots between the two ends. It is
//! resumed with whoever is master of the two shards by then: what has been done is not done again. If that doesn't succeed,
//! it is given up, and no slot that can be reached stays between the ends.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use redis::Value;
use tokio::time::{sleep, timeout};

use super::super::Progress;
use super::peer::{Member, Peer};
use super::settings::ClusterError;
use super::view::NodeView;

/// Slots that are under way together.
const SLOTS_AT_ONCE: usize = 128;
/// Keys that go over by one MIGRATE: while they do, both servers do nothing else.
const KEYS_AT_ONCE: &str = "100";
/// How long one MIGRATE may take, in milliseconds.
const MIGRATE_WITHIN: &str = "800";
/// How long an interrupted move is tried again before it is given up.
const RESUMED_WITHIN: Duration = Duration::from_secs(20);
/// The same while the giver doesn't answer: without it nothing can be put in order.
const GIVER_WITHIN: Duration = Duration::from_mins(1);
/// Before each try.
const REST: Duration = Duration::from_millis(100);
/// Who doesn't answer within this time is not there for the moment.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);

/// Moves slots from one peer to another, by their places. `trouble` hears of interruptions, and of their end.
///
/// # Errors
/// A group of slots could not be moved. It has been put in order; those before it have moved, those after it have not.
pub(super) async fn move_slots(
    peers: &mut [Peer],
    mut ends: (usize, usize),
    slots: &[u16],
    trouble: Progress<'_>,
) -> Result<(), ClusterError> {
    for group in slots.chunks(SLOTS_AT_ONCE) {
        if let Err(error) = move_group(peers, ends, group).await {
            ends = resume(peers, ends, group, error, trouble).await?;
        }
    }
    Ok(())
}

/// Tries again until the group has moved; answers who the ends are now.
async fn resume(
    peers: &mut [Peer],
    mut ends: (usize, usize),
    group: &[u16],
    mut last: ClusterError,
    trouble: Progress<'_>,
) -> Result<(usize, usize), ClusterError> {
    let (from, to) = (peers[ends.0].member.name(), peers[ends.1].member.name());
    let what = format!("{} slots on their way from {from} to {to}", group.len());
    trouble(&format!("{what} were interrupted: {last}"));
    let interrupted_at = Instant::now();
    while interrupted_at.elapsed() < RESUMED_WITHIN
        || (interrupted_at.elapsed() < GIVER_WITHIN && own_view(&mut peers[ends.0]).await.is_none())
    {
        sleep(REST).await;
        let tried = match masters(peers, ends).await {
            Ok(masters) => {
                ends = masters;
                move_group(peers, ends, group).await
            }
            Err(error) => Err(error),
        };
        let Err(error) = tried else {
            let (after, to) = (interrupted_at.elapsed().as_millis(), peers[ends.1].member.name());
            trouble(&format!("{what} were resumed, and have come to {to} after {after} ms"));
            return Ok(ends);
        };
        last = error;
    }
    let after = interrupted_at.elapsed().as_secs();
    let order = settle(peers, ends, group).await;
    let order = order.unwrap_or_else(|error| format!("they could not be put in order: {error}"));
    let problem = format!("{last}; given up after {after} s: {order}");
    Err(ClusterError::NotMoved { from, to, problem })
}

/// The peers that are masters now of the shards of two peers, by their places.
async fn masters(peers: &mut [Peer], ends: (usize, usize)) -> Result<(usize, usize), ClusterError> {
    let shards = [peers[ends.0].member.shard, peers[ends.1].member.shard];
    let views = join_all(peers.iter_mut().map(own_view)).await;
    let master = |shard: usize| {
        let of_shard = views.iter().enumerate().filter(|(place, _)| peers[*place].member.shard == shard);
        let masters = of_shard.filter_map(|(place, view)| Some((place, view.as_ref()?)));
        let masters = masters.filter(|(_, view)| view.is_master);
        // One that comes back from the past still says that it is master.
        masters.max_by_key(|(_, view)| view.epoch).map(|(place, _)| place)
    };
    let [from, to] = shards.map(|shard| master(shard).ok_or(NO_MASTER));
    Ok((from?, to?))
}

const NO_MASTER: ClusterError = ClusterError::NotNow("a shard has no master that answers");
const SILENT: ClusterError = ClusterError::NotNow("one of the two nodes doesn't answer");

/// What a peer says of itself; none if it doesn't answer soon.
async fn own_view(peer: &mut Peer) -> Option<NodeView> {
    let views = timeout(ANSWER_WITHIN, peer.nodes()).await.ok()?.ok()?;
    views.into_iter().find(|view| view.id == peer.member.id)
}

/// Some slots, as far as the receiver hasn't got them yet. It is told first: whoever is sent there by ASK must find it ready,
/// and it must be the first to say that a slot is its own. A change of a slot is written to disk and waits for the node's
/// replicas; many at once share that.
async fn move_group(
    peers: &mut [Peer],
    (from, to): (usize, usize),
    slots: &[u16],
) -> Result<(), ClusterError> {
    let (giver, receiver) = (peers[from].member.clone(), peers[to].member.clone());
    let has = own_view(&mut peers[to]).await.ok_or(SILENT)?;
    let open: Vec<u16> = slots.iter().copied().filter(|slot| !has.owns(*slot)).collect();
    let open = words(&open);
    set(&mut peers[to], &open, &["IMPORTING", &giver.id]).await?;
    set(&mut peers[from], &open, &["MIGRATING", &receiver.id]).await?;
    for (slot, count) in open.iter().zip(counts(&mut peers[from], &open).await?) {
        if count > 0 {
            move_keys(&mut peers[from], &receiver, slot).await?;
        }
    }
    set(&mut peers[to], &open, &["NODE", &receiver.id]).await?;
    // One that was away may have heard of it already, from the others.
    let has = own_view(&mut peers[from]).await.ok_or(SILENT)?;
    let untold: Vec<u16> = slots.iter().copied().filter(|slot| has.owns(*slot)).collect();
    set(&mut peers[from], &words(&untold), &["NODE", &receiver.id]).await
}

/// Puts slots in order whose move is given up: those whose keys have all gone over are the receiver's, all others stay with
/// the giver, to which the keys of a slot that was in the middle return. Answers what became of them.
async fn settle(
    peers: &mut [Peer],
    (from, to): (usize, usize),
    group: &[u16],
) -> Result<String, ClusterError> {
    let (giver, receiver) = (peers[from].member.clone(), peers[to].member.clone());
    let Some(has) = own_view(&mut peers[from]).await else {
        return Ok(format!("{} doesn't answer, so they stay between the two", giver.name()));
    };
    let open: Vec<u16> = group.iter().copied().filter(|slot| has.owns(*slot)).collect();
    let Some(has) = own_view(&mut peers[to]).await else {
        set(&mut peers[from], &words(&open), &["STABLE"]).await?;
        let (giver, receiver) = (giver.name(), receiver.name());
        return Ok(format!(
            "they stay with {giver}; keys that had gone over are with {receiver}, out of reach"
        ));
    };
    let open: Vec<u16> = open.into_iter().filter(|slot| !has.owns(*slot)).collect();
    let open = words(&open);
    let (here, there) = (counts(&mut peers[from], &open).await?, counts(&mut peers[to], &open).await?);
    let (mut gone, mut kept, mut halved) = (Vec::new(), Vec::new(), Vec::new());
    for ((slot, here), there) in open.into_iter().zip(here).zip(there) {
        match (here, there) {
            (0, 1..) => gone.push(slot),
            (_, 0) => kept.push(slot),
            _ => halved.push(slot),
        }
    }
    set(&mut peers[to], &gone, &["NODE", &receiver.id]).await?;
    set(&mut peers[from], &gone, &["NODE", &receiver.id]).await?;
    for slots in [&kept, &halved] {
        set(&mut peers[from], slots, &["STABLE"]).await?;
    }
    for slot in &halved {
        take_back(&mut peers[to], &giver, slot).await?;
    }
    for slots in [&kept, &halved] {
        set(&mut peers[to], slots, &["STABLE"]).await?;
    }
    let (went, stay) = (gone.len(), kept.len() + halved.len());
    Ok(format!("{went} of them are with {}, {stay} stay with {}", receiver.name(), giver.name()))
}

fn words(slots: &[u16]) -> Vec<String> {
    slots.iter().map(u16::to_string).collect()
}

/// Has a peer note something about slots.
async fn set(peer: &mut Peer, slots: &[String], what: &[&str]) -> Result<(), ClusterError> {
    let commands: Vec<Vec<&str>> =
        slots.iter().map(|slot| [&["CLUSTER", "SETSLOT", slot.as_str()], what].concat()).collect();
    peer.ask_all::<Value>(&commands).await.map(drop)
}

/// How many keys of each slot a peer has.
async fn counts(peer: &mut Peer, slots: &[String]) -> Result<Vec<u64>, ClusterError> {
    let commands: Vec<Vec<&str>> =
        slots.iter().map(|slot| vec!["CLUSTER", "COUNTKEYSINSLOT", slot.as_str()]).collect();
    peer.ask_all(&commands).await
}

/// Some keys of a slot, as a peer has them.
async fn keys(peer: &mut Peer, slot: &str) -> Result<Vec<String>, ClusterError> {
    peer.ask(&["CLUSTER", "GETKEYSINSLOT", slot, KEYS_AT_ONCE]).await
}

/// Moves the keys of a slot, until none is left: new ones are made at the receiver already.
async fn move_keys(giver: &mut Peer, receiver: &Member, slot: &str) -> Result<(), ClusterError> {
    let mut how: &[&str] = &["KEYS"];
    loop {
        let keys = keys(giver, slot).await?;
        if keys.is_empty() {
            return Ok(());
        }
        match migrate(giver, receiver, how, &keys).await {
            // It went over before, and the giver never heard of it. As long as the giver has a key, it serves it: its copy
            // counts.
            Err(error) if is_there_already(&error) => how = &["REPLACE", "KEYS"],
            other => other?,
        }
    }
}

/// Moves the keys of a slot back. What the giver has itself is newer.
async fn take_back(receiver: &mut Peer, giver: &Member, slot: &str) -> Result<(), ClusterError> {
    loop {
        let away = keys(receiver, slot).await?;
        if away.is_empty() {
            return Ok(());
        }
        match migrate(receiver, giver, &["KEYS"], &away).await {
            Err(error) if is_there_already(&error) => {
                let left = keys(receiver, slot).await?;
                for key in left.iter().filter(|key| away.contains(key)) {
                    // Without it a slot on its way in is not to be asked for.
                    receiver.ask::<()>(&["ASKING"]).await?;
                    receiver.ask::<u64>(&["DEL", key]).await?;
                }
            }
            other => other?,
        }
    }
}

async fn migrate(peer: &mut Peer, to: &Member, how: &[&str], keys: &[String]) -> Result<(), ClusterError> {
    let (ip, port) = (to.endpoint.ip.to_string(), to.endpoint.port.to_string());
    let mut command = vec!["MIGRATE", &ip, &port, "", "0", MIGRATE_WITHIN];
    command.extend(how);
    command.extend(keys.iter().map(String::as_str));
    peer.ask::<Value>(&command).await.map(drop)
}

/// The other end has a key of that name.
fn is_there_already(error: &ClusterError) -> bool {
    matches!(error, ClusterError::Refused { source, .. } if source.to_string().contains("BUSYKEY"))
}
