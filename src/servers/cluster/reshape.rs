//! A shard comes, or goes, while requests arrive.

use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use super::peer::{Member, Peer};
use super::settings::{ClusterError, SHARDS};
use super::shares::{Transfer, for_newcomer, of_leaver};
use super::view::NodeView;
use super::{Cluster, Progress, form, moving, start_all};
use crate::topology::stage::SlotMoving;

/// What became of a change of shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reshaped {
    /// The shard that came or went.
    pub shard: usize,
    /// Its nodes.
    pub members: Vec<Member>,
    /// How many slots moved.
    pub slots: usize,
    /// How they moved.
    pub way: SlotMoving,
    /// How long the moving took, without starting and meeting.
    pub moving_time: Duration,
}

impl Cluster {
    /// Starts one more shard, and moves its share of the slots to it. `joined` hears of its nodes before the first slot
    /// moves, and `trouble` of what interrupts the moving.
    ///
    /// # Errors
    /// Another change goes on, there are too many shards, a server doesn't start, or a node refuses. Slots that have moved
    /// stay moved.
    pub async fn add_shard(
        &self,
        joined: impl Fn(&[Member]) + Send,
        progress: Progress<'_>,
        trouble: Progress<'_>,
    ) -> Result<Reshaped, ClusterError> {
        let Ok(_alone) = self.reshaping.try_lock() else { return Err(BUSY) };
        let before = self.members();
        let shards = shards(&before);
        if shards.len() >= *SHARDS.end() {
            return Err(ClusterError::NotNow("the cluster has as many shards as it may have"));
        }
        let shard = before.iter().map(|member| member.shard).max().unwrap_or(0) + 1;
        let number = before.iter().map(|member| member.number).max().unwrap_or(0);
        let replicas = self.settings.replica_count;
        let places = (1..=replicas + 1).map(|place| (number + place, shard)).collect();
        let started = start_all(&self.binary, &self.run, &self.settings, places).await?;
        let mut peers: Vec<Peer> = before.into_iter().map(Peer::new).collect();
        let newcomers = form::introduce(&started).await?;
        let members: Vec<Member> = newcomers.iter().map(|peer| peer.member.clone()).collect();
        // From here on they can be seen, killed and restarted like the others.
        self.servers.lock().await.extend(started);
        self.lock_members().extend(members.clone());
        peers.extend(newcomers);
        form::join(&self.settings.name, &mut peers, replicas + 1).await?;
        joined(&members);
        progress(&format!("{} has joined {}", names(&members), self.settings.name));

        let masters = masters(&mut peers).await?;
        let receiver = place_of(&peers, &members[0].id)?;
        let givers: Vec<usize> = masters.iter().map(|(place, _)| *place).collect();
        let owned: Vec<Vec<RangeInclusive<u16>>> = masters.into_iter().map(|(_, view)| view.slots).collect();
        let place = |index: usize| givers.get(index).copied().unwrap_or(receiver);
        let transfers = for_newcomer(&owned);
        let (way, moving_time) = self.transfer(&mut peers, &transfers, place, (progress, trouble)).await?;
        let slots = transfers.iter().map(Transfer::count).sum();
        Ok(Reshaped { shard, members, slots, way, moving_time })
    }

