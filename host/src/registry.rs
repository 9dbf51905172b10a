//! Registries of OCI, such as those that hold container images: packs are published there, and fetched by a
//! digest that pins them.
//!
//! A pack is an artifact of one layer, the pack's file; its configuration is the pack's manifest, as that of a
//! Wasm artifact tells what its component is. What a registry says is believed of nothing: every answer has a
//! bound, and content has to have the digest that it was asked for by.

mod connection;
mod document;
mod reference;

use anyhow::anyhow;
use leadsman_pack::{PACK_BYTES_MAX, Pack};
use reqwest::StatusCode;

use crate::exit::{self, Exit};
use connection::Connection;
use document::Document;

pub use connection::Access;
pub use reference::{Reference, Sha256};

/// The largest manifest that is read, in bytes, as registries have it.
const MANIFEST_BYTES_MAX: u64 = 4 << 20;

/// A repository of a registry.
pub struct Registry {
    connection: Connection,
}

/// What was fetched.
pub struct Pulled {
    /// The pack's file.
    pub bytes: Vec<u8>,
    /// The digest of what was asked for: it names the pack for ever.
    pub digest: Sha256,
    /// That the tag stands for something else now.
    pub note: Option<String>,
}

/// What became of a publication.
pub struct Published {
    /// The digest by which the pack can be fetched.
    pub digest: Sha256,
    /// Whether it was there before.
    pub known: bool,
}

impl Registry {
    /// The repository that a reference names.
    pub fn connect(reference: &Reference, access: Access) -> Result<Self, Exit> {
        Ok(Self { connection: Connection::to(reference, access)? })
    }

    /// Publishes a pack under a tag. A tag that stands for another pack is moved only if that is meant.
    pub fn push(&self, reference: &Reference, pack: &Pack, move_tag: bool) -> Result<Published, Exit> {
        let tag = reference.tag().ok_or_else(|| Exit {
            code: exit::USAGE,
            error: anyhow!(
                "{reference} has no tag; publish under one, such as {reference}:{}",
                pack.manifest().pack.version
            ),
        })?;
        let (document, configuration) = Document::of(pack)?;
        let written = document.to_bytes()?;
        let digest = Sha256::of(&written);
        match self.stands_for(tag)? {
            Some(before) if before == digest => return Ok(Published { digest, known: true }),
            Some(before) if !move_tag => {
                return Err(anyhow!(
                    "{reference} stands for {before} already; publish under another tag, or say `--move`"
                )
                .into());
            }
            _ => {}
        }
        self.connection.put_blob(&document.config.digest, &configuration)?;
        for layer in &document.layers {
            self.connection.put_blob(&layer.digest, pack.bytes())?;
        }
        self.connection.put_manifest(tag, &document.media_type, written)?;
        Ok(Published { digest, known: false })
    }

    /// Fetches a pack: by the digest if there is one, else what the tag stands for now.
    pub fn pull(&self, reference: &Reference) -> Result<Pulled, Exit> {
        let name =
            reference.digest().map_or_else(|| reference.tag_or_latest().to_owned(), ToString::to_string);
        let path = format!("manifests/{name}");
        let (status, written) = self.connection.get(&path, MANIFEST_BYTES_MAX)?;
        if status == StatusCode::NOT_FOUND {
            let error = anyhow!("there is no {reference} in the registry");
            return Err(Exit { code: exit::NOT_FOUND, error });
        }
        let digest = Sha256::of(&written);
        if let Some(asked) = reference.digest().filter(|asked| **asked != digest) {
            return Err(lied(asked, &digest));
        }
        let layer = Document::read(&written)?.pack_layer()?;
        if layer.size > PACK_BYTES_MAX {
            return Err(crate::packs::refused(leadsman_pack::Refusal::Large));
        }
        let (status, bytes) = self.connection.get(&format!("blobs/{}", layer.digest), layer.size)?;
        if status == StatusCode::NOT_FOUND {
            return Err(anyhow!("the registry has {reference}, but not its content {}", layer.digest).into());
        }
        let found = Sha256::of(&bytes);
        if found != layer.digest {
            return Err(lied(&layer.digest, &found));
        }
        Ok(Pulled { bytes, digest, note: self.note(reference)? })
    }

    /// Whether the tag of a reference that is pinned by a digest stands for something else now.
    fn note(&self, reference: &Reference) -> Result<Option<String>, Exit> {
        let (Some(tag), Some(pinned)) = (reference.tag(), reference.digest()) else { return Ok(None) };
        Ok(match self.stands_for(tag)? {
            Some(now) if now == *pinned => None,
            Some(now) => {
                Some(format!("the tag {tag} was moved: it stands for {now} now, and not for {pinned}"))
            }
            None => Some(format!("the tag {tag} is gone; {pinned} is still there")),
        })
    }

    /// The digest of what a tag stands for.
    fn stands_for(&self, tag: &str) -> Result<Option<Sha256>, Exit> {
        let (status, written) = self.connection.get(&format!("manifests/{tag}"), MANIFEST_BYTES_MAX)?;
        Ok((status != StatusCode::NOT_FOUND).then(|| Sha256::of(&written)))
    }
}

/// A registry that gives something else than what was asked for.
fn lied(asked: &Sha256, found: &Sha256) -> Exit {
    let error = anyhow!(
        "the registry gave something else ({found}) than what was asked for ({asked}): it was altered there or on \
         the way; get the pack from somewhere else"
    );
    Exit { code: exit::UNTRUSTED, error }
}
