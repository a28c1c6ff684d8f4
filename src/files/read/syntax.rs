//! What is wrong where the text is not RON at all.
//!
//! RON stops at the first such place, so there is one problem. Its place is RON's; its words are ours, because what a
//! person did (forgot a quote) is seldom what the parser noticed (no comma).

use ron::error::{Error, SpannedError};
use serde::de::IgnoredAny;

use super::super::raw::Raw;
use super::value::Complaint;

/// The whole text as one value, or what is wrong and the bytes before it.
pub(super) fn check(text: &str) -> Result<Raw<'_>, (usize, Complaint)> {
    let offset = content_start(text);
    let content = text[offset..].trim_end();
    if content.is_empty() {
        return Err((0, say("the file is empty", "write a topology, or begin with a copy of a preset")));
    }
    if content.starts_with('{') {
        let remedy = "write RON: ( … ) instead of { … }, and names of fields without quotes";
        return Err((offset, say("this looks like JSON", remedy)));
    }
    match ron::from_str::<IgnoredAny>(text) {
        Ok(IgnoredAny) => Ok(Raw { text: content, offset }),
        Err(_) if content.starts_with('#') => Err((offset, no_hash())),
        Err(_) if !begins_like_a_topology(content) => {
            Err((offset, say("a topology begins with (", "write ( version: 1, title: \"…\", … )")))
        }
        Err(error) => Err(explain(text, &error)),
    }
}

/// Whether a text begins with `(`, with or without a word before it.
fn begins_like_a_topology(content: &str) -> bool {
    let rest = Raw { text: content, offset: 0 }.word().1.text;
    rest.trim_start().starts_with(['(', '/'])
}

fn say(text: &str, remedy: &str) -> Complaint {
    (text.to_owned(), remedy.to_owned())
}

fn no_hash() -> Complaint {
    say("# can't stand here", "write comments as // …")
}

fn explain(text: &str, error: &SpannedError) -> (usize, Complaint) {
    let at = offset_of(text, error.span.end.line, error.span.end.col);
    let before = Scan::of(&text[..at]);
    let rest = text[at..].trim_start();
    let open = before.open.last().copied();
    match (&error.code, open) {
        (Error::UnclosedBlockComment, _) => {
            (before.comment_at.unwrap_or(at), say("this comment is never closed", "close it with */"))
        }
        (Error::ExpectedStringEnd, _) => (
            before.text_at.unwrap_or(at),
            say("the text that begins here is never closed", "add the closing quote"),
        ),
        (Error::ExpectedComma, _) if before.text_has_lines && text[..at].ends_with('"') => {
            let start = before.text_at.unwrap_or(at);
            let problem = format!("the text that begins here ends in line {}", line_of(text, at));
            (start, (problem, "add the closing quote where it should end".into()))
        }
        (_, Some((open, bracket))) if rest.is_empty() => {
            let problem = format!("the file ends before this {bracket} is closed");
            (open, (problem, format!("add the missing {}, or get the whole file again", closing(bracket))))
        }
        (_, Some((open, bracket)))
            if rest.starts_with([')', ']', '}']) && !rest.starts_with(closing(bracket)) =>
        {
            let problem = format!(
                "{} comes before the {bracket} of line {} is closed",
                &rest[..1],
                line_of(text, open)
            );
            (at, (problem, format!("add the missing {}", closing(bracket))))
        }
        (code, _) => (at, explain_code(code, &text[..at], rest)),
    }
}

fn explain_code(code: &Error, before: &str, rest: &str) -> Complaint {
    match code {
        _ if rest.starts_with('#') => no_hash(),
        _ if rest.starts_with('=') => {
            say("= can't stand here", "write a field with a colon: name: value instead of name = value")
        }
        Error::ExpectedComma => explain_comma(before, rest),
        Error::ExpectedIdentifier => (
            format!("expected the name of a field, found {}", first_of(rest)),
            "write name: value, or add the closing bracket that is missing before it".into(),
        ),
        Error::ExpectedMapColon => {
            say("the name of a field has no value behind it", "write name: value, and text in quotes")
        }
        Error::TrailingCharacters => {
            say("there is more behind the end of the topology", "remove it, or the ) too many before it")
        }
        Error::InvalidEscape(_) => {
            say("a \\ in quotes begins an escape that is not known", "write \\\\ for the character \\ itself")
        }
        Error::ExceededRecursionLimit => {
            say("the brackets are nested too deeply", "a topology has a handful of levels; remove the others")
        }
        Error::ExpectedFloat | Error::ExpectedInteger | Error::FloatUnderscore => {
            say("this number can't be read", "write digits with one point at most: 1_000 or 0.5")
        }
        Error::UnexpectedChar(_) => (
            format!("{} can't stand here", first_of(rest)),
            "write a number, \"text\" in quotes, a word, ( … ) or [ … ]".into(),
        ),
        other => {
            let words = other.to_string();
            let mut letters = words.chars();
            let first = letters.next().map(|letter| letter.to_lowercase().to_string()).unwrap_or_default();
            let remedy =
                "compare the line with a preset: fields are written name: value, with commas between them";
            (first + letters.as_str(), remedy.into())
        }
    }
}

