//! Where the keys of a command stand, and how a prefix comes before them. Pure.
//!
//! Commands are arrays of bulk strings (<https://redis.io/docs/latest/develop/reference/protocol-spec/>). Where their keys stand is in the
//! table below, for the commands that a run sends and no others. One that has no row goes on under a name that no server knows: its sender gets
//! an error in its turn, and nothing happens.

use std::ops::Range;

/// Where the keys of a command stand; its name is word 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keys {
    /// It has none.
    None,
    /// One word.
    At(usize),
    /// Words 1 and 2.
    FirstTwo,
    /// All words behind the name.
    All,
    /// All but the last one.
    AllButLast,
    /// Every second one from word 1 on.
    EverySecond,
    /// As many as word 2 says, from word 3 on.
    Counted,
    /// The first half of what follows `STREAMS`.
    Streams,
}

/// The commands that go through.
const TABLE: &[(Keys, &[&str])] = &[
    (
        Keys::None,
        &["PING", "ECHO", "INFO", "ROLE", "WAIT", "MULTI", "EXEC", "DISCARD", "UNWATCH", "TIME", "ASKING"],
    ),
    (
        Keys::At(1),
        &[
            "GET",
            "SET",
            "INCR",
            "INCRBY",
            "DECR",
            "DECRBY",
            "HGET",
            "HSET",
            "HMGET",
            "HGETALL",
            "HLEN",
            "HSCAN",
            "HINCRBY",
            "LPUSH",
            "RPUSH",
            "LPOP",
            "RPOP",
            "LLEN",
            "LRANGE",
            "LINDEX",
            "LTRIM",
            "SADD",
            "EXPIRE",
            "PEXPIRE",
            "XADD",
            "XLEN",
            "XRANGE",
            "XACK",
            "XDEL",
            "XAUTOCLAIM",
        ],
    ),
    (Keys::At(2), &["XGROUP"]),
    (Keys::FirstTwo, &["LMOVE", "BLMOVE", "RENAME"]),
    (Keys::All, &["MGET", "DEL", "UNLINK", "EXISTS", "WATCH"]),
    (Keys::AllButLast, &["BRPOP", "BLPOP"]),
    (Keys::EverySecond, &["MSET"]),
    (Keys::Counted, &["EVAL", "EVALSHA"]),
    (Keys::Streams, &["XREADGROUP"]),
];

/// Commands of which only one kind goes through: name and the word behind it.
const ONLY: &[(&str, &str)] = &[("SCRIPT", "LOAD"), ("CLIENT", "SETINFO"), ("CLUSTER", "NODES")];

/// What stands before the name of a command that has no row.
const REFUSED: &[u8] = b"REFUSED-BY-SECKILL-LAB-";

/// What was sent is no array of bulk strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what was sent is no command")]
pub struct Garbled;

/// Puts a prefix before the keys of one connection's commands.
#[derive(Debug)]
pub struct Prefixer {
    prefix: Vec<u8>,
    /// A command that is not here as a whole.
    rest: Vec<u8>,
    /// The words of the command that is looked at; kept for its room.
    words: Vec<Range<usize>>,
}

impl Prefixer {
    /// With this before each key.
    pub fn new(prefix: &str) -> Self {
        Self { prefix: prefix.as_bytes().to_vec(), rest: Vec::new(), words: Vec::new() }
    }

    /// Takes in what a client sent, and adds to `out` what the server is to get of it: all commands that are whole by now.
    ///
    /// # Errors
    /// What came is no command; the connection is of no more use.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Garbled> {
        let mut rest = std::mem::take(&mut self.rest);
        rest.extend_from_slice(bytes);
        let mut done = 0;
        while let Some(length) = words(&rest[done..], &mut self.words)? {
            self.write(&rest[done..done + length], out);
            done += length;
        }
        rest.drain(..done);
        self.rest = rest;
        Ok(())
    }

    fn write(&self, command: &[u8], out: &mut Vec<u8>) {
        let word = |at: usize| &command[self.words[at].clone()];
        let keys =
            (!self.words.is_empty()).then(|| keys(word(0), self.words.get(1).map(|_| word(1)))).flatten();
        if keys == Some(Keys::None) {
            return out.extend_from_slice(command);
        }
        out.extend_from_slice(format!("*{}\r\n", self.words.len()).as_bytes());
        for at in 0..self.words.len() {
            let before: &[u8] = match keys {
                None if at == 0 => REFUSED,
                Some(keys) if self.is_key(keys, at, command) => &self.prefix,
                _ => &[],
            };
            out.extend_from_slice(format!("${}\r\n", before.len() + word(at).len()).as_bytes());
            out.extend_from_slice(before);
            out.extend_from_slice(word(at));
            out.extend_from_slice(b"\r\n");
        }
    }

    fn is_key(&self, keys: Keys, at: usize, command: &[u8]) -> bool {
        let count = self.words.len();
        match keys {
            Keys::None => false,
            Keys::At(key) => at == key,
            Keys::FirstTwo => at == 1 || at == 2,
            Keys::All => at >= 1,
            Keys::AllButLast => at >= 1 && at + 1 < count,
            Keys::EverySecond => at % 2 == 1,
            Keys::Counted => {
                let counted =
                    self.words.get(2).and_then(|word| std::str::from_utf8(&command[word.clone()]).ok());
                let counted: usize = counted.and_then(|text| text.parse().ok()).unwrap_or(count);
                at >= 3 && at - 3 < counted
            }
            Keys::Streams => {
                let is_it = |word: &Range<usize>| command[word.clone()].eq_ignore_ascii_case(b"STREAMS");
                let first = self.words.iter().position(is_it).map_or(count, |streams| streams + 1);
                at >= first && at < first + (count - first) / 2
            }
        }
    }
}

