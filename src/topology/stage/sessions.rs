//! The sessions of the people who come.

use std::time::Duration;

use super::Eviction;
use crate::param::params;

params! {
    /// Redis that keeps the sessions of the people who come: each request that comes by writes that of its sender anew, and goes on.
    pub struct Sessions {
        /// The Redis stage whose master keeps the sessions beside its own data; None: a process of its own.
        on: Option<String> = None;
        /// How long a session stays after the last request that used it.
        ttl: Duration = Duration::from_mins(30), in 0.01..86400.0;
        /// What a session takes: who somebody is, and what lies in the basket.
        session_bytes: u32 = 1_000, in 1..1_000_000, "bytes";
        /// Whether each request makes a session of its own instead of using the one that its sender has: a mistake of clients that lose their ids.
        leaks: bool = false;
        /// Memory that a process of its own may take for its data (`maxmemory`); None: no limit.
        max_memory: Option<u32> = None, in 1..1_000_000, "MiB";
        /// What a process throws away when its memory is full.
        eviction: Eviction = Eviction::NoEviction;
        /// Connections that carry sessions to it.
        connections: u32 = 2, in 1..64, "connections";
        /// Pipelines under way on a connection before the next one waits.
        window: u32 = 4, in 1..64, "pipelines";
        /// Requests waiting or under way before more are answered `shed`.
        max_waiting: u32 = 50_000, in 1..10_000_000, "requests";
        /// How long an answer may take before the request goes on without a session.
        timeout: Duration = Duration::from_secs(1), in 0.01..60.0;
    }
}
