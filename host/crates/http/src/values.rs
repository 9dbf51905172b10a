//! Values as JSON writes them, in bodies and in views alike.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use chrono::DateTime;
use leadsman_domain::submission::WORD_BYTES_MAX;
use leadsman_domain::{Facts, Timestamp, Value};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

/// Whole numbers up to here are exact; beyond, two of them may become one.
const EXACT_MAX: u64 = 1 << 53;

/// A moment, after RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-03-02T09:30:00Z")]
pub(crate) struct Moment(pub Timestamp);

impl From<Timestamp> for Moment {
    fn from(moment: Timestamp) -> Self {
        Self(moment)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let moment = DateTime::parse_from_rfc3339(&text).map_err(|_| {
            Error::custom("not a moment after RFC 3339 with its offset, such as 2026-03-02T09:30:00Z")
        })?;
        Ok(Self(Timestamp::from_ms(moment.timestamp_millis())))
    }
}

/// A channel, a campaign or a kind of activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, min_length = 1, max_length = 200)]
pub(crate) struct Word(pub String);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() || text.len() > WORD_BYTES_MAX {
            return Err(Error::custom(format_args!("not 1 to {WORD_BYTES_MAX} bytes")));
        }
        Ok(Self(text))
    }
}

/// The value of an attribute: a text, a number, yes or no, a moment as `{"time": "…"}`, or a list of
/// texts.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum FactValue {
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// A moment.
    Time {
        /// The moment.
        time: Moment,
    },
    /// A set of texts.
    Texts(Vec<String>),
}

impl From<&Value> for FactValue {
    fn from(value: &Value) -> Self {
        match value {
            Value::Text(text) => Self::Text(text.clone()),
            Value::Number(number) => Self::Number(*number),
            Value::Flag(flag) => Self::Flag(*flag),
            Value::Time(moment) => Self::Time { time: Moment(*moment) },
            Value::Texts(texts) => Self::Texts(texts.clone()),
        }
    }
}

impl From<FactValue> for Value {
    fn from(value: FactValue) -> Self {
        match value {
            FactValue::Text(text) => Self::Text(text),
            FactValue::Number(number) => Self::Number(number),
            FactValue::Flag(flag) => Self::Flag(flag),
            FactValue::Time { time } => Self::Time(time.0),
            FactValue::Texts(texts) => Self::Texts(texts),
        }
    }
}

impl<'de> Deserialize<'de> for FactValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FactVisitor)
    }
}

struct FactVisitor;

impl<'de> Visitor<'de> for FactVisitor {
    type Value = FactValue;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text, a number, true, false, {\"time\": \"…\"} or a list of texts")
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<FactValue, E> {
        Ok(FactValue::Flag(flag))
    }

    #[expect(clippy::cast_precision_loss, reason = "checked to be exact")]
    fn visit_i64<E: Error>(self, number: i64) -> Result<FactValue, E> {
        exact(number.unsigned_abs())?;
        Ok(FactValue::Number(number as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "checked to be exact")]
    fn visit_u64<E: Error>(self, number: u64) -> Result<FactValue, E> {
        exact(number)?;
        Ok(FactValue::Number(number as f64))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<FactValue, E> {
        Ok(FactValue::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<FactValue, E> {
        Ok(FactValue::Text(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<FactValue, E> {
        Ok(FactValue::Text(text))
    }

    fn visit_unit<E: Error>(self) -> Result<FactValue, E> {
        Err(E::custom("null says nothing: leave the attribute out"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<FactValue, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = list.next_element()? {
            texts.push(text);
        }
        Ok(FactValue::Texts(texts))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<FactValue, A::Error> {
        let only_time = "an object as a value has the one member `time`";
        match object.next_key::<String>()? {
            Some(key) if key == "time" => {}
            _ => return Err(Error::custom(only_time)),
        }
        let time = object.next_value()?;
        match object.next_key::<String>()? {
            None => Ok(FactValue::Time { time }),
            Some(_) => Err(Error::custom(only_time)),
        }
    }
}

fn exact<E: Error>(number: u64) -> Result<(), E> {
    if number > EXACT_MAX {
        return Err(E::custom("whole numbers beyond 2^53 lose digits: send it as a text"));
    }
    Ok(())
}

/// Attributes by name.
pub(crate) type FactMap = BTreeMap<String, FactValue>;

/// The facts of a lead as JSON.
pub(crate) fn fact_map(facts: &Facts) -> FactMap {
    facts.iter().map(|(name, value)| (name.to_string(), value.into())).collect()
}

/// Reads an object, and refuses a name that is there twice.
pub(crate) fn distinct<'de, D, V>(deserializer: D) -> Result<BTreeMap<String, V>, D::Error>
where
    D: Deserializer<'de>,
    V: Deserialize<'de>,
{
    struct Distinct<V>(PhantomData<V>);

    impl<'de, V: Deserialize<'de>> Visitor<'de> for Distinct<V> {
        type Value = BTreeMap<String, V>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
            let mut members = BTreeMap::new();
            while let Some((name, value)) = object.next_entry::<String, V>()? {
                if members.contains_key(&name) {
                    return Err(Error::custom(format_args!("{name:?} is there twice")));
                }
                members.insert(name, value);
            }
            Ok(members)
        }
    }

    deserializer.deserialize_map(Distinct(PhantomData))
}
