//! Single values, by the kinds of parameters.

use super::super::raw::Raw;
use super::suggest;
use crate::param::{ParamKind, ParamSpec, ParamValue};

/// A problem's text and its remedy.
pub(super) type Complaint = (String, String);

/// Reads a value of the kind that a parameter has. Whether it is in range is the validator's business.
pub(super) fn read_value(raw: Raw, spec: &ParamSpec) -> Result<ParamValue, Complaint> {
    let raw = match raw.optional() {
        Some(inside) if spec.optional || inside == raw => inside,
        None if spec.optional => return Ok(ParamValue::Off),
        // `None` is a word like others for a choice, and `Some( … )` is a mistake.
        _ => raw,
    };
    let value = match spec.kind {
        ParamKind::Int => raw.to().map(ParamValue::Int),
        ParamKind::Float => raw.to().map(ParamValue::Float),
        ParamKind::Bool => raw.to().map(ParamValue::Bool),
        ParamKind::Text => raw.to().map(ParamValue::Text),
        ParamKind::Duration => raw
            .to::<String>()
            .and_then(|text| humantime::parse_duration(&text).ok())
            .map(ParamValue::Duration),
        ParamKind::Choice(words) => {
            words.iter().find(|word| **word == raw.text).map(|word| ParamValue::Choice(word))
        }
    };
    value.ok_or_else(|| complaint(raw, spec))
}

fn complaint(raw: Raw, spec: &ParamSpec) -> Complaint {
    let expected = match spec.kind {
        ParamKind::Int => "a whole number from 0".to_owned(),
        ParamKind::Float => "a number".to_owned(),
        ParamKind::Bool => "true or false".to_owned(),
        ParamKind::Text => "text in quotes".to_owned(),
        ParamKind::Duration => "a duration such as \"250ms\"".to_owned(),
        ParamKind::Choice(words) => format!("a word such as {}", words[0]),
    };
    let or_none = if spec.optional { " or None" } else { "" };
    let text = format!("{}: expected {expected}{or_none}, found {}", spec.key, raw.description());
    (text, remedy(raw, spec))
}

fn remedy(raw: Raw, spec: &ParamSpec) -> String {
    let quoted = raw.to::<String>();
    match spec.kind {
        ParamKind::Int | ParamKind::Float if spec.range.is_some() => {
            let first = if quoted.is_some() { "write it without quotes and " } else { "" };
            format!("{first}choose from {}", spec.range_text())
        }
        ParamKind::Int => format!("write a number without quotes, from 0 to {}", u64::MAX),
        ParamKind::Float => "write a number without quotes, such as 0.5".into(),
        ParamKind::Bool => "write true or false, without quotes".into(),
        ParamKind::Text => "put it in quotes: \"…\"".into(),
        ParamKind::Duration => match raw.to::<f64>() {
            Some(_) => {
                format!("write \"{0}s\" for seconds or \"{0}ms\" for milliseconds", raw.text)
            }
            None => "write a number with a unit, in quotes; units are us, ms, s, min, h, day".into(),
        },
        ParamKind::Choice(words) => match quoted {
            Some(word) if words.contains(&word.as_str()) => format!("write {word} without quotes"),
            Some(word) => suggest::remedy(&word, words),
            None => suggest::remedy(raw.text, words),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn spec(kind: ParamKind, optional: bool) -> ParamSpec {
        ParamSpec { key: "key", help: "", unit: "", kind, optional, range: None }
    }

    fn read(text: &str, kind: ParamKind, optional: bool) -> Result<ParamValue, Complaint> {
        read_value(Raw { text, offset: 0 }, &spec(kind, optional))
    }

    const CHOICE: ParamKind = ParamKind::Choice(&["None", "Rdb"]);

    #[test]
    fn values_are_read_by_their_kinds() {
        for (text, kind, value) in [
            ("1_000", ParamKind::Int, ParamValue::Int(1_000)),
            ("0x10", ParamKind::Int, ParamValue::Int(16)),
            ("Some(7)", ParamKind::Int, ParamValue::Int(7)),
            ("5", ParamKind::Float, ParamValue::Float(5.0)),
            ("-2.5e3", ParamKind::Float, ParamValue::Float(-2_500.0)),
            ("1_000.5", ParamKind::Float, ParamValue::Float(1_000.5)),
            ("inf", ParamKind::Float, ParamValue::Float(f64::INFINITY)),
            ("\"1m 30s\"", ParamKind::Duration, ParamValue::Duration(Duration::from_secs(90))),
            ("r#\"5ms\"#", ParamKind::Duration, ParamValue::Duration(Duration::from_millis(5))),
            ("true", ParamKind::Bool, ParamValue::Bool(true)),
            ("\"\\u{79d2}\"", ParamKind::Text, ParamValue::Text("秒".into())),
            ("None", ParamKind::Text, ParamValue::Off),
            ("Rdb", CHOICE, ParamValue::Choice("Rdb")),
        ] {
            assert_eq!(read(text, kind, true), Ok(value), "{text}");
        }
        assert_eq!(read("None", CHOICE, false), Ok(ParamValue::Choice("None")));
    }

    #[test]
    fn complaints_say_what_was_expected_and_found() {
        for (text, kind, said, remedy) in [
            ("60", ParamKind::Duration, "expected a duration such as \"250ms\", found 60", "\"60s\""),
            ("\"5 parsecs\"", ParamKind::Duration, "found \"5 parsecs\"", "units are"),
            ("-5", ParamKind::Int, "expected a whole number from 0, found -5", "from 0 to"),
            ("1.5", ParamKind::Int, "found 1.5", "from 0"),
            ("\"5\"", ParamKind::Int, "found \"5\"", "without quotes"),
            ("99999999999999999999999", ParamKind::Int, "found 99999", "18446744073709551615"),
            ("None", ParamKind::Int, "found None", "from 0"),
            ("Some(5)", ParamKind::Int, "found Some(5)", "from 0"),
            ("[1, 2]", ParamKind::Float, "expected a number, found a list", "such as 0.5"),
            ("yes", ParamKind::Bool, "expected true or false, found yes", "true or false"),
            ("sale", ParamKind::Text, "expected text in quotes, found sale", "in quotes"),
            ("\"Rdb\"", CHOICE, "expected a word such as None, found \"Rdb\"", "Rdb without quotes"),
            ("rdb", CHOICE, "found rdb", "did you mean Rdb?"),
        ] {
            let (problem, mend) = read(text, kind, false).unwrap_err();
            assert!(problem.contains(said), "{text}: {problem}");
            assert!(mend.contains(remedy), "{text}: {mend}");
        }
    }
}
