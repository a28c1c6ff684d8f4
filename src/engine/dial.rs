//! Dials: parameters that may be turned during a run. Reading one costs an atomic load.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::clock::nanos;
use crate::topology::stage::{BalancePolicy, ReadPolicy, ReadsWithoutCache};

/// A value that others turn while it is read.
#[derive(Debug)]
pub struct Dial<T>(AtomicU64, PhantomData<T>);

/// What fits into the one word of a dial.
pub trait Word: Sized {
    /// The value as a word.
    fn into_word(self) -> u64;
    /// The value of a word that [`Self::into_word`] made.
    fn from_word(word: u64) -> Self;
}

impl<T: Word> Dial<T> {
    /// A dial that shows `value`.
    pub fn new(value: T) -> Self {
        Self(AtomicU64::new(value.into_word()), PhantomData)
    }

    /// What it shows.
    pub fn get(&self) -> T {
        // A dial stands for itself: nothing else is read because of what it shows.
        T::from_word(self.0.load(Ordering::Relaxed))
    }

    /// Turns it.
    pub fn set(&self, value: T) {
        self.0.store(value.into_word(), Ordering::Relaxed);
    }
}

impl Word for f64 {
    fn into_word(self) -> u64 {
        self.to_bits()
    }
    fn from_word(word: u64) -> Self {
        Self::from_bits(word)
    }
}

impl Word for bool {
    fn into_word(self) -> u64 {
        self.into()
    }
    fn from_word(word: u64) -> Self {
        word != 0
    }
}

impl Word for usize {
    fn into_word(self) -> u64 {
        self as u64
    }
    fn from_word(word: u64) -> Self {
        Self::try_from(word).unwrap_or(Self::MAX)
    }
}

/// A count that may be switched off; the greatest of all counts stands for that.
impl Word for Option<u64> {
    fn into_word(self) -> u64 {
        self.unwrap_or(u64::MAX)
    }
    fn from_word(word: u64) -> Self {
        (word != u64::MAX).then_some(word)
    }
}

/// In whole nanoseconds.
impl Word for Duration {
    fn into_word(self) -> u64 {
        nanos(self)
    }
    fn from_word(word: u64) -> Self {
        Self::from_nanos(word)
    }
}

macro_rules! choice_words {
    ($($choice:ty),*) => {$(
        impl Word for $choice {
            fn into_word(self) -> u64 {
                self as u64
            }
            fn from_word(word: u64) -> Self {
                let known = usize::try_from(word).ok().and_then(|place| Self::ALL.get(place).copied());
                known.unwrap_or_else(|| unreachable!("a dial shows only what it was turned to"))
            }
        }
    )*};
}
choice_words!(BalancePolicy, ReadPolicy, ReadsWithoutCache);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dial_shows_what_it_was_turned_to() {
        for policy in ReadPolicy::ALL {
            assert_eq!(Dial::new(*policy).get(), *policy);
        }
        for limit in [None, Some(0), Some(7)] {
            assert_eq!(Dial::new(limit).get(), limit);
        }
        let ratio = Dial::new(1.2);
        ratio.set(0.05);
        assert!((ratio.get() - 0.05_f64).abs() < f64::EPSILON);
        assert_eq!(Dial::new(Duration::from_millis(3)).get(), Duration::from_millis(3));
        assert_eq!(Dial::new(64_usize).get(), 64);
    }
}
