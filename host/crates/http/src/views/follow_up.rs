//! What follow-up does.

use leadsman_domain::follow_up::{Action, Deadline, Deed};
use leadsman_domain::lead::{FormerOwner, Lack};
use serde::Serialize;
use utoipa::ToSchema;

use crate::values::Moment;

/// Something to be done about a lead.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Action)]
pub(crate) struct ActionView {
    /// The key that keeps it from being done twice.
    key: String,
    /// What: `remind`, `escalate`, `recycle`, `advance`, `route`, `send` or `spawn`.
    #[serde(rename = "do")]
    deed: &'static str,
    /// The text, the pool, the stage or the template.
    #[serde(skip_serializing_if = "Option::is_none")]
    what: Option<String>,
    /// Why, in a sentence.
    reason: String,
}

impl From<&Action> for ActionView {
    fn from(action: &Action) -> Self {
        let (deed, what) = match &action.deed {
            Deed::Remind { text } => ("remind", Some(text.clone())),
            Deed::Escalate { text } => ("escalate", Some(text.clone())),
            Deed::Recycle { pool } => ("recycle", pool.as_ref().map(ToString::to_string)),
            Deed::Advance { stage } => ("advance", Some(stage.to_string())),
            Deed::Route => ("route", None),
            Deed::Send { template } => ("send", Some(template.clone())),
            Deed::Spawn { line, pool } => ("spawn", Some(format!("{line} in {pool}"))),
        };
        Self { key: action.key.clone(), deed, what, reason: action.reason.message.clone() }
    }
}

/// Somebody who owned a lead before.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = FormerOwner)]
pub(crate) struct FormerOwnerView {
    /// Who.
    rep: String,
    /// Until when.
    until: Moment,
    /// How that ended: `recycled`, `returned`, `reclaimed`, `rejected`, `transferred` or `left`.
    parting: &'static str,
}

/// Something that will be done if nothing happens before.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Deadline)]
pub(crate) struct DeadlineView {
    /// The rule that sets it.
    rule: String,
    /// When.
    at: Moment,
    /// What will be done then.
    consequence: String,
}

/// What keeps a lead from sales.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "lacks")]
#[schema(as = Lack)]
pub(crate) enum LackView {
    /// It has not come so far yet.
    Stage {
        /// The stage that it must have reached.
        least: &'static str,
    },
    /// An attribute is of another kind than the field that takes it over.
    Kind {
        /// Which.
        name: String,
        /// The kind that it must be of.
        kind: &'static str,
    },
    /// Its party has not agreed to be contacted.
    Consent,
    /// An attribute is not known.
    Attribute {
        /// Which.
        name: String,
    },
    /// Its score is below the line.
    Score {
        /// The line.
        line: f64,
    },
    /// An attribute is not what a pool requires.
    Value {
        /// Which.
        name: String,
    },
}

impl From<&FormerOwner> for FormerOwnerView {
    fn from(former: &FormerOwner) -> Self {
        let FormerOwner { rep, until, parting } = former;
        Self { rep: rep.to_string(), until: (*until).into(), parting: parting.as_str() }
    }
}

impl From<&Deadline> for DeadlineView {
    fn from(deadline: &Deadline) -> Self {
        let Deadline { rule, at, consequence } = deadline.clone();
        Self { rule, at: at.into(), consequence }
    }
}

impl From<&Lack> for LackView {
    fn from(lack: &Lack) -> Self {
        match lack {
            Lack::Consent => Self::Consent,
            Lack::Attribute { name } => Self::Attribute { name: name.clone() },
            Lack::Stage { least } => Self::Stage { least: least.as_str() },
            Lack::Kind { name, kind } => Self::Kind { name: name.clone(), kind: kind.as_str() },
            Lack::Score { line } => Self::Score { line: line.as_f64() },
            Lack::Value { name } => Self::Value { name: name.clone() },
        }
    }
}
