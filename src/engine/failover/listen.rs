//! Hears one Sentinel: every message that it publishes, over a connection that is made again when it breaks.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use redis::{Client, RedisResult};
use tokio::time::timeout;

use super::super::redis_link::Resolver;
use super::log::StageLog;
use crate::metrics::failover::SentinelEvent;
use crate::servers::Endpoint;

/// How long a Sentinel may take to accept a subscription.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long to rest before it is tried again.
const REST: Duration = Duration::from_millis(50);

/// Listens until this is dropped. A switch makes the clients that follow failovers ask this very Sentinel who is master:
/// it knows already, while others learn of it up to a second later.
pub async fn listen(log: Arc<StageLog>, sentinel: Endpoint, index: usize, resolver: Resolver) {
    loop {
        // A Sentinel that is dead or restarted is heard again when it is there again.
        drop(hear(&log, sentinel, index, &resolver).await);
        tokio::time::sleep(REST).await;
    }
}

async fn hear(log: &StageLog, sentinel: Endpoint, index: usize, resolver: &Resolver) -> RedisResult<()> {
    let client = Client::open((sentinel.ip.to_string(), sentinel.port))?;
    let subscribed = async {
        let mut line = client.get_async_pubsub().await?;
        // (https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#pubsub-messages)
        line.psubscribe("*").await?;
        RedisResult::Ok(line)
    };
    let Ok(line) = timeout(PATIENCE, subscribed).await else { return Ok(()) };
    let mut messages = line?.into_on_message();
    while let Some(message) = messages.next().await {
        let text: String = message.get_payload().unwrap_or_default();
        let event = SentinelEvent::parse(message.get_channel_name(), &text);
        let is_switch = event.to.is_some();
        log.heard(event);
        if is_switch {
            resolver.ask_again(index).await;
        }
    }
    Ok(())
}
