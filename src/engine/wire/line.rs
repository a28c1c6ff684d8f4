//! A socket to a server, shared by the pipelines under way on it.
//!
//! Who sends holds the writing half, queues for the reading half before letting go of it, and so reads when all that were sent
//! before have been answered. No task stands between the sender and the socket.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::BytesMut;
use futures_util::poll;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout, timeout_at};

use super::answers::{Answers, Ends, Garbled};
use super::commands::Commands;
use crate::servers::Endpoint;

/// Room for what one read brings in.
const ROOM: usize = 16 * 1_024;

/// A line to a server.
#[derive(Debug)]
pub struct Line {
    writer: Mutex<OwnedWriteHalf>,
    reader: Mutex<Reader>,
    /// Whether an answer is missing: no later one could be told from it.
    is_broken: AtomicBool,
    patience: Duration,
}

#[derive(Debug)]
struct Reader {
    half: OwnedReadHalf,
    buffer: BytesMut,
}

/// Why there are no answers.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// Nothing was sent.
    #[error("the line was closed before anything was sent")]
    NotSent,
    /// It was sent, and no answer came, or not all of them.
    #[error("no answer: {0}")]
    NoAnswer(#[from] io::Error),
}

impl From<LineError> for redis::RedisError {
    fn from(error: LineError) -> Self {
        match error {
            LineError::NotSent => io::Error::from(io::ErrorKind::NotConnected).into(),
            LineError::NoAnswer(source) => source.into(),
        }
    }
}

impl Line {
    /// Connects within a time. An answer may take `patience`.
    ///
    /// # Errors
    /// Nobody answers there.
    pub async fn connect(endpoint: Endpoint, within: Duration, patience: Duration) -> io::Result<Self> {
        let stream = timeout(within, TcpStream::connect(endpoint.socket_addr())).await??;
        stream.set_nodelay(true)?;
        let (half, writer) = stream.into_split();
        let reader = Reader { half, buffer: BytesMut::with_capacity(ROOM) };
        Ok(Self {
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
            is_broken: AtomicBool::new(false),
            patience,
        })
    }

    /// Sends commands and reads as many answers.
    ///
    /// # Errors
    /// The line is closed, or an answer took too long. After that it is broken for everybody.
    pub async fn ask(&self, commands: &Commands) -> Result<Answers, LineError> {
        let mut unfinished = Unfinished { line: self, is_sent: false, is_answered: false };
        let answer_by = Instant::now() + self.patience;
        let mut turn = std::pin::pin!(self.reader.lock());
        let first = {
            let mut writer = self.writer.lock().await;
            if self.is_broken() || self.is_closed() {
                return Err(LineError::NotSent);
            }
            unfinished.is_sent = true;
            within(answer_by, writer.write_all(commands.bytes())).await?;
            // The first poll takes a place in the queue for the reader, which is served in order.
            poll!(turn.as_mut())
        };
        let read = async {
            let mut reader = match first {
                std::task::Poll::Ready(reader) => reader,
                std::task::Poll::Pending => turn.await,
            };
            if self.is_broken() {
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            reader.read(commands.len()).await
        };
        let answers = within(answer_by, read).await?;
        unfinished.is_answered = true;
        Ok(answers)
    }

    /// Whether it is of no more use.
    pub fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::Acquire)
    }

    /// Whether the server has hung up on an idle line. Asks the system only if the runtime was told that something came.
    fn is_closed(&self) -> bool {
        let Ok(mut reader) = self.reader.try_lock() else { return false };
        let Reader { half, buffer } = &mut *reader;
        // Nobody has asked anything: whatever comes now, the line can't be used any more.
        let is_quiet =
            matches!(half.try_read_buf(buffer), Err(error) if error.kind() == io::ErrorKind::WouldBlock);
        if !is_quiet {
            self.is_broken.store(true, Ordering::Release);
        }
        !is_quiet
    }
}

