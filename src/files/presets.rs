//! The presets, built into the program so that they are there wherever it is started.

use std::sync::LazyLock;

use super::parse_topology;
use crate::topology::Topology;

/// A design that comes with the program.
#[derive(Debug, Clone, Copy)]
pub struct Preset {
    /// Its file in `presets/`.
    pub file: &'static str,
    /// The text of that file.
    pub text: &'static str,
}

macro_rules! presets {
    ($($file:literal),* $(,)?) => {
        &[$(Preset { file: $file, text: include_str!(concat!("../../presets/", $file)) }),*]
    };
}

/// All presets, the default one first.
pub const PRESETS: &[Preset] = presets![
    "seckill-six-phases.ron",
    "naive-decrement.ron",
    "database-alone.ron",
    "whole-path.ron",
    "failover-kill.ron",
    "failover-slow-link.ron",
    "failover-wait.ron",
    "failover-min-replicas.ron",
    "failover-naive.ron",
    "crash-without-persistence.ron",
    "queue-pop-without-ack.ron",
    "queue-stream-consumer-death.ron",
    "queue-nats.ron",
    "queue-rabbitmq.ron",
    "queue-message-per-write.ron",
    "cache-death.ron",
    "stale-reads.ron",
    "redis-storage.ron",
    "persistent-redis.ron",
    "stock-in-redis.ron",
    "instance-loss.ron",
    "balancer-black-hole.ron",
    "stampede.ron",
    "single-flight.ron",
    "catalogue-export.ron",
    "version-tags.ron",
    "circuit-breaker.ron",
    "retry-storm.ron",
    "automatic-scaling.ron",
    "backup-restore.ron",
    "cluster-sale.ron",
    "cluster-scale-out.ron",
    "cluster-failover.ron",
    "strategies-side-by-side.ron",
    "decr-compensation.ron",
    "list-token.ron",
    "watch-multi.ron",
    "one-script.ron",
    "optimistic-version.ron",
    "row-lock-postgres.ron",
    "row-lock-mariadb.ron",
    "optimistic-postgres.ron",
    "queue-postgres.ron",
    "postgres-crash.ron",
    "read-replicas.ron",
    "museum-check-after-decr.ron",
    "museum-off-by-one.ron",
    "museum-late-duplicate-check.ron",
    "museum-starts-sold-out.ron",
    "museum-reload-while-queued.ron",
    "museum-lagging-gate.ron",
    "sign-in-points.ron",
    "first-order-page.ron",
    "red-packets.ron",
    "behaviour-tracking.ron",
    "live-chat.ron",
    "write-behind-counters.ron",
    "services-by-domain.ron",
    "services-on-one-database.ron",
    "session-leak.ron",
    "session-leak-isolated.ron",
    "cache-aside.ron",
    "cache-avalanche.ron",
    "cache-penetration.ron",
    "scheduled-sweep.ron",
    "growing-data-set.ron",
];

impl Preset {
    /// The preset's topology, read once.
    pub fn topology(&self) -> Option<&'static Topology> {
        static TOPOLOGIES: LazyLock<Vec<Option<Topology>>> =
            LazyLock::new(|| PRESETS.iter().map(|preset| parse_topology(preset.text).topology).collect());
        let index = PRESETS.iter().position(|preset| preset.file == self.file)?;
        TOPOLOGIES[index].as_ref()
    }

    /// Whether a preset has such a text.
    pub fn has_text(is_it: impl Fn(&str) -> bool) -> bool {
        PRESETS.iter().any(|preset| is_it(preset.text))
    }
}
