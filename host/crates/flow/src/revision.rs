//! Revisions: policies frozen, numbered and addressed by their content; and which of them decides.

use std::sync::Arc;

use leadsman_domain::policy::Policy;
use leadsman_domain::{Digest, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::FlowError;
use crate::keys;
use crate::ledger::{Batch, Key, Ledger, PAGE_ROWS_MAX};
use crate::record;
use crate::rules::{Rulebook, Rules};

/// The revision that decides: its number, its policy and its prepared plugins.
#[derive(Clone)]
pub struct Revision {
    /// Its number within the tenant, from 1.
    pub number: u64,
    /// The policy.
    pub policy: Arc<Policy>,
    /// The policy's plugins.
    pub rulebook: Arc<dyn Rulebook>,
}

impl Revision {
    /// A frozen revision with its plugins made ready.
    ///
    /// # Errors
    ///
    /// When they cannot be.
    pub fn ready(frozen: Frozen, rules: &dyn Rules) -> Result<Self, FlowError> {
        let number = frozen.record.number;
        let rulebook =
            rules.ready(&frozen).map_err(|cause| FlowError::Unready { revision: number, cause })?;
        Ok(Self { number, policy: Arc::new(frozen.policy), rulebook })
    }
}

/// Who ordered a change of rules, when, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warrant {
    /// Who: the label of a token, or whoever sat at the command line.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why, in their own words.
    pub why: String,
}

/// What the ledger keeps of a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionRecord {
    /// Its number.
    pub number: u64,
    /// Digest of the policy and of every component that it uses.
    pub digest: Digest,
    /// Blob of the policy as JSON.
    pub policy: Digest,
    /// Blobs of the components, in the order of [`Policy::sources`].
    pub components: Vec<Digest>,
    /// Who froze it, when and why.
    pub frozen: Warrant,
}

/// A revision as it lies in the ledger, whole: nothing else is needed to decide by it again.
#[derive(Debug, Clone, PartialEq)]
pub struct Frozen {
    /// What the ledger keeps of it.
    pub record: RevisionRecord,
    /// The policy.
    pub policy: Policy,
    /// The components, in the order of [`Policy::sources`].
    pub components: Vec<Vec<u8>>,
}

/// A revision became the one that decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activation {
    /// Which.
    pub revision: u64,
    /// The revision that was given up for it, if this was a rollback.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub instead_of: Option<u64>,
    /// Who activated it, when and why.
    #[serde(flatten)]
    pub warrant: Warrant,
}

/// The digest that a policy has together with its components.
///
/// # Errors
///
/// When the policy cannot be written as JSON.
pub fn digest_of(policy: &Policy, components: &[Vec<u8>]) -> Result<Digest, FlowError> {
    Ok(Content::of(policy, components)?.digest)
}

/// A policy and its components as bytes, with their addresses.
struct Content {
    json: Vec<u8>,
    policy: Digest,
    components: Vec<Digest>,
    digest: Digest,
}

impl Content {
    fn of(policy: &Policy, components: &[Vec<u8>]) -> Result<Self, FlowError> {
        let json = serde_json::to_vec(policy).map_err(|cause| damaged("the policy", &cause))?;
        let policy = Digest::of(&json);
        let components: Vec<Digest> = components.iter().map(|bytes| Digest::of(bytes)).collect();
        let parts = std::iter::once(&policy).chain(&components);
        let digest = Digest::of_parts(parts.map(|digest| digest.as_bytes().as_slice()));
        Ok(Self { json, policy, components, digest })
    }
}

/// Freezes a policy with its components, in the order of [`Policy::sources`]: they are kept as blobs, so
/// that every decision can be taken again from the data folder alone. Content that was frozen before
/// keeps its number; other content gets the next one. Returns what is kept, and whether it is new.
///
/// # Errors
///
/// When the ledger cannot be read or written.
pub fn freeze(
    ledger: &dyn Ledger,
    policy: &Policy,
    components: &[Vec<u8>],
    warrant: &Warrant,
) -> Result<(RevisionRecord, bool), FlowError> {
    let Content { json, policy, components: digests, digest } = Content::of(policy, components)?;
    let address = keys::revision_digest(digest);
    if let Some(bytes) = ledger.get(&address)? {
        let known = numbered(ledger, number_in(&bytes)?)?;
        return known.map(|known| (known, false)).ok_or_else(|| damaged("a revision", &"it is missing"));
    }
    ledger.blob_put(&json)?;
    for component in components {
        ledger.blob_put(component)?;
    }
    let last = ledger.get(&keys::last_revision())?;
    let number = last.as_deref().map(number_in).transpose()?.unwrap_or(0) + 1;
    let record = RevisionRecord { number, digest, policy, components: digests, frozen: warrant.clone() };
    let batch = Batch {
        expects: vec![(keys::last_revision(), last), (address.clone(), None)],
        puts: vec![
            (keys::last_revision(), number.to_be_bytes().to_vec()),
            (address, number.to_be_bytes().to_vec()),
            (keys::revision(number), record::encode("the revision", &record)?),
        ],
        ..Batch::default()
    };
    ledger.commit(batch)?.wait()?;
    Ok((record, true))
}

