//! Messages: what of a change is told to whom, in which words. A function of what happened and of who is
//! told, so that the same change always makes the same messages, with the same ids.

use leadsman_domain::follow_up::Deed;
use leadsman_domain::journal::{Entry, Event};
use leadsman_domain::lead::Lead;
use leadsman_domain::life::LifeStage;
use leadsman_domain::{Digest, LeadId, Timestamp, Value};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::receiver::{Receiver, Receivers};
use super::topic::{Topic, stage_after};
use crate::error::FlowError;
use crate::ledger::Batch;
use crate::{keys, record};

/// Bytes that the facts in one message may have together, and any text of a plugin; further facts are left
/// out, and texts are cut.
const TEXT_BYTES_MAX: usize = 8 << 10;

/// A message to a receiver, whole as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// What receivers know it by, however often it is sent.
    pub id: Digest,
    /// What it is about.
    pub topic: Topic,
    /// Which lead it is about.
    pub lead: LeadId,
    /// When that happened.
    pub at: Timestamp,
    /// What is sent: JSON.
    pub body: String,
    /// How often it was attempted in vain since it was made, or since somebody wanted it sent again.
    #[serde(default)]
    pub attempts: u32,
    /// What went wrong the last time.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub trouble: Option<String>,
}

impl Message {
    /// Its id as text: the header `webhook-id`.
    #[must_use]
    pub fn webhook_id(&self) -> String {
        format!("msg_{}", self.id)
    }
}

/// What is told: a change.
pub(crate) struct Told<'a> {
    /// The lead after it.
    pub lead: &'a Lead,
    /// What happened.
    pub entries: &'a [Entry],
    /// The bytes of the lead before it.
    pub stored: Option<&'a [u8]>,
    /// The stage of its life before it.
    pub stage_before: LifeStage,
}

impl Receivers {
    /// Puts the messages of a change into the batch that makes it.
    pub(crate) fn post(&self, told: &Told<'_>, batch: &mut Batch) -> Result<(), FlowError> {
        for receiver in self.all().iter().map(|one| &one.receiver) {
            let messages = told.to(receiver)?;
            if messages.is_empty() {
                continue;
            }
            batch.adds.push(super::more(receiver, messages.len()));
            for (place, message) in (0..).zip(messages) {
                let key = keys::outbox(receiver.mark, message.at, place, message.id);
                batch.puts.push((key, record::encode("a message", &message)?));
            }
        }
        Ok(())
    }
}

impl Told<'_> {
    /// What one receiver is told.
    fn to(&self, receiver: &Receiver) -> Result<Vec<Message>, FlowError> {
        let mut messages = Vec::new();
        let mut stage = self.stage_before;
        for (place, entry) in self.entries.iter().enumerate() {
            let before = stage;
            stage = stage_after(&entry.event, before);
            let Some(topic) = Topic::of(&entry.event, before).filter(|topic| receiver.hears(*topic)) else {
                continue;
            };
            let mut data = self.standing(stage);
            data.extend(particulars(&entry.event, before));
            if !receiver.facts.is_empty() {
                data.insert("facts".to_owned(), Json::Object(granted(self.lead, receiver)));
            }
            let body = json!({ "type": topic.as_str(), "timestamp": entry.at.to_string(), "data": data });
            messages.push(Message {
                id: self.id(receiver, place, entry)?,
                topic,
                lead: self.lead.id.clone(),
                at: entry.at,
                body: body.to_string(),
                attempts: 0,
                trouble: None,
            });
        }
        Ok(messages)
    }

    /// What a message is known by: what a plugin wanted has a key of its own, and anything else is known by
    /// what was known of the lead before, and its place among what happened then.
    fn id(&self, receiver: &Receiver, place: usize, entry: &Entry) -> Result<Digest, FlowError> {
        let (mark, lead) = (&receiver.mark.as_bytes()[..], self.lead.id.as_str().as_bytes());
        if let Event::FollowedUp { plugin, action } = &entry.event {
            let (plugin, key) = (plugin.as_bytes(), action.key.as_bytes());
            return Ok(Digest::of_parts([&b"action"[..], mark, lead, plugin, key]));
        }
        let before = Digest::of(self.stored.unwrap_or_default());
        let place = (place as u64).to_be_bytes();
        let entry = record::encode("an entry", entry)?;
        Ok(Digest::of_parts([&b"entry"[..], mark, lead, before.as_bytes(), &place, &entry]))
    }

    /// Where the lead stands.
    fn standing(&self, stage: LifeStage) -> Map<String, Json> {
        let mut standing = Map::new();
        standing.insert("lead".to_owned(), json!(self.lead.id));
        standing.insert("status".to_owned(), json!(self.lead.status.as_str()));
        standing.insert("stage".to_owned(), json!(stage));
        if let Some(owner) = self.lead.status.owner() {
            standing.insert("owner".to_owned(), json!(owner));
        }
        standing
    }
}

/// What is particular to a kind of event.
fn particulars(event: &Event, stage: LifeStage) -> Map<String, Json> {
    let particulars = match event {
        Event::FollowedUp { plugin, action } => {
            let (name, text) = match &action.deed {
                Deed::Send { template } => ("template", template.as_str()),
                Deed::Remind { text } | Deed::Escalate { text } => ("text", text.as_str()),
                _ => ("text", ""),
            };
            json!({ name: cut(text), "reason": cut(&action.reason.message), "plugin": plugin })
        }
        Event::Allocated { owner, pool, instead, .. } => match instead {
            Some(parting) => json!({ "owner": owner, "pool": pool, "instead": parting }),
            None => json!({ "owner": owner, "pool": pool }),
        },
        Event::GivenUp { pool, parting } => json!({ "pool": pool, "parting": parting }),
        Event::WentInto { lead } => json!({ "into": lead }),
        Event::CameBack { from } => json!({ "out-of": from }),
        Event::Matured
        | Event::Staged { .. }
        | Event::Converted { .. }
        | Event::Merged { .. }
        | Event::Unmerged { .. } => json!({ "from": stage }),
        _ => Json::Null,
    };
    match particulars {
        Json::Object(particulars) => particulars,
        _ => Map::new(),
    }
}

/// The facts that a receiver gets to see, as far as they fit.
fn granted(lead: &Lead, receiver: &Receiver) -> Map<String, Json> {
    let mut left = TEXT_BYTES_MAX;
    let mut facts = Map::new();
    for name in &receiver.facts {
        let Some(value) = lead.facts.get(name.as_str()) else { continue };
        let value = plain(value);
        let bytes = value.to_string().len();
        if bytes <= left {
            left -= bytes;
            facts.insert(name.to_string(), value);
        }
    }
    facts
}

fn plain(value: &Value) -> Json {
    match value {
        Value::Text(text) => json!(text),
        Value::Number(number) => json!(number),
        Value::Flag(flag) => json!(flag),
        Value::Time(moment) => json!(moment.to_string()),
        Value::Texts(texts) => json!(texts),
    }
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(TEXT_BYTES_MAX)]
}
