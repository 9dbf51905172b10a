//! Every kind of id, each its own type, each parsed once at the edge.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

use crate::digest::Digest;

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {kind}: {rule}")]
pub struct InvalidId {
    /// What it should have been.
    pub kind: &'static str,
    /// What it was.
    pub text: String,
    /// What an id of this kind looks like.
    pub rule: &'static str,
}

const ID_BYTES_MAX: usize = 63;
const NAME_RULE: &str =
    "use 1 to 63 characters of a-z, 0-9, '-', '_' and '.', starting with a letter or digit";

fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() <= ID_BYTES_MAX
        && text.bytes().next().is_some_and(plain)
        && text.bytes().all(|byte| plain(byte) || matches!(byte, b'-' | b'_' | b'.'))
}

macro_rules! id {
    ($name:ident, $kind:literal, $doc:literal) => {
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Parses an id.
            ///
            /// # Errors
            ///
            /// When the text has other characters than ids have, or is too long or empty.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                if is_name(text) {
                    Ok(Self(text.into()))
                } else {
                    Err(InvalidId { kind: $kind, text: text.chars().take(80).collect(), rule: NAME_RULE })
                }
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(&text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::parse(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    };
}

id!(TenantId, "a tenant", "A customer of the installation, such as `acme`.");
id!(RepId, "a rep", "Somebody who can own leads, such as `mei.lin`.");
id!(TeamId, "a team", "A group of reps, such as `field-south`.");
id!(PoolId, "a pool", "A place where leads wait, such as `inbound`.");
id!(LeadId, "a lead", "A lead, such as `lead-3kq…`; made by the host from how the lead came in.");
id!(ReceiverId, "a receiver", "A system that is told what happens, such as `crm`.");
id!(AgentId, "an agent", "A partner who brings leads, such as `harbour-partners`.");
id!(LineId, "a business line", "What the tenant sells to whom, such as `study-abroad`.");
id!(ConversionId, "a conversion", "A conversion, such as `deal-2041`; named by whoever reports it.");

id!(
    TargetId,
    "an account, contact or opportunity",
    "An account, a contact or an opportunity, such as `acme-gmbh`."
);
id!(VisitorId, "a visitor", "Somebody on a web site whose name is not known, such as `v-81c2`.");

impl LeadId {
    /// The id of the lead that a submission with this idempotency digest creates. The same
    /// submission always makes the same id, so an import that is run again finds its leads.
    #[must_use]
    pub fn of_submission(submission: &Digest) -> Self {
        Self(named_by("lead", submission).into())
    }

    /// The id of the lead that keeps what a visitor does whose name is not known.
    #[must_use]
    pub fn of_visitor(visitor: &VisitorId) -> Self {
        Self::of_submission(&Digest::of_parts([b"visitor".as_slice(), visitor.as_str().as_bytes()]))
    }

    /// The id of the lead for a business line that this lead makes: always the same.
    #[must_use]
    pub fn for_line(&self, line: &LineId) -> Self {
        Self::of_submission(&self.submission_for(line))
    }

    /// What stands for the submission of that lead.
    #[must_use]
    pub fn submission_for(&self, line: &LineId) -> Digest {
        Digest::of_parts(["line".as_bytes(), self.0.as_bytes(), line.as_str().as_bytes()])
    }
}

impl TargetId {
    /// The id that a digest names, with a word before it.
    pub(crate) fn of_digest(word: &str, digest: &Digest) -> Self {
        Self(named_by(word, digest).into())
    }
}

/// A word and a hundred bits of a digest, in an alphabet without letters that look alike.
fn named_by(word: &str, digest: &Digest) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut text = String::with_capacity(word.len() + 1 + 20);
    text.push_str(word);
    text.push('-');
    let bits = u128::from_be_bytes(digest.first_16_bytes()) >> 28;
    for place in (0..20).rev() {
        let index = (bits >> (place * 5)) & 31;
        text.push(char::from(ALPHABET[index as usize]));
    }
    text
}
