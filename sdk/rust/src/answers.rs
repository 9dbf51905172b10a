//! Conveniences on the words that all answers share.

use std::fmt;

use crate::{Failure, Reason, Value};

impl Reason {
    /// A reason with a word for programs and a sentence for people.
    #[must_use]
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), attribute: None }
    }

    /// Names the attribute that it is about.
    #[must_use]
    pub fn about(mut self, attribute: impl Into<String>) -> Self {
        self.attribute = Some(attribute.into());
        self
    }
}

impl Failure {
    /// The text of the failure, whichever it is.
    #[must_use]
    pub fn message(&self) -> &str {
        match self {
            Failure::BadInput(message) | Failure::Internal(message) => message,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Value::Number(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Value::Flag(flag)
    }
}

impl From<crate::Timestamp> for Value {
    fn from(time: crate::Timestamp) -> Self {
        Value::Time(time.as_millis())
    }
}

impl From<&[&str]> for Value {
    fn from(texts: &[&str]) -> Self {
        Value::Texts(texts.iter().map(|&text| text.to_owned()).collect())
    }
}

impl<const N: usize> From<[&str; N]> for Value {
    fn from(texts: [&str; N]) -> Self {
        Value::from(texts.as_slice())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Text(text) => formatter.write_str(text),
            Value::Number(number) => write!(formatter, "{number}"),
            Value::Flag(flag) => write!(formatter, "{flag}"),
            Value::Time(millis) => write!(formatter, "{millis} ms"),
            Value::Texts(texts) => formatter.write_str(&texts.join(", ")),
        }
    }
}
