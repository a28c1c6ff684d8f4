//! A TCP proxy before a Redis process: its link to everybody else, which can be cut, reset, slowed, throttled and mended.
//!
//! - [`link`]: the state of a link, and its controls; `bucket`: what may be carried just now over one with a rate.
//! - `handshake`: tells a replica, which connects to its master, from a client.
//! - `pump`: one direction of one connection, with its delay line.
//!
//! One proxy stands before each data process of a group and its address is the only one announced. Whoever wants the
//! process comes through its proxy: clients, Sentinels, and the replicas of a master. A process also *goes out*, but only
//! as a replica, to its master's proxy; there it is recognised, and from then on its own link counts as well.

mod bucket;
mod handshake;
pub mod link;
mod pump;

use std::future::Future;
use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use handshake::Handshake;
use link::Direction;
pub use link::{Link, LinkState};
use pump::{Pace, pump};

use super::accept::{Served, hold};
use super::endpoint::Endpoint;
use super::port::PortError;

/// A proxy before one process. Dropped, it closes its port and drops every connection.
#[derive(Debug)]
pub struct Proxy {
    port: Served,
    server: Arc<OnceLock<Endpoint>>,
    link: Link,
}

/// Open files that the program may need: a connection through a proxy takes three, where the usual limit is 1024.
const FILES: u64 = 8_192;

/// Who may come to the proxies of a group: the port that each process announces, and its link.
type Peers = Arc<[(u16, Link)]>;

/// What one connection goes through: the link of the server, and that of the client where it is a replica.
struct Way {
    server: Link,
    replica: OnceLock<Link>,
    /// Blown when one of them is cut.
    fuse: Arc<Notify>,
    peers: Peers,
}

/// Opens the proxies of a group, each on a port of its own, which it holds from now on. They turn everybody away until
/// they are told by [`Proxy::lead_to`] where their process listens. Call it on a tokio runtime.
///
/// # Errors
/// There are not that many free ports.
pub fn open(count: usize) -> Result<Vec<Proxy>, PortError> {
    allow_files();
    let held = hold(count)?;
    let peers: Peers = held.iter().map(|held| (held.endpoint().port, Link::default())).collect();
    let proxies = held.into_iter().zip(peers.iter()).map(|(held, (_, link))| {
        let server = Arc::new(OnceLock::new());
        let to = (server.clone(), link.clone(), peers.clone());
        let port = held.serve(move |client| turn_in(client, &to.0, &to.1, &to.2));
        Proxy { port, server, link: link.clone() }
    });
    Ok(proxies.collect())
}

/// Raises the program's limit of open files as far as it may, and never lowers it.
fn allow_files() {
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(FILES, |maximum| maximum.min(FILES));
    if limit.current.is_some_and(|current| current < wanted) {
        // Where the system refuses, connections fail one by one, and the run says so.
        setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), ..limit }).ok();
    }
}

impl Proxy {
    /// Where it listens.
    pub fn endpoint(&self) -> Endpoint {
        self.port.endpoint()
    }

    /// Tells it where its process listens. The first word counts: a process keeps its port over restarts.
    pub fn lead_to(&self, server: Endpoint) {
        self.server.get_or_init(|| server);
    }

    /// The link that it stands for.
    pub fn link(&self) -> &Link {
        &self.link
    }
}

/// Leads a client to the process, as long as that is known and the link carries something; everybody else is turned away.
fn turn_in(
    client: TcpStream,
    server: &OnceLock<Endpoint>,
    link: &Link,
    peers: &Peers,
) -> Option<impl Future<Output = ()> + Send + use<>> {
    let way = Way {
        server: link.clone(),
        replica: OnceLock::new(),
        fuse: Arc::new(Notify::new()),
        peers: peers.clone(),
    };
    let Some(&server) = server.get().filter(|_| link.carry(&way.fuse)) else {
        reset(&client);
        return None;
    };
    Some(connect(client, server, way))
}

async fn connect(mut client: TcpStream, server: Endpoint, way: Way) {
    let Ok(mut server) = TcpStream::connect(server.socket_addr()).await else { return reset(&client) };
    // The proxy must not hold back what its two ends send at once.
    if client.set_nodelay(true).and(server.set_nodelay(true)).is_err() {
        return;
    }
    let cut = tokio::select! {
        biased;
        () = way.fuse.notified() => true,
        ended = carry(&mut client, &mut server, &way) => ended.is_err(),
    };
    if cut {
        reset(&client);
        reset(&server);
    }
}

/// Carries both directions until both have ended, or one has failed.
fn carry(
    client: &mut TcpStream,
    server: &mut TcpStream,
    way: &Way,
) -> impl Future<Output = io::Result<((), ())>> {
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
        (client.split(), server.split());
    let mut handshake = Handshake::default();
    async move {
        let there = pump(&mut from_client, &mut to_server, way.pace(Direction::In), |bytes| {
            way.look(&mut handshake, bytes)
        });
        let back = pump(&mut from_server, &mut to_client, way.pace(Direction::Out), |_| Ok(()));
        tokio::try_join!(there, back)
    }
}

/// Lets a connection end with a reset when it is dropped, and what the system still holds of it be lost.
fn reset(stream: &TcpStream) {
    // Where it fails, the connection is gone already.
    stream.set_zero_linger().ok();
}

/// One direction of a connection: to the server, or from it.
struct Lane<'a> {
    way: &'a Way,
    direction: Direction,
}

impl Pace for Lane<'_> {
    fn delay(&self) -> Duration {
        self.way.server.delay() + self.way.replica.get().map_or(Duration::ZERO, Link::delay)
    }

    fn is_throttled(&self) -> bool {
        self.way.server.is_throttled() || self.way.replica.get().is_some_and(Link::is_throttled)
    }

    /// What both links have room for. What goes in at the server's comes out of the replica's.
    fn allow(&self, wanted: usize) -> usize {
        let allowed = self.way.server.allow(self.direction, wanted);
        let Some(replica) = self.way.replica.get().filter(|_| allowed > 0) else { return allowed };
        let both = replica.allow(self.direction.turned(), allowed);
        self.way.server.give_back(self.direction, allowed - both);
        both
    }

    fn note(&self, change: i64) {
        if self.direction == Direction::In {
            self.way.server.note(change);
        }
    }
}

impl Way {
    fn pace(&self, direction: Direction) -> Lane<'_> {
        Lane { way: self, direction }
    }

    /// Looks into what a client sends first. A replica's own link counts as well.
    ///
    /// # Errors
    /// That link is cut.
    fn look(&self, handshake: &mut Handshake, bytes: &[u8]) -> io::Result<()> {
        let Some(port) = handshake.replica(bytes) else { return Ok(()) };
        let Some((_, link)) = self.peers.iter().find(|(announced, _)| *announced == port) else {
            return Ok(());
        };
        let link = self.replica.get_or_init(|| link.clone());
        if link.carry(&self.fuse) { Ok(()) } else { Err(io::ErrorKind::ConnectionReset.into()) }
    }
}
