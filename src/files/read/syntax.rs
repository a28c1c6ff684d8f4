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
    let Err(error) = ron::from_str::<IgnoredAny>(text) else {
        let offset = content_start(text);
        return Ok(Raw { text: text[offset..].trim_end(), offset });
    };
    Err(explain(text, &error))
}

fn explain(text: &str, error: &SpannedError) -> (usize, Complaint) {
    let at = offset_of(text, error.span.end.line, error.span.end.col);
    let start = content_start(text);
    let before = Scan::of(&text[..at]);
    let rest = text[at..].trim_start();
    let say = |problem: &str, remedy: &str| (problem.to_owned(), remedy.to_owned());
    if text[start..].is_empty() {
        return (start, say("the file is empty", "write a topology, or begin with a copy of a preset"));
    }
    if text[start..].starts_with('{') {
        let remedy = "write RON: ( … ) instead of { … }, and names of fields without quotes";
        return (start, say("this looks like JSON", remedy));
    }
    if let Error::UnclosedBlockComment = error.code {
        return (before.comment_at.unwrap_or(at), say("this comment is never closed", "close it with */"));
    }
    if let (Some(quote), true) = (before.open_text_at, rest.is_empty() || before.open_text_at == Some(at)) {
        return (quote, say("the text that begins here is never closed", "add the closing quote"));
    }
    if let (Some(&(open, bracket)), true) = (before.open.last(), rest.is_empty()) {
        let problem = format!("the file ends before this {bracket} is closed");
        let remedy = format!("add the missing {}, or get the whole file again", closing(bracket));
        return (open, (problem, remedy));
    }
    if let Some(found) = rest.chars().next().filter(|c| matches!(c, ')' | ']' | '}'))
        && let Some(&(open, bracket)) = before.open.last()
        && closing(bracket) != found
    {
        let line = 1 + text[..open].matches('\n').count();
        let problem = format!("{found} comes before the {bracket} of line {line} is closed");
        return (at, (problem, format!("add the missing {}", closing(bracket))));
    }
    (at, explain_code(&error.code, &text[..at], rest, &before))
}

fn explain_code(code: &Error, before: &str, rest: &str, scan: &Scan) -> Complaint {
    let say = |problem: &str, remedy: &str| (problem.to_owned(), remedy.to_owned());
    match code {
        Error::ExpectedComma => explain_comma(before, rest, scan),
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
        Error::ExpectedAttribute | Error::ExpectedAttributeEnd | Error::NoSuchExtension(_) => {
            say("this begins with # and is not RON", "write comments as // …")
        }
        Error::UnexpectedChar('#') => say("# can't stand here", "write comments as // …"),
        Error::UnexpectedChar(found) => (
            format!("{} can't stand here", found.escape_debug()),
            "write a number, \"text\" in quotes, a word, ( … ) or [ … ]".into(),
        ),
        other => {
            let words = other.to_string();
            let mut letters = words.chars();
            let first = letters.next().map(|letter| letter.to_lowercase().to_string()).unwrap_or_default();
            let remedy = "compare the line with a preset; names are followed by a colon, values by a comma";
            (first + letters.as_str(), remedy.into())
        }
    }
}

/// Two values without a comma between them: most often something else was forgotten.
fn explain_comma(before: &str, rest: &str, scan: &Scan) -> Complaint {
    let found = rest.chars().next().unwrap_or(' ');
    let previous = before.chars().next_back().unwrap_or(' ');
    let word_end = |text: &str| text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    if found == '=' {
        return (
            "a field is written with a colon".into(),
            "write name: value instead of name = value".into(),
        );
    }
    if found == ':' {
        return (
            "a name stands where a value is expected".into(),
            "write names of fields without quotes, inside ( … )".into(),
        );
    }
    if found.is_alphabetic() && previous.is_ascii_digit() {
        let number =
            before.rfind(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '_')).map_or(0, |at| at + 1);
        let word = format!("{}{}", before.get(number..).unwrap_or_default(), &rest[..word_end(rest)]);
        return (
            format!("{word} is neither a number nor text"),
            format!("put it in quotes if it is text or a duration: \"{word}\""),
        );
    }
    if previous == '"' && scan.last_text_has_lines {
        return (
            "the text before this goes over several lines".into(),
            "add the closing quote where the text should end".into(),
        );
    }
    (
        format!("there is no comma before {}", found.escape_debug()),
        "put commas between fields and between items, and text in quotes".into(),
    )
}

/// Brackets and quotes up to some point of the text.
#[derive(Default)]
struct Scan {
    /// Brackets that are open there, each with the bytes before it.
    open: Vec<(usize, char)>,
    /// The bytes before the quote of a text that is open there.
    open_text_at: Option<usize>,
    /// The bytes before the comment begun last.
    comment_at: Option<usize>,
    /// Whether the last text goes over several lines.
    last_text_has_lines: bool,
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
        let mut escaped = false;
        for (index, character) in rest.char_indices().skip(1) {
            match character {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => {
                    self.last_text_has_lines = rest[..index].contains('\n');
                    return index + 1;
                }
                _ => {}
            }
        }
        self.open_text_at = Some(at);
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
fn content_start(text: &str) -> usize {
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
