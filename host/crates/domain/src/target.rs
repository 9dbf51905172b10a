//! What leads become: accounts, contacts and opportunities. Tenants also bring those that they have, so that
//! a lead is found to be, or to belong to, one of them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::ids::{LeadId, RepId, TargetId};
use crate::lead::Task;
use crate::membership::Membership;
use crate::time::Timestamp;
use crate::value::Facts;

/// What kind of record a lead becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    /// A company that buys.
    Account,
    /// A person there.
    Contact,
    /// A deal that may come of it.
    Opportunity,
}

impl TargetKind {
    /// Every kind, in the order in which a lead becomes them.
    pub const ALL: [Self; 3] = [Self::Account, Self::Contact, Self::Opportunity];

    /// The kind's name: `account`, `contact` or `opportunity`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Contact => "contact",
            Self::Opportunity => "opportunity",
        }
    }

    /// The kind with a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl fmt::Display for TargetKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl TargetId {
    /// The id of the target that a lead newly becomes: always the same one for the same lead and kind.
    #[must_use]
    pub fn of_lead(kind: TargetKind, lead: &LeadId) -> Self {
        let digest = Digest::of_parts([kind.as_str().as_bytes(), lead.as_str().as_bytes()]);
        Self::of_digest(kind.as_str(), &digest)
    }
}

/// An account, a contact or an opportunity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// Its kind.
    pub kind: TargetKind,
    /// Its id, unique among its kind.
    pub id: TargetId,
    /// Since when it is known here.
    pub created: Timestamp,
    /// What is known of it.
    pub facts: Facts,
    /// Who looks after it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub owner: Option<RepId>,
    /// The account of a contact or an opportunity.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub account: Option<TargetId>,
    /// The contact of an opportunity.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub contact: Option<TargetId>,
    /// The leads that became it, in order. A lead that is merged later is still found by its id.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub sources: Vec<LeadId>,
    /// What is still to be done about it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tasks: Vec<Task>,
    /// The campaigns that it is a member of.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub campaigns: BTreeMap<String, Membership>,
}

impl Target {
    /// A target of which nothing is known yet.
    #[must_use]
    pub fn new(kind: TargetKind, id: &TargetId, created: Timestamp) -> Self {
        Self {
            kind,
            id: id.clone(),
            created,
            facts: Facts::new(),
            owner: None,
            account: None,
            contact: None,
            sources: Vec::new(),
            tasks: Vec::new(),
            campaigns: BTreeMap::new(),
        }
    }

    /// Notes that a lead became it. Of very many leads the newest [`SOURCES_MAX`] are kept; each lead knows
    /// what it became.
    pub fn add_source(&mut self, lead: LeadId) {
        if self.sources.len() >= SOURCES_MAX {
            self.sources.remove(0);
        }
        self.sources.push(lead);
    }
}

/// How many of the leads that became it a target keeps.
pub const SOURCES_MAX: usize = 1_000;

/// What a lead became.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Qualified {
    /// When.
    pub at: Timestamp,
    /// The account.
    pub account: TargetId,
    /// The contact.
    pub contact: TargetId,
    /// The opportunity.
    pub opportunity: TargetId,
}

/// A record that a lead was found to be the same as, or to belong to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "id")]
pub enum Counterpart {
    /// Another lead.
    Lead(LeadId),
    /// A contact.
    Contact(TargetId),
    /// An account.
    Account(TargetId),
}

/// How a lead is tied to a known record that it was not merged with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The record.
    pub to: Counterpart,
    /// The identity key that agrees, in words.
    pub key: String,
}