/// Two values without a comma between them: most often something else was forgotten.
fn explain_comma(before: &str, rest: &str) -> Complaint {
    let found = rest.chars().next().unwrap_or(' ');
    if found == ':' {
        return say(
            "a name stands where a value is expected",
            "write names of fields without quotes, inside ( … )",
        );
    }
    if found.is_alphabetic() && before.ends_with(|c: char| c.is_ascii_digit()) {
        let start = before.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '_')).len();
        let word = format!("{}{}", &before[start..], first_of(rest));
        return (
            format!("{word} is neither a number nor text"),
            format!("put it in quotes if it is text or a duration: \"{word}\""),
        );
    }
    (
        format!("there is no comma before {}", first_of(rest)),
        "put commas between fields and between items, and text in quotes".into(),
    )
}

/// The first word of a text, or its first character, to be shown.
fn first_of(text: &str) -> String {
    const LONGEST: usize = 40;
    let is_word = |c: &char| c.is_alphanumeric() || *c == '_';
    let word: String = text.chars().take_while(is_word).take(LONGEST).collect();
    let first = text.chars().next();
    if word.is_empty() { first.map_or("the end".into(), |c| c.escape_debug().to_string()) } else { word }
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text[..offset].matches('\n').count()
}

/// Brackets and quotes up to some point of the text.
#[derive(Default)]
struct Scan {
    /// Brackets that are open there, each with the bytes before it.
    open: Vec<(usize, char)>,
    /// The bytes before the quote that begins the last text.
    text_at: Option<usize>,
    /// The bytes before the comment begun last.
    comment_at: Option<usize>,
    /// Whether the last text goes over several lines.
    text_has_lines: bool,
}

impl Scan {
    fn of(text: &str) -> Self {
        let mut scan = Self::default();
        let mut at = 0;
        while let Some(character) = text[at..].chars().next() {
            let rest = &text[at..];
            at += match character {
                '(' | '[' | '{' => {
                    scan.open.push((at, character));
                    1
                }
                ')' | ']' | '}' => {
                    scan.open.pop();
                    1
                }
                '"' => scan.text(rest, at),
                '/' if comment_bytes(rest) > 0 => {
                    scan.comment_at = Some(at);
                    comment_bytes(rest)
                }
                other => other.len_utf8(),
            };
        }
        scan
    }

    /// Passes over a text in quotes; the bytes that it takes.
    fn text(&mut self, rest: &str, at: usize) -> usize {
        self.text_at = Some(at);
        let mut escaped = false;
        for (index, character) in rest.char_indices().skip(1) {
            match character {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => {
                    self.text_has_lines = rest[..index].contains('\n');
                    return index + 1;
                }
                _ => {}
            }
        }
        rest.len()
    }
}

fn closing(bracket: char) -> char {
    match bracket {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

/// The bytes of space and comments at the beginning.
pub(super) fn content_start(text: &str) -> usize {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200e}' | '\u{200f}'));
        match comment_bytes(rest) {
            0 => return text.len() - rest.len(),
            bytes => rest = &rest[bytes..],
        }
    }
}

/// The bytes of the comment at the beginning, if there is one. Comments in `/* … */` may hold others.
fn comment_bytes(text: &str) -> usize {
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    let (mut depth, mut at) = (0, 0);
    while text[at..].starts_with("/*") || depth > 0 {
        depth = if text[at..].starts_with("/*") { depth + 1 } else { depth - 1 };
        at += 2;
        match (depth, text[at..].find("/*"), text[at..].find("*/")) {
            (0, ..) => break,
            (_, Some(open), Some(close)) => at += open.min(close),
            (_, _, Some(close)) => at += close,
            (_, _, None) => return text.len(),
        }
    }
    at
}

/// The bytes before a line and a column, both from 1, the column in characters.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let within = text[start..].char_indices().nth(column - 1).map_or(text.len() - start, |(at, _)| at);
    start + within
}
