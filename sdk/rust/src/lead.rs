//! A lead as a plugin sees it, and what the lead did.

use crate::bindings::base::leadsman::rules::types;
use crate::{Facts, Failure, NamedText, Timestamp};

/// A person or company that may buy, reduced to what the plugin said that it needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Lead<F> {
    /// The host's id for the lead, stable for its whole life.
    pub id: String,
    /// When the lead was received.
    pub received: Timestamp,
    /// The attributes that the plugin needs, in the plugin's own type.
    pub facts: F,
    /// Every text attribute of the lead, sorted by name, if the plugin needs all texts; else empty.
    pub texts: Vec<NamedText>,
}

impl<F: Facts> Lead<F> {
    /// Gives the positional values of the host their types.
    pub(crate) fn read(lead: types::Lead) -> Result<Self, Failure> {
        Ok(Self {
            id: lead.id,
            received: Timestamp::from_millis(lead.received_ms),
            facts: F::read(lead.values)?,
            texts: lead.texts,
        })
    }
}

/// Something that the lead did, or that was done to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Activity {
    /// Which kind: the position in the plugin's [`Needs::activities`](crate::Needs::activities).
    pub kind: usize,
    /// When it happened.
    pub at: Timestamp,
    /// How much of it, in the unit of its kind (visits, seconds, pages); 1 where nothing was said.
    pub quantity: f64,
}

impl From<types::Activity> for Activity {
    fn from(activity: types::Activity) -> Self {
        Self {
            kind: activity.kind as usize,
            at: Timestamp::from_millis(activity.at_ms),
            quantity: activity.quantity,
        }
    }
}
