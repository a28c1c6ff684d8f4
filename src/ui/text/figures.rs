//! Numbers with their units, short enough for a box on the canvas or an axis. What was set is written by
//! [`crate::ui::widgets::number`], which rounds nothing; what a report says by [`crate::report`].

use crate::report::text::grouped;

/// A count in few letters: "987", "12.3k", "1.2M".
pub fn compact(count: u64) -> String {
    match count {
        0..10_000 => grouped(count),
        10_000..1_000_000 => tenths(count as f64 / 1e3, "k"),
        _ => tenths(count as f64 / 1e6, "M"),
    }
}

/// A number of an axis or about so large, in five characters or less and without idle zeros: "250", "12.5k", "−40".
pub fn short(value: f64) -> String {
    let (sign, size) = if value < 0.0 { ("−", -value) } else { ("", value) };
    let (number, unit) = match size {
        0.0..1e3 => (size, ""),
        1e3..1e6 => (size / 1e3, "k"),
        1e6..1e9 => (size / 1e6, "M"),
        _ => (size / 1e9, "G"),
    };
    let digits = format!("{number:.2}");
    format!("{sign}{}{unit}", digits.trim_end_matches('0').trim_end_matches('.'))
}

/// A count each second: "1,234/s".
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate, rounded")]
pub fn per_sec(rate: f64) -> String {
    format!("{}/s", grouped(rate.round().max(0.0) as u64))
}

/// A size in few letters: "980 B", "1.2 KiB", "341 MiB".
pub fn bytes(bytes: u64) -> String {
    let size = bytes as f64;
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => tenths(size / 1_024.0, " KiB"),
        1_048_576..1_073_741_824 => tenths(size / 1_048_576.0, " MiB"),
        _ => tenths(size / 1_073_741_824.0, " GiB"),
    }
}

/// A lag in few letters: "0 ms", "48 ms", "3.2 s".
pub fn lag(secs: f64) -> String {
    if secs < 1.0 { format!("{:.0} ms", secs * 1e3) } else { tenths(secs, " s") }
}

fn tenths(value: f64, unit: &str) -> String {
    if value < 99.95 { format!("{value:.1}{unit}") } else { format!("{value:.0}{unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_have_units() {
        assert_eq!([compact(987), compact(12_345), compact(2_000_000)], ["987", "12.3k", "2.0M"]);
        assert_eq!([bytes(980), bytes(1_234), bytes(999_900)], ["980 B", "1.2 KiB", "976 KiB"]);
        assert_eq!([lag(0.0), lag(0.0484), lag(3.21)], ["0 ms", "48 ms", "3.2 s"]);
        assert_eq!(per_sec(4_209.6), "4,210/s");
        for (value, text) in [
            (0.0, "0"),
            (250.0, "250"),
            (1_000.0, "1k"),
            (12_500.0, "12.5k"),
            (-40.0, "−40"),
            (1.5e6, "1.5M"),
        ] {
            assert_eq!(short(value), text);
        }
    }
}
