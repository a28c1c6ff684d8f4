//! Parameters that describe themselves.
//!
//! A stage, a link, a phase or the sale is a plain struct of parameters. The `params!` macro also gives each field
//! its unit, range, default and explanation, so that the file reader, the validator, the reference pages and the
//! inspector are all views of one table and cannot drift apart.
//!
//! - [`read`]: parameters from JSON, which knows fewer kinds of values.

pub mod read;

use std::time::Duration;

use serde::ser::{Serialize, Serializer};

/// The value of one parameter, in the few shapes that parameters have.
#[derive(Debug, Clone, PartialEq)]
pub enum ParamValue {
    /// A whole number.
    Int(u64),
    /// A real number.
    Float(f64),
    /// A span of time; in files a text such as `"250ms"`.
    Duration(Duration),
    /// Yes or no.
    Bool(bool),
    /// One of a closed set of words; in files a bare word such as `RoundRobin`.
    Choice(&'static str),
    /// Free text; in files in quotes.
    Text(String),
    /// Switched off; only where the parameter is optional. In files `None`.
    Off,
}

/// What values a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamKind {
    /// [`ParamValue::Int`].
    Int,
    /// [`ParamValue::Float`].
    Float,
    /// [`ParamValue::Duration`].
    Duration,
    /// [`ParamValue::Bool`].
    Bool,
    /// [`ParamValue::Choice`], one of these.
    Choice(&'static [&'static str]),
    /// [`ParamValue::Text`].
    Text,
}

/// One row of the table: everything there is to know about a parameter.
#[derive(Debug, Clone, Copy)]
pub struct ParamSpec {
    /// The field's name in files.
    pub key: &'static str,
    /// What it means, in a sentence or two.
    pub help: &'static str,
    /// The unit of the number; empty for a ratio, a duration or a choice.
    pub unit: &'static str,
    /// What values it takes.
    pub kind: ParamKind,
    /// Whether `None` (off) is a value too.
    pub optional: bool,
    /// Least and greatest number allowed; a duration counts in seconds.
    pub range: Option<(f64, f64)>,
}

/// A struct of parameters.
pub trait Params {
    /// The table, in the order of the fields.
    fn specs(&self) -> &'static [ParamSpec];
    /// The value of a parameter.
    fn get(&self, key: &str) -> Option<ParamValue>;
    /// Sets a parameter. Returns false where the key is unknown or the value has the wrong shape; ranges are the
    /// validator's business, because a value out of range is a normal state of a drawing.
    fn set(&mut self, key: &str, value: ParamValue) -> bool;
}

/// A type that a parameter may have.
pub trait ParamType: Sized {
    /// What values it takes.
    const KIND: ParamKind;
    /// Whether `None` is one of them.
    const OPTIONAL: bool = false;
    /// The value, in the common shape.
    fn to_value(&self) -> ParamValue;
    /// The value from the common shape, if it fits.
    fn from_value(value: ParamValue) -> Option<Self>;
}

macro_rules! int_param {
    ($($ty:ty),*) => {$(
        impl ParamType for $ty {
            const KIND: ParamKind = ParamKind::Int;
            fn to_value(&self) -> ParamValue {
                ParamValue::Int(u64::from(*self))
            }
            fn from_value(value: ParamValue) -> Option<Self> {
                match value {
                    ParamValue::Int(n) => Self::try_from(n).ok(),
                    _ => None,
                }
            }
        }
    )*};
}
int_param!(u32, u64);

impl ParamType for f64 {
    const KIND: ParamKind = ParamKind::Float;
    fn to_value(&self) -> ParamValue {
        ParamValue::Float(*self)
    }
    fn from_value(value: ParamValue) -> Option<Self> {
        match value {
            ParamValue::Float(x) => Some(x),
            ParamValue::Int(n) => Some(n as f64),
            _ => None,
        }
    }
}

impl ParamType for bool {
    const KIND: ParamKind = ParamKind::Bool;
    fn to_value(&self) -> ParamValue {
        ParamValue::Bool(*self)
    }
    fn from_value(value: ParamValue) -> Option<Self> {
        match value {
            ParamValue::Bool(b) => Some(b),
            _ => None,
        }
    }
}

