//! Names of packs in registries: `oci://registry.example.com/acme/solar:1.2.0@sha256:...`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256 as Hasher};

const SCHEME: &str = "oci://";

/// The longest tag and the longest repository, in bytes, as the specification has it.
const TAG_BYTES_MAX: usize = 128;
const REPOSITORY_BYTES_MAX: usize = 255;

/// Where a pack is in a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    registry: String,
    repository: String,
    tag: Option<String>,
    digest: Option<Sha256>,
}

/// A SHA-256 digest, by which registries address content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha256(String);

/// The text names no place in a registry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no place in a registry; write oci://HOST[:PORT]/NAME[:TAG][@sha256:DIGEST], with small letters in the name"
)]
pub struct InvalidReference(String);

impl Sha256 {
    /// The digest of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(format!("sha256:{}", hex::encode(Hasher::digest(bytes))))
    }
}

impl TryFrom<String> for Sha256 {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let digits = text.strip_prefix("sha256:");
        if digits.is_some_and(|digits| digits.len() == 64 && digits.bytes().all(is_digit)) {
            return Ok(Self(text));
        }
        Err("a digest is sha256: and 64 small hexadecimal digits")
    }
}

impl From<Sha256> for String {
    fn from(digest: Sha256) -> Self {
        digest.0
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Reference {
    /// Whether a name is meant to be one, and not a file's.
    pub fn is_meant(name: &str) -> bool {
        name.starts_with(SCHEME)
    }

    /// The host, and perhaps the port.
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// The repository in it.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The tag, if there is one.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The tag, or the one that is meant where none is said.
    pub fn tag_or_latest(&self) -> &str {
        self.tag().unwrap_or("latest")
    }

    /// The digest, if there is one.
    pub fn digest(&self) -> Option<&Sha256> {
        self.digest.as_ref()
    }

    /// The place that a tag names, without a digest; none if only a digest was said.
    pub fn movable(&self) -> Option<String> {
        let names_one = self.tag.is_some() || self.digest.is_none();
        names_one.then(|| format!("{SCHEME}{}/{}:{}", self.registry, self.repository, self.tag_or_latest()))
    }

    /// The same place, pinned by a digest.
    pub fn pinned(&self, digest: &Sha256) -> Self {
        Self { digest: Some(digest.clone()), ..self.clone() }
    }
}

impl FromStr for Reference {
    type Err = InvalidReference;
    fn from_str(text: &str) -> Result<Self, InvalidReference> {
        let parse = || {
            let (place, digest) = match text.strip_prefix(SCHEME)?.split_once('@') {
                Some((place, digest)) => (place, Some(Sha256::try_from(digest.to_owned()).ok()?)),
                None => (text.strip_prefix(SCHEME)?, None),
            };
            let (registry, rest) = place.split_once('/')?;
            let (repository, tag) = match rest.split_once(':') {
                Some((repository, tag)) => (repository, Some(tag)),
                None => (rest, None),
            };
            let is_fine = is_registry(registry) && is_repository(repository) && tag.is_none_or(is_tag);
            is_fine.then(|| Self {
                registry: registry.to_owned(),
                repository: repository.to_owned(),
                tag: tag.map(str::to_owned),
                digest,
            })
        };
        parse().ok_or_else(|| InvalidReference(text.chars().take(REPOSITORY_BYTES_MAX).collect()))
    }
}

fn is_registry(text: &str) -> bool {
    let (host, port) = text.split_once(':').unwrap_or((text, "443"));
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    !host.is_empty() && host.bytes().all(is_plain) && port.parse::<u16>().is_ok()
}

fn is_repository(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    let is_part = |part: &str| {
        let ends = [part.bytes().next(), part.bytes().last()];
        ends.iter().flatten().all(u8::is_ascii_alphanumeric) && !part.is_empty() && part.bytes().all(is_plain)
    };
    text.len() <= REPOSITORY_BYTES_MAX && text.split('/').all(is_part)
}

fn is_tag(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    begins && text.len() <= TAG_BYTES_MAX && text.bytes().all(is_plain)
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{SCHEME}{}/{}", self.registry, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(formatter, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(formatter, "@{digest}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by a panic")]

    use super::*;

    #[test]
    fn places_in_registries_are_read_as_they_are_written() {
        let digest = Sha256::of(b"");
        for text in [
            "oci://ghcr.io/acme/solar".to_owned(),
            "oci://127.0.0.1:5000/solar:1.2.0".to_owned(),
            format!("oci://registry.example.com/a/b_c/d-e:latest@{digest}"),
            format!("oci://localhost:5000/solar@{digest}"),
        ] {
            assert_eq!(text.parse::<Reference>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn odd_places_are_refused() {
        for text in [
            "oci://",
            "oci://ghcr.io",
            "oci://ghcr.io/",
            "oci:///solar",
            "oci://ghcr.io/Solar",
            "oci://ghcr.io/../solar",
            "oci://ghcr.io/solar/",
            "oci://ghcr.io/solar?x",
            "oci://user@ghcr.io/solar",
            "oci://ghcr.io:99999/solar",
            "oci://ghcr.io/solar:",
            "oci://ghcr.io/solar:a/b",
            "oci://ghcr.io/solar@sha256:12",
            "oci://ghcr.io/solar@md5:d41d8cd98f00b204e9800998ecf8427e",
            "https://ghcr.io/solar",
        ] {
            assert!(text.parse::<Reference>().is_err(), "{text}");
        }
    }
}
