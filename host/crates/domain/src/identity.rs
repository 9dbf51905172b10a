//! Identity: when two submissions are the same person or company.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::text::fold;
use crate::value::{AttributeName, Facts, Value};

/// Attributes that identify a lead when all of them agree, such as the phone number, or the company
/// domain together with the name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdentityKey(pub Vec<AttributeName>);

/// One identity of one lead: what is looked up and stored. Hashed, so an index of contact data is no
/// list of contact data.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The key in words, such as `company.domain + person.name`, for explanations.
    pub key: String,
    /// Digest of the key and its folded values.
    pub digest: Digest,
}

impl IdentityKey {
    /// The key in words.
    #[must_use]
    pub fn name(&self) -> String {
        self.0.iter().map(AttributeName::as_str).collect::<Vec<_>>().join(" + ")
    }

    /// The identity that the facts give by this key; none unless every attribute of it is known.
    #[must_use]
    pub fn of(&self, facts: &Facts) -> Option<Identity> {
        let key = self.name();
        let mut parts = vec![key.clone()];
        for attribute in &self.0 {
            let folded = match facts.get(attribute.as_str())? {
                Value::Text(text) => fold(text),
                other => other.to_string(),
            };
            if folded.is_empty() {
                return None;
            }
            parts.push(folded);
        }
        let digest = Digest::of_parts(parts.iter().map(String::as_bytes));
        Some(Identity { key, digest })
    }
}
