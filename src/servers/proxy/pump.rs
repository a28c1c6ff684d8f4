//! One direction of one connection.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::time::{Instant, sleep, sleep_until};

/// What is read at a time: a deep pipeline.
const PIECE: usize = 64 * 1024;
/// What a delay line may hold. Beyond it nothing is read for a while, as with a window that is full: at the longest delay
/// of 10 s that is still 25 MiB a second.
const LINE: usize = 256 * 1024 * 1024;
/// How often what waits at a throttled link is looked at: as often as a tick of the generator, and soon enough to see that
/// the link was mended.
const LOOK: Duration = Duration::from_millis(1);

/// What the links on the way of a connection do with one of its directions.
pub(super) trait Pace {
    /// How much later a piece arrives that is carried now.
    fn delay(&self) -> Duration;
    /// Whether only so much is carried per second now.
    fn is_throttled(&self) -> bool;
    /// How many of `wanted` bytes may go on now; they count as carried.
    fn allow(&self, wanted: usize) -> usize;
    /// So many bytes more are under way, or less.
    fn note(&self, change: i64);
}

/// What is under way, in order, each piece with the moment at which it arrives.
struct DelayLine<'a, P: Pace> {
    pieces: VecDeque<(Instant, Vec<u8>)>,
    bytes: usize,
    pace: &'a P,
}

impl<'a, P: Pace> DelayLine<'a, P> {
    fn new(pace: &'a P) -> Self {
        Self { pieces: VecDeque::new(), bytes: 0, pace }
    }

    fn push(&mut self, bytes: &[u8], delay: Duration) {
        let due = Instant::now() + delay;
        // Nothing overtakes what was sent before a link became quicker.
        let due = self.pieces.back().map_or(due, |(last, _)| due.max(*last));
        self.bytes += bytes.len();
        self.pace.note(count(bytes.len()));
        self.pieces.push_back((due, bytes.to_vec()));
    }

    /// The next piece, when it is due. It stays in the line if this is given up before.
    async fn next(&mut self) -> Vec<u8> {
        if let Some((due, _)) = self.pieces.front() {
            sleep_until(*due).await;
        }
        let piece = self.pieces.pop_front().map(|(_, piece)| piece).unwrap_or_default();
        self.bytes -= piece.len();
        self.pace.note(-count(piece.len()));
        piece
    }
}

impl<P: Pace> Drop for DelayLine<'_, P> {
    fn drop(&mut self) {
        self.pace.note(-count(self.bytes));
    }
}

fn count(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// How many of `waiting` bytes may go on, as soon as some may. Nothing is lost if this is given up before.
async fn allowed(pace: &impl Pace, waiting: usize) -> usize {
    loop {
        match pace.allow(waiting) {
            0 => sleep(LOOK).await,
            bytes => return bytes,
        }
    }
}

/// Carries what is read to the writer, each piece later by the delay at the moment when it goes on. A delay line and not a
/// sleep after each read: pieces follow each other as they came. At a throttled link a piece waits in front of the delay
/// line and goes on part by part; nothing more is read meanwhile, so that the sender is held up as by a slow network.
/// Every piece is shown to `look` before it is carried.
///
/// # Errors
/// One of the ends is gone, or `look` objects.
pub(super) async fn pump(
    reader: &mut ReadHalf<'_>,
    writer: &mut WriteHalf<'_>,
    pace: impl Pace,
    mut look: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut line = DelayLine::new(&pace);
    let mut buffer = vec![0; PIECE];
    // What of the buffer waits at a throttled link.
    let mut waiting = 0..0;
    let mut has_ended = false;
    loop {
        let (is_empty, has_room) = (line.pieces.is_empty(), line.bytes < LINE);
        let may_read = !has_ended && has_room && waiting.is_empty();
        tokio::select! {
            biased;
            piece = line.next(), if !is_empty => writer.write_all(&piece).await?,
            bytes = allowed(&pace, waiting.len()), if !waiting.is_empty() => {
                let end = waiting.start + bytes;
                line.push(&buffer[waiting.start..end], pace.delay());
                waiting.start = end;
            }
            count = reader.read(&mut buffer), if may_read => {
                let count = count?;
                has_ended = count == 0;
                look(&buffer[..count])?;
                let delay = pace.delay();
                if pace.is_throttled() {
                    waiting = 0..count;
                } else if is_empty && delay.is_zero() {
                    writer.write_all(&buffer[..count]).await?;
                } else {
                    line.push(&buffer[..count], delay);
                }
            }
            else => return writer.shutdown().await,
        }
    }
}
