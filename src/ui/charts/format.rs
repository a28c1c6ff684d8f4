//! Numbers with their units, as axes and readouts say them; and where an axis has its marks.

use egui_plot::{GridInput, GridMark};

use super::super::text::figures::short;
use crate::report::text::{bytes, grouped};
use crate::report::verdict::micros;

/// What the values of a chart are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Requests a second.
    PerSecond,
    /// Microseconds, drawn by their logarithm.
    Micros,
    /// Units or orders.
    Units,
    /// Bytes.
    Bytes,
    /// Seconds.
    Secs,
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded, not negative")]
fn whole(value: f64) -> u64 {
    value.max(0.0).round() as u64
}

impl Unit {
    /// An exact value with its unit.
    pub fn exact(self, value: f64) -> String {
        match self {
            Self::PerSecond => format!("{}/s", grouped(whole(value))),
            Self::Micros => micros(whole(value)),
            Self::Units if value < 0.0 => format!("−{}", grouped(whole(-value))),
            Self::Units => grouped(whole(value)),
            Self::Bytes => bytes(whole(value)),
            Self::Secs => micros(whole(value * 1e6)),
        }
    }

    /// The label of an axis' mark.
    pub fn tick(self, mark: f64) -> String {
        match self {
            Self::Micros => decade(mark),
            Self::Bytes => short_bytes(mark),
            Self::Secs => short_secs(mark),
            Self::PerSecond | Self::Units => short(mark),
        }
    }

    /// Where a value is drawn.
    pub fn place(self, value: f64) -> f64 {
        if self == Self::Micros { value.max(1.0).log10() } else { value }
    }

    /// The lowest and highest place of an axis that has to show places from `low` to `high`.
    pub fn bounds(self, low: f64, high: f64) -> (f64, f64) {
        if self == Self::Micros {
            let (low, high) = if low > high { (3.0, 4.0) } else { (low.floor(), high.ceil()) };
            return (low, high.max(low + 1.0));
        }
        let least = match self {
            Self::Bytes => 1_024.0,
            Self::Secs => 0.01,
            _ => 10.0,
        };
        (if low < 0.0 { -nice_above(-low) } else { 0.0 }, nice_above(high * 1.02).max(least))
    }

    /// The marks of an axis with room for one every `apart` (in places).
    pub fn marks(self, input: &GridInput, apart: f64) -> Vec<GridMark> {
        if self == Self::Micros {
            return steps(input.bounds, apart.ceil().max(1.0));
        }
        let step = if self == Self::Bytes { nice_bytes(apart) } else { nice_step(apart) };
        let whole = if self == Self::Units { step.max(1.0) } else { step };
        steps(input.bounds, whole)
    }
}

/// A mark at every multiple of a step.
#[allow(clippy::cast_possible_truncation, reason = "a few marks on a screen")]
pub fn steps((from, to): (f64, f64), step: f64) -> Vec<GridMark> {
    let (first, last) = ((from / step - 1e-9).ceil() as i64, (to / step + 1e-9).floor() as i64);
    (first..=last.min(first + 200)).map(|n| GridMark { value: n as f64 * step, step_size: step }).collect()
}

/// The next end of an axis above: not much higher, and the same for a while.
fn nice_above(value: f64) -> f64 {
    next_of(&[1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0], value)
}

/// The next step of an axis above.
fn nice_step(value: f64) -> f64 {
    next_of(&[1.0, 2.0, 5.0, 10.0], value)
}

/// The next of some numbers, times a power of ten.
fn next_of(leads: &[f64], value: f64) -> f64 {
    if value <= 0.0 || !value.is_finite() {
        return 1.0;
    }
    let power = 10_f64.powf(value.log10().floor());
    leads.iter().map(|lead| lead * power).find(|nice| *nice >= value * (1.0 - 1e-9)).unwrap_or(10.0 * power)
}

