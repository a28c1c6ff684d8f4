//! Replies. When they come in, only their ends are looked for; what they say is read where it is needed, in place.

use bytes::BytesMut;

/// The deepest nesting that is read: what the lab asks is answered with one array at the most.
const DEEPEST: u32 = 8;

/// The answers to one pipeline, in order.
#[derive(Debug, Default)]
pub struct Answers {
    bytes: BytesMut,
    /// Where each of them ends.
    ends: Vec<usize>,
}

/// What a server says to one command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply<'a> {
    /// There is nothing.
    Nil,
    /// A number.
    Int(i64),
    /// A text: a bulk string, or a status.
    Text(&'a [u8]),
    /// An error: the command was refused.
    Error(&'a [u8]),
    /// Several of them.
    Array(Elements<'a>),
}

/// The elements of an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elements<'a> {
    count: usize,
    rest: &'a [u8],
}

/// What came is no answer of a Redis server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what the server says is not the protocol of Redis")]
pub struct Garbled;

impl Answers {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// One of them.
    pub fn get(&self, index: usize) -> Option<Reply<'_>> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        Reply::read(self.bytes.get(start..end)?)
    }

    /// Those that are errors.
    pub fn errors(&self) -> impl Iterator<Item = Reply<'_>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let is_error = |start: usize| self.bytes.get(start) == Some(&b'-');
        starts.enumerate().filter(move |(_, start)| is_error(*start)).filter_map(|(index, _)| self.get(index))
    }

    /// All of them.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Reply<'_>> + ExactSizeIterator {
        (0..self.len()).map(|index| self.get(index).unwrap_or(Reply::Error(b"ERR unreadable")))
    }
}

/// Looks for the ends of replies as their bytes come in.
#[derive(Debug)]
pub struct Ends {
    wanted: usize,
    found: Vec<usize>,
}

impl Ends {
    /// Of so many replies.
    pub fn of(wanted: usize) -> Self {
        Self { wanted, found: Vec::with_capacity(wanted) }
    }

    /// Looks on in what has come so far. Answers whether all of them are there.
    ///
    /// # Errors
    /// It is no reply.
    pub fn look(&mut self, buffer: &[u8]) -> Result<bool, Garbled> {
        while self.found.len() < self.wanted {
            match end_of(buffer, self.seen(), DEEPEST)? {
                Some(end) => self.found.push(end),
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Takes the replies out of the buffer in which their ends were found.
    pub fn take(self, buffer: &mut BytesMut) -> Answers {
        Answers { bytes: buffer.split_to(self.seen()), ends: self.found }
    }

    fn seen(&self) -> usize {
        self.found.last().copied().unwrap_or(0)
    }
}

impl<'a> Reply<'a> {
    /// Reads a whole reply.
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let (&kind, _) = bytes.split_first()?;
        let line_end = end_of_line(bytes, 1).ok()??;
        let (line, rest) = (bytes.get(1..line_end - 2)?, &bytes[line_end..]);
        Some(match kind {
            b':' => Self::Int(number(line)?),
            b'+' => Self::Text(line),
            b'-' => Self::Error(line),
            b'$' | b'*' => match (kind, usize::try_from(number(line)?)) {
                (_, Err(_negative)) => Self::Nil,
                (b'$', Ok(length)) => Self::Text(rest.get(..length)?),
                (_, Ok(count)) => Self::Array(Elements { count, rest }),
            },
            _ => return None,
        })
    }

    /// The number that it is or spells; none if it is something else.
    pub fn int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            Self::Text(text) => number(text),
            Self::Nil | Self::Error(_) | Self::Array(_) => None,
        }
    }

    /// The same, if it is not below 0.
    pub fn natural(&self) -> Option<u64> {
        u64::try_from(self.int()?).ok()
    }

    /// The first word of an error.
    pub fn code(&self) -> Option<&'a [u8]> {
        let Self::Error(text) = self else { return None };
        text.split(|byte| *byte == b' ').next()
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Reply<'a>;

    fn next(&mut self) -> Option<Reply<'a>> {
        self.count = self.count.checked_sub(1)?;
        let end = end_of(self.rest, 0, DEEPEST).ok()??;
        let (one, rest) = self.rest.split_at(end);
        self.rest = rest;
        Reply::read(one)
    }
}

