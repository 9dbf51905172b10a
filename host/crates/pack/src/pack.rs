//! A pack in one file: making it, reading it with every check, and who vouches for it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use leadsman_domain::Digest;
use serde::{Deserialize, Serialize};

use crate::Files;
use crate::archive::{self, Reader};
use crate::folder::FILE_BYTES_MAX;
use crate::key::{PublicKey, SecretKey};
use crate::manifest::{FORMAT, Manifest};
use crate::path::PackPath;

/// The largest pack, in bytes.
pub const PACK_BYTES_MAX: u64 = 256 << 20;

const MANIFEST_BYTES_MAX: u64 = 4 << 20;
const SIGNATURE_BYTES_MAX: u64 = 1 << 10;
const FILES_MAX: usize = 2_000;

/// How much of a text is shown that nobody could have written, in characters.
const SHOWN_MAX: usize = 100;

const MANIFEST: &str = "manifest.json";
const SIGNATURE: &str = "signature.json";
const FILES: &str = "files/";

/// A pack that holds together: every file is what the manifest says.
#[derive(Debug, Clone)]
pub struct Pack {
    manifest: Manifest,
    address: Digest,
    signature: Option<Signature>,
    files: Files,
    bytes: Vec<u8>,
}

/// Who vouches for the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    key: PublicKey,
    signature: String,
}

/// Bytes are no pack, or a pack that was altered or came damaged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There are too many bytes.
    #[error("a pack has at most {} MiB", PACK_BYTES_MAX >> 20)]
    Large,
    /// It does not begin as packs do.
    #[error("this is no pack; `leadsman pack build` makes one")]
    NoPack,
    /// It was made by a later version of this program.
    #[error(
        "the pack has format {0}, and this version of leadsman reads format {FORMAT}; use a later version"
    )]
    Format(u32),
    /// The manifest cannot be read.
    #[error("the pack's manifest is not one that `leadsman pack build` writes ({0}); get the pack again")]
    Manifest(String),
    /// There are too many files.
    #[error("the pack has {0} files; at most {FILES_MAX} are taken")]
    Files(usize),
    /// Two files have one path.
    #[error("the pack has two files called {0}, but for small and capital letters or as file and folder")]
    Collision(PackPath),
    /// A plugin comes from somewhere else than packs bring them from.
    #[error(
        "the pack says that a plugin comes from {0:?}, which is none of its components and no built-in plugin"
    )]
    Plugin(String),
    /// There is no policy in it.
    #[error("the pack has no policy.toml; build it from a policy's folder")]
    NoPolicy,
    /// A file is not what the manifest says.
    #[error("{0} is not what the pack's manifest says: the pack was altered or came damaged; get it again")]
    Altered(PackPath),
    /// There is more than the files.
    #[error("the pack goes on behind its files: it was altered; get it again")]
    Trailing,
}

/// Why nobody who is trusted vouches for a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// Nobody signed it.
    #[error("the pack is not signed")]
    Unsigned,
    /// The signature is none of this manifest.
    #[error("the pack was altered after it was signed, or never signed, by {0}")]
    Unfitting(PublicKey),
    /// Somebody signed it whom nobody named.
    #[error(
        "the pack is signed by {0}, which nobody here trusts; if it should be trusted, name it with `--trust`"
    )]
    Stranger(PublicKey),
}

impl Pack {
    /// Makes a pack of files. The same files and the same key make the same bytes.
    ///
    /// # Errors
    ///
    /// When it would be no pack that can be read again.
    pub fn build(manifest: Manifest, files: &Files, key: Option<&SecretKey>) -> Result<Self, Refusal> {
        let unwritten = |cause: &dyn std::fmt::Display| Refusal::Manifest(cause.to_string());
        let written = manifest.to_bytes().map_err(|cause| unwritten(&cause))?;
        let address = Digest::of(&written);
        let signature =
            key.map(|key| Signature { key: key.public(), signature: STANDARD.encode(key.sign(&address)) });
        let signature = signature.map(|signature| signature.to_bytes()).transpose();
        let signature = signature.map_err(|cause| unwritten(&cause))?;
        let head = [(MANIFEST.to_owned(), written.as_slice())];
        let head = head.into_iter().chain(signature.as_deref().map(|bytes| (SIGNATURE.to_owned(), bytes)));
        let body = files.iter().map(|(path, content)| (format!("{FILES}{path}"), content.as_slice()));
        Self::read(archive::write(head.chain(body)).map_err(|cause| unwritten(&cause))?)
    }

