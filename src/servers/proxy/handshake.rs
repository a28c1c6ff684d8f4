//! Tells a replica, which connects to its master, from a client.

use std::str;

/// A replica says its port within its first commands (`syncWithMaster` in `replication.c`): `PING`, `AUTH` where there is a
/// password, then `REPLCONF listening-port <port>`, the port that it announces. Whoever has said more is none.
const LOOKED_AT: usize = 1024;

/// What a client has said so far, as long as that may be the handshake of a replica.
#[derive(Debug)]
pub(super) struct Handshake(Option<Vec<u8>>);

/// What the first bytes show.
#[derive(Debug, PartialEq, Eq)]
enum Shown {
    /// Not enough yet.
    Nothing,
    /// Not a replica.
    Client,
    /// A replica that announces this port.
    Replica(u16),
}

impl Default for Handshake {
    fn default() -> Self {
        Self(Some(Vec::new()))
    }
}

impl Handshake {
    /// Looks at what the client said next. Answers the port of a replica, once.
    pub(super) fn replica(&mut self, bytes: &[u8]) -> Option<u16> {
        let said = self.0.as_mut()?;
        said.extend(bytes.iter().take(LOOKED_AT));
        let shown = shown(said);
        if shown != Shown::Nothing || said.len() >= LOOKED_AT {
            self.0 = None;
        }
        if let Shown::Replica(port) = shown { Some(port) } else { None }
    }
}

fn shown(mut said: &[u8]) -> Shown {
    while !said.is_empty() {
        // Only the real thing is an array of strings; a command on a plain line was typed by a person.
        if said[0] != b'*' {
            return Shown::Client;
        }
        let Some((command, rest)) = command(said) else { break };
        said = rest;
        let is = |index: usize, word: &str| {
            command.get(index).is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()))
        };
        if is(0, "REPLCONF") && is(1, "listening-port") {
            let port = command.get(2).and_then(|text| str::from_utf8(text).ok()?.parse().ok());
            return port.map_or(Shown::Client, Shown::Replica);
        }
        if !(is(0, "PING") || is(0, "AUTH") || is(0, "REPLCONF")) {
            return Shown::Client;
        }
    }
    Shown::Nothing
}

/// The first command, `*<count>` and then `$<length>` and the text of each word
/// (<https://redis.io/docs/latest/develop/reference/protocol-spec/>), and what follows it. None while it isn't complete.
fn command(said: &[u8]) -> Option<(Vec<&[u8]>, &[u8])> {
    let (count, mut rest) = number(said)?;
    let mut words = Vec::new();
    for _ in 0..count.min(LOOKED_AT) {
        let (length, text) = number(rest)?;
        let end = length.checked_add(2)?;
        words.push(text.get(..length)?);
        rest = text.get(end..)?;
    }
    Some((words, rest))
}

/// The number in a line such as `$14`, and what follows the line.
fn number(said: &[u8]) -> Option<(usize, &[u8])> {
    let end = said.windows(2).position(|pair| pair == b"\r\n")?;
    let number = str::from_utf8(said.get(1..end)?).ok()?.parse().ok()?;
    Some((number, &said[end + 2..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PING: &[u8] = b"*1\r\n$4\r\nPING\r\n";
    const PORT: &[u8] = b"*3\r\n$8\r\nREPLCONF\r\n$14\r\nlistening-port\r\n$5\r\n12345\r\n";

    #[test]
    fn a_replica_is_known_by_the_port_that_it_announces_however_its_bytes_arrive() {
        let whole = [PING, PORT, b"*1\r\n$5\r\nPSYNC\r\n"].concat();
        assert_eq!(Handshake::default().replica(&whole), Some(12_345));
        let mut handshake = Handshake::default();
        let found: Vec<u16> = whole.iter().filter_map(|byte| handshake.replica(&[*byte])).collect();
        assert_eq!(found, [12_345]);
    }

    #[test]
    fn clients_are_not_taken_for_replicas_whatever_they_say() {
        let length = format!("${}\r\n", PORT.len());
        let value = [b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n", length.as_bytes(), PORT, b"\r\n"].concat();
        let client = [b"*2\r\n$6\r\nCLIENT\r\n$2\r\nID\r\n".as_slice(), PORT].concat();
        let typed = [b"PING\r\n".as_slice(), PORT].concat();
        for said in [&value[..], &client, &typed] {
            assert_eq!(shown(said), Shown::Client);
            let mut handshake = Handshake::default();
            assert_eq!(handshake.replica(said), None);
            assert_eq!(handshake.replica(PORT), None, "it is too late to be a replica");
        }
    }

    #[test]
    fn a_client_that_never_shows_what_it_is_is_looked_at_for_a_while_only() {
        let mut handshake = Handshake::default();
        for _ in 0..=LOOKED_AT / PING.len() {
            assert_eq!(handshake.replica(PING), None);
        }
        assert_eq!(handshake.replica(PORT), None);
        for broken in ["*99999999999999999999\r\n", "*1\r\n$18446744073709551615\r\n", "*x\r\n", "*"] {
            assert_eq!(shown(broken.as_bytes()), Shown::Nothing, "{broken}");
        }
    }
}
