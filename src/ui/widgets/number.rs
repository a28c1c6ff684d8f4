//! Numbers and spans of time as people write and read them. Pure.

use std::time::Duration;

/// The longest span that is read: a century, more than any range allows.
const LONGEST_SECS: f64 = 3.2e9;

/// Units of time, the longest first: how they are shown, how many nanoseconds they have.
const SHOWN: &[(&str, u128)] = &[
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("min", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("µs", 1_000),
    ("ns", 1),
];

/// Other ways to write them.
const ALSO: &[(&str, &str)] = &[
    ("day", "d"),
    ("days", "d"),
    ("天", "d"),
    ("hour", "h"),
    ("hours", "h"),
    ("小时", "h"),
    ("m", "min"),
    ("mins", "min"),
    ("minute", "min"),
    ("minutes", "min"),
    ("分", "min"),
    ("分钟", "min"),
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("秒", "s"),
    ("毫秒", "ms"),
    ("us", "µs"),
    ("μs", "µs"),
    ("微秒", "µs"),
];

/// A number with its thousands set apart, to six decimals at the most.
pub fn number(x: f64) -> String {
    if !x.is_finite() || x.abs() >= 1e15 {
        return x.to_string();
    }
    let text = format!("{:.6}", x.abs());
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let decimals = decimals.trim_end_matches('0');
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if x < 0.0 && (whole != "0" || !decimals.is_empty()) { "-" } else { "" };
    if decimals.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped}.{decimals}") }
}

/// A share of 1 in percent.
pub fn percent(share: f64) -> String {
    format!("{} %", number(share * 100.0))
}

/// A number as it was typed: thousands may be set apart, and `k`, `M` and `万` count.
pub fn parse_number(typed: &str) -> Option<f64> {
    let plain: String = typed.chars().filter(|c| !matches!(c, ',' | '_' | '，' | ' ' | '\u{a0}')).collect();
    let (digits, factor) = [("k", 1e3), ("K", 1e3), ("M", 1e6), ("万", 1e4)]
        .iter()
        .find_map(|(sign, factor)| Some((plain.strip_suffix(sign)?, *factor)))
        .unwrap_or((&plain, 1.0));
    let x: f64 = digits.parse().ok()?;
    x.is_finite().then_some(x * factor)
}

/// A share of 1, typed in percent; the sign may be left out.
pub fn parse_percent(typed: &str) -> Option<f64> {
    let typed = typed.trim();
    Some(parse_number(typed.strip_suffix(['%', '％']).unwrap_or(typed))? / 100.0)
}

/// A span of time: `250 ms`, `1.5 s`, `1 min 30 s`. Nothing is rounded.
pub fn span(span: Duration) -> String {
    let nanos = span.as_nanos();
    if nanos == 0 {
        return "0 s".to_owned();
    }
    let minute = SHOWN[2].1;
    if nanos < minute {
        let (unit, size) = SHOWN[3..].iter().find(|(_, size)| nanos >= *size).copied().unwrap_or(("ns", 1));
        return format!("{} {unit}", decimal(nanos, size));
    }
    let mut left = nanos;
    let mut parts = Vec::new();
    for &(unit, size) in &SHOWN[..3] {
        if left >= size {
            parts.push(format!("{} {unit}", left / size));
            left %= size;
        }
    }
    if left > 0 {
        parts.push(format!("{} s", decimal(left, SHOWN[3].1)));
    }
    parts.join(" ")
}

/// The same of a number of seconds.
pub fn span_of_secs(secs: f64) -> String {
    span(from_secs(secs))
}

/// A span of as many seconds; below 0 none at all.
pub fn from_secs(secs: f64) -> Duration {
    // Through whole nanoseconds, so that 0.1 s is 100 ms and nothing besides.
    let secs = if secs.is_nan() { 0.0 } else { secs.clamp(0.0, LONGEST_SECS) };
    Duration::from_secs_f64(secs)
}

fn decimal(nanos: u128, size: u128) -> String {
    let (whole, rest) = (nanos / size, nanos % size);
    if rest == 0 {
        return whole.to_string();
    }
    let width = size.ilog10() as usize;
    let decimals = format!("{rest:0width$}");
    format!("{whole}.{}", decimals.trim_end_matches('0'))
}

/// Why a text is no span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoSpan {
    /// A number without a unit.
    NoUnit,
    /// Something else.
    Unknown,
}

