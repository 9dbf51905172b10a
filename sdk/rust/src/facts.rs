//! From the host's positional values to the author's own type.

use crate::{Failure, Timestamp, Value};

/// A type that holds the attributes which a plugin reads. Derive it for a struct with named fields:
///
/// ```
/// use leadsman_sdk::prelude::*;
///
/// #[derive(Facts)]
/// struct Seen {
///     /// Read from the attribute `industry`; a lead without it is answered with bad input.
///     industry: String,
///     #[attribute("company.size")]
///     size: Option<f64>,
/// }
/// assert_eq!(Seen::ATTRIBUTES, ["industry", "company.size"]);
/// ```
///
/// For attributes that are only known from the configuration, take [`Values`] and override
/// [`Plugin::needs`](crate::Plugin::needs). For none, take `()`.
pub trait Facts: Sized {
    /// The names of the attributes, in the order in which `read` takes them.
    const ATTRIBUTES: &'static [&'static str];

    /// Reads the values.
    ///
    /// # Errors
    ///
    /// [`Failure::BadInput`] names the attribute that is missing or of another type.
    fn read(values: Vec<Option<Value>>) -> Result<Self, Failure>;
}

impl Facts for () {
    const ATTRIBUTES: &'static [&'static str] = &[];

    fn read(_values: Vec<Option<Value>>) -> Result<Self, Failure> {
        Ok(())
    }
}

/// Attribute values by position, for plugins whose attributes are named in the configuration.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Values(Vec<Option<Value>>);

impl Values {
    /// Takes values, in the order of the needs.
    #[must_use]
    pub const fn new(values: Vec<Option<Value>>) -> Self {
        Self(values)
    }

    /// The value at this position of the needs, if the lead has one.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&Value> {
        self.0.get(index).and_then(Option::as_ref)
    }

    /// The text at this position, if there is one.
    #[must_use]
    pub fn text(&self, index: usize) -> Option<&str> {
        match self.get(index) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// All of them, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Option<Value>] {
        &self.0
    }
}

impl Facts for Values {
    const ATTRIBUTES: &'static [&'static str] = &[];

    fn read(values: Vec<Option<Value>>) -> Result<Self, Failure> {
        Ok(Self(values))
    }
}

/// A type that a single attribute can have in a struct with `#[derive(Facts)]`: `String`, `f64`,
/// `bool`, [`Timestamp`], `Vec<String>`, [`Value`] for any of them, and `Option` of each for an
/// attribute that a lead need not have.
pub trait Attribute: Sized {
    /// What is expected, for the message to people.
    const EXPECTED: &'static str;

    /// Takes the value; `None` if it is of another type.
    fn from_value(value: Value) -> Option<Self>;

    /// What stands for a missing value; `None` if it is required.
    #[must_use]
    fn missing() -> Option<Self> {
        None
    }
}

macro_rules! attribute {
    ($type:ty, $expected:literal, $pattern:pat => $value:expr) => {
        impl Attribute for $type {
            const EXPECTED: &'static str = $expected;

            fn from_value(value: Value) -> Option<Self> {
                match value {
                    $pattern => Some($value),
                    _ => None,
                }
            }
        }
    };
}

attribute!(String, "a text", Value::Text(text) => text);
attribute!(f64, "a number", Value::Number(number) => number);
attribute!(bool, "a flag", Value::Flag(flag) => flag);
attribute!(Timestamp, "a time", Value::Time(millis) => Timestamp::from_millis(millis));
attribute!(Vec<String>, "a set of texts", Value::Texts(texts) => texts);

impl Attribute for Value {
    const EXPECTED: &'static str = "a value";

    fn from_value(value: Value) -> Option<Self> {
        Some(value)
    }
}

impl<T: Attribute> Attribute for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn from_value(value: Value) -> Option<Self> {
        T::from_value(value).map(Some)
    }

    fn missing() -> Option<Self> {
        Some(None)
    }
}

/// Takes the next value for the derived implementations.
#[doc(hidden)]
pub fn take<T: Attribute>(
    values: &mut impl Iterator<Item = Option<Value>>,
    name: &'static str,
) -> Result<T, Failure> {
    match values.next().flatten() {
        Some(value) => T::from_value(value).ok_or_else(|| wrong_type(name, T::EXPECTED)),
        None => T::missing().ok_or_else(|| missing(name)),
    }
}

#[cold]
fn wrong_type(name: &str, expected: &str) -> Failure {
    Failure::BadInput(format!("attribute `{name}` must be {expected}"))
}

#[cold]
fn missing(name: &str) -> Failure {
    Failure::BadInput(format!("attribute `{name}` is missing"))
}
