//! Words in two languages.
//!
//! Every text of the window is a [`Text`] with both languages beside each other, so that none can be missing. What the
//! floors below say in English (helps, problems, reasons) goes through [`Lang::of`].

pub mod catalog;
pub mod choices;
pub mod common;
pub mod faults;
pub mod figures;
pub mod machine;
pub mod params;
pub mod presets;
pub mod terms;
pub mod trials;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A language of the window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

/// A text in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// English.
    pub en: &'static str,
    /// Simplified Chinese.
    pub zh: &'static str,
}

/// A text in both languages.
pub const fn text(en: &'static str, zh: &'static str) -> Text {
    Text { en, zh }
}

impl Lang {
    /// Both languages.
    pub const ALL: [Self; 2] = [Self::En, Self::Zh];

    /// The language of the system, by the variables of POSIX: the first that is set counts.
    pub fn of_system(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = ["LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"].into_iter().filter_map(variable);
        let first = set.map(|value| value.to_lowercase()).find(|value| !value.is_empty());
        match first {
            Some(name) if name.starts_with("zh") => Self::Zh,
            _ => Self::En,
        }
    }

    /// A text in this language.
    pub fn t(self, text: Text) -> &'static str {
        match self {
            Self::En => text.en,
            Self::Zh => text.zh,
        }
    }

    /// A text in this language, its `{}` replaced one after the other.
    pub fn f(self, text: Text, values: &[&dyn std::fmt::Display]) -> String {
        let mut parts = self.t(text).split("{}");
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for (index, part) in parts.enumerate() {
            if let Some(value) = values.get(index) {
                filled.push_str(&value.to_string());
            }
            filled.push_str(part);
        }
        filled
    }

    /// What a floor below says in English, in this language.
    pub fn of(self, english: &str) -> Cow<'_, str> {
        match self {
            Self::En => Cow::Borrowed(english),
            Self::Zh => catalog::chinese(english),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_start_is_in_the_language_of_the_system() {
        let with = |set: &[(&str, &str)]| {
            Lang::of_system(|name| {
                set.iter().find(|(one, _)| *one == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(with(&[("LANG", "zh_CN.UTF-8")]), Lang::Zh);
        assert_eq!(with(&[("LC_ALL", "zh"), ("LANG", "de_DE.UTF-8")]), Lang::Zh);
        assert_eq!(with(&[("LC_ALL", ""), ("LANG", "zh_TW")]), Lang::Zh);
        assert_eq!(with(&[("LC_ALL", "C"), ("LANG", "zh_CN.UTF-8")]), Lang::En);
        assert_eq!(with(&[]), Lang::En);
    }

    #[test]
    fn values_take_the_places_of_braces_in_order() {
        let two = text("{} of {}", "{} / {}");
        assert_eq!(Lang::En.f(two, &[&1, &2]), "1 of 2");
        assert_eq!(Lang::Zh.f(two, &[&1]), "1 / ");
    }
}
