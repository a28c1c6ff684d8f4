//! Which rates are tried to find the highest one that is carried.

use serde::{Deserialize, Serialize};

use super::capacity::about;

/// From one rate to the next, as long as they are carried.
const GROWTH: f64 = 2.0;
/// So many rates are tried at most before one isn't carried; the last one is a thousand times the first.
const GROWTHS: usize = 11;
/// How often the gap between the highest carried rate and the lowest other one is halved: three times leave 9 %.
const HALVINGS: usize = 3;

/// What a search found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Carried {
    /// The highest rate that was carried, a second; none: not even the lowest one that was tried.
    pub per_sec: Option<f64>,
    /// The lowest rate that was not carried, a second; none: all that were tried were.
    pub failed_at: Option<f64>,
}

impl Carried {
    /// The rate to reckon with: the highest carried one, or that which would have been one.
    pub fn reckoned(self) -> Option<f64> {
        self.per_sec.or(self.failed_at).filter(|rate| *rate > 0.0)
    }
}

/// Doubles the rate until one is not carried, then halves the gap. A rate counts as not carried while doubling if it isn't twice: a
/// machine hiccups. No rate is begun any more once `is_over`.
///
/// # Errors
/// Those of `is_carried`.
pub fn search<E>(
    first: f64,
    mut is_carried: impl FnMut(f64) -> Result<bool, E>,
    is_over: impl Fn() -> bool,
) -> Result<Carried, E> {
    let found = climb(first, &mut is_carried, &is_over)?;
    close_in(found, &mut is_carried, &is_over)
}

/// The same; but where not even the first rate is carried, it looks below: each further rate is half of the one before, until one is.
///
/// # Errors
/// Those of `is_carried`.
pub fn search_around<E>(
    first: f64,
    mut is_carried: impl FnMut(f64) -> Result<bool, E>,
    is_over: impl Fn() -> bool,
) -> Result<Carried, E> {
    let mut found = climb(first, &mut is_carried, &is_over)?;
    for _ in 0..GROWTHS {
        let (None, Some(high), false) = (found.per_sec, found.failed_at, is_over()) else { break };
        let rate = about(high / GROWTH);
        if rate <= 0.0 || rate >= high {
            break;
        }
        if is_carried(rate)? {
            found.per_sec = Some(rate);
        } else {
            found.failed_at = Some(rate);
        }
    }
    close_in(found, &mut is_carried, &is_over)
}

fn climb<E>(
    first: f64,
    is_carried: &mut impl FnMut(f64) -> Result<bool, E>,
    is_over: &impl Fn() -> bool,
) -> Result<Carried, E> {
    let mut found = Carried::default();
    let mut rate = first;
    for _ in 0..GROWTHS {
        if is_over() {
            break;
        }
        if !is_carried(rate)? && !is_carried(rate)? {
            found.failed_at = Some(rate);
            break;
        }
        found.per_sec = Some(rate);
        rate *= GROWTH;
    }
    Ok(found)
}

/// Halves the gap between the two rates, where there are both.
fn close_in<E>(
    mut found: Carried,
    is_carried: &mut impl FnMut(f64) -> Result<bool, E>,
    is_over: &impl Fn() -> bool,
) -> Result<Carried, E> {
    for _ in 0..HALVINGS {
        let (Some(low), Some(high), false) = (found.per_sec, found.failed_at, is_over()) else { break };
        let middle = about((low * high).sqrt());
        if is_carried(middle)? {
            found.per_sec = Some(middle);
        } else {
            found.failed_at = Some(middle);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::convert::Infallible;

    use super::*;

    fn find(first: f64, carries: f64) -> (Carried, usize) {
        let tried = Cell::new(0);
        let run = |rate| -> Result<bool, Infallible> {
            tried.set(tried.get() + 1);
            Ok(rate <= carries)
        };
        let Ok(found) = search(first, run, || false);
        (found, tried.get())
    }

    #[test]
    fn it_comes_close_from_below_in_few_runs() {
        for carries in [10_000.0, 12_345.0, 99_000.0, 163_000.0, 1_000_000.0] {
            let (found, tried) = find(10_000.0, carries);
            let (low, high) = (found.per_sec.unwrap(), found.failed_at.unwrap());
            assert!(low <= carries && carries < high && high / low < 1.15, "{carries}: {found:?}");
            assert!(tried <= 13, "{carries}: {tried}");
        }
    }

    #[test]
    fn it_says_when_not_even_the_first_rate_is_carried_and_when_all_are() {
        let (none, tried) = find(10_000.0, 9_999.0);
        assert_eq!((none, tried), (Carried { per_sec: None, failed_at: Some(10_000.0) }, 2));
        assert_eq!(none.reckoned(), Some(10_000.0));
        let (all, tried) = find(1.0, f64::INFINITY);
        assert_eq!((all, tried), (Carried { per_sec: Some(1_024.0), failed_at: None }, GROWTHS));
    }

    #[test]
    fn it_looks_below_the_first_rate_where_that_is_not_carried() {
        for carries in [900.0, 2_345.0, 9_999.0, 10_000.0, 31_000.0] {
            let tried = Cell::new(0);
            let run = |rate| -> Result<bool, Infallible> {
                tried.set(tried.get() + 1);
                Ok(rate <= carries)
            };
            let Ok(found) = search_around(10_000.0, run, || false);
            let (low, high) = (found.per_sec.unwrap(), found.failed_at.unwrap());
            assert!(low <= carries && carries < high && high / low < 1.15, "{carries}: {found:?}");
            assert!(tried.get() <= 10, "{carries}: {}", tried.get());
        }
        let Ok(nothing) = search_around(8.0, |_| Ok::<bool, Infallible>(false), || false);
        assert_eq!((nothing.per_sec, nothing.failed_at), (None, Some(1.0)));
    }

    #[test]
    fn one_hiccup_is_forgiven_and_an_end_of_time_respected() {
        let tried = RefCell::new(Vec::new());
        let run = |rate: f64| -> Result<bool, Infallible> {
            tried.borrow_mut().push(rate);
            Ok(tried.borrow().len() != 2)
        };
        let Ok(found) = search(100.0, run, || tried.borrow().len() >= 4);
        assert_eq!(*tried.borrow(), [100.0, 200.0, 200.0, 400.0]);
        assert_eq!(found, Carried { per_sec: Some(400.0), failed_at: None });
    }

    #[test]
    fn what_goes_wrong_ends_it() {
        assert_eq!(search(1.0, |_| Err("stopped"), || false), Err("stopped"));
    }
}
