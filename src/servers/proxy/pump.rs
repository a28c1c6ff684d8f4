//! One direction of one connection.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::time::{Instant, sleep_until};

/// What is read at a time: a deep pipeline.
const PIECE: usize = 64 * 1024;
/// What a delay line may hold. Beyond it nothing is read for a while, as with a window that is full: at the longest delay
/// of 10 s that is still 25 MiB a second.
const LINE: usize = 256 * 1024 * 1024;

/// What is under way, in order, each piece with the moment at which it arrives.
#[derive(Default)]
struct DelayLine {
    pieces: VecDeque<(Instant, Vec<u8>)>,
    bytes: usize,
}

impl DelayLine {
    fn push(&mut self, bytes: &[u8], delay: Duration) {
        let due = Instant::now() + delay;
        // Nothing overtakes what was sent before a link became quicker.
        let due = self.pieces.back().map_or(due, |(last, _)| due.max(*last));
        self.bytes += bytes.len();
        self.pieces.push_back((due, bytes.to_vec()));
    }

    /// The next piece, when it is due. It stays in the line if this is given up before.
    async fn next(&mut self) -> Vec<u8> {
        if let Some((due, _)) = self.pieces.front() {
            sleep_until(*due).await;
        }
        let piece = self.pieces.pop_front().map(|(_, piece)| piece).unwrap_or_default();
        self.bytes -= piece.len();
        piece
    }
}

/// Carries what is read to the writer, each piece later by the delay at the moment of its reading. A delay line and not a
/// sleep after each read: pieces follow each other as they came. Every piece is shown to `look` before it is carried.
///
/// # Errors
/// One of the ends is gone, or `look` objects.
pub(super) async fn pump(
    reader: &mut ReadHalf<'_>,
    writer: &mut WriteHalf<'_>,
    delay: impl Fn() -> Duration,
    mut look: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut line = DelayLine::default();
    let mut buffer = vec![0; PIECE];
    let mut has_ended = false;
    loop {
        let (is_empty, has_room) = (line.pieces.is_empty(), line.bytes < LINE);
        tokio::select! {
            biased;
            piece = line.next(), if !is_empty => writer.write_all(&piece).await?,
            count = reader.read(&mut buffer), if !has_ended && has_room => {
                let piece = &buffer[..count?];
                has_ended = piece.is_empty();
                look(piece)?;
                let delay = delay();
                if is_empty && delay.is_zero() {
                    writer.write_all(piece).await?;
                } else {
                    line.push(piece, delay);
                }
            }
            else => return writer.shutdown().await,
        }
    }
}
