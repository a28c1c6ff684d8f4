//! Numbers with their units, short enough for a box on the canvas.

use std::time::Duration;

use crate::report::text::grouped;

/// A count in few letters: "987", "12.3k", "1.2M".
pub fn compact(count: u64) -> String {
    match count {
        0..10_000 => grouped(count),
        10_000..1_000_000 => short(count as f64 / 1e3, "k"),
        _ => short(count as f64 / 1e6, "M"),
    }
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
        1_024..1_048_576 => short(size / 1_024.0, " KiB"),
        1_048_576..1_073_741_824 => short(size / 1_048_576.0, " MiB"),
        _ => short(size / 1_073_741_824.0, " GiB"),
    }
}

/// A time that was set: "250 ms", "1.5 s", "2 min".
pub fn span(span: Duration) -> String {
    let secs = span.as_secs_f64();
    let is_whole = |unit: f64| secs >= unit && (secs / unit).fract() == 0.0;
    if is_whole(3_600.0) {
        format!("{} h", secs / 3_600.0)
    } else if is_whole(60.0) {
        format!("{} min", secs / 60.0)
    } else if secs >= 1.0 {
        format!("{secs} s")
    } else {
        format!("{} ms", span.as_micros() as f64 / 1e3)
    }
}

/// A lag in few letters: "0 ms", "48 ms", "3.2 s".
pub fn lag(secs: f64) -> String {
    if secs < 1.0 { format!("{:.0} ms", secs * 1e3) } else { short(secs, " s") }
}

fn short(value: f64, unit: &str) -> String {
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
        let spans = [250, 1_500, 10_000, 120_000, 7_200_000].map(|ms| span(Duration::from_millis(ms)));
        assert_eq!(spans, ["250 ms", "1.5 s", "10 s", "2 min", "2 h"]);
    }
}
