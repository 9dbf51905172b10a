//! Packs: a policy's folder in one signed file, and what becomes of a folder when a newer pack comes.
//!
//! ```text
//! manifest.json          who the pack is, every file's digest and size, what each plugin reads
//! signature.json         who vouches for the manifest; missing if nobody does
//! files/policy.toml      the files, in the order of the manifest
//! files/...
//! ```
//!
//! A pack is a plain tar, so that anybody can look into it, in the one form in which its manifest can be
//! written: what is read is compared, byte by byte, with what has to stand there. Its address is the digest of
//! its manifest. Knows no plugin, runs none, and knows no network.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod about;
mod archive;
mod folder;
mod key;
mod line;
mod manifest;
mod merge;
mod pack;
mod path;

pub use about::{About, AboutError, Name, Version};
pub use folder::{GatherError, gather, read};
pub use key::{KeyError, PublicKey, SecretKey};
pub use line::{InvalidLine, Line};
pub use manifest::{FileRecord, Manifest, PluginRecord, Reads};
pub use merge::{Conflict, Merge, Outcome, Sides, merge};
pub use pack::{Distrust, PACK_BYTES_MAX, Pack, Refusal};
pub use path::{InvalidPath, PackPath};

/// The files of a pack by their paths.
pub type Files = std::collections::BTreeMap<PackPath, Vec<u8>>;

#[cfg(test)]
mod tests;
