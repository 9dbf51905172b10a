//! Accounts, contacts and opportunities, and how leads are tied to them.

use std::collections::BTreeMap;

use leadsman_domain::lead::Task;
use leadsman_domain::membership::Membership;
use leadsman_domain::target::{Counterpart, Link, Qualified, Target};
use leadsman_flow::Found;
use serde::Serialize;
use utoipa::ToSchema;

use crate::values::{FactMap, Moment, fact_map};

/// An account, a contact or an opportunity.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Target)]
pub(crate) struct TargetView {
    /// `account`, `contact` or `opportunity`.
    kind: &'static str,
    /// Its id, unique among its kind.
    id: String,
    /// Since when it is known here.
    created: Moment,
    /// What is known of it.
    #[schema(value_type = std::collections::BTreeMap<String, crate::values::FactValue>)]
    facts: FactMap,
    /// Who looks after it.
    owner: Option<String>,
    /// The account of a contact or an opportunity.
    account: Option<String>,
    /// The contact of an opportunity.
    contact: Option<String>,
    /// The leads that became it.
    sources: Vec<String>,
    /// What is still to be done about it.
    tasks: Vec<TaskView>,
    /// The campaigns that it is a member of.
    campaigns: BTreeMap<String, MembershipView>,
}

/// A place in a campaign.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Membership)]
pub(crate) struct MembershipView {
    /// How far it came.
    #[schema(example = "invited")]
    status: String,
    /// Since when that is so.
    status_since: Moment,
    /// Since when it is a member.
    since: Moment,
}

/// Something that somebody is to do.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Task)]
pub(crate) struct TaskView {
    /// Its number among the lead's tasks.
    number: u32,
    /// What is to be done.
    text: String,
    /// Until when.
    due: Option<Moment>,
}

/// How a lead is tied to a known record that it was not merged with.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Link)]
pub(crate) struct LinkView {
    /// `lead`, `contact` or `account`.
    kind: &'static str,
    /// The record.
    id: String,
    /// The identity key that agrees.
    #[schema(example = "contact.phone.e164")]
    key: String,
}

/// What a lead became.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Qualified)]
pub(crate) struct QualifiedView {
    /// When.
    at: Moment,
    /// The account.
    account: String,
    /// The contact.
    contact: String,
    /// The opportunity.
    opportunity: String,
}

/// A known record that facts belong to.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Found)]
pub(crate) struct FoundView {
    /// The record, and the key that agrees.
    #[serde(flatten)]
    link: LinkView,
    /// Who owns it.
    owner: Option<String>,
    /// What happens with a submission of that: `merge`, `link`, `reject` or `route-to-owner`.
    on_match: &'static str,
}

impl From<&Target> for TargetView {
    fn from(target: &Target) -> Self {
        Self {
            kind: target.kind.as_str(),
            id: target.id.to_string(),
            created: target.created.into(),
            facts: fact_map(&target.facts),
            owner: target.owner.as_ref().map(ToString::to_string),
            account: target.account.as_ref().map(ToString::to_string),
            contact: target.contact.as_ref().map(ToString::to_string),
            sources: target.sources.iter().map(ToString::to_string).collect(),
            tasks: target.tasks.iter().map(Into::into).collect(),
            campaigns: target.campaigns.iter().map(|(name, place)| (name.clone(), place.into())).collect(),
        }
    }
}

impl From<&Membership> for MembershipView {
    fn from(membership: &Membership) -> Self {
        Self {
            status: membership.status.clone(),
            status_since: membership.status_since.into(),
            since: membership.since.into(),
        }
    }
}

impl From<&Task> for TaskView {
    fn from(task: &Task) -> Self {
        Self { number: task.number, text: task.text.clone(), due: task.due.map(Moment) }
    }
}

impl From<&Link> for LinkView {
    fn from(link: &Link) -> Self {
        let (kind, id) = match &link.to {
            Counterpart::Lead(id) => ("lead", id.to_string()),
            Counterpart::Contact(id) => ("contact", id.to_string()),
            Counterpart::Account(id) => ("account", id.to_string()),
        };
        Self { kind, id, key: link.key.clone() }
    }
}

impl From<&Qualified> for QualifiedView {
    fn from(qualified: &Qualified) -> Self {
        Self {
            at: qualified.at.into(),
            account: qualified.account.to_string(),
            contact: qualified.contact.to_string(),
            opportunity: qualified.opportunity.to_string(),
        }
    }
}

impl From<&Found> for FoundView {
    fn from(found: &Found) -> Self {
        Self {
            link: (&found.link).into(),
            owner: found.owner.as_ref().map(ToString::to_string),
            on_match: found.on.as_str(),
        }
    }
}
