//! The fields of `( … )`, and complaints about unknown, repeated and missing ones.

use super::super::raw::{Field, Raw};
use super::value::read_value;
use super::{Reader, suggest};
use crate::param::{ParamSpec, ParamType, Params};
use crate::topology::Place;

/// The known fields of a group.
pub(super) struct Group<'a> {
    /// The part of the design that it describes.
    pub place: Place,
    /// Bytes before it in the file.
    pub offset: usize,
    fields: Vec<(&'static str, Raw<'a>)>,
}

impl<'a> Group<'a> {
    /// Reads `( key: value, … )`, with or without a word in front; a word alone has no fields. Says so if it is
    /// something else, and complains about fields that are unknown or there twice. `what` it is, as in "a stage".
    pub fn open(
        raw: Raw<'a>,
        what: &str,
        place: Place,
        known: &[&'static str],
        reader: &mut Reader,
    ) -> Option<Self> {
        let (word, rest) = raw.word();
        let alone = word.is_some() && rest.text.is_empty();
        let Some(fields) = (if alone { Some(Vec::new()) } else { rest.fields() }) else {
            let text = format!("expected {what} with its fields by name, found {}", raw.description());
            let example = known.first().map_or(String::new(), |key| format!("{key}: …, "));
            reader.error(raw.offset, &place, text, format!("write ({example}…)"));
            return None;
        };
        reader.spots.entry((place.clone(), "")).or_insert(raw.offset);
        let mut group = Self { place, offset: raw.offset, fields: Vec::new() };
        for field in &fields {
            group.add(field, what, known, reader);
        }
        for near in fields.iter().filter_map(|field| suggest::nearest(field.key, known)) {
            // A misspelt field is not missing as well.
            if group.get(near).is_none() {
                reader.broken.insert((group.place.clone(), near));
            }
        }
        Some(group)
    }

    fn add(&mut self, field: &Field<'a>, what: &str, known: &[&'static str], reader: &mut Reader) {
        let Some(&key) = known.iter().find(|known| **known == field.key) else {
            let text = format!("{what} has no field \"{}\"", field.key);
            let remedy = if known.is_empty() {
                "remove it: there are no fields here".into()
            } else {
                suggest::remedy(field.key, known)
            };
            return reader.error(field.offset, &self.place, text, remedy);
        };
        if self.get(key).is_some() {
            let text = format!("the field {key} is there twice");
            return reader.error(field.offset, &self.place, text, "remove one of the two");
        }
        self.fields.push((key, field.value));
        let spot = reader.spots.entry((self.place.clone(), key)).or_insert(field.value.offset);
        if key == "name" {
            // Of two stages with one name, the second is the one to speak of.
            *spot = field.value.offset;
        }
    }

    /// The value of a field as it stands in the text.
    pub fn get(&self, key: &str) -> Option<Raw<'a>> {
        self.fields.iter().find(|(known, _)| *known == key).map(|(_, raw)| *raw)
    }

    /// Whether a field is there, or was meant to be, and can't be read.
    pub fn is_broken(&self, key: &'static str, reader: &Reader) -> bool {
        reader.broken.contains(&(self.place.clone(), key))
    }

    /// A field by the type that it should have; none if it is missing or broken. Says so if it is broken.
    pub fn field<T: ParamType>(&self, key: &'static str, reader: &mut Reader) -> Option<T> {
        let raw = self.get(key)?;
        let spec = ParamSpec { key, help: "", unit: "", kind: T::KIND, optional: T::OPTIONAL, range: None };
        match read_value(raw, &spec) {
            Ok(value) => T::from_value(value),
            Err(complaint) => {
                reader.field_error(raw.offset, &self.place, key, complaint);
                None
            }
        }
    }

    /// A field that may not be missing. Says so if it is.
    pub fn required<T: ParamType>(&self, key: &'static str, example: &str, reader: &mut Reader) -> Option<T> {
        self.require(key, example, reader)?;
        self.field(key, reader)
    }

    /// The text of a field that may not be missing. Says so if it is, and not just misspelt.
    pub fn require(&self, key: &'static str, example: &str, reader: &mut Reader) -> Option<Raw<'a>> {
        let raw = self.get(key);
        if raw.is_none() && !self.is_broken(key, reader) {
            let complaint = (format!("the field {key} is missing"), format!("add {example}"));
            reader.field_error(self.offset, &self.place, key, complaint);
        }
        raw
    }

    /// The items of a field that is a list; none if it is missing or something else. Says so if it is something else.
    pub fn items(&self, key: &'static str, reader: &mut Reader) -> Option<Vec<Raw<'a>>> {
        let raw = self.get(key)?;
        let items = raw.items();
        if items.is_none() {
            let text = format!("{key}: expected a list, found {}", raw.description());
            let complaint = (text, format!("write {key}: [ …, … ]"));
            reader.field_error(raw.offset, &self.place, key, complaint);
        }
        items
    }

    /// Sets the parameters whose fields are there, and complains about values that don't fit.
    pub fn fill(&self, params: &mut dyn Params, reader: &mut Reader) {
        for spec in params.specs() {
            let Some(raw) = self.get(spec.key) else { continue };
            let complaint = match read_value(raw, spec) {
                Ok(value) => {
                    let shown = value.to_string();
                    if params.set(spec.key, value) {
                        continue;
                    }
                    let range = spec.range_text();
                    (format!("{} is {shown}, out of range", spec.key), format!("choose from {range}"))
                }
                Err(complaint) => complaint,
            };
            reader.field_error(raw.offset, &self.place, spec.key, complaint);
        }
    }
}

/// The names of all parameters, as known fields.
pub(super) fn keys(params: &dyn Params) -> Vec<&'static str> {
    params.specs().iter().map(|spec| spec.key).collect()
}

/// Reads `Word(…)` where the word chooses a kind. Says so if there is no such word.
pub(super) fn read_kind<T>(
    raw: Raw,
    (key, what): (&'static str, &str),
    words: &[&'static str],
    from_word: impl Fn(&str) -> Option<T>,
    place: &Place,
    reader: &mut Reader,
) -> Option<T> {
    let word = raw.word().0;
    let kind = word.and_then(from_word);
    if kind.is_none() {
        let complaint = if let Some(word) = word {
            (format!("there is no {what} {word}"), suggest::remedy(word, words))
        } else {
            let text = format!("expected a {what} such as {}( … ), found {}", words[0], raw.description());
            (text, suggest::remedy(raw.text.trim_matches('"'), words))
        };
        reader.field_error(raw.offset, place, key, complaint);
    }
    kind
}
