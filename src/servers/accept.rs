//! A port of this program on 127.0.0.1 at which connections are served, one task each.

use std::io;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

use super::endpoint::Endpoint;
use super::port::{PortError, free_listeners};

/// How long to rest when the system gives no connection, mostly for want of file descriptors.
const REST: Duration = Duration::from_millis(10);

/// A port that is held, and where nobody is served yet.
#[derive(Debug)]
pub(super) struct Held {
    endpoint: Endpoint,
    listener: TcpListener,
}

/// A port where connections are served. Dropped, it is closed, and every connection ends.
#[derive(Debug)]
pub(super) struct Served {
    endpoint: Endpoint,
    accepting: AbortHandle,
}

/// Holds `count` ports. Call it on a tokio runtime.
///
/// # Errors
/// There are not that many free ports.
pub(super) fn hold(count: usize) -> Result<Vec<Held>, PortError> {
    let refused = |last| PortError { wanted: count, found: 0, last };
    let mut held = Vec::with_capacity(count);
    for (port, listener) in free_listeners(count)? {
        listener.set_nonblocking(true).map_err(refused)?;
        let listener = TcpListener::from_std(listener).map_err(refused)?;
        held.push(Held { endpoint: Endpoint::local(port), listener });
    }
    Ok(held)
}

/// Holds one port. Call it on a tokio runtime.
///
/// # Errors
/// There is no free port.
pub(super) fn hold_one() -> Result<Held, PortError> {
    let none = || PortError { wanted: 1, found: 0, last: io::ErrorKind::AddrInUse.into() };
    hold(1)?.pop().ok_or_else(none)
}

impl Held {
    /// Where it is.
    pub(super) fn endpoint(&self) -> Endpoint {
        self.endpoint
    }

    /// Serves everybody who comes from now on, as `serve` says; who gets no answer from it is sent away.
    pub(super) fn serve<F>(self, serve: impl FnMut(TcpStream) -> Option<F> + Send + 'static) -> Served
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let accepting = tokio::spawn(accept(self.listener, serve)).abort_handle();
        Served { endpoint: self.endpoint, accepting }
    }
}

impl Served {
    /// Where it is.
    pub(super) fn endpoint(&self) -> Endpoint {
        self.endpoint
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // The connections belong to this task, and end with it.
        self.accepting.abort();
    }
}

async fn accept<F>(listener: TcpListener, mut serve: impl FnMut(TcpStream) -> Option<F>)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        let accepted: io::Result<_> = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
        };
        match accepted {
            Ok((client, _)) => {
                if let Some(serving) = serve(client) {
                    connections.spawn(serving);
                }
            }
            Err(_) => tokio::time::sleep(REST).await,
        }
    }
}