impl ParamType for Duration {
    const KIND: ParamKind = ParamKind::Duration;
    fn to_value(&self) -> ParamValue {
        ParamValue::Duration(*self)
    }
    fn from_value(value: ParamValue) -> Option<Self> {
        match value {
            ParamValue::Duration(d) => Some(d),
            _ => None,
        }
    }
}

impl ParamType for String {
    const KIND: ParamKind = ParamKind::Text;
    fn to_value(&self) -> ParamValue {
        ParamValue::Text(self.clone())
    }
    fn from_value(value: ParamValue) -> Option<Self> {
        match value {
            ParamValue::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl<T: ParamType> ParamType for Option<T> {
    const KIND: ParamKind = T::KIND;
    const OPTIONAL: bool = true;
    fn to_value(&self) -> ParamValue {
        self.as_ref().map_or(ParamValue::Off, T::to_value)
    }
    fn from_value(value: ParamValue) -> Option<Self> {
        match value {
            ParamValue::Off => Some(None),
            other => T::from_value(other).map(Some),
        }
    }
}

impl Serialize for ParamValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Int(n) => serializer.serialize_u64(*n),
            Self::Float(x) => serializer.serialize_f64(*x),
            Self::Duration(d) => serializer.serialize_str(&humantime::format_duration(*d).to_string()),
            Self::Bool(b) => serializer.serialize_bool(*b),
            Self::Choice(word) => serializer.serialize_str(word),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Off => serializer.serialize_none(),
        }
    }
}

impl std::fmt::Display for ParamValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Int(n) => write!(f, "{n}"),
            Self::Float(x) => write!(f, "{x}"),
            Self::Duration(d) => write!(f, "{}", humantime::format_duration(*d)),
            Self::Bool(b) => write!(f, "{b}"),
            Self::Choice(word) => f.write_str(word),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Off => f.write_str("None"),
        }
    }
}

impl ParamSpec {
    /// The range in words, with the unit, or nothing where any value will do.
    pub fn range_text(&self) -> String {
        let Some((low, high)) = self.range else {
            return match self.kind {
                ParamKind::Choice(words) => words.join(", "),
                _ => String::new(),
            };
        };
        if self.kind == ParamKind::Duration {
            let text = |secs: f64| humantime::format_duration(Duration::from_secs_f64(secs)).to_string();
            format!("{} to {}", text(low), text(high))
        } else if self.unit.is_empty() {
            format!("{low} to {high}")
        } else {
            format!("{low} to {high} {}", self.unit)
        }
    }

    /// Whether a value lies in the range. Off and words always do.
    pub fn allows(&self, value: &ParamValue) -> bool {
        let Some((low, high)) = self.range else {
            return true;
        };
        let number = match value {
            ParamValue::Int(n) => *n as f64,
            ParamValue::Float(x) => *x,
            ParamValue::Duration(d) => d.as_secs_f64(),
            _ => return true,
        };
        (low..=high).contains(&number)
    }
}

