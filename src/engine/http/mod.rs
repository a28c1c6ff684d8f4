//! Requests over HTTP instead of a generator: a load generator of somebody else drives the design.
//!
//! - `wanted`: what a request asks for; `answer`: what it is told. Both pure.
//! - `reception`: between connections and stages; `connection`: one connection; `line`: its socket, and whether answers on it arrived.
//! - `counts`: what is counted of them.

mod answer;
mod connection;
mod counts;
mod line;
pub mod reception;
mod wanted;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;

use self::reception::Reception;
use super::message::{FailureKind, HttpOptions, RunFailure};
use super::pending::Batch;
use crate::report::HttpReport;

/// Connections at the same moment; others wait until one of them ends.
const MOST_CONNECTIONS: usize = 4_096;
/// Files that the program may have open beside them.
const OTHER_FILES: u64 = 1_024;
/// How long a connection may take to end when the run is over.
const HANG_UP_WITHIN: Duration = Duration::from_secs(1);
/// How long to rest when the system gives no connection, mostly for want of file descriptors.
const REST: Duration = Duration::from_millis(10);

/// An address that is held, and where nobody is answered yet.
#[derive(Debug)]
pub struct Door {
    socket: TcpSocket,
    at: SocketAddr,
    lasts: Option<Duration>,
}

/// Serves requests. Dropped, it hangs up.
pub struct Entrance {
    /// Where they come in.
    pub reception: Arc<Reception>,
    at: SocketAddr,
    closing: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Door {
    /// Holds the address, so that nobody else takes it while the servers start.
    ///
    /// # Errors
    /// It is not of this machine's loopback, or can't be had; in words, with the remedy.
    pub fn hold(options: &HttpOptions) -> Result<Self, RunFailure> {
        let HttpOptions { at, lasts } = *options;
        let refused = |why: &dyn std::fmt::Display| {
            let text = format!("no HTTP at {at}: {why}; choose another port, such as 127.0.0.1:0");
            RunFailure::new(FailureKind::Missing, &text)
        };
        if !at.ip().is_loopback() {
            return Err(refused(&"only this machine is served"));
        }
        let hold = || {
            let socket = if at.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
            // A port whose last connections are still remembered by the system can be had.
            socket.set_reuseaddr(true)?;
            socket.bind(at)?;
            let at = socket.local_addr()?;
            Ok(Self { socket, at, lasts })
        };
        hold().map_err(|error: std::io::Error| refused(&error))
    }

    /// How long requests may come; none: until they are stopped.
    pub fn lasts(&self) -> Option<Duration> {
        self.lasts
    }

    /// Lets everybody in from now on. Requests go to the first stage.
    ///
    /// # Errors
    /// Somebody else listens there.
    pub fn open(self, reception: Arc<Reception>, first: mpsc::Sender<Batch>) -> std::io::Result<Entrance> {
        let Self { socket, at, .. } = self;
        allow_files(MOST_CONNECTIONS as u64 + OTHER_FILES);
        let listener = socket.listen(u32::try_from(MOST_CONNECTIONS).unwrap_or(u32::MAX))?;
        let (closing, closed) = watch::channel(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, reception.clone(), closed));
        tasks.spawn(reception.clone().hand_on(first));
        Ok(Entrance { reception, at, closing, tasks })
    }
}

impl Entrance {
    /// Where it is.
    pub fn at(&self) -> SocketAddr {
        self.at
    }

    /// What was counted so far.
    pub fn report(&self) -> HttpReport {
        let requests = self.reception.schedule().offered.load(std::sync::atomic::Ordering::Acquire);
        self.reception.counts.report(&self.at.to_string(), requests)
    }

    /// Hangs up on everybody, once the run is over.
    pub async fn hang_up(&mut self) {
        self.reception.counts.end();
        self.closing.send_replace(true);
        // The first to end is the one that accepts: the other one has no end.
        self.tasks.join_next().await;
        self.tasks.shutdown().await;
    }
}

/// Serves everybody who comes, until `closing` is true and all have ended.
async fn accept(listener: TcpListener, reception: Arc<Reception>, mut closing: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut connections = JoinSet::new();
    let closed = closing.clone();
    loop {
        let accepted = tokio::select! {
            accepted = async {
                let place = places.clone().acquire_owned().await;
                (listener.accept().await, place)
            } => accepted,
            Some(_) = connections.join_next() => continue,
            _ = closing.wait_for(|closing| *closing) => break,
        };
        let (Ok((stream, _)), place) = accepted else {
            tokio::time::sleep(REST).await;
            continue;
        };
        // Answers are small, and whole when they are sent.
        drop(stream.set_nodelay(true));
        reception.counts.connected(connections.len() + 1);
        let serving = connection::serve(stream, reception.clone(), closed.clone());
        connections.spawn(async move {
            serving.await;
            drop(place);
        });
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    drop(tokio::time::timeout(HANG_UP_WITHIN, all).await);
    connections.shutdown().await;
}

/// Raises the number of files that this program may have open, as far as the system lets it. Where that is not enough, connections wait.
fn allow_files(wanted: u64) {
    let now = getrlimit(Resource::Nofile);
    let most = now.maximum.map_or(wanted, |most| wanted.min(most));
    if now.current.is_some_and(|current| current < most) {
        setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum: now.maximum }).ok();
    }
}
