//! What decides about a failover, on a laptop and in production.

use std::time::Duration;

use super::{MasterReplica, Persistence};

impl MasterReplica {
    /// The same stage with what decides about a failover set for a laptop: it is over within 2 s. What carries the traffic
    /// (strategy, connections, limits, timeout) stays.
    #[must_use]
    pub fn laptop(&self) -> Self {
        let Self { decrement, attempts, mistake, connections, window, max_waiting, timeout, .. } = *self;
        Self { decrement, attempts, mistake, connections, window, max_waiting, timeout, ..Self::default() }
    }

    /// The same stage with what decides about a failover as in production; what carries the traffic stays.
    ///
    /// Down-after 30 s, failover timeout 180 s and a quorum of 2 are those of the `sentinel.conf` that comes with the server
    /// (<https://github.com/valkey-io/valkey/blob/unstable/sentinel.conf>). `min-replicas-to-write 1` and
    /// `min-replicas-max-lag 10` are what the page about Sentinel recommends to bound what a cut-off master accepts
    /// (<https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/>). An append-only file synced each second
    /// is the policy that the page about persistence suggests
    /// (<https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/>).
    #[must_use]
    pub fn production(&self) -> Self {
        Self {
            down_after: Duration::from_secs(30),
            failover_timeout: Duration::from_mins(3),
            min_replicas_to_write: 1,
            min_replicas_max_lag: Duration::from_secs(10),
            persistence: Persistence::AofEverysec,
            ..self.laptop()
        }
    }
}
