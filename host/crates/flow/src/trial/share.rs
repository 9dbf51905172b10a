//! Which leads a canary decides over.

use leadsman_domain::{Digest, LeadId};
use serde::{Deserialize, Serialize};

/// A share of leads, in thousandths: 1 to 500, so that the other side has leads to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Share(u16);

/// A share that is none, or more than half.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a share of {0} thousandths of leads; it must be 1 to 500")]
pub struct InvalidShare(pub u16);

impl Share {
    /// A share of so many thousandths.
    ///
    /// # Errors
    ///
    /// When it is none, or more than half.
    pub fn of_thousandths(thousandths: u16) -> Result<Self, InvalidShare> {
        if (1..=500).contains(&thousandths) { Ok(Self(thousandths)) } else { Err(InvalidShare(thousandths)) }
    }

    /// The thousandths.
    #[must_use]
    pub fn thousandths(self) -> u16 {
        self.0
    }

    /// Whether a lead is in the share of a candidate: by a hash of both, so that a lead stays on its side
    /// for as long as the trial runs, and each trial chooses others.
    #[must_use]
    pub fn holds(self, lead: &LeadId, candidate: u64) -> bool {
        let digest = Digest::of_parts([lead.as_str().as_bytes(), &candidate.to_le_bytes()]);
        let [one, two, three, four, ..] = *digest.as_bytes();
        u32::from_le_bytes([one, two, three, four]) % 1000 < u32::from(self.0)
    }
}

impl TryFrom<u16> for Share {
    type Error = InvalidShare;

    fn try_from(thousandths: u16) -> Result<Self, InvalidShare> {
        Self::of_thousandths(thousandths)
    }
}

impl From<Share> for u16 {
    fn from(share: Share) -> Self {
        share.0
    }
}
