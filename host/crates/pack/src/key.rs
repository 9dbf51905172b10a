//! Keys: one that is kept secret and signs packs, and the public one by which everybody knows who signed.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use leadsman_domain::Digest;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

/// What stands before every public key.
const KIND: &str = "ed25519:";

/// What is signed begins with this, so that a signature of a pack is never one of anything else.
const PURPOSE: &[u8] = b"leadsman pack\0";

const PEM_BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const PEM_END: &str = "-----END PRIVATE KEY-----";

/// What stands before the 32 secret bytes in a document of PKCS #8 (RFC 8410).
const PKCS8_BEFORE: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// A text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is no public key.
    #[error("this is no public key; it begins with `{KIND}`, as `leadsman pack key new` prints it")]
    NotPublic,
    /// It is no secret key.
    #[error("this is no secret key of Ed25519 in PEM (PKCS #8), such as `leadsman pack key new` writes")]
    NotSecret,
}

/// Who signed: an Ed25519 public key, written as `ed25519:` and 44 characters of Base64.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Whether somebody with this key signed a pack of this address.
    #[must_use]
    pub fn has_signed(&self, address: &Digest, signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(&signed(address), signature).is_ok()
    }
}

/// What is signed for an address.
fn signed(address: &Digest) -> Vec<u8> {
    [PURPOSE, address.as_bytes()].concat()
}

impl FromStr for PublicKey {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let bytes = text.strip_prefix(KIND).and_then(|rest| STANDARD.decode(rest).ok());
        bytes.and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or(KeyError::NotPublic)
    }
}

impl TryFrom<String> for PublicKey {
    type Error = KeyError;
    fn try_from(text: String) -> Result<Self, KeyError> {
        text.parse()
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.to_string()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{KIND}{}", STANDARD.encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// A key that signs. It is never shown.
pub struct SecretKey(Ed25519KeyPair);

impl SecretKey {
    /// The key of 32 bytes that were chosen by chance, in PEM, for a file that nobody else can read.
    #[must_use]
    pub fn pem_of_seed(seed: &[u8; 32]) -> String {
        let document = [PKCS8_BEFORE.as_slice(), seed].concat();
        format!("{PEM_BEGIN}\n{}\n{PEM_END}\n", STANDARD.encode(document))
    }

    /// Reads a key in PEM, ours or one that OpenSSL made.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let within = text.trim().strip_prefix(PEM_BEGIN).and_then(|rest| rest.strip_suffix(PEM_END));
        let base64: String = within.ok_or(KeyError::NotSecret)?.split_whitespace().collect();
        let document = STANDARD.decode(base64).map_err(|_| KeyError::NotSecret)?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&document).map_err(|_| KeyError::NotSecret)?;
        Ok(Self(pair))
    }

    /// The key by which others know this one.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.0.public_key().as_ref());
        PublicKey(bytes)
    }

    /// The signature for an address.
    #[must_use]
    pub(crate) fn sign(&self, address: &Digest) -> Vec<u8> {
        self.0.sign(&signed(address)).as_ref().to_vec()
    }
}
