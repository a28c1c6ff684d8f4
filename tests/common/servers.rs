//! What tests that speak to servers themselves share.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use redis::AsyncConnectionConfig;
use redis::aio::MultiplexedConnection;
use seckill_lab::servers::{Endpoint, ServerBinary, find};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// The server that the environment names, or one that is found or provided.
pub fn server() -> ServerBinary {
    let named = std::env::var_os("SECKILL_LAB_REDIS_SERVER").map(PathBuf::from);
    find(named.as_deref(), &|_| {}).expect("a server")
}

/// Runs a test on a runtime of its own.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(future)
}

/// A connection to a server, patient: the library's own gives up after half a second.
pub async fn line(endpoint: Endpoint) -> MultiplexedConnection {
    let config = AsyncConnectionConfig::new().set_response_timeout(Some(super::PATIENCE));
    let client = redis::Client::open(format!("redis://{endpoint}")).unwrap();
    client.get_multiplexed_async_connection_with_config(&config).await.unwrap()
}

/// Looks until a condition holds.
pub async fn until(what: &str, mut look: impl AsyncFnMut() -> bool) {
    let started_at = Instant::now();
    let mut looks = tokio::time::interval(Duration::from_millis(2));
    while !look().await {
        assert!(started_at.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain: {what}");
        looks.tick().await;
    }
}
