//! What data control has written of each product at the gate: its version, and what its page shows.
//!
//! The page carries its version, so that whoever reads it knows how old it is; the gate's flags carry it under a key of
//! their own. Both are written together with it by one command, so that no replica ever has one without the other.

use std::fmt::Write;

/// Begins a page; its version follows.
const BEGIN: &str = "<!--";
/// Version of what is preloaded.
pub const PRELOADED: u64 = 1;

/// What a page says of the stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The sale is not open yet.
    Soon,
    /// So many units are left.
    Left(u64),
}

/// What was written, of each product.
#[derive(Debug)]
pub struct Shelf {
    /// Whether the sale is open.
    pub is_open: bool,
    written: Vec<Written>,
}

/// What was written of a product.
#[derive(Debug, Clone, Copy)]
struct Written {
    version: u64,
    shown: Shown,
}

impl Shelf {
    /// Products `0..items` as they are preloaded: the sale closed.
    pub fn new(items: u32) -> Self {
        Self {
            is_open: false,
            written: vec![Written { version: PRELOADED, shown: Shown::Soon }; items as usize],
        }
    }

    /// The version of a product, as it was acknowledged.
    pub fn version(&self, item: u32) -> u64 {
        self.written[item as usize].version
    }

    /// The version of the next write.
    pub fn next_version(&self, item: u32) -> u64 {
        self.version(item) + 1
    }

    /// Notes the version of a product that was acknowledged, and what its page shows, if that was written.
    pub fn keep(&mut self, item: u32, version: u64, shown: Option<Shown>) {
        let written = &mut self.written[item as usize];
        written.version = version;
        written.shown = shown.unwrap_or(written.shown);
    }

    /// What the page of a product shows, as it was acknowledged.
    pub fn shown(&self, item: u32) -> Shown {
        self.written[item as usize].shown
    }
}

/// The page of a product, with its version, filled up to its length in bytes.
pub fn page(item: u32, version: u64, shown: Shown, bytes: u32) -> String {
    let bytes = bytes as usize;
    let words = match shown {
        Shown::Soon => "On sale soon, while stocks last.".to_owned(),
        Shown::Left(0) => "Sold out.".to_owned(),
        Shown::Left(left) => format!("{left} left."),
    };
    let mut page = String::with_capacity(bytes);
    // Writing to a string can't fail.
    write!(page, "{BEGIN}{version}--><h1>Product {item}</h1><p>{words}</p>").ok();
    page.extend(std::iter::repeat_n(' ', bytes.saturating_sub(page.len())));
    page
}

/// The version of a page; none of what is no page of ours.
pub fn page_version(page: &[u8]) -> Option<u64> {
    let rest = page.strip_prefix(BEGIN.as_bytes())?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit());
    let (version, count) = digits.fold((0_u64, 0), |(version, count), digit| {
        (version.saturating_mul(10).saturating_add(u64::from(digit - b'0')), count + 1)
    });
    (count > 0).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_its_version_and_has_always_the_same_length() {
        for (version, shown) in [
            (1, Shown::Soon),
            (7, Shown::Left(0)),
            (123_456, Shown::Left(99)),
            (u64::MAX, Shown::Left(u64::MAX)),
        ] {
            for bytes in [128, 512, 10_000] {
                let page = page(3, version, shown, bytes);
                let seen = (page.len(), page_version(page.as_bytes()));
                assert_eq!(seen, (bytes as usize, Some(version)), "{page}");
            }
        }
        for no_page in ["", "<!--", "<!---->", "<h1>7</h1>"] {
            assert_eq!(page_version(no_page.as_bytes()), None);
        }
    }

    #[test]
    fn what_was_not_acknowledged_is_not_kept() {
        let mut shelf = Shelf::new(2);
        assert_eq!((shelf.version(1), shelf.next_version(1)), (PRELOADED, 2));
        shelf.keep(1, 2, None);
        assert_eq!((shelf.next_version(0), shelf.next_version(1)), (2, 3));
        assert_eq!(shelf.shown(1), Shown::Soon);
        shelf.keep(1, 3, Some(Shown::Left(0)));
        assert_eq!((shelf.shown(0), shelf.shown(1)), (Shown::Soon, Shown::Left(0)));
    }
}
