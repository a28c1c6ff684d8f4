//! A connection as a socket, and what is known of the last answer on it: whether its client got it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::counts::Counts;

/// There is no last answer.
const NONE: usize = usize::MAX;

/// The last answer on a connection. It is counted when it is known what became of it: the client asks again, hangs up in order, or breaks
/// the connection.
#[derive(Debug)]
pub struct LastAnswer {
    /// The place of its status.
    place: AtomicUsize,
    /// Whether anything was sent since it was given.
    is_sent: AtomicBool,
    is_broken: AtomicBool,
}

impl LastAnswer {
    /// Of a new connection.
    pub fn none() -> Self {
        Self {
            place: AtomicUsize::new(NONE),
            is_sent: AtomicBool::new(false),
            is_broken: AtomicBool::new(false),
        }
    }

    /// An answer is given to the connection.
    pub fn give(&self, place: usize) {
        self.is_sent.store(false, Ordering::Relaxed);
        self.place.store(place, Ordering::Relaxed);
    }

    /// Counts it: who asks again, or hangs up in order, has got it.
    pub fn settle(&self, counts: &Counts) {
        let place = self.place.swap(NONE, Ordering::Relaxed);
        if place == NONE {
            return;
        }
        if self.is_sent.load(Ordering::Relaxed) && !self.is_broken.load(Ordering::Relaxed) {
            counts.answered(place);
        } else {
            counts.gone();
        }
    }
}

/// The socket of a connection; it notes whether it broke. Who closes a socket with something unread in it resets the connection, and so does one
/// who is sent something after that.
pub struct Line {
    stream: TcpStream,
    last: Arc<LastAnswer>,
}

impl Line {
    /// A connection on which nothing was said.
    pub fn new(stream: TcpStream, last: Arc<LastAnswer>) -> Self {
        Self { stream, last }
    }

    fn broke(&self) {
        self.last.is_broken.store(true, Ordering::Relaxed);
    }

    /// An error that reading doesn't tell, because the client had hung up before.
    fn look(&self) {
        if !matches!(self.stream.take_error(), Ok(None)) {
            self.broke();
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let read = ready!(Pin::new(&mut self.stream).poll_read(cx, into));
        match &read {
            Err(_) => self.broke(),
            Ok(()) if into.filled().len() == before => self.look(),
            Ok(()) => {}
        }
        Poll::Ready(read)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, bytes));
        match &written {
            Ok(_) => self.last.is_sent.store(true, Ordering::Relaxed),
            Err(_) => self.broke(),
        }
        Poll::Ready(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write_vectored(cx, slices));
        match &written {
            Ok(_) => self.last.is_sent.store(true, Ordering::Relaxed),
            Err(_) => self.broke(),
        }
        Poll::Ready(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.look();
    }
}
