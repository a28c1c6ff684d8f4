//! What becomes of a Redis whose memory is full.

use super::super::stage::{Eviction, StageKind};
use super::super::{Place, Problem, Topology};

pub(super) fn check(topology: &Topology, problems: &mut Vec<Problem>) {
    for stage in &topology.stages {
        let (max_memory, eviction) = match &stage.kind {
            StageKind::ReadWriteSplit(params) => (params.max_memory, params.eviction),
            StageKind::MasterReplica(params) => (params.max_memory, params.eviction),
            StageKind::Sessions(params) if params.on.is_none() => (params.max_memory, params.eviction),
            StageKind::RedisCluster(params) => (params.max_memory, params.eviction),
            _ => continue,
        };
        let mut warn = |text: &str, remedy: &str| {
            let problem = Problem::warning(Place::Stage(stage.name.clone()), text, remedy);
            problems.push(problem.about(&["max_memory", "eviction"]));
        };
        if max_memory.is_none() && eviction != Eviction::NoEviction {
            warn("its memory has no limit, so it never evicts", "set max_memory, or eviction to NoEviction");
        } else if max_memory.is_some() && eviction.takes_all() && stage.kind.answers_reads() {
            warn(
                "it may evict what the sale stands on: stock, flags and orders are keys like any other",
                "choose NoEviction or a policy for keys with a time to live",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::stage::MasterReplica;
    use super::super::super::testing::design;
    use super::*;

    #[test]
    fn eviction_without_a_limit_and_eviction_of_everything_are_spoken_of() {
        for (max_memory, eviction, said) in [
            (None, Eviction::NoEviction, ""),
            (Some(10), Eviction::NoEviction, ""),
            (Some(10), Eviction::VolatileTtl, ""),
            (None, Eviction::VolatileTtl, "never evicts"),
            (Some(10), Eviction::AllkeysLfu, "stock, flags and orders"),
        ] {
            let inventory = MasterReplica { max_memory, eviction, ..MasterReplica::default() };
            let mut problems = Vec::new();
            check(&design(vec![StageKind::MasterReplica(inventory)]), &mut problems);
            let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
            assert_eq!(texts.is_empty(), said.is_empty(), "{texts:?}");
            assert!(texts.iter().all(|text| text.contains(said)), "{texts:?}");
        }
    }
}