/// Declares structs of parameters.
///
/// `name: Type = default, in low..high, "unit";` — the range (numbers, a duration in seconds) and the unit are optional.
macro_rules! params {
    ($(
        $(#[doc = $struct_doc:literal])+
        pub struct $name:ident {
            $(
                $(#[doc = $doc:literal])+
                $field:ident: $ty:ty = $default:expr $(, in $low:literal .. $high:literal)? $(, $unit:literal)?;
            )*
        }
    )*) => {$(
        $(#[doc = $struct_doc])+
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $( $(#[doc = $doc])+ pub $field: $ty, )*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        impl $name {
            /// The table of this struct's parameters.
            pub const SPECS: &'static [$crate::param::ParamSpec] = &[$(
                $crate::param::ParamSpec {
                    key: stringify!($field),
                    help: concat!($($doc),+).trim_ascii(),
                    unit: $crate::param::params!(@or "" $(, $unit)?),
                    kind: <$ty as $crate::param::ParamType>::KIND,
                    optional: <$ty as $crate::param::ParamType>::OPTIONAL,
                    range: $crate::param::params!(@range $($low, $high)?),
                },
            )*];
        }

        impl $crate::param::Params for $name {
            fn specs(&self) -> &'static [$crate::param::ParamSpec] {
                Self::SPECS
            }
            #[allow(unused_variables)]
            fn get(&self, key: &str) -> Option<$crate::param::ParamValue> {
                $( if key == stringify!($field) {
                    return Some($crate::param::ParamType::to_value(&self.$field));
                } )*
                None
            }
            #[allow(unused_variables)]
            fn set(&mut self, key: &str, value: $crate::param::ParamValue) -> bool {
                $( if key == stringify!($field) {
                    return match <$ty as $crate::param::ParamType>::from_value(value) {
                        Some(value) => { self.$field = value; true }
                        None => false,
                    };
                } )*
                false
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::param::serialize_params(self, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::param::read::deserialize_params(deserializer)
            }
        }
    )*};
    (@or $default:literal) => { $default };
    (@or $default:literal, $given:literal) => { $given };
    (@range) => { None };
    (@range $low:literal, $high:literal) => { Some(($low as f64, $high as f64)) };
}
pub(crate) use params;

/// Declares enums whose variants are words in files.
macro_rules! choices {
    ($(
        $(#[doc = $enum_doc:literal])+
        pub enum $name:ident {
            $( $(#[doc = $doc:literal])+ $variant:ident, )+
        }
    )*) => {$(
        $(#[doc = $enum_doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name { $( $(#[doc = $doc])+ $variant, )+ }

        impl $name {
            /// Every variant, in the order shown to people.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            const WORDS: &'static [&'static str] = &[$(stringify!($variant)),+];

            /// The word used in files.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant)),+ }
            }
        }

        impl $crate::param::ParamType for $name {
            const KIND: $crate::param::ParamKind =
                $crate::param::ParamKind::Choice(Self::WORDS);
            fn to_value(&self) -> $crate::param::ParamValue {
                $crate::param::ParamValue::Choice(self.word())
            }
            fn from_value(value: $crate::param::ParamValue) -> Option<Self> {
                match value {
                    $crate::param::ParamValue::Choice(word) => {
                        Self::ALL.iter().copied().find(|choice| choice.word() == word)
                    }
                    _ => None,
                }
            }
        }
    )*};
}
pub(crate) use choices;

/// Declares an enum whose variants are structs of parameters, named in files by the struct's word.
macro_rules! kinds {
    (
        $(#[doc = $enum_doc:literal])+
        pub enum $name:ident { $($variant:ident,)+ }
    ) => {
        $(#[doc = $enum_doc])+
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $(#[doc = concat!("See [`", stringify!($variant), "`].")] $variant($variant),)+
        }

        impl $name {
            /// The words in files, in the order shown to people.
            pub const WORDS: &'static [&'static str] = &[$(stringify!($variant)),+];

            /// What a word in a file names, with every default.
            pub fn from_word(word: &str) -> Option<Self> {
                match word {
                    $(stringify!($variant) => Some(Self::$variant($variant::default())),)+
                    _ => None,
                }
            }
            /// The word in files.
            pub fn word(&self) -> &'static str {
                match self { $(Self::$variant(_) => stringify!($variant),)+ }
            }
            /// Its parameters.
            pub fn params(&self) -> &dyn $crate::param::Params {
                match self { $(Self::$variant(params) => params,)+ }
            }
            /// Its parameters, to change.
            pub fn params_mut(&mut self) -> &mut dyn $crate::param::Params {
                match self { $(Self::$variant(params) => params,)+ }
            }
        }
    };
}
pub(crate) use kinds;

/// Writes a struct of parameters as a map from key to value.
///
/// # Errors
/// Whatever the serializer says.
pub fn serialize_params<S: Serializer>(params: &dyn Params, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(params.specs().iter().filter_map(|spec| Some((spec.key, params.get(spec.key)?))))
}
