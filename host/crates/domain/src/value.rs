//! Attributes: the facts known of a lead.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

use crate::ids::InvalidId;
use crate::time::Timestamp;

/// One attribute value. Numbers are finite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// Text.
    Text(String),
    /// A finite number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// A moment.
    Time(Timestamp),
    /// A set of texts.
    Texts(Vec<String>),
}

/// Of what kind a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValueKind {
    /// Text.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Flag,
    /// A moment.
    Time,
    /// A set of texts.
    Texts,
}

impl ValueKind {
    /// Every kind, by its name in policies.
    pub const NAMED: [(&'static str, Self); 5] = [
        ("text", Self::Text),
        ("number", Self::Number),
        ("flag", Self::Flag),
        ("time", Self::Time),
        ("texts", Self::Texts),
    ];

    /// The kind's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Flag => "flag",
            Self::Time => "time",
            Self::Texts => "texts",
        }
    }
}

impl Value {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> ValueKind {
        match self {
            Self::Text(_) => ValueKind::Text,
            Self::Number(_) => ValueKind::Number,
            Self::Flag(_) => ValueKind::Flag,
            Self::Time(_) => ValueKind::Time,
            Self::Texts(_) => ValueKind::Texts,
        }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => formatter.write_str(text),
            Self::Number(number) => write!(formatter, "{number}"),
            Self::Flag(flag) => formatter.write_str(if *flag { "yes" } else { "no" }),
            Self::Time(moment) => write!(formatter, "{moment}"),
            Self::Texts(texts) => formatter.write_str(&texts.join(", ")),
        }
    }
}

/// The name of an attribute, such as `company.size`: words of a-z, 0-9, `-` and `_`, joined by dots.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct AttributeName(Arc<str>);

impl AttributeName {
    /// Parses an attribute name.
    ///
    /// # Errors
    ///
    /// When it is empty, longer than 127 bytes or has other characters.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let word = |word: &str| {
            !word.is_empty()
                && word.bytes().all(|byte| {
                    byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
                })
        };
        if text.len() <= 127 && text.split('.').all(word) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidId {
                kind: "an attribute name",
                text: text.chars().take(80).collect(),
                rule: "use words of a-z, 0-9, '-' and '_' joined by dots, such as company.size",
            })
        }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for AttributeName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AttributeName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::str::FromStr for AttributeName {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::parse(text)
    }
}

impl TryFrom<String> for AttributeName {
    type Error = InvalidId;
    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(&text)
    }
}

impl Serialize for AttributeName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// All attributes of a lead, by name.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Facts(BTreeMap<AttributeName, Value>);

impl Facts {
    /// No facts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of an attribute.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The text of an attribute, if it has one.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_text)
    }

    /// Sets an attribute.
    pub fn set(&mut self, name: AttributeName, value: Value) {
        self.0.insert(name, value);
    }

    /// Takes over what the other facts know and these do not; what is known stays.
    pub fn fill_blanks_from(&mut self, other: &Facts) {
        for (name, value) in &other.0 {
            if !self.0.contains_key(name) {
                self.0.insert(name.clone(), value.clone());
            }
        }
    }

    /// Takes over everything that the other facts know, in place of what is known.
    pub fn replace_with(&mut self, other: &Facts) {
        self.0.extend(other.0.iter().map(|(name, value)| (name.clone(), value.clone())));
    }

    /// Forgets an attribute.
    pub fn forget(&mut self, name: &AttributeName) {
        self.0.remove(name);
    }

    /// Every attribute, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&AttributeName, &Value)> {
        self.0.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(AttributeName, Value)> for Facts {
    fn from_iter<I: IntoIterator<Item = (AttributeName, Value)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}
