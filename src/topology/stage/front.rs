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
        /// Share of the readers whose clients keep pages and ask with the version that they have: unchanged, the answer carries no page.
        keeps_pages: f64 = 0.0, in 0.0..1.0;
    }

    /// A content delivery network: a real cache of the product pages, in process.
    pub struct Cdn {
        /// How long a page is served after it was stored.
        ttl: Duration = Duration::from_mins(1), in 0.001..86400.0;
        /// How many pages it holds; the page used longest ago goes first.
        capacity: u32 = 10_000, in 1..10_000_000, "pages";
        /// Whether a page is dropped here when data control has written it anew; else it stays until its time is up, however old.
        purge_on_update: bool = false;
    }

    /// Spreads requests over the service instances, and refuses what is too much.
    pub struct LoadBalancer {
        /// How the next instance is picked.
        policy: BalancePolicy = BalancePolicy::RoundRobin;
        /// Requests let through per second, as a token bucket holding a tenth of a second, one at least; the rest is answered `rate_limited`.
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
        /// How many attempts an instance makes for a read that fails or is `shed` behind it; claims, events and increments get one.
        read_attempts: u32 = 1, in 1..10, "attempts";
        /// How long an instance waits before the second attempt; before each further one twice as long.
        retry_after: Duration = Duration::from_millis(10), in 0.001..60.0;
        /// The most retries of an instance, as a share of the reads that it has handed on; None: as many as there are attempts.
        retry_budget: Option<f64> = None, in 0.0..1.0;
        /// The share of answers in the window, errors or `shed`, from which on the circuit breaker of an instance opens; None: it has none.
        breaker_opens_at: Option<f64> = None, in 0.0..1.0;
        /// How long the circuit breaker remembers answers.
        breaker_window: Duration = Duration::from_secs(1), in 0.01..60.0;
        /// How many answers there must be in the window before it opens.
        breaker_answers: u32 = 20, in 1..1_000_000, "answers";
        /// How long an open circuit breaker answers `shed` by itself before it lets trials through.
        breaker_retry_after: Duration = Duration::from_millis(500), in 0.01..60.0;
        /// How many requests a half-open circuit breaker lets through; if all are answered it closes, if one is not it opens again.
        breaker_trials: u32 = 5, in 1..1_000, "requests";
    }
}
