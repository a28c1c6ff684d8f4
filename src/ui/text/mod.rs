//! Words in two languages.
//!
//! Every text of the window is a [`Text`] with both languages beside each other, so that none can be missing. What the
//! floors below say in English (helps, problems, reasons) goes through [`Lang::of`].

pub mod catalog;
pub mod common;
pub mod figures;
pub mod params;
pub mod presets;
pub mod terms;

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
