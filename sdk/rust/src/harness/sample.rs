//! A lead by names, to be reduced to what a plugin needs.

use std::collections::BTreeMap;

use crate::bindings::base::leadsman::rules::types;
use crate::{NamedText, Needs, Timestamp, Value};

/// A lead with everything that is known of it.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    id: Option<String>,
    received: Option<Timestamp>,
    attributes: BTreeMap<String, Value>,
    activities: Vec<(String, Timestamp, f64)>,
}

/// A lead of which nothing is known yet.
#[must_use]
pub fn sample() -> Sample {
    Sample::default()
}

impl Sample {
    /// Gives the lead an attribute.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.attributes.insert(name.to_owned(), value.into());
        self
    }

    /// Gives the lead an id; it is `lead` otherwise.
    #[must_use]
    pub fn id(mut self, id: &str) -> Self {
        self.id = Some(id.to_owned());
        self
    }

    /// Says when the lead was received; it is the moment of the call otherwise.
    #[must_use]
    pub fn received(mut self, received: Timestamp) -> Self {
        self.received = Some(received);
        self
    }

    /// Adds an activity.
    #[must_use]
    pub fn did(self, kind: &str, at: Timestamp) -> Self {
        self.did_much(kind, at, 1.0)
    }

    /// Adds an activity of some quantity.
    #[must_use]
    pub fn did_much(mut self, kind: &str, at: Timestamp, quantity: f64) -> Self {
        self.activities.push((kind.to_owned(), at, quantity));
        self
    }

    /// The lead as the host would send it.
    pub(super) fn lead(&self, needs: &Needs, now: Timestamp) -> types::Lead {
        let value = |name: &String| self.attributes.get(name).cloned();
        let text = |(name, value): (&String, &Value)| match value {
            Value::Text(text) => Some(NamedText { name: name.clone(), text: text.clone() }),
            _ => None,
        };
        types::Lead {
            id: self.id.clone().unwrap_or_else(|| "lead".to_owned()),
            received_ms: self.received.unwrap_or(now).as_millis(),
            values: needs.attributes.iter().map(value).collect(),
            texts: if needs.all_texts {
                self.attributes.iter().filter_map(text).collect()
            } else {
                Vec::new()
            },
        }
    }

    /// The activities of the kinds in the needs, oldest first.
    pub(super) fn activities(&self, needs: &Needs) -> Vec<types::Activity> {
        let mut activities: Vec<types::Activity> = self
            .activities
            .iter()
            .filter_map(|(name, at, quantity)| {
                let kind = kind(&needs.activities, name)?;
                Some(types::Activity { kind, at_ms: at.as_millis(), quantity: *quantity })
            })
            .collect();
        activities.sort_by_key(|activity| activity.at_ms);
        activities
    }
}

/// The position of a kind: its exact name if that is there, else the longest beginning with `.*`.
fn kind(kinds: &[String], name: &str) -> Option<u32> {
    let exact = kinds.iter().position(|kind| kind == name);
    let beginning = || {
        let matches = |kind: &String| kind.strip_suffix('*').is_some_and(|start| name.starts_with(start));
        let candidates = kinds.iter().enumerate().filter(|(_, kind)| matches(kind));
        candidates.max_by_key(|(_, kind)| kind.len()).map(|(index, _)| index)
    };
    exact.or_else(beginning).and_then(|index| u32::try_from(index).ok())
}
