//! Cache-aside: what the database answered is written to the Redis in front of it, to stay there for a while.
//!
//! The answer doesn't wait for that. Nothing takes a reader's own page back when its reader buys something: it is out of date until its
//! time is up. The page of a product is dropped by data control when it changes.

use std::time::Duration;

use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;
use redis::Value;
use tokio::sync::mpsc;

use super::super::cluster::Holder;
use super::super::page_life::{ABSENT, PageLife};
use super::super::trouble::Troubles;

/// Pages on their way to Redis; one that finds no room is not kept, and asked for again.
const WAITING: usize = 10_000;
/// Pages written together.
const AT_ONCE: usize = 256;

/// What is kept, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Lives {
    /// Of pages; none: they are not kept.
    pub page: Option<PageLife>,
    /// Of the word that there is no such page; none: it is not kept.
    pub absence: Option<Duration>,
    /// Seed of the lots.
    pub seed: u64,
}

/// Where pages are handed in.
#[derive(Debug, Clone)]
pub struct Filler {
    pages: mpsc::Sender<(u32, Option<String>)>,
    keeps_pages: bool,
    keeps_absences: bool,
}

impl Filler {
    /// A filler, and the work to be done for it at `holder`.
    pub fn new(holder: Holder, lives: Lives, troubles: Troubles) -> (Self, impl Future<Output = ()> + Send) {
        let (pages, receiver) = mpsc::channel(WAITING);
        let (keeps_pages, keeps_absences) = (lives.page.is_some(), lives.absence.is_some());
        (Self { pages, keeps_pages, keeps_absences }, fill(receiver, holder, lives, troubles))
    }

    /// Hands a page in, by its number.
    pub fn keep(&self, number: u32, page: String) {
        if self.keeps_pages {
            self.send(number, Some(page));
        }
    }

    /// Hands in that there is no page of this number.
    pub fn keep_absence(&self, number: u32) {
        if self.keeps_absences {
            self.send(number, None);
        }
    }

    fn send(&self, number: u32, page: Option<String>) {
        // Without room it is not kept: then the next reader finds it missing again.
        drop(self.pages.try_send((number, page)));
    }
}

async fn fill(
    mut pages: mpsc::Receiver<(u32, Option<String>)>,
    holder: Holder,
    lives: Lives,
    troubles: Troubles,
) {
    let mut lot = Pcg64Mcg::seed_from_u64(lives.seed);
    let absence = lives.absence.map(|ttl| PageLife { ttl, jitter: 0.0 });
    let mut batch = Vec::with_capacity(AT_ONCE);
    while pages.recv_many(&mut batch, AT_ONCE).await > 0 {
        let set = |(number, page): (u32, Option<String>)| {
            let life = if page.is_some() { lives.page } else { absence }?;
            let mut set = redis::cmd("SET");
            set.arg(holder.names().page().of(number)).arg(page.as_deref().unwrap_or(ABSENT));
            set.arg("PX").arg(life.draw_ms(&mut lot));
            Some((number, set))
        };
        let commands: Vec<_> = batch.drain(..).filter_map(set).collect();
        if let Err(error) = holder.query::<Value>(&commands).await {
            troubles.note("pages could not be written to the cache", &error);
        }
    }
}