    /// Moves the slots of the last shard to the others, and ends its nodes. `left` hears of them before they end,
    /// and `trouble` of what interrupts the moving.
    ///
    /// # Errors
    /// Another change goes on, three shards are left, or a node refuses. Slots that have moved stay moved.
    pub async fn remove_shard(
        &self,
        left: impl Fn(&[Member]) + Send,
        progress: Progress<'_>,
        trouble: Progress<'_>,
    ) -> Result<Reshaped, ClusterError> {
        let Ok(_alone) = self.reshaping.try_lock() else { return Err(BUSY) };
        let before = self.members();
        let shards = shards(&before);
        if shards.len() <= *SHARDS.start() {
            return Err(ClusterError::NotNow(
                "a cluster keeps three shards: fewer masters have no majority that could replace one",
            ));
        }
        let shard = shards.last().copied().unwrap_or_default();
        let mut peers: Vec<Peer> = before.into_iter().map(Peer::new).collect();
        form::await_agreement(&self.settings.name, &mut peers).await?;
        let masters = masters(&mut peers).await?;
        let leaving = masters.iter().position(|(place, _)| peers[*place].member.shard == shard);
        let leaving = leaving.ok_or(ClusterError::NotNow("the last shard has no slots to give"))?;
        let places: Vec<usize> = masters.iter().map(|(place, _)| *place).collect();
        let owned: Vec<Vec<RangeInclusive<u16>>> = masters.into_iter().map(|(_, view)| view.slots).collect();
        let transfers = of_leaver(&owned, leaving);
        let (way, moving_time) =
            self.transfer(&mut peers, &transfers, |index| places[index], (progress, trouble)).await?;
        let slots = transfers.iter().map(Transfer::count).sum();

        let (gone, mut rest): (Vec<Peer>, Vec<Peer>) =
            peers.into_iter().partition(|peer| peer.member.shard == shard);
        let members: Vec<Member> = gone.into_iter().map(|peer| peer.member).collect();
        left(&members);
        for peer in &mut rest {
            for member in &members {
                peer.ask::<()>(&["CLUSTER", "FORGET", &member.id]).await?;
            }
        }
        self.lock_members().retain(|member| member.shard != shard);
        let mut servers = self.servers.lock().await;
        for server in servers.extract_if(.., |server| server.shard == shard) {
            let mut node = server.node;
            node.kill();
        }
        drop(servers);
        form::await_agreement(&self.settings.name, &mut rest).await?;
        progress(&format!("{} has left {}", names(&members), self.settings.name));
        Ok(Reshaped { shard, members, slots, way, moving_time })
    }

    /// Makes the transfers, one after the other, and waits until all nodes know.
    async fn transfer(
        &self,
        peers: &mut [Peer],
        transfers: &[Transfer],
        place: impl Fn(usize) -> usize,
        (progress, trouble): (Progress<'_>, Progress<'_>),
    ) -> Result<(SlotMoving, Duration), ClusterError> {
        let way = moving::way_of(&mut peers[0], self.settings.slots_move).await?;
        let started_at = Instant::now();
        for transfer in transfers {
            let (from, to) = (place(transfer.from), place(transfer.to));
            let began_at = Instant::now();
            moving::move_slots(peers, (from, to), &transfer.slots, way, trouble).await?;
            progress(&format!(
                "{} slots went from {} to {} in {} ms",
                transfer.count(),
                peers[from].member.name(),
                peers[to].member.name(),
                began_at.elapsed().as_millis()
            ));
        }
        let moving_time = started_at.elapsed();
        form::await_agreement(&self.settings.name, peers).await?;
        Ok((way, moving_time))
    }
}

const BUSY: ClusterError =
    ClusterError::NotNow("a shard is on its way already; wait until it has come or gone");

/// The shards there are, in order.
fn shards(members: &[Member]) -> Vec<usize> {
    let mut shards: Vec<usize> = members.iter().map(|member| member.shard).collect();
    shards.sort_unstable();
    shards.dedup();
    shards
}

/// The masters that have slots, by their places among the peers, as the first peer sees them.
async fn masters(peers: &mut [Peer]) -> Result<Vec<(usize, NodeView)>, ClusterError> {
    let views = peers[0].nodes().await?;
    let masters = views.into_iter().filter(|view| view.is_master && !view.slots.is_empty());
    masters.map(|view| Ok((place_of(peers, &view.id)?, view))).collect()
}

fn place_of(peers: &[Peer], id: &str) -> Result<usize, ClusterError> {
    let place = peers.iter().position(|peer| peer.member.id == id);
    place.ok_or(ClusterError::NotNow("the cluster has a node that was not started here"))
}

/// "node 7, node 8".
fn names(members: &[Member]) -> String {
    members.iter().map(Member::name).collect::<Vec<_>>().join(", ")
}