    /// Reads a pack and checks everything about it but who vouches for it.
    ///
    /// # Errors
    ///
    /// The first thing that is not as it has to be.
    pub fn read(bytes: Vec<u8>) -> Result<Self, Refusal> {
        if bytes.len() as u64 > PACK_BYTES_MAX {
            return Err(Refusal::Large);
        }
        let mut reader = Reader::new(&bytes);
        let written = reader.next(MANIFEST, MANIFEST_BYTES_MAX).ok_or(Refusal::NoPack)?;
        let manifest = read_manifest(written)?;
        let signature = match reader.next(SIGNATURE, SIGNATURE_BYTES_MAX) {
            Some(written) => Some(Signature::read(written)?),
            None => None,
        };
        let mut files = Files::new();
        for (path, record) in &manifest.files {
            let content = reader.expect(&format!("{FILES}{path}"), record.bytes);
            let content = content.filter(|content| Digest::of(content) == record.digest);
            let content = content.ok_or_else(|| Refusal::Altered(path.clone()))?;
            files.insert(path.clone(), content.to_vec());
        }
        if !reader.is_at_end() {
            return Err(Refusal::Trailing);
        }
        Ok(Self { address: Digest::of(written), manifest, signature, files, bytes })
    }

    /// What it says of itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Its address: the digest of its manifest, which names every byte but the signature's.
    #[must_use]
    pub fn address(&self) -> Digest {
        self.address
    }

    /// Its files.
    #[must_use]
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// The file that it is.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Who vouches for it, whether trusted or not.
    ///
    /// # Errors
    ///
    /// When nobody does.
    pub fn signer(&self) -> Result<PublicKey, Distrust> {
        let Signature { key, signature } = self.signature.as_ref().ok_or(Distrust::Unsigned)?;
        let signature = STANDARD.decode(signature).map_err(|_| Distrust::Unfitting(*key))?;
        if key.has_signed(&self.address, &signature) { Ok(*key) } else { Err(Distrust::Unfitting(*key)) }
    }

    /// Who of those that are trusted vouches for it.
    ///
    /// # Errors
    ///
    /// When none of them does.
    pub fn trusted(&self, keys: &[PublicKey]) -> Result<PublicKey, Distrust> {
        let signer = self.signer()?;
        if keys.contains(&signer) { Ok(signer) } else { Err(Distrust::Stranger(signer)) }
    }
}

impl Signature {
    fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    fn read(written: &[u8]) -> Result<Self, Refusal> {
        let read: Result<Self, _> = serde_json::from_slice(written);
        let read = read.map_err(|cause| Refusal::Manifest(format!("its signature: {cause}")))?;
        if read.to_bytes().is_ok_and(|again| again == written) {
            return Ok(read);
        }
        Err(Refusal::Manifest("its signature is written otherwise".to_owned()))
    }
}

/// Reads a manifest that could have been written, and says no file may be read that it should not name.
fn read_manifest(written: &[u8]) -> Result<Manifest, Refusal> {
    /// Of a manifest of any format.
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    let unread = |cause: serde_json::Error| Refusal::Manifest(cause.to_string());
    let Format { format } = serde_json::from_slice(written).map_err(unread)?;
    if format != FORMAT {
        return Err(Refusal::Format(format));
    }
    let manifest: Manifest = serde_json::from_slice(written).map_err(unread)?;
    if manifest.to_bytes().map_err(unread)? != written {
        return Err(Refusal::Manifest("it is written otherwise".to_owned()));
    }
    if manifest.files.len() > FILES_MAX {
        return Err(Refusal::Files(manifest.files.len()));
    }
    if let Some(path) = manifest.collision() {
        return Err(Refusal::Collision(path.clone()));
    }
    if !manifest.files.keys().any(|path| path.as_str() == "policy.toml") {
        return Err(Refusal::NoPolicy);
    }
    if let Some(plugin) = manifest.plugins.iter().find(|plugin| !manifest.brings(&plugin.source)) {
        return Err(Refusal::Plugin(plugin.source.as_str().chars().take(SHOWN_MAX).collect()));
    }
    if let Some((path, _)) = manifest.files.iter().find(|(_, record)| record.bytes > FILE_BYTES_MAX) {
        return Err(Refusal::Altered(path.clone()));
    }
    Ok(manifest)
}
