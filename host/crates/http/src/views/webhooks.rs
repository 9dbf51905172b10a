//! Receivers of messages, and messages that they did not get.

use leadsman_flow::outbox::{Failed, Receiver, Registered};
use serde::Serialize;
use utoipa::ToSchema;

use crate::values::Moment;

/// A receiver of messages.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Webhook)]
pub(crate) struct WebhookView {
    /// Its name.
    #[schema(example = "crm")]
    name: String,
    /// Where its messages are sent.
    url: String,
    /// What it is told; everything if empty.
    events: Vec<&'static str>,
    /// The facts of leads that it gets to see.
    facts: Vec<String>,
    /// When it was registered.
    added: Moment,
    /// Who registered it.
    by: String,
    /// Since when it wants no more messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    gone: Option<Moment>,
    /// How many messages wait for it.
    waiting: u64,
}

/// A receiver that was registered just now.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = AddedWebhook)]
pub(crate) struct AddedView {
    #[serde(flatten)]
    webhook: WebhookView,
    /// What its messages are signed with. It is shown this once.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: String,
}

/// A message that could not be delivered.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = FailedMessage)]
pub(crate) struct FailedView {
    /// The header `webhook-id` with which it is sent.
    id: String,
    /// What it is about.
    event: &'static str,
    /// Which lead it is about.
    lead: String,
    /// When that happened.
    at: Moment,
    /// How often it was attempted.
    attempts: u32,
    /// What went wrong the last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
    /// When it is attempted again; missing if it was given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Moment>,
}

/// How much is sent again.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = SentAgain)]
pub(crate) struct SentAgainView {
    /// How many messages.
    pub messages: u64,
}

impl WebhookView {
    /// A receiver for which so many messages wait.
    pub(crate) fn of(receiver: &Receiver, waiting: u64) -> Self {
        Self {
            name: receiver.name.to_string(),
            url: receiver.url.clone(),
            events: receiver.topics.iter().map(|topic| topic.as_str()).collect(),
            facts: receiver.facts.iter().map(ToString::to_string).collect(),
            added: receiver.added.at.into(),
            by: receiver.added.by.clone(),
            gone: receiver.gone.map(Moment),
            waiting,
        }
    }
}

impl From<&Registered> for AddedView {
    fn from(added: &Registered) -> Self {
        let webhook = WebhookView::of(&added.receiver, 0);
        Self { webhook, secret: added.secret.reveal().to_owned() }
    }
}

impl From<&Failed> for FailedView {
    fn from(failed: &Failed) -> Self {
        let message = &failed.message;
        Self {
            id: message.webhook_id(),
            event: message.topic.as_str(),
            lead: message.lead.to_string(),
            at: message.at.into(),
            attempts: message.attempts,
            cause: message.trouble.clone(),
            next: failed.next.map(Moment),
        }
    }
}
