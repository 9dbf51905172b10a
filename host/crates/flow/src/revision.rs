//! Revisions: a policy frozen, numbered, and addressed by its content.

use std::sync::Arc;

use leadsman_domain::Digest;
use leadsman_domain::policy::Policy;
use serde::{Deserialize, Serialize};

use crate::error::FlowError;
use crate::keys;
use crate::ledger::{Batch, Ledger};
use crate::record;
use crate::rules::Rulebook;

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

/// What the ledger keeps of a revision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RevisionRecord {
    /// Its number.
    pub number: u64,
    /// Digest of the policy and of every component that it uses.
    pub digest: Digest,
    /// Blob of the policy as JSON.
    pub policy: Digest,
    /// Blobs of the components, by their place in the policy's plugins, without repetition.
    pub components: Vec<Digest>,
}

/// Finds the number of a policy with its components: the active revision's if nothing changed, else
/// the next one, which becomes active. Policy and components are kept as blobs, so that every decision
/// can be taken again from the data folder alone.
pub(crate) fn freeze(ledger: &dyn Ledger, policy: &Policy, components: &[Vec<u8>]) -> Result<u64, FlowError> {
    let json = serde_json::to_vec(policy)
        .map_err(|cause| FlowError::Damaged { place: "the policy".to_owned(), cause: cause.to_string() })?;
    let policy_digest = Digest::of(&json);
    let component_digests: Vec<Digest> = components.iter().map(|bytes| Digest::of(bytes)).collect();
    let parts =
        std::iter::once(&policy_digest).chain(&component_digests).map(|digest| digest.as_bytes().as_slice());
    let digest = Digest::of_parts(parts);
    let active_key = keys::active_revision();
    let stored = ledger.get(&active_key)?;
    let active: Option<RevisionRecord> =
        stored.as_deref().map(|bytes| record::decode("the active revision", bytes)).transpose()?;
    if let Some(active) = active.as_ref().filter(|active| active.digest == digest) {
        return Ok(active.number);
    }
    ledger.blob_put(&json)?;
    for component in components {
        ledger.blob_put(component)?;
    }
    let number = active.map_or(1, |active| active.number + 1);
    let record = RevisionRecord { number, digest, policy: policy_digest, components: component_digests };
    let bytes = record::encode("the revision", &record)?;
    let batch = Batch {
        expects: vec![(active_key.clone(), stored)],
        puts: vec![(active_key, bytes.clone()), (keys::revision(number), bytes)],
        ..Batch::default()
    };
    ledger.commit(batch)?.wait()?;
    Ok(number)
}
