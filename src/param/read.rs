//! Parameters as they stand in JSON: durations and words are texts there, and what is off is `null`.
//!
//! Keys that are unknown are passed over, because a newer program may have written them; what is missing keeps its default.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::{ParamKind, ParamSpec, ParamValue, Params};

impl<'de> Deserialize<'de> for ParamValue {
    /// In the shape that JSON knows: a duration and a word are still [`ParamValue::Text`]; [`ParamSpec::fitted`] tells them apart.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl Visitor<'_> for ValueVisitor {
    type Value = ParamValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value of a parameter")
    }

    fn visit_bool<E>(self, value: bool) -> Result<ParamValue, E> {
        Ok(ParamValue::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<ParamValue, E> {
        Ok(ParamValue::Int(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<ParamValue, E> {
        Ok(u64::try_from(value).map_or(ParamValue::Float(value as f64), ParamValue::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<ParamValue, E> {
        Ok(ParamValue::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<ParamValue, E> {
        Ok(ParamValue::Text(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<ParamValue, E> {
        Ok(ParamValue::Off)
    }
}

impl ParamSpec {
    /// A value that was read from JSON, in the shape that this parameter has; none where it doesn't fit.
    pub fn fitted(&self, value: ParamValue) -> Option<ParamValue> {
        match (self.kind, value) {
            (_, ParamValue::Off) => self.optional.then_some(ParamValue::Off),
            (ParamKind::Duration, ParamValue::Text(text)) => {
                humantime::parse_duration(&text).ok().map(ParamValue::Duration)
            }
            (ParamKind::Choice(words), ParamValue::Text(text)) => {
                words.iter().find(|word| **word == text).map(|word| ParamValue::Choice(word))
            }
            (_, value) => Some(value),
        }
    }
}

/// Reads a struct of parameters from a map.
///
/// # Errors
/// It is no map, or a value in it is none that its parameter takes.
pub fn deserialize_params<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Params + Default,
    D: Deserializer<'de>,
{
    deserializer.deserialize_map(ParamsVisitor(PhantomData))
}

struct ParamsVisitor<T>(PhantomData<T>);

impl<'de, T: Params + Default> Visitor<'de> for ParamsVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("parameters")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut params = T::default();
        while let Some(key) = map.next_key::<String>()? {
            let Some(spec) = params.specs().iter().find(|spec| spec.key == key) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let value = map.next_value::<ParamValue>()?;
            let is_set = spec.fitted(value).is_some_and(|value| params.set(spec.key, value));
            if !is_set {
                return Err(A::Error::custom(format_args!("{key} doesn't take this value")));
            }
        }
        Ok(params)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::{choices, params};

    choices! {
        /// A word.
        pub enum Colour {
            /// One.
            Red,
            /// Another.
            Blue,
        }
    }

    params! {
        /// One of each kind.
        pub struct Sample {
            /// A number.
            count: u32 = 3;
            /// A share.
            share: f64 = 0.5;
            /// A span.
            span: Duration = Duration::from_millis(5);
            /// A switch.
            is_on: bool = false;
            /// A word, or none.
            colour: Option<Colour> = Some(Colour::Red);
            /// A text.
            name: String = String::new();
        }
    }

    #[test]
    fn parameters_come_back_as_they_were_written() {
        let sample = Sample {
            count: 7,
            share: 1.0,
            span: Duration::new(61, 1_002_003),
            is_on: true,
            colour: None,
            name: "1s".into(),
        };
        for sample in [sample, Sample { colour: Some(Colour::Blue), ..Sample::default() }] {
            let json = serde_json::to_string(&sample).unwrap();
            assert_eq!(serde_json::from_str::<Sample>(&json).unwrap(), sample, "{json}");
        }
    }

    #[test]
    fn what_is_unknown_is_passed_over_and_what_does_not_fit_is_refused() {
        let read = |json: &str| serde_json::from_str::<Sample>(json);
        assert_eq!(read(r#"{"newer": [1, {"a": 2}], "count": 9}"#).unwrap().count, 9);
        for json in
            [r#"{"count": "many"}"#, r#"{"colour": "Green"}"#, r#"{"span": 3}"#, r#"{"count": null}"#, "[]"]
        {
            assert!(read(json).is_err(), "{json}");
        }
    }
}
