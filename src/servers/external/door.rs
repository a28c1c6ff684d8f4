//! The door: a port on 127.0.0.1 behind which there is a server that runs elsewhere.
//!
//! Each connection to the door becomes one to the server, with TLS and login where the address says so. Commands get the prefix on their
//! way out ([`super::keys`]); answers come back as they are. Where Sentinels name the master, each new connection goes to the master of that
//! moment; the old ones end when the server ends them.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, split};
use tokio::net::TcpStream;

use super::super::accept::{Served, hold_one};
use super::super::endpoint::Endpoint;
use super::super::port::PortError;
use super::keys::{Garbled, Prefixer};
use super::server::Server;

/// What is read at a time: a deep pipeline.
const PIECE: usize = 64 * 1024;
/// An open door. Dropped, it is shut, and every connection ends.
#[derive(Debug)]
pub struct Door(Served);

impl Door {
    /// Opens it. Call it on a tokio runtime.
    ///
    /// # Errors
    /// There is no free port.
    pub fn open(server: &Arc<Server>, prefix: &str) -> Result<Self, PortError> {
        let (server, prefix) = (server.clone(), prefix.to_owned());
        let serve = move |client| {
            let (server, prefixer) = (server.clone(), Prefixer::new(&prefix));
            // Whoever came sees that the connection ends; the reason was told when the run began, or is told by the next look.
            Some(async move { drop(carry(client, &server, prefixer).await) })
        };
        Ok(Self(hold_one()?.serve(serve)))
    }

    /// Where it is.
    pub fn endpoint(&self) -> Endpoint {
        self.0.endpoint()
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
