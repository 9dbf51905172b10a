//! The standard by which leads are called qualified, and the how-manieth it is.

use std::collections::BTreeMap;

use leadsman_domain::Digest;
use serde::{Deserialize, Serialize};

use crate::error::FlowError;
use crate::history::Archive;
use crate::revision;

/// A version of what a tenant calls a qualified lead. Reports name the one that held when they were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandardVersion {
    /// The how-manieth, from 1: it goes up whenever a revision begins to decide that says otherwise than the one
    /// before.
    pub version: u64,
    /// The revision that brought it.
    pub revision: u64,
    /// What tells it from others.
    pub digest: Digest,
}

/// A report, and the standard that held when it was made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cited<R> {
    /// The standard; none if nothing decides yet.
    pub standard: Option<StandardVersion>,
    /// The report.
    #[serde(flatten)]
    pub report: R,
}

impl Archive {
    /// The standard that holds now; none if nothing decides yet.
    ///
    /// # Errors
    ///
    /// When a revision that once decided cannot be read.
    pub fn standard(&self) -> Result<Option<StandardVersion>, FlowError> {
        let mut known: BTreeMap<u64, Digest> = BTreeMap::new();
        let mut holds: Option<StandardVersion> = None;
        for activation in self.activations()? {
            let number = activation.revision;
            let digest = match known.get(&number) {
                Some(digest) => *digest,
                None => {
                    let record = revision::numbered(self.ledger(), number)?;
                    let record = record.ok_or(FlowError::UnknownRevision(number))?;
                    let digest = revision::policy_of(self.ledger(), &record)?.standard().digest();
                    known.insert(number, digest);
                    digest
                }
            };
            if holds.is_none_or(|before| before.digest != digest) {
                let version = holds.map_or(1, |before| before.version + 1);
                holds = Some(StandardVersion { version, revision: number, digest });
            }
        }
        Ok(holds)
    }

    /// A report with the standard that holds now.
    ///
    /// # Errors
    ///
    /// As [`Archive::standard`].
    pub fn cited<R>(&self, report: R) -> Result<Cited<R>, FlowError> {
        Ok(Cited { standard: self.standard()?, report })
    }
}