impl Reader {
    async fn read(&mut self, count: usize) -> io::Result<Answers> {
        let mut ends = Ends::of(count);
        let garbled = |_: Garbled| io::Error::from(io::ErrorKind::InvalidData);
        while !ends.look(&self.buffer).map_err(garbled)? {
            self.buffer.reserve(ROOM);
            if self.half.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(ends.take(&mut self.buffer))
    }
}

/// A pipeline under way. If it ends without its answers, however that comes, the line is broken.
struct Unfinished<'a> {
    line: &'a Line,
    is_sent: bool,
    is_answered: bool,
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if self.is_sent && !self.is_answered {
            self.line.is_broken.store(true, Ordering::Release);
        }
    }
}

async fn within<T>(until: Instant, doing: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout_at(until, doing).await?
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::Reply;
    use super::*;
    use crate::servers::{NodeSettings, RedisNode, RunFolder, find};
    use tokio::net::TcpListener;

    const PATIENCE: Duration = Duration::from_secs(5);

    fn echo(text: &str) -> Commands {
        let mut commands = Commands::default();
        commands.command(2).word("ECHO").word(text);
        commands
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn pipelines_of_many_at_a_time_each_get_their_own_answers() {
        let binary = find(None, &|_| {}).expect("a server program");
        let folder = RunFolder::create().expect("a folder");
        let node = RedisNode::start(&binary, &folder, NodeSettings::new("wire")).await.expect("a server");
        let line = Arc::new(Line::connect(node.endpoint(), PATIENCE, PATIENCE).await.expect("a line"));
        let askers = (0..20).map(|asker| {
            let line = line.clone();
            tokio::spawn(async move {
                for turn in 0..200 {
                    let mut commands = Commands::default();
                    let texts: Vec<String> =
                        (0..=turn % 7).map(|part| format!("{asker} {turn} {part}")).collect();
                    for text in &texts {
                        commands.command(2).word("ECHO").word(text);
                    }
                    let answers = line.ask(&commands).await.expect("answers");
                    let said: Vec<Reply<'_>> = answers.iter().collect();
                    let sent: Vec<Reply<'_>> =
                        texts.iter().map(|text| Reply::Text(text.as_bytes())).collect();
                    assert_eq!(said, sent);
                }
            })
        });
        for asker in askers.collect::<Vec<_>>() {
            asker.await.expect("it was answered");
        }
    }

    #[tokio::test]
    async fn a_line_that_was_hung_up_sends_nothing() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = Endpoint::from(listener.local_addr().expect("an address"));
        let line = Line::connect(endpoint, PATIENCE, PATIENCE).await.expect("a line");
        drop(listener.accept().await.expect("it comes"));
        line.reader.lock().await.half.readable().await.expect("the news arrives");
        assert!(matches!(line.ask(&echo("a")).await, Err(LineError::NotSent)));
        assert!(line.is_broken());
    }

    #[tokio::test]
    async fn an_answer_that_does_not_come_in_time_breaks_the_line_for_all() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = Endpoint::from(listener.local_addr().expect("an address"));
        let line = Line::connect(endpoint, PATIENCE, Duration::from_millis(20)).await.expect("a line");
        let _silent = listener.accept().await.expect("it comes");
        let (one, commands) = (echo("a"), echo("b"));
        let (one, other) = tokio::join!(line.ask(&one), line.ask(&commands));
        assert!(matches!(one, Err(LineError::NoAnswer(_))), "{one:?}");
        assert!(matches!(other, Err(LineError::NoAnswer(_))), "{other:?}");
        assert!(matches!(line.ask(&echo("c")).await, Err(LineError::NotSent)));
    }

    #[tokio::test]
    async fn a_pipeline_that_is_given_up_breaks_the_line() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = Endpoint::from(listener.local_addr().expect("an address"));
        let line = Line::connect(endpoint, PATIENCE, PATIENCE).await.expect("a line");
        let _silent = listener.accept().await.expect("it comes");
        let commands = echo("a");
        let mut asked = Box::pin(line.ask(&commands));
        assert!(poll!(asked.as_mut()).is_pending());
        drop(asked);
        assert!(line.is_broken());
    }
}
