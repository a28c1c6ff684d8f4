//! Measures how many orders wait in the queue or are in a consumer's hands, twenty times a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use redis::{Pipeline, RedisResult};

use super::dial::Dial;
use super::environment::Environment;
use super::keys;
use super::redis_link::{Connection, LinkSettings};
use crate::metrics::bucket::BUCKET;
use crate::topology::RunPlan;

/// The depth while the server doesn't answer. Not zero, so that nobody takes the queue for empty.
pub const UNKNOWN: u64 = u64::MAX;
/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// A task that keeps `depth` up to date, with the processing lists of all consumers hired so far; none where the plan
/// has no queue.
pub fn of(
    plan: &RunPlan,
    environment: &Environment,
    hired: Arc<Dial<usize>>,
    depth: Arc<AtomicU64>,
) -> Option<impl Future<Output = ()> + Send + 'static> {
    let queue = plan.queue?;
    let connection =
        Connection::new(environment.master(plan.queue_host(queue))?, LinkSettings::new(PATIENCE));
    Some(async move {
        let mut looks = tokio::time::interval(BUCKET / 2);
        loop {
            looks.tick().await;
            let mut pipeline = Pipeline::new();
            pipeline.cmd("LLEN").arg(keys::ORDER_LIST);
            for consumer in 0..hired.get() {
                pipeline.cmd("LLEN").arg(keys::processing(consumer));
            }
            let lengths: RedisResult<Vec<u64>> = connection.query(&pipeline).await;
            depth.store(lengths.map_or(UNKNOWN, |lengths| lengths.iter().sum()), Ordering::Relaxed);
        }
    })
}
