//! Testing compiled conditions against the values of a lead.

use crate::{Timestamp, Value, lists, text};

/// A condition whose attributes are positions and whose texts are folded; made by
/// [`Scope::compile`](super::Scope::compile).
#[derive(Debug, Clone, PartialEq)]
pub struct Compiled(pub(super) Node);

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Test { attribute: usize, test: Test },
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test {
    Is(Literal),
    IsNot(Literal),
    OneOf(Vec<Literal>),
    Contains(String),
    StartsWith(String),
    EndsWith(String),
    AtLeast(f64),
    AtMost(f64),
    Above(f64),
    Below(f64),
    Between(f64, f64),
    Present(bool),
    InList(String),
    IncludesAny(Vec<String>),
    IncludesAll(Vec<String>),
    WithinMillis(i64),
    OlderThanMillis(i64),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Text(String),
    Number(f64),
    Flag(bool),
}

impl Compiled {
    /// Whether the condition holds for these values, which have the order of the scope's attributes.
    #[must_use]
    pub fn holds(&self, values: &[Option<Value>], now: Timestamp) -> bool {
        self.0.holds(values, now)
    }
}

impl Node {
    fn holds(&self, values: &[Option<Value>], now: Timestamp) -> bool {
        match self {
            Node::Test { attribute, test } => match values.get(*attribute) {
                Some(Some(value)) => test.holds(value, now),
                _ => matches!(test, Test::Present(false)),
            },
            Node::All(nodes) => nodes.iter().all(|node| node.holds(values, now)),
            Node::Any(nodes) => nodes.iter().any(|node| node.holds(values, now)),
            Node::Not(node) => !node.holds(values, now),
        }
    }
}

impl Test {
    fn holds(&self, value: &Value, now: Timestamp) -> bool {
        match self {
            Test::Is(literal) => literal.equals(value),
            Test::IsNot(literal) => !literal.equals(value),
            Test::OneOf(literals) => literals.iter().any(|literal| literal.equals(value)),
            Test::Contains(part) => any_text(value, |candidate| text::contains(candidate, part)),
            Test::StartsWith(part) => any_text(value, |candidate| text::starts_with(candidate, part)),
            Test::EndsWith(part) => any_text(value, |candidate| text::ends_with(candidate, part)),
            Test::AtLeast(least) => number(value).is_some_and(|number| number >= *least),
            Test::AtMost(most) => number(value).is_some_and(|number| number <= *most),
            Test::Above(line) => number(value).is_some_and(|number| number > *line),
            Test::Below(line) => number(value).is_some_and(|number| number < *line),
            Test::Between(from, to) => number(value).is_some_and(|number| (*from..*to).contains(&number)),
            Test::Present(present) => *present,
            Test::InList(list) => any_text(value, |candidate| lists::contains(list, candidate)),
            Test::IncludesAny(parts) => parts.iter().any(|part| includes(value, part)),
            Test::IncludesAll(parts) => parts.iter().all(|part| includes(value, part)),
            Test::WithinMillis(most) => age(value, now).is_some_and(|age| (0..=*most).contains(&age)),
            Test::OlderThanMillis(least) => age(value, now).is_some_and(|age| age > *least),
        }
    }
}

impl Literal {
    fn equals(&self, value: &Value) -> bool {
        match (self, value) {
            (Literal::Text(folded), _) => includes(value, folded),
            (Literal::Number(expected), Value::Number(number)) => number == expected,
            (Literal::Flag(expected), Value::Flag(flag)) => flag == expected,
            _ => false,
        }
    }
}

fn any_text(value: &Value, holds: impl Fn(&str) -> bool) -> bool {
    match value {
        Value::Text(text) => holds(text),
        Value::Texts(texts) => texts.iter().any(|text| holds(text)),
        _ => false,
    }
}

fn includes(value: &Value, folded: &str) -> bool {
    any_text(value, |candidate| text::equals(candidate, folded))
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        _ => None,
    }
}

fn age(value: &Value, now: Timestamp) -> Option<i64> {
    match value {
        Value::Time(millis) => Some(now.millis_since(Timestamp::from_millis(*millis))),
        _ => None,
    }
}
