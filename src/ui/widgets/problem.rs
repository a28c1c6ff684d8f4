//! Problems in words.

use super::super::text::{Lang, Text, text};
use crate::topology::Problem;

const WITH_REMEDY: Text = text("{}: {}", "{}：{}");

/// A problem with its remedy, in words.
pub fn in_words(lang: Lang, problem: &Problem) -> String {
    lang.f(WITH_REMEDY, &[&capital(&lang.of(&problem.text)), &lang.of(&problem.remedy)])
}

/// A text with a capital first letter.
pub fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
