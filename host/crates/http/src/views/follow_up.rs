//! What follow-up does.

use leadsman_domain::follow_up::{Action, Deed};
use serde::Serialize;
use utoipa::ToSchema;

/// Something to be done about a lead.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Action)]
pub(crate) struct ActionView {
    /// The key that keeps it from being done twice.
    key: String,
    /// What: `remind`, `escalate`, `recycle`, `advance`, `route` or `send`.
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
        };
        Self { key: action.key.clone(), deed, what, reason: action.reason.message.clone() }
    }
}
