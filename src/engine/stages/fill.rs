//! Cache-aside for readers' own pages: what the database answered is written to the Redis in front of it, to stay there for a while.
//!
//! The answer doesn't wait for that. Nothing takes a page back when its reader buys something: it is out of date until its time is up.

use std::time::Duration;

use redis::Value;
use tokio::sync::mpsc;

use super::super::cluster::Holder;
use super::super::trouble::Troubles;

/// Pages on their way to Redis; one that finds no room is not kept, and asked for again.
const WAITING: usize = 10_000;
/// Pages written together.
const AT_ONCE: usize = 256;

/// Where pages are handed in.
#[derive(Debug, Clone)]
pub struct Filler(mpsc::Sender<(u32, String)>);

impl Filler {
    /// A filler, and the work to be done for it: pages stay at `holder` for `ttl`.
    pub fn new(holder: Holder, ttl: Duration, troubles: Troubles) -> (Self, impl Future<Output = ()> + Send) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self(sender), fill(receiver, holder, ttl, troubles))
    }

    /// Hands a page in, by its number.
    pub fn keep(&self, number: u32, page: String) {
        // Without room it is not kept: then the next reader finds it missing again.
        drop(self.0.try_send((number, page)));
    }
}

async fn fill(mut pages: mpsc::Receiver<(u32, String)>, holder: Holder, ttl: Duration, troubles: Troubles) {
    let ttl_ms = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).max(1);
    let mut batch = Vec::with_capacity(AT_ONCE);
    while pages.recv_many(&mut batch, AT_ONCE).await > 0 {
        let set = |(number, page): (u32, String)| {
            let mut set = redis::cmd("SET");
            set.arg(holder.names().page().of(number)).arg(page).arg("PX").arg(ttl_ms);
            (number, set)
        };
        let commands: Vec<_> = batch.drain(..).map(set).collect();
        if let Err(error) = holder.query::<Value>(&commands).await {
            troubles.note("pages could not be written to the cache", &error);
        }
    }
}
