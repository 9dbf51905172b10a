//! What came with which idempotency key.
//!
//! The flow answers a submission whose key it has seen as it did before. It cannot tell that another
//! body came with the key, so the body's digest is kept here, in a record of its own. It is committed
//! before the submission, so it can never be missing beside one; without its submission it is harmless,
//! because the same body is let through again.

use std::collections::BTreeMap;

use leadsman_domain::Digest;
use leadsman_flow::FlowError;
use leadsman_flow::ledger::{Batch, CommitError, Key, Ledger, Space};

/// The version of the records that is written.
const FORMAT: u8 = 1;
/// How often a batch is tried again when somebody else kept one of its keys at the same time.
const TRIES_MAX: u32 = 8;

/// A body that came with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Claim {
    /// Digest of the key.
    key: Digest,
    /// Digest of what the body says.
    content: Digest,
}

impl Claim {
    /// A body that came with a key.
    pub(crate) fn new(key: &str, content: Digest) -> Self {
        Self { key: Digest::of_parts([b"http-idempotency".as_slice(), key.as_bytes()]), content }
    }
}

/// Keeps what came with each key for the first time. Says for each claim, in order, whether it is what
/// came first.
pub(crate) fn keep(ledger: &dyn Ledger, claims: &[Claim]) -> Result<Vec<bool>, FlowError> {
    let mut first = BTreeMap::new();
    for claim in claims {
        first.entry(claim.key).or_insert(claim.content);
    }
    for _ in 0..TRIES_MAX {
        let keys: Vec<Key> = first.keys().map(|key| record_key(*key)).collect();
        let stored = ledger.multi_get(&keys)?;
        let mut batch = Batch::default();
        for ((content, key), stored) in first.values_mut().zip(keys).zip(stored) {
            match stored {
                Some(bytes) => *content = decode(&key, &bytes)?,
                None => {
                    batch.expects.push((key.clone(), None));
                    batch.puts.push((key, encode(*content)));
                }
            }
        }
        if batch.puts.is_empty() || committed(ledger, batch)? {
            return Ok(claims.iter().map(|claim| first.get(&claim.key) == Some(&claim.content)).collect());
        }
    }
    Err(FlowError::Overtaken(TRIES_MAX))
}

/// Commits a batch, unless somebody else was first with one of its keys. There is no need to wait until
/// it is durable: the submissions come after it, and whoever waits for them waits for it.
fn committed(ledger: &dyn Ledger, batch: Batch) -> Result<bool, FlowError> {
    match ledger.commit(batch) {
        Ok(_) => Ok(true),
        Err(CommitError::Conflict { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn record_key(key: Digest) -> Key {
    Key::of(Space::Submission).digest(key)
}

fn encode(content: Digest) -> Vec<u8> {
    let mut bytes = vec![FORMAT];
    bytes.extend_from_slice(content.as_bytes());
    bytes
}

fn decode(key: &Key, bytes: &[u8]) -> Result<Digest, FlowError> {
    let content = match bytes.split_first() {
        Some((&FORMAT, content)) => Digest::try_from(hex::encode(content)).ok(),
        _ => None,
    };
    content.ok_or_else(|| FlowError::Damaged {
        place: key.to_string(),
        cause: "it is not the digest of a body".to_owned(),
    })
}
