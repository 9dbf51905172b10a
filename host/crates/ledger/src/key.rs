//! How keys are stored: as bytes that sort like the keys they stand for, the tenant first.
//!
//! A stored key is the tenant's name, a zero byte, the number of the space, then the parts, each
//! behind a tag. Nothing outside this file knows that; it is part of the stored format.

use leadsman_domain::{Digest, TenantId};
use leadsman_flow::ledger::{Key, LedgerError, Part, Space};

/// Most bytes that a stored key has.
pub(crate) const KEY_BYTES_MAX: usize = 512;

const TAG_TEXT: u8 = 1;
const TAG_NUMBER: u8 = 2;
const TAG_DIGEST: u8 = 3;

/// The beginning of every stored key of one tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prefix {
    name: Box<str>,
}

impl Prefix {
    /// The prefix of a tenant.
    pub(crate) fn of(tenant: &TenantId) -> Self {
        Self { name: tenant.as_str().into() }
    }

    /// The prefix of records that belong to the installation. No tenant can be named like this.
    pub(crate) fn system() -> Self {
        Self { name: "~system".into() }
    }

    /// The prefix with a name, if anything can have it.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let system = Self::system();
        if name == system.name() { Some(system) } else { TenantId::parse(name).ok().as_ref().map(Self::of) }
    }

    /// The name, which is also the name of the folder of the tenant's blobs.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The stored form of a key.
    pub(crate) fn encode(&self, key: &Key) -> Vec<u8> {
        let parts: usize = key.parts().iter().map(encoded_len).sum();
        let mut bytes = Vec::with_capacity(self.name.len() + 2 + parts + 18);
        bytes.extend_from_slice(self.name.as_bytes());
        bytes.push(0);
        bytes.push(key.space() as u8);
        for part in key.parts() {
            match part {
                Part::Text(text) => {
                    bytes.push(TAG_TEXT);
                    bytes.extend_from_slice(text.as_bytes());
                    bytes.push(0);
                }
                Part::Number(number) => push_number(&mut bytes, *number),
                Part::Digest(digest) => {
                    bytes.push(TAG_DIGEST);
                    bytes.extend_from_slice(digest.as_bytes());
                }
            }
        }
        bytes
    }

    /// The key that a stored form of this tenant stands for.
    pub(crate) fn decode(&self, bytes: &[u8]) -> Result<Key, LedgerError> {
        let (name, key) = decode(bytes)?;
        if name == &*self.name { Ok(key) } else { Err(damaged("it belongs to another tenant")) }
    }
}

/// Adds a number to a stored key.
pub(crate) fn push_number(bytes: &mut Vec<u8>, number: u64) {
    bytes.push(TAG_NUMBER);
    bytes.extend_from_slice(&number.to_be_bytes());
}

/// The name of the tenant and the key that a stored form stands for.
pub(crate) fn decode(bytes: &[u8]) -> Result<(&str, Key), LedgerError> {
    let (name, rest) = split_at_zero(bytes)?;
    let (&space, mut rest) = rest.split_first().ok_or_else(|| damaged("it names no space"))?;
    let mut key = Key::of(Space::from_number(space).ok_or_else(|| damaged("it names an unknown space"))?);
    while let Some((&tag, after)) = rest.split_first() {
        (key, rest) = match tag {
            TAG_TEXT => {
                let (text, rest) = split_at_zero(after)?;
                (key.text(text), rest)
            }
            TAG_NUMBER => {
                let (number, rest) = after.split_first_chunk::<8>().ok_or_else(|| damaged("it is cut"))?;
                (key.number(u64::from_be_bytes(*number)), rest)
            }
            TAG_DIGEST => {
                let (digest, rest) = after.split_first_chunk::<32>().ok_or_else(|| damaged("it is cut"))?;
                (key.digest(digest_of(digest)?), rest)
            }
            _ => return Err(damaged("it has a part of an unknown kind")),
        };
    }
    Ok((name, key))
}

/// The first stored form that sorts after everything that begins with `prefix`; none if nothing does.
pub(crate) fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|&byte| byte != u8::MAX)?;
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    Some(end)
}

/// The name of the tenant whose record this is.
pub(crate) fn tenant_name(bytes: &[u8]) -> Result<&str, LedgerError> {
    split_at_zero(bytes).map(|(name, _)| name)
}

fn encoded_len(part: &Part) -> usize {
    match part {
        Part::Text(text) => text.len() + 2,
        Part::Number(_) => 9,
        Part::Digest(_) => 33,
    }
}

fn split_at_zero(bytes: &[u8]) -> Result<(&str, &[u8]), LedgerError> {
    let end = bytes.iter().position(|&byte| byte == 0).ok_or_else(|| damaged("a text has no end"))?;
    let text = std::str::from_utf8(&bytes[..end]).map_err(|_| damaged("a text is not UTF-8"))?;
    Ok((text, &bytes[end + 1..]))
}

fn digest_of(bytes: &[u8; 32]) -> Result<Digest, LedgerError> {
    Digest::try_from(hex::encode(bytes)).map_err(|_| damaged("a digest is none"))
}

fn damaged(cause: &str) -> LedgerError {
    LedgerError::Damaged { place: "a stored key".to_owned(), cause: cause.to_owned() }
}

#[cfg(test)]
mod tests;
