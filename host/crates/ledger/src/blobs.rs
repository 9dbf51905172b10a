//! Blobs: long payloads under their digest.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use leadsman_domain::Digest;
use leadsman_flow::ledger::LedgerError;

use crate::limits::BLOB_BYTES_MAX;

/// Where blobs are kept.
pub(crate) enum Blobs {
    /// In memory, by tenant and digest.
    Memory(Mutex<HashMap<(Box<str>, Digest), Vec<u8>>>),
}

impl Blobs {
    /// Blobs in memory.
    pub(crate) fn in_memory() -> Self {
        Self::Memory(Mutex::default())
    }

    /// Stores bytes under their digest.
    pub(crate) fn put(&self, tenant: &str, bytes: &[u8]) -> Result<Digest, LedgerError> {
        if bytes.len() > BLOB_BYTES_MAX {
            let what = "a blob".to_owned();
            return Err(LedgerError::TooLarge { what, bytes: bytes.len(), bytes_max: BLOB_BYTES_MAX });
        }
        let digest = Digest::of(bytes);
        match self {
            Self::Memory(blobs) => {
                let mut blobs = blobs.lock().unwrap_or_else(PoisonError::into_inner);
                blobs.entry((tenant.into(), digest)).or_insert_with(|| bytes.to_vec());
            }
        }
        Ok(digest)
    }

    /// The bytes with a digest.
    pub(crate) fn get(&self, tenant: &str, digest: &Digest) -> Result<Option<Vec<u8>>, LedgerError> {
        match self {
            Self::Memory(blobs) => {
                let blobs = blobs.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(blobs.get(&(tenant.into(), *digest)).cloned())
            }
        }
    }
}
