//! The sources of leads, as a tree: whence, at what price, and which channel in particular.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A tree of sources. Its leaves are channels, each in one place; above them are branches, such as `market`
/// and in it `paid`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sources(BTreeMap<String, Vec<String>>);

/// A channel that is no leaf of the tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the policy knows no source {source_name:?}{}", suggestion(.nearest.as_deref()))]
pub struct UnknownSource {
    /// What was given.
    pub source_name: String,
    /// The leaf that it comes closest to.
    pub nearest: Option<String>,
}

impl Sources {
    /// Adds a leaf with the branches above it, outermost first. Says whether it is new.
    pub fn add(&mut self, leaf: &str, branches: &[String]) -> bool {
        self.0.insert(leaf.to_owned(), branches.to_vec()).is_none()
    }

    /// Whether there is no tree: then every channel is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Checks that a channel is a leaf of the tree, if there is one.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn check(&self, channel: &str) -> Result<(), UnknownSource> {
        if self.is_empty() || self.0.contains_key(channel) {
            return Ok(());
        }
        let near = self.0.keys().map(|leaf| (strsim::jaro_winkler(leaf, channel), leaf));
        let nearest =
            near.filter(|(likeness, _)| *likeness > 0.8).max_by(|one, other| one.0.total_cmp(&other.0));
        let nearest = nearest.map(|(_, leaf)| leaf.clone());
        Err(UnknownSource { source_name: channel.to_owned(), nearest })
    }

    /// The branches above a channel, outermost first; none above one that the tree does not know.
    #[must_use]
    pub fn above(&self, channel: &str) -> &[String] {
        self.0.get(channel).map_or(&[], Vec::as_slice)
    }
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!(", did you mean {nearest:?}?")).unwrap_or_default()
}
