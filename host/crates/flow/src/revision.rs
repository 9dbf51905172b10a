//! Revisions: policies frozen, numbered and addressed by their content.

use std::sync::Arc;

use leadsman_domain::policy::Policy;
use leadsman_domain::{Digest, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::FlowError;
use crate::keys;
use crate::ledger::{Batch, Ledger};
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

/// What the ledger keeps of a revision.
pub(crate) fn numbered(ledger: &dyn Ledger, number: u64) -> Result<Option<RevisionRecord>, FlowError> {
    record::find("a revision", ledger, &keys::revision(number))
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

/// The number of a revision in some bytes.
pub(crate) fn number_in(bytes: &[u8]) -> Result<u64, FlowError> {
    bytes.try_into().map(u64::from_be_bytes).map_err(|_| damaged("the number of a revision", &"it is cut"))
}

fn damaged(place: &str, cause: &dyn std::fmt::Display) -> FlowError {
    FlowError::Damaged { place: place.to_owned(), cause: cause.to_string() }
}