/// Whether a revision ever decided.
fn was_active(ledger: &dyn Ledger, number: u64) -> Result<bool, FlowError> {
    let mut cursor = None;
    loop {
        let page = ledger.scan(&keys::activations(), cursor.as_ref(), PAGE_ROWS_MAX)?;
        for (_, bytes) in &page.rows {
            let activation: Activation = record::decode("an activation", bytes)?;
            if activation.revision == number {
                return Ok(true);
            }
        }
        match page.next {
            Some(next) => cursor = Some(next),
            None => return Ok(false),
        }
    }
}

/// Makes a frozen revision the one that decides: one pointer, moved atomically, with an entry in the
/// record of activations. `more` is written with it.
pub(crate) fn point_to(
    ledger: &dyn Ledger,
    activation: &Activation,
    more: Vec<(Key, Vec<u8>)>,
) -> Result<(), FlowError> {
    let key = keys::active_revision();
    let mut puts = more;
    puts.push((key.clone(), activation.revision.to_be_bytes().to_vec()));
    let batch = Batch {
        expects: vec![(key.clone(), ledger.get(&key)?)],
        puts,
        appends: vec![(keys::activations(), record::encode("an activation", activation)?)],
        ..Batch::default()
    };
    ledger.commit(batch)?.wait()?;
    Ok(())
}

/// Makes a frozen revision the one that decides if it is another one than when this was last called; what
/// was activated since then stays otherwise.
pub(crate) fn follow(ledger: &dyn Ledger, number: u64, warrant: &Warrant) -> Result<(), FlowError> {
    let (active, followed) = (keys::active_revision(), keys::followed_revision());
    let (now, before) = (ledger.get(&active)?, ledger.get(&followed)?);
    let bytes = number.to_be_bytes().to_vec();
    if before.as_ref() == Some(&bytes) {
        return Ok(());
    }
    // A tenant that was never followed, and chose between revisions already, has chosen.
    let has_chosen = before.is_none() && was_active(ledger, number)?;
    let mut batch = Batch {
        expects: vec![(active.clone(), now.clone()), (followed.clone(), before)],
        puts: vec![(followed, bytes.clone())],
        ..Batch::default()
    };
    if now.as_ref() != Some(&bytes) && !has_chosen {
        let activation = Activation { revision: number, instead_of: None, warrant: warrant.clone() };
        batch.puts.push((active, bytes));
        batch.appends.push((keys::activations(), record::encode("an activation", &activation)?));
    }
    ledger.commit(batch)?.wait()?;
    Ok(())
}

/// The revision to go back to from the one that decides: the one that was active before, without those
/// that were given up.
pub(crate) fn before(activations: &[Activation]) -> Option<u64> {
    let mut standing: Vec<u64> = Vec::new();
    for activation in activations {
        if activation.instead_of.is_some() {
            standing.pop();
        } else if standing.last() != Some(&activation.revision) {
            standing.push(activation.revision);
        }
    }
    standing.pop();
    standing.pop()
}

/// The number of the revision that decides.
pub(crate) fn active(ledger: &dyn Ledger) -> Result<Option<u64>, FlowError> {
    ledger.get(&keys::active_revision())?.as_deref().map(number_in).transpose()
}

/// What the ledger keeps of a revision.
pub(crate) fn numbered(ledger: &dyn Ledger, number: u64) -> Result<Option<RevisionRecord>, FlowError> {
    let bytes = ledger.get(&keys::revision(number))?;
    bytes.as_deref().map(|bytes| record::decode("a revision", bytes)).transpose()
}

/// The policy of a revision.
pub(crate) fn policy_of(ledger: &dyn Ledger, record: &RevisionRecord) -> Result<Policy, FlowError> {
    let blob = blob(ledger, record, &record.policy)?;
    serde_json::from_slice(&blob).map_err(|cause| damaged(&place_of(record), &cause))
}

/// A revision, whole.
pub(crate) fn whole(ledger: &dyn Ledger, number: u64) -> Result<Frozen, FlowError> {
    let record = numbered(ledger, number)?.ok_or(FlowError::UnknownRevision(number))?;
    let policy = policy_of(ledger, &record)?;
    let components: Result<_, _> =
        record.components.iter().map(|digest| blob(ledger, &record, digest)).collect();
    Ok(Frozen { policy, components: components?, record })
}

fn blob(ledger: &dyn Ledger, record: &RevisionRecord, digest: &Digest) -> Result<Vec<u8>, FlowError> {
    let blob = ledger.blob_get(digest)?;
    blob.ok_or_else(|| damaged(&place_of(record), &format!("its blob {digest} is missing")))
}

fn place_of(record: &RevisionRecord) -> String {
    format!("revision {}", record.number)
}

fn number_in(bytes: &[u8]) -> Result<u64, FlowError> {
    bytes.try_into().map(u64::from_be_bytes).map_err(|_| damaged("the number of a revision", &"it is cut"))
}

fn damaged(place: &str, cause: &dyn std::fmt::Display) -> FlowError {
    FlowError::Damaged { place: place.to_owned(), cause: cause.to_string() }
}
