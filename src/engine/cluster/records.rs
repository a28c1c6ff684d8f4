//! Records at who holds them: the events of streams, and counters with their flushes.

use redis::{ErrorKind, RedisResult};

use super::super::entry::Event;
use super::super::keys;
use super::super::store::records::Flush;
use super::holder::Holder;

/// Counters asked for at a time.
const CHUNK: usize = 1_000;
/// Events in one answer, and streams that are read side by side.
const EVENTS_AT_ONCE: u64 = 5_000;
const STREAMS_AT_ONCE: usize = 10;

/// A counter as Redis has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HeldCounter {
    /// Increments that no flush has taken.
    pub value: u64,
    /// The flush that is not confirmed: its number and its amount.
    pub flushing: Option<(u64, u64)>,
}

impl Holder {
    /// The events of streams `0..streams`, as id and stream; each as often as it is there.
    ///
    /// # Errors
    /// A server can't be reached.
    pub async fn events(&self, streams: u32) -> RedisResult<Vec<(u64, u32)>> {
        let (mut found, all) = (Vec::new(), (0..streams).collect::<Vec<_>>());
        for chunk in all.chunks(STREAMS_AT_ONCE) {
            let mut open: Vec<(u32, u64)> = chunk.iter().map(|&stream| (stream, 0)).collect();
            while !open.is_empty() {
                let next = |&(stream, from): &(u32, u64)| {
                    let mut range = redis::cmd("LRANGE");
                    range.arg(self.names().stream().of(stream)).arg(from).arg(from + EVENTS_AT_ONCE - 1);
                    (stream, range)
                };
                let answers: Vec<Vec<String>> =
                    self.query(&open.iter().map(next).collect::<Vec<_>>()).await?;
                for ((_, from), texts) in open.iter_mut().zip(&answers) {
                    found.extend(
                        texts
                            .iter()
                            .filter_map(|text| Event::parse(text))
                            .map(|event| (event.id, event.stream)),
                    );
                    *from += EVENTS_AT_ONCE;
                }
                let mut lengths = answers.iter().map(Vec::len);
                open.retain(|_| lengths.next().is_some_and(|length| length as u64 == EVENTS_AT_ONCE));
            }
        }
        Ok(found)
    }

    /// Counters `0..counters`.
    ///
    /// # Errors
    /// A server can't be reached, or has something else there.
    pub async fn counters(&self, counters: u32) -> RedisResult<Vec<HeldCounter>> {
        let (mut found, all) = (Vec::new(), (0..counters).collect::<Vec<_>>());
        let get = |key: String| redis::cmd("GET").arg(key).to_owned();
        for chunk in all.chunks(CHUNK) {
            let both = |&counter: &u32| {
                let (value, flushing) = (self.names().counter(), self.names().flushing());
                [(counter, get(value.of(counter))), (counter, get(flushing.of(counter)))]
            };
            let answers: Vec<Option<String>> =
                self.query(&chunk.iter().flat_map(both).collect::<Vec<_>>()).await?;
            for pair in answers.chunks(2) {
                let value = pair[0].as_deref().map_or(Ok(0), str::parse::<u64>);
                let flushing = pair.get(1).cloned().flatten();
                found.push(HeldCounter {
                    value: value.map_err(|_no_number| odd("a counter is no number"))?,
                    flushing: flushing.map(|text| flush_of(&text)).transpose()?,
                });
            }
        }
        Ok(found)
    }

    /// Takes what counters have, under the number of a flush; where an earlier flush is not confirmed, that one again. What is
    /// taken stays known here until it is [confirmed](Self::confirm).
    ///
    /// # Errors
    /// A server can't be reached. What was taken then is answered the next time.
    pub async fn take_flushes(&self, counters: &[u32], number: u64) -> RedisResult<Vec<Flush>> {
        let names = self.names();
        let take = |&counter: &u32| {
            let mut take = redis::cmd("EVAL");
            take.arg(keys::FLUSH_SCRIPT).arg(2);
            take.arg(names.counter().of(counter)).arg(names.flushing().of(counter)).arg(number);
            (counter, take)
        };
        let mut flushes = Vec::new();
        for chunk in counters.chunks(CHUNK) {
            let answers: Vec<Option<String>> =
                self.query(&chunk.iter().map(take).collect::<Vec<_>>()).await?;
            for (&counter, text) in chunk.iter().zip(answers) {
                if let Some(text) = text {
                    let (number, amount) = flush_of(&text)?;
                    flushes.push(Flush { counter, number, amount });
                }
            }
        }
        Ok(flushes)
    }

    /// Forgets flushes that the database has.
    ///
    /// # Errors
    /// A server can't be reached. What is not forgotten is flushed again, and the database knows it then.
    pub async fn confirm(&self, flushes: &[Flush]) -> RedisResult<()> {
        let confirm = |flush: &Flush| {
            let mut confirm = redis::cmd("EVAL");
            confirm.arg(keys::FLUSHED_SCRIPT).arg(1).arg(self.names().flushing().of(flush.counter));
            confirm.arg(format!("{} {}", flush.number, flush.amount));
            (flush.counter, confirm)
        };
        for chunk in flushes.chunks(CHUNK) {
            self.query::<i64>(&chunk.iter().map(confirm).collect::<Vec<_>>()).await?;
        }
        Ok(())
    }
}

fn flush_of(text: &str) -> RedisResult<(u64, u64)> {
    let parts = text.split_once(' ');
    let numbers = parts.and_then(|(number, amount)| Some((number.parse().ok()?, amount.parse().ok()?)));
    numbers.ok_or_else(|| odd("a flush is no pair of numbers"))
}

fn odd(what: &'static str) -> redis::RedisError {
    (ErrorKind::Client, what).into()
}
