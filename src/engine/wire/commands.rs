//! Requests, encoded.

use itoa::Buffer;

/// The commands of one pipeline, encoded one after the other.
#[derive(Debug, Clone, Default)]
pub struct Commands {
    bytes: Vec<u8>,
    count: usize,
    /// Room for a word that is put together.
    word: Vec<u8>,
}

/// A key that is named after a product: what stands before its number, and what behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Before the number.
    pub before: &'static str,
    /// Behind it.
    pub behind: &'static str,
}

impl Key {
    /// The key of a product.
    pub fn of(self, item: u32) -> String {
        format!("{}{item}{}", self.before, self.behind)
    }
}

impl Commands {
    /// Begins a command of so many words, its name among them. They have to follow.
    pub fn command(&mut self, words: usize) -> &mut Self {
        self.count += 1;
        self.header(b'*', words);
        self
    }

    /// The next word.
    pub fn word(&mut self, word: impl AsRef<[u8]>) -> &mut Self {
        let word = word.as_ref();
        self.header(b'$', word.len());
        self.bytes.extend_from_slice(word);
        self.line_end();
        self
    }

    /// The next word, a number.
    pub fn number(&mut self, number: u64) -> &mut Self {
        self.word(Buffer::new().format(number))
    }

    /// The next word: numbers with a blank between them, as the text of an order is.
    pub fn numbers(&mut self, numbers: impl IntoIterator<Item = u64>) -> &mut Self {
        let mut word = std::mem::take(&mut self.word);
        word.clear();
        for number in numbers {
            if !word.is_empty() {
                word.push(b' ');
            }
            word.extend_from_slice(Buffer::new().format(number).as_bytes());
        }
        self.word(&word);
        self.word = word;
        self
    }

    /// The next word, the key of a product.
    pub fn key(&mut self, key: Key, item: u32) -> &mut Self {
        let mut digits = Buffer::new();
        let digits = digits.format(item);
        self.header(b'$', key.before.len() + digits.len() + key.behind.len());
        for part in [key.before, digits, key.behind] {
            self.bytes.extend_from_slice(part.as_bytes());
        }
        self.line_end();
        self
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Forgets them and keeps the room.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.count = 0;
    }

    /// As they are sent.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn header(&mut self, kind: u8, length: usize) {
        self.bytes.push(kind);
        self.bytes.extend_from_slice(Buffer::new().format(length).as_bytes());
        self.line_end();
    }

    fn line_end(&mut self) {
        self.bytes.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_encoded_as_the_library_encodes_them() {
        let page = Key { before: "page:{", behind: "}" };
        let mut commands = Commands::default();
        commands.command(2).word("GET").key(page, 1_234);
        commands.command(5).word("HSET").key(page, 0).word(b"\r\n").number(u64::MAX).numbers([1, 20, 3]);
        let mut library = redis::pipe();
        library.cmd("GET").arg(page.of(1_234));
        library.cmd("HSET").arg("page:{0}").arg(b"\r\n").arg(u64::MAX).arg("1 20 3");
        assert_eq!((commands.bytes(), commands.len()), (library.get_packed_pipeline().as_slice(), 2));
        commands.clear();
        assert_eq!((commands.len(), commands.bytes()), (0, &[][..]));
    }
}
