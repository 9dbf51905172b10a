//! Thirty rules over a lead, for benchmarks: as the configuration of `points`, and as a native function.

use leadsman_domain::journal;
use leadsman_domain::lead::Lead;
use leadsman_domain::{AttributeName, Digest, Facts, LeadId, Timestamp, Value};
use serde_json::json;

/// How many rules.
pub const RULES: usize = 30;

const INDUSTRIES: [&str; 5] = ["retail", "finance", "health", "education", "energy"];

/// The name of attribute n: a number if n is even, else one of five texts.
pub fn name(n: usize) -> String {
    format!("attribute_{n}")
}

/// A lead with so many attributes.
pub fn lead(attributes: usize, seed: usize) -> Lead {
    let fact = |n: usize| {
        let value = if n.is_multiple_of(2) {
            Value::Number(((seed * 31 + n * 17) % 1000) as f64)
        } else {
            Value::Text(INDUSTRIES[(seed + n) % 5].to_owned())
        };
        (AttributeName::parse(&name(n)).unwrap(), value)
    };
    let facts: Facts = (0..attributes).map(fact).collect();
    let id = LeadId::of_submission(&Digest::of(&seed.to_le_bytes()));
    journal::begin(id, Timestamp::from_ms(1_700_000_000_000), facts)
}

/// What a rule asks of its attribute.
pub enum Test {
    /// A number of at least so much.
    AtLeast(f64),
    /// This text.
    Is(&'static str),
}

/// Which attribute a rule looks at, what it asks, and its points.
pub fn rule(rule: usize, attributes: usize) -> (usize, Test, f64) {
    let n = rule % attributes;
    let test =
        if n.is_multiple_of(2) { Test::AtLeast((rule * 30) as f64) } else { Test::Is(INDUSTRIES[rule % 5]) };
    (n, test, (rule % 7) as f64 + 0.5)
}

/// The rules as the configuration of `points`.
pub fn configuration(attributes: usize) -> serde_json::Value {
    let rule = |number: usize| {
        let (n, test, points) = rule(number, attributes);
        let when = match test {
            Test::AtLeast(bound) => json!({ "attribute": name(n), "at_least": bound }),
            Test::Is(text) => json!({ "attribute": name(n), "is": text }),
        };
        json!({ "name": format!("rule-{number}"), "points": points, "when": when })
    };
    json!({ "rules": (0..RULES).map(rule).collect::<Vec<_>>() })
}

/// The rules as a native function over the same facts.
pub fn native(attributes: usize, names: &[String], lead: &Lead) -> f64 {
    let mut score = 0.0;
    for number in 0..RULES {
        let (n, test, points) = rule(number, attributes);
        let holds = match (lead.facts.get(&names[n]), test) {
            (Some(Value::Number(number)), Test::AtLeast(bound)) => *number >= bound,
            (Some(Value::Text(text)), Test::Is(wanted)) => text == wanted,
            _ => false,
        };
        if holds {
            score += points;
        }
    }
    score
}