/// Where the keys of a command stand, by its name and the word behind it; none where it doesn't go through.
fn keys(name: &[u8], behind: Option<&[u8]>) -> Option<Keys> {
    let is_it = |word: &&str| name.eq_ignore_ascii_case(word.as_bytes());
    let row = TABLE.iter().find(|(_, names)| names.iter().any(&is_it));
    let only = |(word, next): &(&str, &str)| {
        is_it(word) && behind.is_some_and(|behind| behind.eq_ignore_ascii_case(next.as_bytes()))
    };
    row.map(|(keys, _)| *keys).or_else(|| ONLY.iter().any(only).then_some(Keys::None))
}

/// Finds the words of the first command. Answers its length; none where it is not here as a whole.
fn words(bytes: &[u8], words: &mut Vec<Range<usize>>) -> Result<Option<usize>, Garbled> {
    words.clear();
    let Some((count, mut at)) = number(bytes, 0, b'*')? else { return Ok(None) };
    for _ in 0..count {
        let Some((length, start)) = number(bytes, at, b'$')? else { return Ok(None) };
        let end = start.checked_add(length).ok_or(Garbled)?;
        if bytes.len() < end.saturating_add(2) {
            return Ok(None);
        }
        words.push(start..end);
        at = end + 2;
    }
    Ok(Some(at))
}

/// The number in a line that begins with a sign, and where the next line begins; none where the line is not here as a whole.
fn number(bytes: &[u8], at: usize, sign: u8) -> Result<Option<(usize, usize)>, Garbled> {
    let Some(&first) = bytes.get(at) else { return Ok(None) };
    if first != sign {
        return Err(Garbled);
    }
    let line = &bytes[at + 1..];
    let Some(end) = line.iter().position(|&byte| byte == b'\n') else {
        return if line.len() > 20 { Err(Garbled) } else { Ok(None) };
    };
    let digits = line[..end].strip_suffix(b"\r").ok_or(Garbled)?;
    let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).ok_or(Garbled)?;
    Ok(Some((number, at + 1 + end + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(command: &str) -> Vec<u8> {
        let words: Vec<&str> = command.split(' ').collect();
        let parts = words.iter().map(|word| format!("${}\r\n{word}\r\n", word.len()));
        format!("*{}\r\n{}", words.len(), parts.collect::<String>()).into_bytes()
    }

    fn sent(bytes: &[u8]) -> Vec<String> {
        let (mut found, mut at, mut ranges) = (Vec::new(), 0, Vec::new());
        while let Some(length) = words(&bytes[at..], &mut ranges).expect("commands") {
            let all =
                ranges.iter().map(|word| String::from_utf8_lossy(&bytes[at..][word.clone()]).into_owned());
            found.push(all.collect::<Vec<_>>().join(" "));
            at += length;
        }
        assert_eq!(at, bytes.len());
        found
    }

    #[test]
    fn each_key_gets_the_prefix_and_nothing_else_does() {
        for (command, goes_out) in [
            ("GET page:1", "GET p:page:1"),
            ("get page:1", "get p:page:1"),
            ("SET a b PX 5", "SET p:a b PX 5"),
            ("MGET a b c", "MGET p:a p:b p:c"),
            ("MSET a 1 b 2", "MSET p:a 1 p:b 2"),
            ("EVALSHA abc 2 goods:1 buyers:1 1 7 0", "EVALSHA abc 2 p:goods:1 p:buyers:1 1 7 0"),
            ("EVAL return 0 key", "EVAL return 0 key"),
            ("BLMOVE a b RIGHT RIGHT 0.1", "BLMOVE p:a p:b RIGHT RIGHT 0.1"),
            ("BRPOP a 0.1", "BRPOP p:a 0.1"),
            ("XGROUP CREATE s g 0 MKSTREAM", "XGROUP CREATE p:s g 0 MKSTREAM"),
            ("XREADGROUP GROUP g c COUNT 5 STREAMS s >", "XREADGROUP GROUP g c COUNT 5 STREAMS p:s >"),
            ("SCRIPT LOAD x", "SCRIPT LOAD x"),
            ("PING", "PING"),
        ] {
            let mut out = Vec::new();
            Prefixer::new("p:").feed(&encoded(command), &mut out).expect("a command");
            assert_eq!(sent(&out), [goes_out]);
        }
    }

    #[test]
    fn what_could_harm_others_does_not_go_out() {
        for command in [
            "FLUSHALL",
            "CONFIG SET maxmemory 1",
            "SCRIPT FLUSH",
            "KEYS *",
            "SCAN 0",
            "SHUTDOWN",
            "CLIENT KILL x",
        ] {
            let mut out = Vec::new();
            Prefixer::new("p:").feed(&encoded(command), &mut out).expect("a command");
            assert!(sent(&out)[0].starts_with("REFUSED-BY-SECKILL-LAB-"), "{:?}", sent(&out));
        }
    }

    #[test]
    fn commands_may_come_in_pieces_of_any_size() {
        let all: Vec<u8> =
            ["GET a", "MGET b c", "PING", "LPUSH list x y"].iter().flat_map(|one| encoded(one)).collect();
        for size in 1..all.len() {
            let (mut prefixer, mut out) = (Prefixer::new("p:"), Vec::new());
            all.chunks(size).for_each(|piece| prefixer.feed(piece, &mut out).expect("commands"));
            assert_eq!(sent(&out), ["GET p:a", "MGET p:b p:c", "PING", "LPUSH p:list x y"], "{size}");
        }
        let mut prefixer = Prefixer::new("p:");
        assert_eq!(prefixer.feed(b"GET a\r\n", &mut Vec::new()), Err(Garbled));
    }
}