/// Where the reply that starts here ends; none while it is not all there.
fn end_of(buffer: &[u8], start: usize, deep: u32) -> Result<Option<usize>, Garbled> {
    let Some(&kind) = buffer.get(start) else { return Ok(None) };
    if !matches!(kind, b':' | b'+' | b'-' | b'$' | b'*') {
        return Err(Garbled);
    }
    let Some(line_end) = end_of_line(buffer, start + 1)? else { return Ok(None) };
    if matches!(kind, b':' | b'+' | b'-') {
        return Ok(Some(line_end));
    }
    let length = number(&buffer[start + 1..line_end - 2]).ok_or(Garbled)?;
    let Ok(length) = usize::try_from(length) else { return Ok(Some(line_end)) };
    if kind == b'$' {
        let end = line_end.checked_add(length).and_then(|end| end.checked_add(2)).ok_or(Garbled)?;
        return Ok((end <= buffer.len()).then_some(end));
    }
    let deeper = deep.checked_sub(1).ok_or(Garbled)?;
    let mut end = line_end;
    for _ in 0..length {
        match end_of(buffer, end, deeper)? {
            Some(next) => end = next,
            None => return Ok(None),
        }
    }
    Ok(Some(end))
}

/// Where the next line begins; none while this one is not all there.
fn end_of_line(buffer: &[u8], start: usize) -> Result<Option<usize>, Garbled> {
    let Some(length) = buffer[start..].iter().position(|byte| *byte == b'\n') else { return Ok(None) };
    let is_line = length > 0 && buffer[start + length - 1] == b'\r';
    if is_line { Ok(Some(start + length + 1)) } else { Err(Garbled) }
}

fn number(digits: &[u8]) -> Option<i64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &[u8] = b":42\r\n$-1\r\n$5\r\na\r\nb!\r\n*3\r\n$1\r\n7\r\n$-1\r\n*1\r\n:-1\r\n-NOSCRIPT No matching script.\r\n+OK\r\n*-1\r\n$0\r\n\r\n";

    fn answers(said: &[u8], wanted: usize) -> Answers {
        let (mut buffer, mut ends) = (BytesMut::from(said), Ends::of(wanted));
        assert_eq!(ends.look(&buffer), Ok(true));
        ends.take(&mut buffer)
    }

    #[test]
    fn every_kind_of_reply_is_read() {
        let answers = answers(SAID, 8);
        let read: Vec<Reply<'_>> = answers.iter().collect();
        assert_eq!(read[..3], [Reply::Int(42), Reply::Nil, Reply::Text(b"a\r\nb!")]);
        let Reply::Array(elements) = read[3].clone() else { panic!("{read:?}") };
        let elements: Vec<Reply<'_>> = elements.collect();
        assert_eq!((elements[0].int(), elements[1].clone(), elements.len()), (Some(7), Reply::Nil, 3));
        let Reply::Array(mut inner) = elements[2].clone() else { panic!("{elements:?}") };
        assert_eq!((inner.next(), inner.next()), (Some(Reply::Int(-1)), None));
        assert_eq!(read[4].code(), Some(&b"NOSCRIPT"[..]));
        assert_eq!(read[5..], [Reply::Text(b"OK"), Reply::Nil, Reply::Text(b"")]);
    }

    #[test]
    fn replies_that_come_in_pieces_are_the_same() {
        for first in 1..SAID.len() {
            let (mut buffer, mut ends) = (BytesMut::new(), Ends::of(8));
            buffer.extend_from_slice(&SAID[..first]);
            assert_eq!(ends.look(&buffer), Ok(false), "{first}");
            buffer.extend_from_slice(&SAID[first..]);
            buffer.extend_from_slice(b":1");
            assert_eq!(ends.look(&buffer), Ok(true), "{first}");
            let found = ends.take(&mut buffer);
            assert!(found.iter().eq(answers(SAID, 8).iter()), "{first}");
            assert_eq!(&buffer[..], b":1", "what follows is left");
        }
    }

    #[test]
    fn what_is_no_reply_is_refused() {
        for said in [&b"HTTP/1.1 400 Bad Request\r\n"[..], b"$x\r\n", b"*\n", b"$99999999999999999999\r\n"] {
            assert_eq!(Ends::of(1).look(said), Err(Garbled), "{}", String::from_utf8_lossy(said));
        }
        let deep = b"*1\r\n".repeat(100);
        assert_eq!(Ends::of(1).look(&deep), Err(Garbled));
    }
}
