//! Designs in which Redis is the only store: what a crash leaves of what it had acknowledged.

use crate::common;

use common::{assert_balanced, open, presets, run};
use seckill_lab::metrics::failover::Outcome;

#[test]
fn what_a_persistent_or_a_replicated_store_acknowledged_outlives_its_crash() {
    for (name, ending) in
        [("redis-storage.ron", Outcome::Failover), ("persistent-redis.ron", Outcome::InPlace)]
    {
        let path = presets().into_iter().find(|path| path.ends_with(name)).expect("the preset");
        let mut topology = open(&path);
        topology.workload.scale_to(1_000.0);
        let ran = run(topology);
        assert_balanced(&ran);
        let report = &ran.report;
        let [outage] = report.failovers.as_slice() else { panic!("{name}: {:#?}", report.failovers) };
        assert_eq!(outage.outcome, ending, "{name}: {outage:#?}");
        let audit = &report.audit;
        assert!(audit.sold > 500, "{name}: {audit:#?}");
        assert_eq!(
            (audit.lost_acknowledged, audit.oversold, audit.duplicates),
            (0, 0, 0),
            "{name}: {audit:#?}"
        );
    }
}
