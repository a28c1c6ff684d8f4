//! One instance of a service: what it remembers, how much it works on, and whether it is there at all.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::super::super::dial::{Dial, Word};
use super::super::super::pending::{Batch, Page, Pending};

/// What an instance knows of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knowledge {
    Nothing,
    NotStarted,
    Started,
    SoldOut,
}

/// Whether it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It works.
    Up,
    /// It stands still: what comes waits.
    Still,
    /// It is gone: what comes fails.
    Dead,
}

/// One instance.
pub struct Instance {
    /// For each product the knowledge in the low two bits and, above them, when it was learnt: nanoseconds on the run's
    /// clock, without their low two bits. One word, so that reading and writing it needs no lock.
    flags: Vec<AtomicU64>,
    /// When the page of each product came by, on the run's clock; 0: it never did. Made with the first page that is kept.
    pages: OnceLock<Vec<AtomicU64>>,
    /// Version and length of these pages.
    kept: OnceLock<Vec<AtomicU64>>,
    /// Requests that it works on, those that wait for it to go on included.
    in_flight: AtomicU64,
    standing: Dial<Standing>,
    /// What came while it stood still.
    held: Mutex<Batch>,
    /// Reads that wait for the page that another one went to fetch, by product.
    fetching: Mutex<HashMap<u32, Batch>>,
}

impl Word for Standing {
    fn into_word(self) -> u64 {
        self as u64
    }
    fn from_word(word: u64) -> Self {
        match word {
            0 => Self::Up,
            1 => Self::Still,
            _ => Self::Dead,
        }
    }
}

impl Instance {
    /// One that knows nothing, for products `0..items`.
    pub fn new(items: u32) -> Self {
        Self {
            flags: words(items as usize),
            pages: OnceLock::new(),
            kept: OnceLock::new(),
            in_flight: AtomicU64::new(0),
            standing: Dial::new(Standing::Up),
            held: Mutex::default(),
            fetching: Mutex::default(),
        }
    }

    /// Whether it works.
    pub fn standing(&self) -> Standing {
        self.standing.get()
    }

    /// It is gone, with what it remembers; gives back what it held.
    pub fn kill(&self) -> Batch {
        let mut held = lock(&self.held);
        self.forget();
        self.standing.set(Standing::Dead);
        self.give_back(&mut held)
    }

    /// A dead one is there again, and knows nothing.
    pub fn restart(&self) {
        let _held = lock(&self.held);
        if self.standing() == Standing::Dead {
            self.forget();
            self.standing.set(Standing::Up);
        }
    }

    /// It stands still, or goes on: then it gives back what it held. A dead one stays so.
    pub fn pause(&self, is_paused: bool) -> Batch {
        let mut held = lock(&self.held);
        match (self.standing(), is_paused) {
            (Standing::Up, true) => self.standing.set(Standing::Still),
            (Standing::Still, false) => {
                self.standing.set(Standing::Up);
                return self.give_back(&mut held);
            }
            _ => {}
        }
        Batch::new()
    }

    fn give_back(&self, held: &mut Batch) -> Batch {
        self.in_flight.fetch_sub(held.len() as u64, Ordering::Relaxed);
        std::mem::take(held)
    }

    /// Keeps a request until it goes on; gives it back if it has gone on meanwhile.
    pub fn hold(&self, pending: Pending) -> Option<Pending> {
        let mut held = lock(&self.held);
        if self.standing() != Standing::Still {
            return Some(pending);
        }
        self.begin();
        held.push(pending);
        None
    }

    /// Whether it works on so many requests already.
    pub fn is_full(&self, max_in_flight: u64) -> bool {
        self.in_flight.load(Ordering::Relaxed) >= max_in_flight
    }

    /// One request more to work on.
    pub fn begin(&self) {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
    }

    /// One less.
    pub fn done(&self) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
    }

    /// What it believes of a product, if nothing is believed for longer than `ttl_ns` or was learnt until `expired_ns`.
    pub fn knowledge(&self, item: u32, ttl_ns: u64, expired_ns: u64, now_ns: u64) -> Knowledge {
        let word = self.flags[item as usize].load(Ordering::Relaxed);
        match word & 3 {
            _ if (word | 3) + ttl_ns <= now_ns || (word & !3) <= expired_ns => Knowledge::Nothing,
            1 => Knowledge::NotStarted,
            2 => Knowledge::Started,
            3 => Knowledge::SoldOut,
            _ => Knowledge::Nothing,
        }
    }

    /// Remembers it.
    pub fn learn(&self, item: u32, knowledge: Knowledge, now_ns: u64) {
        self.flags[item as usize].store((now_ns & !3) | knowledge as u64, Ordering::Relaxed);
    }

    /// The page of a product, if it has one no older than `ttl_ns` and not from before `expired_ns`.
    pub fn page(&self, item: u32, ttl_ns: u64, expired_ns: u64, now_ns: u64) -> Option<Page> {
        // Pages beyond those of the products are readers' own: they are not kept in the process.
        let stored_ns = self.pages.get()?.get(item as usize)?.load(Ordering::Relaxed);
        let kept = self.kept.get()?.get(item as usize)?.load(Ordering::Relaxed);
        let page = Page { version: half(kept >> 32), bytes: half(kept) };
        (stored_ns > expired_ns && now_ns < stored_ns + ttl_ns).then_some(page)
    }

    /// Keeps the page of a product.
    pub fn keep_page(&self, item: u32, page: Page, now_ns: u64) {
        let kept = self.kept.get_or_init(|| words(self.flags.len()));
        let pages = self.pages.get_or_init(|| words(self.flags.len()));
        if let (Some(stored), Some(kept)) = (pages.get(item as usize), kept.get(item as usize)) {
            kept.store(u64::from(page.version) << 32 | u64::from(page.bytes), Ordering::Relaxed);
            stored.store(now_ns, Ordering::Relaxed);
        }
    }

    /// Lets a read wait if another one has gone to fetch the page; else gives it back, and it is the one that goes.
    pub fn wait_for_page(&self, pending: Pending) -> Option<Pending> {
        let mut fetching = lock(&self.fetching);
        let Some(waiting) = fetching.get_mut(&pending.item) else {
            fetching.insert(pending.item, Batch::new());
            return Some(pending);
        };
        self.begin();
        waiting.push(pending);
        None
    }

    /// The reads that waited for the page of a product.
    pub fn fetched(&self, item: u32) -> Batch {
        let waited = lock(&self.fetching).remove(&item).unwrap_or_default();
        self.in_flight.fetch_sub(waited.len() as u64, Ordering::Relaxed);
        waited
    }

    /// Forgets flags and pages.
    pub fn forget(&self) {
        for word in self.flags.iter().chain(self.pages.get().into_iter().flatten()) {
            word.store(0, Ordering::Relaxed);
        }
    }
}

/// The lower half of a word.
fn half(word: u64) -> u32 {
    u32::try_from(word & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}

fn words(count: usize) -> Vec<AtomicU64> {
    std::iter::repeat_with(AtomicU64::default).take(count).collect()
}

fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}
