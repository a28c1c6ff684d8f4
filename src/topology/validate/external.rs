//! Stages that use a server which runs elsewhere: whether its address is one, and what can't be had of it.

use super::super::address::{Address, Scheme};
use super::super::stage::{DatabaseEngine, Stage, StageKind, SweepForm};
use super::super::{Place, Problem, Topology};

/// What only a server of our own can be told.
const SPLIT: &[&str] =
    &["replicas", "shape", "read_policy", "lag_limit", "persistence", "max_memory", "eviction"];
const GROUP: &[&str] = &[
    "replicas",
    "sentinels",
    "quorum",
    "down_after",
    "failover_timeout",
    "persistence",
    "min_replicas_to_write",
    "min_replicas_max_lag",
    "restart_in_place",
    "max_memory",
    "eviction",
];

const CLUSTER: &[&str] = &[
    "shards",
    "replicas",
    "node_timeout",
    "full_coverage",
    "slots_move",
    "persistence",
    "max_memory",
    "eviction",
];

const MARIADB: &[&str] = &["sync_each_commit"];

pub(super) fn check(topology: &Topology, problems: &mut Vec<Problem>) {
    problems.extend(topology.stages.iter().filter_map(|stage| with_sweep(topology, stage)));
    for stage in &topology.stages {
        let Some(url) = stage.kind.url() else { continue };
        problems.extend(Address::problem(&stage.name, url, stage.kind.schemes()));
        problems.extend(with_host(stage));
        problems.extend(with_engine(stage, url));
        problems.extend(with_replicas(stage));
        let usual = StageKind::from_word(stage.kind.word());
        let is_usual = |key: &&str| {
            stage.kind.params().get(key) == usual.as_ref().and_then(|kind| kind.params().get(key))
        };
        let set = own_params(&stage.kind).iter().filter(|key| !is_usual(key));
        problems.extend(set.map(|key| {
            let text = format!("{key} says nothing to a server that is not ours");
            let remedy = format!("leave {key} out, and set it where the server is run; or leave url out");
            Problem::warning(Place::Stage(stage.name.clone()), text, remedy).about(about(key))
        }));
    }
}

/// A sweep that reads the keys of others too.
fn with_sweep(topology: &Topology, control: &Stage) -> Option<Problem> {
    let StageKind::DataControl(params) = &control.kind else { return None };
    let is_elsewhere =
        |stage: &&Stage| matches!(&stage.kind, StageKind::MasterReplica(params) if params.url.is_some());
    if params.sweep_orders.is_none() || params.sweep == SweepForm::InPieces {
        return None;
    }
    let host = topology.stages.iter().find(is_elsewhere)?;
    let text = format!("its sweep goes through all keys of the server of {:?}, which is not ours", host.name);
    let remedy = "set sweep to InPieces, or leave the url of that stage out";
    Some(Problem::error(Place::Stage(control.name.clone()), text, remedy).about(&["sweep"]))
}

/// A queue with an address and a host.
fn with_host(stage: &Stage) -> Option<Problem> {
    let StageKind::Queue(params) = &stage.kind else { return None };
    let host = params.on.as_deref()?;
    let text = format!("it can't be on {host:?} and at the server of its url");
    let remedy = "set on or url to None";
    Some(Problem::error(Place::Stage(stage.name.clone()), text, remedy).about(&["url", "on"]))
}

/// A database with the address of another engine.
fn with_engine(stage: &Stage, url: &str) -> Option<Problem> {
    let StageKind::Database(params) = &stage.kind else { return None };
    let wanted = match Address::parse(url, stage.kind.schemes()).ok()?.scheme {
        Scheme::Postgres => DatabaseEngine::PostgreSql,
        _ => DatabaseEngine::MariaDb,
    };
    if params.engine == wanted {
        return None;
    }
    let text = format!("its url is of {}, and its engine is {}", wanted.label(), params.engine.label());
    let remedy = format!("set engine to {}, or correct url", wanted.word());
    Some(Problem::error(Place::Stage(stage.name.clone()), text, remedy).about(&["engine", "url"]))
}

/// A database with an address that is to have replicas.
fn with_replicas(stage: &Stage) -> Option<Problem> {
    let StageKind::Database(params) = &stage.kind else { return None };
    if params.replicas == 0 {
        return None;
    }
    let text = "it has one address, and nobody here knows where replicas of that server could be read";
    let remedy = "set replicas to 0: all reads go to url; or leave url out";
    Some(Problem::error(Place::Stage(stage.name.clone()), text, remedy).about(&["replicas", "url"]))
}

/// The parameters of a kind that only a server of our own can be told.
pub fn own_params(kind: &StageKind) -> &'static [&'static str] {
    match kind {
        StageKind::ReadWriteSplit(_) => SPLIT,
        StageKind::MasterReplica(_) => GROUP,
        StageKind::RedisCluster(_) => CLUSTER,
        // PostgreSQL is told by each connection.
        StageKind::Database(params) if params.engine == DatabaseEngine::MariaDb => MARIADB,
        _ => &[],
    }
}

/// The field of a problem that is about one parameter.
fn about(key: &str) -> &'static [&'static str] {
    let in_list = |list: &'static [&'static str]| {
        let at = list.iter().position(|known| *known == key)?;
        list.get(at..=at)
    };
    in_list(SPLIT)
        .or_else(|| in_list(GROUP))
        .or_else(|| in_list(CLUSTER))
        .or_else(|| in_list(MARIADB))
        .unwrap_or_default()
}
