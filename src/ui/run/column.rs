//! A column of a run: one value a bucket, and coarser levels above, so that drawing an hour touches no more values than
//! drawing a minute.
//!
//! Each level holds the smallest, the largest and (for counts) the exact sum of eight cells of the level below. Levels
//! grow with every value that is added. What comes before the first value that says anything takes no memory.

use std::fmt::Debug;
use std::ops::Range;

/// How many cells of a level make one of the next.
const FACTOR: usize = 8;
/// Levels above the values: of 8, 64 and 512 buckets.
const LEVELS: usize = 3;
/// Buckets of the coarsest cell; what takes no memory at the beginning is a multiple of it.
const COARSEST: usize = FACTOR * FACTOR * FACTOR;

/// What the values of a column mean.
pub trait Kind: Debug + Default + Clone + Copy {
    /// A value.
    type Value: Copy + PartialOrd + Debug;
    /// What values add up to.
    type Sum: Copy + Default + Debug;
    /// The value that says nothing.
    const EMPTY: Self::Value;
    /// Whether a value stands for "not measured" rather than for itself.
    fn is_missing(value: Self::Value) -> bool;
    /// Whether a value is [`Self::EMPTY`].
    fn is_empty(value: Self::Value) -> bool;
    /// A value as a number.
    fn number(value: Self::Value) -> f64;
    /// A value as a sum.
    fn sum(value: Self::Value) -> Self::Sum;
    /// Two sums together.
    fn add(one: Self::Sum, other: Self::Sum) -> Self::Sum;
}

/// Things counted in a bucket, or there at its end.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct Counted;
/// Units, which may be fewer than none.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct Signed;
/// Microseconds; 0 where nothing was measured.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct Micros;
/// Bytes; NaN where nothing was measured.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct Bytes;

/// Seconds; NaN where nothing was measured.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct Secs;

impl Kind for Counted {
    type Value = u32;
    type Sum = u64;
    const EMPTY: u32 = 0;
    fn is_missing(_: u32) -> bool {
        false
    }
    fn is_empty(value: u32) -> bool {
        value == 0
    }
    fn number(value: u32) -> f64 {
        f64::from(value)
    }
    fn sum(value: u32) -> u64 {
        u64::from(value)
    }
    fn add(one: u64, other: u64) -> u64 {
        one + other
    }
}

/// A kind whose sums mean nothing.
macro_rules! without_sum {
    ($kind:ty, $value:ty, $empty:expr, $is_empty:expr, $is_missing:expr) => {
        impl Kind for $kind {
            type Value = $value;
            type Sum = ();
            const EMPTY: $value = $empty;
            fn is_missing(value: $value) -> bool {
                ($is_missing)(value)
            }
            fn is_empty(value: $value) -> bool {
                ($is_empty)(value)
            }
            fn number(value: $value) -> f64 {
                f64::from(value)
            }
            fn sum(_: $value) {}
            fn add((): (), (): ()) {}
        }
    };
}

without_sum!(Signed, i32, 0, |value| value == 0, |_| false);
without_sum!(Micros, u32, 0, |value| value == 0, |value| value == 0);
without_sum!(Bytes, f32, f32::NAN, f32::is_nan, f32::is_nan);
without_sum!(Secs, f32, f32::NAN, f32::is_nan, f32::is_nan);

/// What a range of buckets comes to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell<K: Kind> {
    /// The smallest value.
    pub min: K::Value,
    /// The largest.
    pub max: K::Value,
    /// All together.
    pub sum: K::Sum,
}

impl<K: Kind> Cell<K> {
    fn of(value: K::Value) -> Self {
        Self { min: value, max: value, sum: K::sum(value) }
    }

    fn merge(&mut self, other: Self) {
        if K::is_missing(other.min) {
            return;
        }
        if K::is_missing(self.min) {
            *self = other;
            return;
        }
        if other.min < self.min {
            self.min = other.min;
        }
        if other.max > self.max {
            self.max = other.max;
        }
        self.sum = K::add(self.sum, other.sum);
    }
}

/// One value a bucket.
#[derive(Debug, Clone)]
pub struct Column<K: Kind> {
    len: usize,
    /// Values at the beginning that say nothing and are not kept; a multiple of [`COARSEST`].
    lead: usize,
    values: Vec<K::Value>,
    levels: [Vec<Cell<K>>; LEVELS],
}

impl<K: Kind> Default for Column<K> {
    fn default() -> Self {
        Self { len: 0, lead: 0, values: Vec::new(), levels: Default::default() }
    }
}

impl<K: Kind> Column<K> {
    /// A column in which `len` buckets have nothing to say.
    pub fn empty(len: usize) -> Self {
        Self { len, ..Self::default() }
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether no value says anything.
    pub fn is_blank(&self) -> bool {
        self.values.is_empty()
    }

    /// Adds a value.
    pub fn push(&mut self, value: K::Value) {
        if self.values.is_empty() {
            if K::is_empty(value) {
                self.len += 1;
                return;
            }
            self.lead = self.len / COARSEST * COARSEST;
            for _ in self.lead..self.len {
                self.keep(K::EMPTY);
            }
        }
        self.keep(value);
        self.len += 1;
    }

    fn keep(&mut self, value: K::Value) {
        let place = self.values.len();
        self.values.push(value);
        let mut size = FACTOR;
        for level in &mut self.levels {
            match level.last_mut() {
                Some(cell) if !place.is_multiple_of(size) => cell.merge(Cell::of(value)),
                _ => level.push(Cell::of(value)),
            }
            size *= FACTOR;
        }
    }

    /// The value of a bucket.
    pub fn get(&self, index: usize) -> Option<K::Value> {
        if index >= self.len {
            return None;
        }
        let kept = index.checked_sub(self.lead).and_then(|place| self.values.get(place));
        Some(kept.copied().unwrap_or(K::EMPTY))
    }

    /// The last value.
    pub fn last(&self) -> Option<K::Value> {
        self.get(self.len.checked_sub(1)?)
    }

    /// All values, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = K::Value> + '_ {
        self.range(0..self.len)
    }

