//! Texts of a lesson, which its author wrote in one language or in two.

use std::borrow::Cow;

use crate::lang::Lang;

/// A text in both languages, or in one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// English; empty where there is none.
    pub en: String,
    /// Simplified Chinese; empty where there is none.
    pub zh: String,
}

impl Words {
    /// In both.
    pub fn both(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { en: en.into(), zh: zh.into() }
    }

    /// The text in a language; in the other one where it has only that.
    pub fn of(&self, lang: Lang) -> &str {
        let (own, other) = match lang {
            Lang::En => (&self.en, &self.zh),
            Lang::Zh => (&self.zh, &self.en),
        };
        if own.trim().is_empty() { other } else { own }
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.en.trim().is_empty() && self.zh.trim().is_empty()
    }

    /// Whether it says something in both languages, or in neither.
    pub fn is_whole(&self) -> bool {
        self.en.trim().is_empty() == self.zh.trim().is_empty()
    }

    /// What it says in each language.
    pub fn each(&self) -> impl Iterator<Item = &str> {
        [self.en.as_str(), self.zh.as_str()].into_iter().filter(|text| !text.is_empty())
    }
}

/// The paragraphs of a text: an empty line is between two of them, and lines within one flow together.
pub fn paragraphs(text: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for line in text.lines().map(str::trim) {
        match found.last_mut() {
            Some(last) if line.is_empty() && !last.is_empty() => found.push(String::new()),
            Some(last) if !line.is_empty() => {
                // Chinese has no spaces between lines.
                let meets = |c: Option<char>| c.is_none_or(is_wide);
                if !meets(last.chars().next_back()) || !(last.is_empty() || meets(line.chars().next())) {
                    last.push(' ');
                }
                last.push_str(line);
            }
            _ => {}
        }
    }
    found.retain(|paragraph| !paragraph.is_empty());
    found
}

/// Characters that stand without spaces: Chinese ones and their punctuation.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}' | '“' | '”')
}

/// A text in one line.
pub fn in_a_line(text: &str) -> Cow<'_, str> {
    if text.contains('\n') { Cow::Owned(paragraphs(text).join(" ")) } else { Cow::Borrowed(text.trim()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_wrote_one_language_is_shown_in_that_one() {
        let both = Words::both("stock", "库存");
        assert_eq!((both.of(Lang::En), both.of(Lang::Zh)), ("stock", "库存"));
        let one = Words::both("", "库存");
        assert_eq!((one.of(Lang::En), one.of(Lang::Zh)), ("库存", "库存"));
        assert!(both.is_whole() && !one.is_whole() && !one.is_empty() && Words::default().is_empty());
    }

    #[test]
    fn lines_flow_together_and_chinese_ones_without_a_space() {
        assert_eq!(paragraphs("\n  one\n  two\n\n\n  three\n"), ["one two", "three"]);
        assert_eq!(paragraphs("卖出了，\n 但没有\nRedis 的"), ["卖出了，但没有 Redis 的"]);
        assert_eq!(paragraphs(" \n"), [""; 0]);
        assert_eq!(in_a_line(" one\n\n two "), "one two");
    }
}
