//! Receivers: systems that a tenant has registered to be told what happens, each with a secret of its own.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use leadsman_domain::{AttributeName, Digest, ReceiverId, Timestamp};
use serde::{Deserialize, Serialize};

use super::topic::Topic;
use crate::error::FlowError;
use crate::keys;
use crate::ledger::{Batch, CommitError, Ledger};
use crate::record;
use crate::revision::Warrant;

/// Receivers that a tenant may have.
pub const RECEIVERS_MAX: usize = 10;

/// Facts that one receiver may be granted.
pub const FACTS_MAX: usize = 50;

/// What every secret begins with.
const SECRET_PREFIX: &str = "whsec_";

/// What a receiver's messages are signed with, as the Standard Webhooks specification writes it. Its debug
/// text hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The secret of some random bytes.
    #[must_use]
    pub fn of(random: [u8; 32]) -> Self {
        Self(format!("{SECRET_PREFIX}{}", STANDARD.encode(random)))
    }

    /// The secret itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The bytes of the key.
    #[must_use]
    pub fn key(&self) -> Vec<u8> {
        STANDARD.decode(self.0.trim_start_matches(SECRET_PREFIX)).unwrap_or_default()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret")
    }
}

/// A receiver that is to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReceiver {
    /// Its name.
    pub name: ReceiverId,
    /// Where its messages are sent.
    pub url: String,
    /// What it is told; everything if empty.
    pub topics: Vec<Topic>,
    /// The facts of leads that it gets to see.
    pub facts: Vec<AttributeName>,
}

/// What is known of a receiver, apart from its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receiver {
    /// Its name.
    pub name: ReceiverId,
    /// Where its messages are sent.
    pub url: String,
    /// What it is told; everything if empty.
    #[serde(rename = "events")]
    pub topics: Vec<Topic>,
    /// The facts of leads that it gets to see.
    pub facts: Vec<AttributeName>,
    /// Who registered it, and when.
    pub added: Warrant,
    /// Since when it wants no more messages, if it said so.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub gone: Option<Timestamp>,
    /// Tells it apart from a receiver that had its name before.
    pub mark: Digest,
}

impl Receiver {
    /// Whether it is told of a topic.
    #[must_use]
    pub fn hears(&self, topic: Topic) -> bool {
        self.gone.is_none() && (self.topics.is_empty() || self.topics.contains(&topic))
    }
}

/// A receiver with its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// What is known of it.
    pub receiver: Receiver,
    /// What its messages are signed with.
    pub secret: Secret,
}

/// The receivers of a tenant, by name.
#[derive(Debug, Clone, Default)]
pub struct Receivers(Arc<[Registered]>);

impl Receivers {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Registered] {
        &self.0
    }

    /// Whether these are the same as others, and none of them has been changed since.
    pub(crate) fn are(&self, others: &Self) -> bool {
        Arc::ptr_eq(&self.0, &others.0)
    }

    /// Those but one.
    pub(crate) fn without(&self, name: &ReceiverId) -> Self {
        Self(self.0.iter().filter(|one| one.receiver.name != *name).cloned().collect())
    }
}

/// How a receiver lies in the ledger.
#[derive(Serialize, Deserialize)]
struct Row {
    receiver: Receiver,
    secret: String,
}

/// Registers a receiver.
pub(crate) fn add(
    ledger: &dyn Ledger,
    new: NewReceiver,
    random: [u8; 32],
    warrant: &Warrant,
) -> Result<Registered, FlowError> {
    let NewReceiver { name, url, mut topics, mut facts } = new;
    topics.sort();
    topics.dedup();
    facts.sort();
    facts.dedup();
    if facts.len() > FACTS_MAX {
        return Err(FlowError::TooManyFacts(FACTS_MAX));
    }
    if read(ledger)?.all().len() >= RECEIVERS_MAX {
        return Err(FlowError::TooManyReceivers(RECEIVERS_MAX));
    }
    let mark = Digest::of_parts([&b"receiver"[..], name.as_str().as_bytes(), &random]);
    let receiver = Receiver { name, url, topics, facts, added: warrant.clone(), gone: None, mark };
    let registered = Registered { receiver, secret: Secret::of(random) };
    let (key, bytes) = (keys::receiver(&registered.receiver.name), encode(&registered)?);
    let batch = Batch { expects: vec![(key.clone(), None)], puts: vec![(key, bytes)], ..Batch::default() };
    match ledger.commit(batch) {
        Ok(ticket) => ticket.wait().map(|_| registered).map_err(FlowError::from),
        Err(CommitError::Ledger(error)) => Err(error.into()),
        Err(CommitError::Conflict { .. } | CommitError::OutOfBounds { .. }) => {
            Err(FlowError::ReceiverTaken(registered.receiver.name))
        }
    }
}

/// Every receiver, by name.
pub(crate) fn read(ledger: &dyn Ledger) -> Result<Receivers, FlowError> {
    let rows: Vec<Row> = record::all("a receiver", ledger, &keys::receivers())?;
    let registered = |Row { receiver, secret }| Registered { receiver, secret: Secret(secret) };
    Ok(Receivers(rows.into_iter().map(registered).collect()))
}

/// The receiver with a name.
pub(crate) fn named(ledger: &dyn Ledger, name: &ReceiverId) -> Result<Registered, FlowError> {
    let row: Option<Row> = record::find("a receiver", ledger, &keys::receiver(name))?;
    let Row { receiver, secret } = row.ok_or_else(|| FlowError::UnknownReceiver(name.clone()))?;
    Ok(Registered { receiver, secret: Secret(secret) })
}

/// Notes since when a receiver wants no more messages, or that it wants them again; nothing if another one has
/// its name by now.
pub(crate) fn note_gone(
    ledger: &dyn Ledger,
    noted: &Receiver,
    gone: Option<Timestamp>,
) -> Result<(), FlowError> {
    let mut known = named(ledger, &noted.name)?;
    if known.receiver.mark != noted.mark || known.receiver.gone.is_some() == gone.is_some() {
        return Ok(());
    }
    let (key, before) = (keys::receiver(&noted.name), encode(&known)?);
    known.receiver.gone = gone;
    let (expects, puts) = (vec![(key.clone(), Some(before))], vec![(key, encode(&known)?)]);
    let batch = Batch { expects, puts, ..Batch::default() };
    ledger.commit(batch)?.wait()?;
    Ok(())
}

fn encode(registered: &Registered) -> Result<Vec<u8>, FlowError> {
    let Registered { receiver, secret } = registered.clone();
    record::encode("a receiver", &Row { receiver, secret: secret.0 })
}
