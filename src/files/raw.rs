//! Pieces of the text that know where they stand.
//!
//! RON itself finds the ends of values: a `&RawValue` borrows the text of any value unread. Where it starts is then a
//! matter of comparing addresses.

use std::fmt;

use ron::value::RawValue;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

/// The text of one value, without space and comments around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Raw<'a> {
    /// The text, valid RON.
    pub text: &'a str,
    /// Bytes before it in the file.
    pub offset: usize,
}

/// One `key: value` of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field<'a> {
    /// The key.
    pub key: &'a str,
    /// Bytes before the key in the file.
    pub offset: usize,
    /// The value.
    pub value: Raw<'a>,
}

impl<'a> Raw<'a> {
    /// A piece of this text.
    fn part(self, part: &'a str) -> Self {
        Self { text: part, offset: self.offset + (part.as_ptr().addr() - self.text.as_ptr().addr()) }
    }

    fn value(self, value: &'a RawValue) -> Self {
        self.part(value.trim().get_ron())
    }

    /// The word in front, as `Cdn` in `Cdn(ttl: "1s")`, and what follows it.
    pub fn word(self) -> (Option<&'a str>, Self) {
        let end = self.text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.text.len());
        let (word, rest) = self.text.split_at(end);
        let is_word = word.starts_with(|c: char| c.is_alphabetic() || c == '_');
        // Otherwise the word is a prefix of a raw or a byte string.
        let ends_well = rest.trim_start().starts_with(['(', '/']) || rest.is_empty();
        if is_word && ends_well { (Some(word), self.part(rest)) } else { (None, self) }
    }

    /// The fields of `( key: value, … )`, or nothing where it is something else.
    pub fn fields(self) -> Option<Vec<Field<'a>>> {
        let fields: Fields = ron::from_str(self.text).ok()?;
        let field = |(key, value): (&'a str, &'a RawValue)| Field {
            key,
            offset: self.part(key).offset,
            value: self.value(value),
        };
        Some(fields.0.into_iter().map(field).collect())
    }

    /// The items of `[ … ]`, or nothing where it is something else.
    pub fn items(self) -> Option<Vec<Self>> {
        let items: Vec<&'a RawValue> = ron::from_str(self.text).ok()?;
        Some(items.into_iter().map(|item| self.value(item)).collect())
    }

    /// The inside of `Some( … )`; none for `None`; the value itself where it is neither.
    pub fn optional(self) -> Option<Self> {
        match ron::from_str::<Option<&'a RawValue>>(self.text) {
            Ok(inside) => inside.map(|value| self.value(value)),
            Err(_neither) => Some(self),
        }
    }

    /// The value as RON reads it, if it has the type.
    pub fn to<T: Deserialize<'a>>(self) -> Option<T> {
        ron::from_str(self.text).ok()
    }

    /// What it is, in a few words, for "found …".
    pub fn description(self) -> String {
        const LONGEST: usize = 40;
        match self.text.chars().next() {
            Some('(') => "a group ( … )".into(),
            Some('[') => "a list [ … ]".into(),
            Some('{') => "a map { … }".into(),
            _ if self.text.chars().nth(LONGEST).is_none() && !self.text.contains(['\n', '\r']) => {
                self.text.into()
            }
            _ => {
                let line = self.text.lines().next().unwrap_or_default();
                format!("{} …", line.chars().take(LONGEST).collect::<String>())
            }
        }
    }
}

/// The keys and values of a group, as they stand in the text.
struct Fields<'a>(Vec<(&'a str, &'a RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Without a name and known fields, RON takes any group.
        deserializer.deserialize_struct("", &[], FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a group of fields")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(Key(key)) = map.next_key()? {
            fields.push((key, map.next_value()?));
        }
        Ok(Fields(fields))
    }
}

struct Key<'a>(&'a str);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("the name of a field")
            }
            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
                Ok(Key(key))
            }
        }
        deserializer.deserialize_identifier(KeyVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "(\n  a: 1, // one\n  秒: Cdn /* x */ ( ttl: \"1s\" ),\n  a: [ 2 , (3) ],\n)";

    fn texts<'a>(raws: &[Raw<'a>]) -> Vec<&'a str> {
        raws.iter()
            .map(|raw| {
                assert!(TEXT[raw.offset..].starts_with(raw.text));
                raw.text
            })
            .collect()
    }

    #[test]
    fn fields_know_where_they_stand() {
        let fields = Raw { text: TEXT, offset: 0 }.fields().unwrap();
        let keys: Vec<_> = fields.iter().map(|field| (field.key, field.offset)).collect();
        let find = |needle| TEXT.find(needle).unwrap();
        assert_eq!(keys, [("a", find("a: 1")), ("秒", find("秒")), ("a", find("a: ["))]);
        let values: Vec<Raw> = fields.iter().map(|field| field.value).collect();
        assert_eq!(texts(&values), ["1", "Cdn /* x */ ( ttl: \"1s\" )", "[ 2 , (3) ]"]);
        assert_eq!(texts(&values[2].items().unwrap()), ["2", "(3)"]);
        let (word, rest) = values[1].word();
        assert_eq!(word, Some("Cdn"));
        assert_eq!(texts(&[rest.fields().unwrap()[0].value]), ["\"1s\""]);
    }

    #[test]
    fn words_and_options_are_told_from_other_values() {
        for (text, word) in [
            ("Users", Some("Users")),
            ("Users()", Some("Users")),
            ("r\"raw\"", None),
            ("b\"bytes\"", None),
            ("12", None),
            ("\"text\"", None),
            ("(1, 2)", None),
        ] {
            assert_eq!(Raw { text, offset: 0 }.word().0, word, "{text}");
        }
        for (text, inside) in [("None", None), ("Some( 3 )", Some("3")), ("3", Some("3"))] {
            assert_eq!(Raw { text, offset: 0 }.optional().map(|raw| raw.text), inside, "{text}");
        }
    }
}
