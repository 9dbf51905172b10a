//! Matching: what happens when somebody who comes in is known already.

use serde::{Deserialize, Serialize};

use crate::identity::{Identity, IdentityKey};
use crate::value::Facts;

/// What becomes of a submission that is found to be a known record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnMatch {
    /// One more touch on the known lead, and no new one.
    #[default]
    Merge,
    /// A new lead, tied to the record.
    Link,
    /// A new lead, tied to the record, that is turned away.
    Reject,
    /// A new lead, tied to the record, for whoever owns that, if they can have it.
    RouteToOwner,
}

impl OnMatch {
    /// Its name in policies: `merge`, `link`, `reject` or `route-to-owner`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Link => "link",
            Self::Reject => "reject",
            Self::RouteToOwner => "route-to-owner",
        }
    }
}

/// Which known records a submission is compared with, and what follows. Contacts are found by the keys of
/// leads, accounts by keys of their own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Matching {
    /// A lead.
    pub leads: OnMatch,
    /// A contact; they are not looked at if missing. Never [`OnMatch::Merge`].
    pub contacts: Option<OnMatch>,
    /// An account; they are not looked at if missing. Never [`OnMatch::Merge`].
    pub accounts: Option<OnMatch>,
    /// When a submission belongs to an account; any key that agrees is enough.
    pub account_keys: Vec<IdentityKey>,
}

/// The identities that facts give by some keys, in the order of the keys.
#[must_use]
pub fn identities(keys: &[IdentityKey], facts: &Facts) -> Vec<Identity> {
    keys.iter().filter_map(|key| key.of(facts)).collect()
}
