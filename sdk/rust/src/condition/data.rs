//! The data of a condition: how it is read, and its JSON Schema.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

/// A condition on the attributes of a lead, as it stands in a configuration. See the
/// [module](crate::condition) for the language.
#[derive(Debug, Clone, Default, PartialEq, JsonSchema)]
#[schemars(with = "Schema")]
pub struct Condition {
    pub(super) clauses: Vec<Clause>,
}

impl Condition {
    /// A condition of these clauses, which must all hold.
    #[must_use]
    pub const fn new(clauses: Vec<Clause>) -> Self {
        Self { clauses }
    }

    /// The numbers with which it compares an attribute: where its answer may change.
    #[must_use]
    pub fn numbers_about(&self, attribute: &str) -> Vec<f64> {
        let is_about = |clause: &Clause| matches!(clause, Clause::Attribute(name) if name == attribute);
        let own = self.clauses.iter().any(is_about);
        let numbers = self.clauses.iter().flat_map(|clause| match clause {
            Clause::All(parts) | Clause::Any(parts) => {
                parts.iter().flat_map(|part| part.numbers_about(attribute)).collect()
            }
            Clause::Not(part) => part.numbers_about(attribute),
            _ if own => clause.numbers(),
            _ => Vec::new(),
        });
        numbers.collect()
    }
}

/// One key of a condition with its value.
#[derive(Debug, Clone, PartialEq)]
pub enum Clause {
    /// All of these hold.
    All(Vec<Condition>),
    /// At least one of these holds.
    Any(Vec<Condition>),
    /// This does not hold.
    Not(Condition),
    /// The attribute that the comparisons beside this are about.
    Attribute(String),
    /// Equal.
    Is(Scalar),
    /// There, and not equal.
    IsNot(Scalar),
    /// Equal to one of these.
    OneOf(Vec<Scalar>),
    /// The text has this part.
    Contains(String),
    /// The text begins so.
    StartsWith(String),
    /// The text ends so.
    EndsWith(String),
    /// The number is this or greater.
    AtLeast(f64),
    /// The number is this or less.
    AtMost(f64),
    /// The number is greater.
    Above(f64),
    /// The number is less.
    Below(f64),
    /// The number is at least the first and less than the second.
    Between([f64; 2]),
    /// There is a value, or there is none.
    Present(bool),
    /// There is no value, or there is one.
    Absent(bool),
    /// The text is an entry of the list with this name.
    InList(String),
    /// The set has one of these texts.
    IncludesAny(Vec<String>),
    /// The set has all of these texts.
    IncludesAll(Vec<String>),
    /// The time is not later than now and at most so many days ago.
    WithinDays(f64),
    /// The time is more than so many days ago.
    OlderThanDays(f64),
}

impl Clause {
    fn numbers(&self) -> Vec<f64> {
        let number = |scalar: &Scalar| match scalar {
            Scalar::Number(number) => Some(*number),
            _ => None,
        };
        match self {
            Self::Is(scalar) | Self::IsNot(scalar) => number(scalar).into_iter().collect(),
            Self::OneOf(scalars) => scalars.iter().filter_map(number).collect(),
            Self::AtLeast(number) | Self::AtMost(number) | Self::Above(number) | Self::Below(number) => {
                vec![*number]
            }
            Self::Between(ends) => ends.to_vec(),
            _ => Vec::new(),
        }
    }
}

/// A value to compare with.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Key {
    All,
    Any,
    Not,
    Attribute,
    Is,
    IsNot,
    OneOf,
    Contains,
    StartsWith,
    EndsWith,
    AtLeast,
    AtMost,
    Above,
    Below,
    Between,
    Present,
    Absent,
    InList,
    IncludesAny,
    IncludesAll,
    WithinDays,
    OlderThanDays,
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ConditionVisitor)
    }
}

struct ConditionVisitor;

impl<'de> Visitor<'de> for ConditionVisitor {
    type Value = Condition;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a condition, such as {\"attribute\": \"company.size\", \"at_least\": 50}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Condition, A::Error> {
        let mut clauses = Vec::new();
        while let Some(key) = map.next_key()? {
            clauses.push(read_clause(key, &mut map)?);
        }
        Ok(Condition { clauses })
    }
}

