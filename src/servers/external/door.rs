//! The door: a port on 127.0.0.1 behind which there is a server that runs elsewhere.
//!
//! Each connection to the door becomes one to the server, with TLS and login where the address says so. Commands get the prefix on their
//! way out ([`super::keys`]); answers come back as they are. Where Sentinels name the master, each new connection goes to the master of that
//! moment; the old ones end when the server ends them.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, split};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

use super::super::endpoint::Endpoint;
use super::super::port::{PortError, free_listeners};
use super::keys::{Garbled, Prefixer};
use super::server::Server;

/// What is read at a time: a deep pipeline.
const PIECE: usize = 64 * 1024;
/// How long to rest when the system gives no connection, mostly for want of file descriptors.
const REST: Duration = Duration::from_millis(10);

/// An open door. Dropped, it is shut, and every connection ends.
#[derive(Debug)]
pub struct Door {
    endpoint: Endpoint,
    accepting: AbortHandle,
}

impl Door {
    /// Opens it. Call it on a tokio runtime.
    ///
    /// # Errors
    /// There is no free port.
    pub fn open(server: Arc<Server>, prefix: &str) -> Result<Self, PortError> {
        let refused = |last| PortError { wanted: 1, found: 0, last };
        let mut listeners = free_listeners(1)?;
        let (port, listener) = listeners.pop().ok_or_else(|| refused(io::ErrorKind::AddrInUse.into()))?;
        listener.set_nonblocking(true).map_err(refused)?;
        let listener = TcpListener::from_std(listener).map_err(refused)?;
        let accepting = tokio::spawn(accept(listener, server, prefix.to_owned())).abort_handle();
        Ok(Self { endpoint: Endpoint::local(port), accepting })
    }

    /// Where it is.
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        // The connections belong to this task, and end with it.
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, server: Arc<Server>, prefix: String) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
        };
        let Ok((client, _)) = accepted else {
            tokio::time::sleep(REST).await;
            continue;
        };
        let (server, prefixer) = (server.clone(), Prefixer::new(&prefix));
        connections.spawn(async move {
            // Whoever came sees that the connection ends; the reason was told when the run began, or is told by the next look.
            carry(client, &server, prefixer).await.ok();
        });
    }
}

async fn carry(mut client: TcpStream, server: &Server, prefixer: Prefixer) -> io::Result<()> {
    client.set_nodelay(true)?;
    let upstream = server.master().await.map_err(io::Error::other)?;
    let (from_client, mut to_client) = client.split();
    let (from_server, mut to_server) = split(upstream);
    let there = outward(from_client, &mut to_server, prefixer);
    let back = async {
        let mut from_server = BufReader::with_capacity(PIECE, from_server);
        loop {
            let piece = from_server.fill_buf().await?;
            let length = piece.len();
            if length == 0 {
                return Ok(());
            }
            to_client.write_all(piece).await?;
            from_server.consume(length);
        }
    };
    // When one side hangs up, so does the other.
    tokio::select! { ended = there => ended, ended = back => ended }
}

async fn outward(
    mut from_client: impl AsyncReadExt + Unpin,
    to_server: &mut (impl AsyncWriteExt + Unpin),
    mut prefixer: Prefixer,
) -> io::Result<()> {
    let (mut piece, mut out) = (vec![0; PIECE], Vec::with_capacity(PIECE));
    loop {
        let length = from_client.read(&mut piece).await?;
        if length == 0 {
            return Ok(());
        }
        let garbled = |_: Garbled| io::Error::from(io::ErrorKind::InvalidData);
        prefixer.feed(&piece[..length], &mut out).map_err(garbled)?;
        to_server.write_all(&out).await?;
        to_server.flush().await?;
        out.clear();
    }
}
