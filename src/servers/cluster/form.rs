//! How nodes become a cluster: over the protocol alone, without any other program.
//!
//! Every node meets every other one itself. One that meets all, and lets gossip do the rest, takes seconds with many
//! nodes. A cluster works about two seconds after the start of its nodes at the earliest: so long a master waits before it
//! takes writes (`CLUSTER_WRITABLE_DELAY` in `cluster_legacy.c`).

use std::time::{Duration, Instant};

use super::super::probe::Probe;
use super::peer::{Member, Peer};
use super::settings::ClusterError;
use super::view::{Agreement, NodeView, SLOTS, agreement};
use super::{Started, shares};

/// Meeting takes some hundred milliseconds, agreeing two seconds.
const AGREE_WITHIN: Duration = Duration::from_secs(20);
/// How often the nodes are asked meanwhile.
const POLL: Duration = Duration::from_millis(20);

/// Lines to nodes that have just been started.
///
/// # Errors
/// One of them doesn't answer.
pub(super) async fn introduce(started: &[Started]) -> Result<Vec<Peer>, ClusterError> {
    let mut peers = Vec::with_capacity(started.len());
    for Started { number, shard, node } in started {
        let mut probe = Probe::new(node.endpoint());
        let id = probe.ask::<String>(redis::cmd("CLUSTER").arg("MYID")).await;
        let id = id.map_err(|source| ClusterError::Refused {
            node: node.name().to_owned(),
            command: "CLUSTER MYID".to_owned(),
            source,
        })?;
        peers.push(Peer::new(Member { number: *number, shard: *shard, endpoint: node.endpoint(), id }));
    }
    Ok(peers)
}

/// Makes a cluster of nodes that know nobody. The first `shards` of them become its masters, the others their replicas.
///
/// # Errors
/// A node refuses, or they don't agree in time.
pub(super) async fn form(name: &str, peers: &mut [Peer], shards: usize) -> Result<(), ClusterError> {
    for (index, peer) in peers[..shards].iter_mut().enumerate() {
        // Different epochs from the start: otherwise masters with the same one have to sort it out first.
        peer.ask::<()>(&["CLUSTER", "SET-CONFIG-EPOCH", &(index + 1).to_string()]).await?;
        let slots = shares::at_start(index, shards);
        let (first, last) = (slots.start().to_string(), slots.end().to_string());
        peer.ask::<()>(&["CLUSTER", "ADDSLOTSRANGE", &first, &last]).await?;
    }
    for index in 1..peers.len() {
        let (before, newcomer) = peers.split_at_mut(index);
        meet(&mut newcomer[0], before).await?;
    }
    await_known(name, peers).await?;
    follow(peers, shards).await?;
    await_agreement(name, peers).await
}

/// Takes newcomers into a cluster: the first of them is a master without slots, the others its replicas.
///
/// # Errors
/// A node refuses, or they don't agree in time.
pub(super) async fn join(name: &str, peers: &mut [Peer], newcomers: usize) -> Result<(), ClusterError> {
    let first = peers.len() - newcomers;
    for index in first..peers.len() {
        let (before, newcomer) = peers.split_at_mut(index);
        meet(&mut newcomer[0], before).await?;
    }
    await_known(name, peers).await?;
    follow(&mut peers[first..], 1).await?;
    await_agreement(name, peers).await
}

async fn meet(newcomer: &mut Peer, others: &[Peer]) -> Result<(), ClusterError> {
    for other in others {
        let endpoint = other.member.endpoint;
        let (ip, port) = (endpoint.ip.to_string(), endpoint.port.to_string());
        newcomer.ask::<()>(&["CLUSTER", "MEET", &ip, &port]).await?;
    }
    Ok(())
}

/// Has each peer behind the first `masters` ones copy from the master of its shard.
async fn follow(peers: &mut [Peer], masters: usize) -> Result<(), ClusterError> {
    let (masters, replicas) = peers.split_at_mut(masters);
    for replica in replicas {
        let master = masters.iter().find(|master| master.member.shard == replica.member.shard);
        if let Some(master) = master {
            replica.ask::<()>(&["CLUSTER", "REPLICATE", &master.member.id]).await?;
        }
    }
    Ok(())
}

/// Waits until every peer knows every other one by its id.
async fn await_known(name: &str, peers: &mut [Peer]) -> Result<(), ClusterError> {
    wait(name, peers, Goal::Known).await
}

/// Waits until every peer works, and all say the same of roles and slots.
///
/// # Errors
/// They don't in time; with what is wrong with each.
pub(super) async fn await_agreement(name: &str, peers: &mut [Peer]) -> Result<(), ClusterError> {
    wait(name, peers, Goal::Agreed).await
}

/// What is waited for.
#[derive(Clone, Copy)]
enum Goal {
    Known,
    Agreed,
}

/// Looks again and again until nothing is wrong. What a node refuses counts as wrong, as long as there is time.
async fn wait(name: &str, peers: &mut [Peer], goal: Goal) -> Result<(), ClusterError> {
    let started_at = Instant::now();
    loop {
        let wrong = match goal {
            Goal::Known => look_who_is_known(peers).await,
            Goal::Agreed => look_who_agrees(peers).await,
        };
        let wrong = wrong.unwrap_or_else(|error| vec![format!("  {error}")]);
        if wrong.is_empty() {
            return Ok(());
        }
        let waited = started_at.elapsed();
        if waited > AGREE_WITHIN {
            return Err(ClusterError::NoAgreement { name: name.to_owned(), waited, views: wrong.join("\n") });
        }
        tokio::time::sleep(POLL).await;
    }
}

async fn look_who_is_known(peers: &mut [Peer]) -> Result<Vec<String>, ClusterError> {
    let ids: Vec<String> = peers.iter().map(|peer| peer.member.id.clone()).collect();
    let mut wrong = Vec::new();
    for peer in peers {
        let known = peer.nodes().await?;
        let is_known = |id: &&String| known.iter().any(|node| node.id == **id && node.is_well);
        let count = ids.iter().filter(is_known).count();
        if count < ids.len() {
            wrong.push(format!("  {} knows {count} of {} nodes", peer.member.name(), ids.len()));
        }
    }
    Ok(wrong)
}

async fn look_who_agrees(peers: &mut [Peer]) -> Result<Vec<String>, ClusterError> {
    let (count, mut wrong) = (peers.len(), Vec::new());
    let mut said: Option<Agreement> = None;
    for peer in peers {
        let name = peer.member.name();
        let nodes = peer.nodes().await?;
        let all = agreement(&nodes);
        let is_master = all.get(&peer.member.id).is_none_or(|(is_master, ..)| *is_master);
        let slots: usize = nodes.iter().map(NodeView::slot_count).sum();
        if nodes.len() != count || nodes.iter().any(|node| !node.is_well || !node.is_connected) {
            wrong.push(format!("  {name} doesn't see {count} nodes that are all well"));
        } else if slots != usize::from(SLOTS) {
            wrong.push(format!("  {name} knows the owners of {slots} of {SLOTS} slots"));
        } else if said.get_or_insert_with(|| all.clone()) != &all {
            wrong.push(format!("  {name} sees other roles or slots than the first node"));
        } else if !peer.is_state_ok().await? {
            wrong.push(format!("  {name} says that the cluster doesn't work"));
        } else if !is_master && !peer.is_link_up().await? {
            wrong.push(format!("  {name} has no link to its master"));
        }
    }
    Ok(wrong)
}
