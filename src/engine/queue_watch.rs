//! Measures how many orders wait in the queue or are in a consumer's hands, ten times a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::audit::gather::backlog;
use super::environment::Environment;
use super::redis_link::{Connection, LinkSettings};
use crate::metrics::bucket::BUCKET;
use crate::topology::RunPlan;
use crate::topology::stage::StageKind;

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// A task that keeps `depth` up to date; none where the plan has no queue.
pub fn of(
    plan: &RunPlan,
    environment: &Environment,
    depth: Arc<AtomicU64>,
) -> Option<impl Future<Output = ()> + Send + 'static> {
    let queue = plan.queue?;
    let StageKind::Queue(params) = &plan.topology.stages[queue].kind else { return None };
    let consumers = params.consumers as usize;
    let connection =
        Connection::new(environment.master(plan.queue_host(queue))?, LinkSettings::new(PATIENCE));
    Some(async move {
        let mut looks = tokio::time::interval(BUCKET / 2);
        loop {
            looks.tick().await;
            let Ok(line) = connection.line().await else { continue };
            match backlog(&mut line.handle.clone(), consumers).await {
                Ok(count) => depth.store(count, Ordering::Relaxed),
                Err(_) => connection.give_up(&line).await,
            }
        }
    })
}
