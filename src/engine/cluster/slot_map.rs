//! Who has which slot, as far as is known. Pure.

use crate::servers::Endpoint;
use crate::servers::cluster::{NodeView, SLOTS};

/// Who has a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Owner {
    /// By its place among the nodes.
    node: u16,
    /// The configuration epoch in which it said so.
    epoch: u64,
}

/// Who has which slot. Of two nodes that claim one, the one with the higher epoch has it: that is the cluster's own rule, and
/// with it a node that was away and knows only the past misleads nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotMap {
    nodes: Vec<Endpoint>,
    owners: Vec<Option<Owner>>,
}

impl Default for SlotMap {
    fn default() -> Self {
        Self { nodes: Vec::new(), owners: vec![None; SLOTS.into()] }
    }
}

impl SlotMap {
    /// Where the owner of a slot is, if anybody is known to have it.
    pub fn owner(&self, slot: u16) -> Option<Endpoint> {
        let owner = self.owners.get(usize::from(slot)).copied().flatten()?;
        self.nodes.get(usize::from(owner.node)).copied()
    }

    /// Every node heard of so far, masters and replicas.
    pub fn nodes(&self) -> &[Endpoint] {
        &self.nodes
    }

    /// The nodes that have slots.
    pub fn masters(&self) -> Vec<Endpoint> {
        let mut masters: Vec<Endpoint> = self
            .owners
            .iter()
            .flatten()
            .filter_map(|owner| self.nodes.get(usize::from(owner.node)))
            .copied()
            .collect();
        masters.sort_unstable();
        masters.dedup();
        masters
    }

    /// Takes over what a node says of all nodes. Answers whether anything is new.
    pub fn learn(&mut self, views: &[NodeView]) -> bool {
        let mut is_new = false;
        for view in views {
            let known = self.nodes.len();
            let node = self.place(view.endpoint);
            is_new |= self.nodes.len() > known;
            if !view.is_master {
                continue;
            }
            for slot in view.slots.iter().cloned().flatten() {
                let owner = &mut self.owners[usize::from(slot)];
                if owner.is_none_or(|owner| owner.epoch <= view.epoch) {
                    let now = Owner { node, epoch: view.epoch };
                    is_new |= *owner != Some(now);
                    *owner = Some(now);
                }
            }
        }
        is_new
    }

    /// Takes over where a MOVED sends those who ask for a slot. Answers whether that is new.
    pub fn moved(&mut self, slot: u16, to: Endpoint) -> bool {
        let node = self.place(to);
        let Some(owner) = self.owners.get_mut(usize::from(slot)) else { return false };
        let epoch = owner.map_or(0, |owner| owner.epoch);
        let now = Some(Owner { node, epoch });
        let is_new = *owner != now;
        *owner = now;
        is_new
    }

    fn place(&mut self, endpoint: Endpoint) -> u16 {
        let known = self.nodes.iter().position(|node| *node == endpoint);
        let place = known.unwrap_or_else(|| {
            self.nodes.push(endpoint);
            self.nodes.len() - 1
        });
        u16::try_from(place).unwrap_or(u16::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::ops::RangeInclusive;

    use super::*;

    fn view(port: u16, epoch: u64, slots: RangeInclusive<u16>) -> NodeView {
        NodeView {
            id: port.to_string(),
            endpoint: Endpoint::local(port),
            is_master: true,
            master: None,
            is_well: true,
            is_connected: true,
            epoch,
            slots: vec![slots],
        }
    }

    #[test]
    fn the_higher_epoch_has_a_slot_whoever_speaks_last() {
        let mut map = SlotMap::default();
        assert_eq!(map.owner(7), None);
        assert!(map.learn(&[view(1, 1, 0..=100), view(2, 2, 101..=16_383)]));
        assert!(!map.learn(&[view(1, 1, 0..=100)]), "nothing new");
        assert!(map.learn(&[view(3, 4, 50..=60)]), "a replica was promoted, or slots moved");
        // A node that was away believes the past.
        assert!(!map.learn(&[view(1, 1, 0..=100)]));
        let owner = |map: &SlotMap, slot| map.owner(slot).map(|endpoint| endpoint.port);
        assert_eq!((owner(&map, 49), owner(&map, 50), owner(&map, 101)), (Some(1), Some(3), Some(2)));
        assert_eq!(map.masters().len(), 3);
        assert_eq!(owner(&map, 16_384), None);
    }

    #[test]
    fn a_redirection_counts_until_somebody_knows_better() {
        let mut map = SlotMap::default();
        map.learn(&[view(1, 1, 0..=16_383)]);
        assert!(map.moved(9, Endpoint::local(5)) && !map.moved(9, Endpoint::local(5)));
        assert_eq!(map.owner(9), Some(Endpoint::local(5)));
        assert_eq!(map.nodes().len(), 2);
        assert!(map.learn(&[view(6, 2, 9..=9)]));
        assert_eq!(map.owner(9), Some(Endpoint::local(6)));
    }

    #[test]
    fn a_replica_is_a_node_without_slots() {
        let mut map = SlotMap::default();
        let replica = NodeView { is_master: false, slots: Vec::new(), ..view(9, 1, 0..=0) };
        assert!(map.learn(&[replica]));
        assert_eq!((map.nodes().len(), map.masters().len()), (1, 0));
    }
}