/// A span of time as it was typed: `250ms`, `1.5 s`, `1min 30s`.
///
/// # Errors
/// It is none.
pub fn parse_span(typed: &str) -> Result<Duration, NoSpan> {
    let mut rest = typed.trim();
    if rest == "0" {
        return Ok(Duration::ZERO);
    }
    if rest.is_empty() {
        return Err(NoSpan::Unknown);
    }
    let mut nanos = 0_u128;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (figure, after) = rest.split_at(digits);
        let after = after.trim_start();
        let letters = after.find(|c: char| c.is_ascii_digit() || c.is_whitespace()).unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        if unit.is_empty() && figure.parse::<f64>().is_ok() {
            return Err(NoSpan::NoUnit);
        }
        let size = size_of(unit).ok_or(NoSpan::Unknown)?;
        nanos += counted(figure, size).ok_or(NoSpan::Unknown)?;
        if nanos as f64 / 1e9 > LONGEST_SECS {
            return Err(NoSpan::Unknown);
        }
        rest = after.trim_start();
    }
    let nanos = u64::try_from(nanos).map_err(|_too_long| NoSpan::Unknown)?;
    Ok(Duration::from_nanos(nanos))
}

fn size_of(unit: &str) -> Option<u128> {
    let unit = ALSO.iter().find(|(also, _)| *also == unit).map_or(unit, |(_, shown)| shown);
    SHOWN.iter().find(|(shown, _)| *shown == unit).map(|(_, size)| *size)
}

/// Nanoseconds of a decimal number of a unit.
fn counted(figure: &str, size: u128) -> Option<u128> {
    let (whole, decimals) = figure.split_once('.').unwrap_or((figure, ""));
    if whole.is_empty() && decimals.is_empty() || whole.len() > 12 || decimals.len() > 12 {
        return None;
    }
    let whole: u128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let part: u128 = if decimals.is_empty() { 0 } else { decimals.parse().ok()? };
    let scale = 10_u128.pow(u32::try_from(decimals.len()).ok()?);
    Some(whole * size + part * size / scale)
}

/// A number rounded to what a hand can aim at: three digits.
pub fn three_digits(x: f64) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return 0.0;
    }
    let step = 10_f64.powf(x.abs().log10().floor() - 2.0);
    // Through its decimal text, which has no dust in its last digits.
    let rounded = (x / step).round() * step;
    format!("{rounded:.9}").parse().unwrap_or(rounded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_and_read_alike() {
        let table = [
            (0.0, "0"),
            (7.0, "7"),
            (1_000.0, "1,000"),
            (1_234_567.5, "1,234,567.5"),
            (-20_000.0, "-20,000"),
            (0.001, "0.001"),
        ];
        for (x, text) in table {
            assert_eq!(number(x), text);
            assert_eq!(parse_number(text), Some(x));
        }
        assert_eq!(parse_number("30k"), Some(30_000.0));
        assert_eq!(parse_number("3 万"), Some(30_000.0));
        assert_eq!(parse_number("many"), None);
        assert_eq!(percent(0.985), "98.5 %");
        assert_eq!(parse_percent("98.5%"), Some(0.985));
        assert_eq!(number(-0.000_000_1), "0");
    }

    #[test]
    fn spans_are_written_and_read_alike() {
        let table = [
            (0, "0 s"),
            (1_500, "1.5 µs"),
            (250_000_000, "250 ms"),
            (1_500_000_000, "1.5 s"),
            (90_000_000_000, "1 min 30 s"),
            (86_400_000_000_000, "1 d"),
            (3_600_500_000_000, "1 h 0.5 s"),
        ];
        for (nanos, text) in table {
            let of = Duration::from_nanos(nanos);
            assert_eq!(span(of), text);
            assert_eq!(parse_span(text), Ok(of), "{text}");
        }
        for (typed, millis) in
            [("250ms", 250), ("2 s", 2_000), ("1m30s", 90_000), (".5s", 500), ("2秒", 2_000)]
        {
            assert_eq!(parse_span(typed), Ok(Duration::from_millis(millis)), "{typed}");
        }
        assert_eq!(parse_span("250"), Err(NoSpan::NoUnit));
        for typed in ["", "ms", "2 parsecs", "-1s", "1.2.3s", "999999999999d"] {
            assert_eq!(parse_span(typed), Err(NoSpan::Unknown), "{typed}");
        }
    }

    #[test]
    fn hands_aim_at_three_digits() {
        for (x, rounded) in [(12_345.6, 12_300.0), (0.123_456, 0.123), (999.6, 1_000.0), (0.0, 0.0)] {
            assert!((three_digits(x) - rounded).abs() < 1e-9, "{x}: {}", three_digits(x));
        }
    }
}