fn read_clause<'de, A: MapAccess<'de>>(key: Key, map: &mut A) -> Result<Clause, A::Error> {
    Ok(match key {
        Key::All => Clause::All(map.next_value()?),
        Key::Any => Clause::Any(map.next_value()?),
        Key::Not => Clause::Not(map.next_value()?),
        Key::Attribute => Clause::Attribute(map.next_value()?),
        Key::Is => Clause::Is(map.next_value()?),
        Key::IsNot => Clause::IsNot(map.next_value()?),
        Key::OneOf => Clause::OneOf(map.next_value()?),
        Key::Contains => Clause::Contains(map.next_value()?),
        Key::StartsWith => Clause::StartsWith(map.next_value()?),
        Key::EndsWith => Clause::EndsWith(map.next_value()?),
        Key::AtLeast => Clause::AtLeast(map.next_value()?),
        Key::AtMost => Clause::AtMost(map.next_value()?),
        Key::Above => Clause::Above(map.next_value()?),
        Key::Below => Clause::Below(map.next_value()?),
        Key::Between => Clause::Between(map.next_value()?),
        Key::Present => Clause::Present(map.next_value()?),
        Key::Absent => Clause::Absent(map.next_value()?),
        Key::InList => Clause::InList(map.next_value()?),
        Key::IncludesAny => Clause::IncludesAny(map.next_value()?),
        Key::IncludesAll => Clause::IncludesAll(map.next_value()?),
        Key::WithinDays => Clause::WithinDays(map.next_value()?),
        Key::OlderThanDays => Clause::OlderThanDays(map.next_value()?),
    })
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text, a number or a flag")
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Scalar, E> {
        Ok(Scalar::Flag(flag))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Scalar, E> {
        Ok(Scalar::Number(number as f64))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Scalar, E> {
        Ok(Scalar::Number(number as f64))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Scalar, E> {
        Ok(Scalar::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.to_owned()))
    }
}

/// A condition on the attributes of a lead: an attribute with one or more comparisons, which must all
/// hold; or exactly one of `all`, `any` and `not`.
#[derive(JsonSchema)]
#[schemars(rename = "Condition", deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
struct Schema {
    /// All of these hold.
    all: Option<Vec<Schema>>,
    /// At least one of these holds.
    any: Option<Vec<Schema>>,
    /// This does not hold.
    not: Option<Box<Schema>>,
    /// The attribute that the comparisons are about.
    attribute: Option<String>,
    /// Equal to this text, number or flag; outer space and case of texts do not matter.
    is: Option<ScalarSchema>,
    /// There, and not equal to this.
    is_not: Option<ScalarSchema>,
    /// Equal to one of these.
    one_of: Option<Vec<ScalarSchema>>,
    /// The text has this part.
    contains: Option<String>,
    /// The text begins so.
    starts_with: Option<String>,
    /// The text ends so.
    ends_with: Option<String>,
    /// The number is this or greater.
    at_least: Option<f64>,
    /// The number is this or less.
    at_most: Option<f64>,
    /// The number is greater than this.
    above: Option<f64>,
    /// The number is less than this.
    below: Option<f64>,
    /// The number is at least the first and less than the second.
    between: Option<[f64; 2]>,
    /// There is a value.
    present: Option<bool>,
    /// There is no value.
    absent: Option<bool>,
    /// The text is an entry of the policy's list with this name.
    in_list: Option<String>,
    /// The set has one of these texts.
    includes_any: Option<Vec<String>>,
    /// The set has all of these texts.
    includes_all: Option<Vec<String>>,
    /// The time is not later than now and at most so many days ago.
    within_days: Option<f64>,
    /// The time is more than so many days ago.
    older_than_days: Option<f64>,
}

/// A text, a number or a flag.
#[derive(JsonSchema)]
#[schemars(rename = "Scalar", untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum ScalarSchema {
    Text(String),
    Number(f64),
    Flag(bool),
}
