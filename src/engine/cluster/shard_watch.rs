//! What clients see of the shards of a cluster, bucket by bucket.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use super::counts::Counts;
use super::group::Nodes;
use crate::metrics::ShardBucket;
use crate::servers::Endpoint;

/// Looks at the counts of a cluster's nodes.
pub struct ShardWatch {
    stage: usize,
    nodes: Nodes,
    counts: Counts,
    /// The shard of each node that was ever seen; nodes that left may still be answered for.
    shards: BTreeMap<Endpoint, usize>,
    /// Answered, redirected and failed at the last look.
    before: BTreeMap<Endpoint, [u64; 3]>,
}

impl ShardWatch {
    /// Looks at a cluster that runs.
    pub fn new(stage: usize, nodes: Nodes, counts: Counts) -> Self {
        Self { stage, nodes, counts, shards: BTreeMap::new(), before: BTreeMap::new() }
    }

    /// What was counted since the last look, by shard.
    pub fn look(&mut self) -> Vec<ShardBucket> {
        self.shards.extend(self.nodes.members().iter().map(|member| (member.endpoint, member.shard)));
        let mut buckets: BTreeMap<usize, ShardBucket> = BTreeMap::new();
        for (&node, &shard) in &self.shards {
            let counts = self.counts.of(node);
            let [answered, moved, asked, failed, indefinite] =
                [&counts.answered, &counts.moved, &counts.asked, &counts.failed, &counts.indefinite]
                    .map(|count| count.load(Ordering::Relaxed));
            let now = [answered, moved + asked, failed + indefinite];
            let before = self.before.insert(node, now).unwrap_or_default();
            let empty = ShardBucket { stage: self.stage, shard, ..ShardBucket::default() };
            let bucket = buckets.entry(shard).or_insert(empty);
            bucket.answered += now[0] - before[0];
            bucket.redirected += now[1] - before[1];
            bucket.failed += now[2] - before[2];
        }
        buckets.into_values().collect()
    }
}
