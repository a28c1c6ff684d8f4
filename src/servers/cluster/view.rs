//! What a node of a cluster knows of all nodes: its answer to `CLUSTER NODES`, understood.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::super::endpoint::Endpoint;

/// Slots into which keys fall (<https://valkey.io/topics/cluster-spec/>).
pub const SLOTS: u16 = 16_384;

/// What one node knows of another one, or of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeView {
    /// Its id, 40 hex digits, the same for its life.
    pub id: String,
    /// Where clients reach it.
    pub endpoint: Endpoint,
    /// Whether it takes writes; else it copies from `master`.
    pub is_master: bool,
    /// The id of its master, of a replica.
    pub master: Option<String>,
    /// Whether it is thought to work: neither down (`fail`, `fail?`), nor without address, nor still being met.
    pub is_well: bool,
    /// Whether the bus to it is up; to itself it always is.
    pub is_connected: bool,
    /// The configuration epoch of its slots: of two nodes that both claim a slot, the one with the higher epoch has it.
    pub epoch: u64,
    /// Its slots. Those that are on their way in or out are left where they are.
    pub slots: Vec<RangeInclusive<u16>>,
}

impl NodeView {
    /// How many slots it has.
    pub fn slot_count(&self) -> usize {
        self.slots.iter().map(ExactSizeIterator::len).sum()
    }

    /// Whether a slot is its own.
    pub fn owns(&self, slot: u16) -> bool {
        self.slots.iter().any(|range| range.contains(&slot))
    }
}

/// Reads the answer to `CLUSTER NODES` (<https://valkey.io/commands/cluster-nodes/>): a line a node with
/// `id ip:port@bus[,name] flags master ping pong epoch link slot…`. A line of another form is left out.
pub fn parse(text: &str) -> Vec<NodeView> {
    parse_by(text, &|_, port| Some(Endpoint::local(port)))
}

/// The same of nodes that are reached elsewhere than they say: `place` answers where, by host and port; a node without a place is left out.
pub fn parse_by(text: &str, place: &dyn Fn(&str, u16) -> Option<Endpoint>) -> Vec<NodeView> {
    text.lines().filter_map(|line| parse_line(line, place)).collect()
}

fn parse_line(line: &str, place: &dyn Fn(&str, u16) -> Option<Endpoint>) -> Option<NodeView> {
    let mut fields = line.split_ascii_whitespace();
    let id = fields.next()?.to_owned();
    let address = fields.next()?;
    let (host, port) = address.split('@').next()?.rsplit_once(':')?;
    let flags: Vec<&str> = fields.next()?.split(',').collect();
    let master = fields.next().filter(|master| *master != "-").map(str::to_owned);
    let epoch = fields.nth(2)?.parse().ok()?;
    let is_connected = fields.next()? == "connected";
    let bad = ["fail", "fail?", "handshake", "noaddr"];
    Some(NodeView {
        id,
        endpoint: place(host, port.parse().ok()?)?,
        is_master: flags.contains(&"master"),
        master,
        is_well: !flags.iter().any(|flag| bad.contains(flag)),
        is_connected,
        epoch,
        slots: fields.filter_map(parse_range).collect(),
    })
}

/// `5` or `0-5460`; `[93-<-…]` and `[77->-…]` are slots on their way.
fn parse_range(text: &str) -> Option<RangeInclusive<u16>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last && last < SLOTS).then_some(first..=last)
}

/// What has to be the same for all nodes: by id whether it is a master, whose replica it is, and its slots.
pub(crate) type Agreement = BTreeMap<String, (bool, Option<String>, Vec<RangeInclusive<u16>>)>;

/// What a node says, reduced to what all must agree on.
pub(crate) fn agreement(nodes: &[NodeView]) -> Agreement {
    let row = |node: &NodeView| (node.is_master, node.master.clone(), node.slots.clone());
    nodes.iter().map(|node| (node.id.clone(), row(node))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_understood_with_their_roles_and_slots() {
        let text = "\
07c37df 127.0.0.1:30004@40004,,shard-id=69b slave e7d1eec 0 1426238317239 4 connected\n\
67ed2db 127.0.0.1:30002@40002,,shard-id=11 master - 0 1426238316232 2 connected 5461-10922 7\n\
292f8b3 127.0.0.1:30003@40003 master,fail? - 0 1426238318243 3 disconnected 10923-16383\n\
e7d1eec 127.0.0.1:30001@40001 myself,master - 0 0 1 connected 0-5460 [93-<-292f8b3] [77->-67ed2db]\n\
broken line\n";
        let nodes = parse(text);
        assert_eq!(nodes.len(), 4);
        assert_eq!((nodes[0].is_master, nodes[0].master.as_deref()), (false, Some("e7d1eec")));
        assert_eq!((nodes[1].slots.clone(), nodes[1].slot_count()), (vec![5461..=10922, 7..=7], 5463));
        assert!(nodes[1].is_well && !nodes[2].is_well && !nodes[2].is_connected);
        assert_eq!((nodes[3].endpoint.port, nodes[3].epoch), (30001, 1));
        assert_eq!(nodes[3].slots, [0..=5460]);
        assert_eq!(agreement(&nodes)["67ed2db"].2.len(), 2);
    }

    #[test]
    fn ranges_beyond_the_slots_are_none() {
        for (text, range) in [("16383", Some(16_383..=16_383)), ("16384", None), ("9-3", None), ("x-3", None)]
        {
            assert_eq!(parse_range(text), range, "{text}");
        }
    }
}
