//! Receivers of messages, as clients register them.

use leadsman_domain::{AttributeName, ReceiverId};
use leadsman_flow::outbox::{NewReceiver, Topic};
use serde::Deserialize;
use utoipa::ToSchema;

/// A system that is to be told what happens.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewWebhook {
    /// What people call it.
    #[schema(value_type = String, example = "crm")]
    pub name: ReceiverId,
    /// Where messages are sent: an address of the public Internet, over https.
    #[schema(example = "https://crm.example.com/leadsman")]
    pub url: String,
    /// What it is told: `lead.reminder`, `lead.escalation`, `message.due`, `lead.assigned`, `lead.pooled`,
    /// `lead.woken`, `lead.staged`; everything if missing.
    #[serde(default)]
    #[schema(value_type = Vec<String>, example = json!(["lead.assigned", "message.due"]))]
    pub events: Vec<Topic>,
    /// The facts of leads that it gets to see; none if missing.
    #[serde(default)]
    #[schema(value_type = Vec<String>, example = json!(["contact.email"]))]
    pub facts: Vec<AttributeName>,
}

impl From<NewWebhook> for NewReceiver {
    fn from(new: NewWebhook) -> Self {
        let NewWebhook { name, url, events: topics, facts } = new;
        Self { name, url, topics, facts }
    }
}
