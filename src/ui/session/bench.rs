//! What this machine carries, as the window finds out: it reads what was measured before when it opens, and measures anew when asked.
//! Both happen on threads of their own.

use std::path::PathBuf;
use std::thread::{Builder, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded};
use egui::Context;

use crate::engine::{FailureKind, RunFailure};
use crate::machine::{Capacity, Told, measure};
use crate::servers::binary::SERVER_VARIABLE;
use crate::servers::find;

/// News that may wait for the window.
const NEWS: usize = 64;

/// What is told.
#[derive(Debug)]
pub enum BenchNews {
    /// What was measured before.
    Known(Capacity),
    /// Something while it measures.
    Told(Told),
    /// What was measured will not be there next time: why.
    NotKept(String),
    /// It has ended.
    Ended(Result<Capacity, RunFailure>),
}

/// Hears what is told.
pub type Tell<'a> = &'a mut dyn FnMut(BenchNews);

/// How the machine's figures are come by.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    /// Those that were measured before and still count.
    pub stored: fn() -> Option<Capacity>,
    /// Measures until somebody stops it.
    pub measure: fn(&Receiver<()>, Tell<'_>) -> Result<Capacity, RunFailure>,
}

/// Measures beside the window. Dropped, it stops and leaves no server.
#[derive(Debug, Default)]
pub struct Bench {
    source: Option<Source>,
    news: Option<(Sender<BenchNews>, Receiver<BenchNews>)>,
    under_way: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Bench {
    /// With figures from somewhere.
    pub fn new(source: Source) -> Self {
        Self { source: Some(source), news: Some(bounded(NEWS)), under_way: None }
    }

    /// The real thing.
    pub fn of_user() -> Self {
        Self::new(Source {
            stored: || Capacity::stored(named_server().as_deref()),
            measure: |stop, tell| {
                let server = find(named_server().as_deref(), &|_| {})
                    .map_err(|error| RunFailure::new(FailureKind::Missing, &error))?;
                let capacity = measure(&server, stop, &mut |told| tell(BenchNews::Told(told)))?;
                if let Err(error) = capacity.store() {
                    tell(BenchNews::NotKept(error.to_string()));
                }
                Ok(capacity)
            },
        })
    }

    /// Reads what was measured before; it comes as news.
    pub fn look(&self, ctx: &Context) {
        let (Some(source), Some((sender, _)), ctx) = (self.source, &self.news, ctx.clone()) else { return };
        let sender = sender.clone();
        let look = move || {
            if let Some(capacity) = (source.stored)() {
                drop(sender.send(BenchNews::Known(capacity)));
                ctx.request_repaint();
            }
        };
        // Without a thread nothing is known, as on a machine that was never measured.
        drop(Builder::new().name("capacity".into()).spawn(look));
    }

    /// Measures; how it goes comes as news. Answers whether it began.
    pub fn measure(&mut self, ctx: &Context) -> bool {
        self.end();
        let (Some(source), Some((sender, _)), ctx) = (self.source, &self.news, ctx.clone()) else {
            return false;
        };
        let (stop, stopped) = bounded(1);
        let sender = sender.clone();
        let work = move || {
            let mut tell = |news| {
                // A window that is gone hears nothing.
                drop(sender.send(news));
                ctx.request_repaint();
            };
            let ended = (source.measure)(&stopped, &mut tell);
            tell(BenchNews::Ended(ended));
        };
        self.under_way = Builder::new().name("bench".into()).spawn(work).ok().map(|thread| (stop, thread));
        self.under_way.is_some()
    }

    /// Asks it to end.
    pub fn stop(&self) {
        if let Some((stop, _)) = &self.under_way {
            // One word is enough.
            stop.try_send(()).ok();
        }
    }

    /// The next news, if some wait.
    pub fn news(&self) -> Option<BenchNews> {
        self.news.as_ref()?.1.try_recv().ok()
    }

    fn end(&mut self) {
        self.stop();
        if let Some((_, thread)) = self.under_way.take() {
            drop(thread.join());
        }
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        // Nobody reads any more, and nobody may wait for that.
        self.news = None;
        self.end();
    }
}

/// The server program that the environment names, as the command line takes it.
pub fn named_server() -> Option<PathBuf> {
    std::env::var_os(SERVER_VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from)
}
