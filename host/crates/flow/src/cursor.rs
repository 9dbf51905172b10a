//! Where a list of leads goes on: a place in an index whose keys end in a number and a lead. It is a text for those who
//! ask for one page after the other, and need not understand it.

use std::fmt;
use std::str::FromStr;

use leadsman_domain::LeadId;
use serde::{Serialize, Serializer};

use crate::keys;
use crate::ledger::{Key, Part};

/// A place in a list of leads: that of a lead, by what the list is in order of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    number: u64,
    lead: LeadId,
}

/// What is no place in any list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no cursor: write what `next` of the page before says, or none for the first page")]
pub struct InvalidCursor(String);

impl Cursor {
    /// The place that a key of an index tells.
    #[must_use]
    pub fn of(key: &Key) -> Option<Self> {
        match key.parts() {
            [.., Part::Number(number), Part::Text(_)] => {
                Some(Self { number: *number, lead: keys::lead_in(key)? })
            }
            _ => None,
        }
    }

    /// The place in an index, whose keys begin with this one.
    #[must_use]
    pub fn within(&self, index: &Key) -> Key {
        index.clone().number(self.number).text(self.lead.as_str())
    }

    /// The lead that has this place.
    #[must_use]
    pub fn lead(&self) -> &LeadId {
        &self.lead
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:x}.{}", self.number, self.lead)
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let place = || {
            let (number, lead) = text.split_once('.')?;
            let number = u64::from_str_radix(number, 16).ok()?;
            Some(Self { number, lead: LeadId::parse(lead).ok()? })
        };
        place().ok_or_else(|| InvalidCursor(text.to_owned()))
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