/// The next power of two above, which all units of bytes are made of.
fn nice_bytes(value: f64) -> f64 {
    2_f64.powf(value.max(1.0).log2().ceil())
}

/// The next time step above, in seconds.
pub fn nice_secs(value: f64) -> f64 {
    const STEPS: [f64; 19] = [
        0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0,
        7_200.0, 14_400.0, 43_200.0,
    ];
    STEPS.into_iter().find(|step| *step >= value).unwrap_or_else(|| nice_step(value / 86_400.0) * 86_400.0)
}

/// A moment of the run, as precise as the steps of its axis.
pub fn moment(secs: f64, step: f64) -> String {
    let (sign, secs) = if secs < -1e-9 { ("−", -secs) } else { ("", secs.max(0.0)) };
    let all = whole(secs);
    if step < 1.0 {
        format!("{sign}{secs:.1} s")
    } else if all < 60 && step < 60.0 {
        format!("{sign}{all} s")
    } else if all < 3_600 {
        format!("{sign}{}:{:02}", all / 60, all % 60)
    } else {
        format!("{sign}{}:{:02}:{:02}", all / 3_600, all / 60 % 60, all % 60)
    }
}

fn short_bytes(value: f64) -> String {
    let (number, unit) = match value {
        1_073_741_824.0.. => (value / 1_073_741_824.0, "GiB"),
        1_048_576.0.. => (value / 1_048_576.0, "MiB"),
        1_024.0.. => (value / 1_024.0, "KiB"),
        _ => (value, "B"),
    };
    format!("{} {unit}", short(number))
}

fn short_secs(value: f64) -> String {
    if value == 0.0 || value >= 1.0 {
        format!("{} s", short(value))
    } else {
        format!("{} ms", short(value * 1e3))
    }
}

/// The microseconds whose logarithm this is.
fn decade(log: f64) -> String {
    let micros = 10_f64.powf(log);
    match micros {
        1e6.. => format!("{} s", short((micros / 1e6).round())),
        1e3.. => format!("{} ms", short((micros / 1e3).round())),
        _ => format!("{} µs", short(micros.round())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(short_bytes(1_572_864.0), "1.5 MiB");
        for (log, text) in [(0.0, "1 µs"), (3.0, "1 ms"), (5.0, "100 ms"), (6.0, "1 s"), (8.0, "100 s")] {
            assert_eq!(decade(log), text);
        }
        for (secs, step, text) in
            [(1.5, 0.5, "1.5 s"), (12.0, 1.0, "12 s"), (90.0, 30.0, "1:30"), (3_725.0, 60.0, "1:02:05")]
        {
            assert_eq!(moment(secs, step), text);
        }
        for (secs, text) in [(0.0, "0 s"), (0.05, "50 ms"), (2.5, "2.5 s")] {
            assert_eq!(Unit::Secs.tick(secs), text);
        }
        assert_eq!(Unit::Secs.exact(0.0512), "51.2 ms");
        assert_eq!(Unit::Units.exact(-1_234.0), "−1,234");
        assert_eq!(Unit::PerSecond.exact(9_041.2), "9,041/s");
    }

    #[test]
    fn axes_end_at_numbers_that_read_well() {
        let near = |(a, b): (f64, f64), (c, d): (f64, f64)| (a - c).abs() < 1e-9 && (b - d).abs() < 1e-9;
        assert!(near(Unit::PerSecond.bounds(0.0, 23_000.0), (0.0, 25_000.0)));
        assert!(near(Unit::Units.bounds(-3.0, 1_000.0), (-3.0, 1_200.0)));
        assert!(near(Unit::Micros.bounds(2.1, 4.4), (2.0, 5.0)));
        assert!(near(Unit::Micros.bounds(f64::INFINITY, f64::NEG_INFINITY), (3.0, 4.0)));
        assert!(near(Unit::Bytes.bounds(0.0, 0.0), (0.0, 1_024.0)));
        assert!(near(Unit::Secs.bounds(0.0, 0.104), (0.0, 0.12)));
    }
}
