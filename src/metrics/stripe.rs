//! Which copy of a counter a thread adds to: threads that count at once have one each, and their processors don't take the
//! cache line from each other.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Copies. Threads share them in turn where there are more: a count is never lost by it, only dearer.
pub const STRIPES: usize = 8;

static THREADS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static MINE: Cell<usize> = const { Cell::new(STRIPES) };
}

/// The copy of the calling thread, below [`STRIPES`].
pub fn mine() -> usize {
    let mine = MINE.get();
    if mine < STRIPES {
        return mine;
    }
    let next = THREADS.fetch_add(1, Ordering::Relaxed) % STRIPES;
    MINE.set(next);
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_keeps_its_copy_and_all_are_below_their_number() {
        let copies = (0..3 * STRIPES).map(|_| {
            let thread = std::thread::spawn(|| (mine(), mine()));
            thread.join().unwrap()
        });
        assert!(copies.into_iter().all(|(first, second)| first == second && first < STRIPES));
    }
}
