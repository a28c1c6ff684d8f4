//! What a stage's own processes are to be, by its parameters.

use std::time::Duration;

use super::server_name;
use crate::servers::{ClusterSettings, GroupSettings, SentinelSettings};
use crate::topology::RunPlan;
use crate::topology::stage::{MasterReplica, Persistence, Shape, StageKind};

/// The cluster that a stage runs, if it runs one.
pub(super) fn cluster_settings(plan: &RunPlan, stage: usize) -> Option<ClusterSettings> {
    let StageKind::RedisCluster(params) = &plan.topology.stages[stage].kind else { return None };
    if params.url.is_some() {
        return None;
    }
    Some(ClusterSettings {
        name: server_name(plan, stage),
        shard_count: params.shards as usize,
        replica_count: params.replicas as usize,
        node_timeout: params.node_timeout,
        full_coverage: params.full_coverage,
        persistence: params.persistence,
        max_memory_bytes: params.max_memory.map(mib),
        eviction: params.eviction,
        slots_move: params.slots_move,
    })
}

/// The processes that a stage runs, if it runs any of its own.
pub(super) fn group_settings(plan: &RunPlan, stage: usize) -> Option<GroupSettings> {
    let name = server_name(plan, stage);
    if plan.topology.stages[stage].kind.url().is_some() {
        return None;
    }
    let settings = |replicas: u32, persistence| GroupSettings {
        replica_count: replicas as usize,
        shape: Shape::Star,
        sentinel_count: 0,
        persistence,
        ..GroupSettings::new(name)
    };
    match &plan.topology.stages[stage].kind {
        StageKind::ReadWriteSplit(params) => Some(GroupSettings {
            shape: params.shape,
            max_memory_bytes: params.max_memory.map(mib),
            eviction: params.eviction,
            ..settings(params.replicas, params.persistence)
        }),
        StageKind::MasterReplica(params) => Some(GroupSettings {
            sentinel_count: params.sentinels as usize,
            sentinel: SentinelSettings {
                quorum: params.quorum as usize,
                down_after: params.down_after,
                failover_timeout: params.failover_timeout,
                quick_pace: params.down_after < Duration::from_millis(1_500),
                ..SentinelSettings::default()
            },
            max_memory_bytes: params.max_memory.map(mib),
            eviction: params.eviction,
            extra: min_replicas(params),
            restart_in_place: params.restart_in_place,
            ..settings(params.replicas, params.persistence)
        }),
        StageKind::Sessions(params) if params.on.is_none() => Some(GroupSettings {
            max_memory_bytes: params.max_memory.map(mib),
            eviction: params.eviction,
            ..settings(0, Persistence::None)
        }),
        StageKind::Queue(params) if params.on.is_none() && params.form.is_in_redis() => {
            Some(settings(0, Persistence::AofEverysec))
        }
        _ => None,
    }
}

/// So many MiB in bytes.
fn mib(count: u32) -> u64 {
    u64::from(count) << 20
}

/// What lets a master refuse writes; the server counts whole seconds.
fn min_replicas(params: &MasterReplica) -> Vec<(String, String)> {
    let lag_secs = params.min_replicas_max_lag.as_millis().div_ceil(1_000);
    [("min-replicas-to-write", u128::from(params.min_replicas_to_write)), ("min-replicas-max-lag", lag_secs)]
        .map(|(key, value)| (key.to_owned(), value.to_string()))
        .into()
}