    /// The values of a range of buckets, in order.
    pub fn range(&self, range: Range<usize>) -> impl DoubleEndedIterator<Item = K::Value> + '_ {
        (range.start..range.end.min(self.len)).map(|index| self.get(index).unwrap_or(K::EMPTY))
    }

    /// What a range of buckets comes to; nothing where none was measured. Exact, whatever the levels.
    pub fn fold(&self, range: Range<usize>) -> Option<Cell<K>> {
        let end = range.end.min(self.len);
        let mut at = range.start;
        if at >= end {
            return None;
        }
        let mut sum: Option<Cell<K>> = None;
        let mut merge = |cell: Cell<K>| match &mut sum {
            Some(sum) => sum.merge(cell),
            None => sum = Some(cell),
        };
        if self.values.is_empty() || at < self.lead {
            merge(Cell::of(K::EMPTY));
            at = if self.values.is_empty() { end } else { self.lead };
        }
        while at < end {
            let (cell, size) = self.largest_cell(at - self.lead, end - self.lead);
            merge(cell);
            at += size;
        }
        sum.filter(|cell| !K::is_missing(cell.min))
    }

    /// The largest cell that begins at a place among the kept values and ends before another, with its size.
    fn largest_cell(&self, place: usize, end: usize) -> (Cell<K>, usize) {
        let mut size = COARSEST;
        for level in self.levels.iter().rev() {
            if place.is_multiple_of(size) && place + size <= end {
                return (level[place / size], size);
            }
            size /= FACTOR;
        }
        (Cell::of(self.values[place]), 1)
    }
}

impl Column<Counted> {
    /// The sum over a range of buckets, exactly.
    pub fn sum(&self, range: Range<usize>) -> u64 {
        self.fold(range).map_or(0, |cell| cell.sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values that differ, with stretches of nothing.
    fn value(index: usize) -> u32 {
        let mixed = u32::try_from(index).unwrap().wrapping_mul(2_654_435_761) >> 20;
        if (index / 700).is_multiple_of(3) { 0 } else { mixed }
    }

    fn column<K: Kind>(values: impl IntoIterator<Item = K::Value>) -> Column<K> {
        let mut column = Column::default();
        for value in values {
            column.push(value);
        }
        column
    }

    fn ranges(len: usize) -> impl Iterator<Item = Range<usize>> {
        (0..400).map(move |n| {
            let (a, b) = (n * 7_919 % len, n * 104_729 % len);
            a.min(b)..a.max(b) + 1
        })
    }

    #[test]
    fn every_range_adds_up_exactly_and_keeps_its_extremes() {
        let values: Vec<u32> = (0..5_000).map(value).collect();
        let column = column::<Counted>(values.clone());
        assert_eq!(column.iter().collect::<Vec<_>>(), values);
        for range in ranges(values.len()).chain([0..5_000, 0..512, 512..1_024, 8..16, 4_999..5_000]) {
            let cell = column.fold(range.clone()).unwrap();
            let raw = &values[range];
            assert_eq!(cell.sum, raw.iter().map(|value| u64::from(*value)).sum::<u64>());
            assert_eq!((cell.min, cell.max), (*raw.iter().min().unwrap(), *raw.iter().max().unwrap()));
        }
    }

    #[test]
    fn every_level_sums_up_to_the_values() {
        let column = column::<Counted>((0..3_333).map(value));
        let raw: u64 = column.iter().map(u64::from).sum();
        for level in &column.levels {
            assert_eq!(level.iter().map(|cell| cell.sum).sum::<u64>(), raw);
        }
    }

    #[test]
    fn what_was_not_measured_is_left_out() {
        let mut blank = Column::<Micros>::empty(600);
        for value in [0, 90, 0, 30] {
            blank.push(value);
        }
        assert_eq!(blank.len(), 604);
        assert_eq!(blank.fold(0..600), None);
        let cell = blank.fold(0..604).unwrap();
        assert_eq!((cell.min, cell.max), (30, 90));
        let lag: Column<Bytes> = column([f32::NAN, 5.0, f32::NAN]);
        assert_eq!(lag.fold(0..3).map(|cell| cell.max.to_bits()), Some(5.0_f32.to_bits()));
        assert!(lag.fold(0..1).is_none());
    }

    #[test]
    fn a_column_that_says_nothing_takes_no_memory() {
        let mut column = column::<Counted>(std::iter::repeat_n(0, 36_000));
        assert!(column.is_blank());
        assert_eq!((column.len(), column.values.capacity(), column.get(9)), (36_000, 0, Some(0)));
        assert_eq!(column.fold(10..20).map(|cell| (cell.max, cell.sum)), Some((0, 0)));
        column.push(7);
        assert!(column.values.len() <= COARSEST);
        assert_eq!((column.last(), column.sum(0..36_001), column.get(35_999)), (Some(7), 7, Some(0)));
    }
}
