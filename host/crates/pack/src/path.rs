//! Where a file of a pack lies in its folder.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest path, in bytes.
const BYTES_MAX: usize = 90;

/// A path of a file that a pack may have. It stays below the folder, names no hidden file, and means the same
/// on every file system: nothing but ASCII letters, digits and `.-_+@`.
///
/// A pack has a policy and what belongs to it, and nothing that another tool would run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PackPath(String);

/// The path is none that a pack may have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPath {
    /// It has odd characters, leads somewhere else, or is too long.
    #[error(
        "{0:?} is no path of a pack; give files short names of ASCII letters, digits and .-_+@ that begin with no dot"
    )]
    Odd(String),
    /// There is no such kind of file in a pack.
    #[error(
        "{0:?} does not belong into a pack: it has policy.toml, pack.toml, world.toml, README.md, lists/*.txt, calendars/*.toml, \
         models/*.json, cases/*.toml, and components that end in .wasm"
    )]
    Foreign(String),
}

impl PackPath {
    /// The path, with slashes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path on a file system that minds no case.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl TryFrom<String> for PackPath {
    type Error = InvalidPath;
    fn try_from(path: String) -> Result<Self, InvalidPath> {
        if path.len() > BYTES_MAX || !path.split('/').all(is_plain) {
            return Err(InvalidPath::Odd(path.chars().take(BYTES_MAX).collect()));
        }
        if !is_known(&path) {
            return Err(InvalidPath::Foreign(path));
        }
        Ok(Self(path))
    }
}

fn is_plain(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_+@".contains(&byte);
    !name.is_empty() && !name.starts_with('.') && !name.ends_with('.') && name.bytes().all(is_plain)
}

/// Whether files of this kind belong into packs.
fn is_known(path: &str) -> bool {
    let kind = |folder: &str, ending: &str| {
        let name = path.strip_prefix(folder).and_then(|rest| rest.strip_suffix(ending));
        name.is_some_and(|name| !name.is_empty() && !name.contains('/'))
    };
    matches!(path, "policy.toml" | "pack.toml" | "world.toml" | "README.md")
        || kind("lists/", ".txt")
        || kind("calendars/", ".toml")
        || kind("models/", ".json")
        || kind("cases/", ".toml")
        || path.ends_with(".wasm")
}

impl From<PackPath> for String {
    fn from(path: PackPath) -> Self {
        path.0
    }
}

impl fmt::Display for PackPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
