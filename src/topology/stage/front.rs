//! The stages in this program: users, CDN, load balancer, service.

use std::time::Duration;

use crate::param::{choices, params};

choices! {
    /// How a load balancer picks the next service instance.
    pub enum BalancePolicy {
        /// One after the other.
        RoundRobin,
        /// By lot, from the run's seed.
        Random,
        /// The instance with the fewest requests not yet answered.
        LeastOutstanding,
    }
}

params! {
    /// Where the arrivals come from. The workload says who arrives when, wanting what.
    pub struct Users {
    }

    /// A content delivery network: a real cache of the product pages, in process.
    pub struct Cdn {
        /// How long a page is served after it was stored.
        ttl: Duration = Duration::from_mins(1), in 0.001..86400.0;
        /// How many pages it holds; the page used longest ago goes first.
        capacity: u32 = 10_000, in 1..10_000_000, "pages";
    }

    /// Spreads requests over the service instances, and refuses what is too much.
    pub struct LoadBalancer {
        /// How the next instance is picked.
        policy: BalancePolicy = BalancePolicy::RoundRobin;
        /// Requests let through per second, as a token bucket holding a tenth of a second; the rest is answered `rate_limited`.
        rate_limit: Option<u64> = None, in 1..100_000_000, "requests/s";
        /// Requests of one user let through per second, as a token bucket holding a second's worth; the rest is answered `rate_limited`.
        per_user_limit: Option<u64> = None, in 1..1_000_000, "requests/s";
        /// How often each instance is asked whether it is there; None: never, and a dead one keeps getting its share.
        health_interval: Option<Duration> = Some(Duration::from_millis(500)), in 0.01..60.0;
        /// Checks in a row that an instance must miss before it gets no more requests; one that it answers brings it back.
        unhealthy_after: u32 = 2, in 1..100, "checks";
    }

    /// The application servers: they know from earlier answers whether the sale is open or over.
    pub struct Service {
        /// How many instances there are, each with flags of its own.
        instances: u32 = 4, in 1..64, "instances";
        /// How long an instance believes an answer of the stages behind it (not started, started, sold out) before it asks again; None: it never remembers.
        flag_ttl: Option<Duration> = Some(Duration::from_millis(100)), in 0.001..60.0;
        /// How long an instance keeps a page that came by in its own memory, and answers reads from it (`cache_hit`); None: it keeps none.
        page_ttl: Option<Duration> = None, in 0.001..3600.0;
        /// Whether of the reads of one product at an instance only one goes on at a time, while the others wait for what it brings.
        single_flight: bool = false;
        /// Requests that one instance works on at a time; the rest is answered `shed`.
        max_in_flight: u32 = 20_000, in 1..1_000_000, "requests";
    }
}
