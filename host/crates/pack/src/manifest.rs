//! What a pack says of itself.

use std::collections::{BTreeMap, BTreeSet};

use leadsman_domain::Digest;
use leadsman_domain::limits::Limits;
use leadsman_domain::policy::PluginSource;
use serde::{Deserialize, Serialize};

use crate::Files;
use crate::about::About;
use crate::line::Line;
use crate::path::PackPath;

/// The format of manifests that is written, and the only one that is read.
pub(crate) const FORMAT: u32 = 1;

/// What a pack says of itself. Its digest is the address of the pack: it names every byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The format of the manifest.
    pub(crate) format: u32,
    /// Who the pack is.
    pub pack: About,
    /// Its files.
    pub files: BTreeMap<PackPath, FileRecord>,
    /// Its plugins, in the order of the stages, as the one who built it found them to be.
    pub plugins: Vec<PluginRecord>,
}

/// What has to be in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRecord {
    /// The digest of its content.
    pub digest: Digest,
    /// Its size, in bytes.
    pub bytes: u64,
}

/// A plugin at work in the pack's policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PluginRecord {
    /// Where in the policy: `scoring`, `pools[inbound].allocation`.
    pub serves: Line,
    /// Where its component comes from.
    pub source: PluginSource,
    /// Its name, as it says.
    pub name: Line,
    /// Its version, as it says.
    pub version: Line,
    /// What it will read.
    pub reads: Reads,
    /// The most that it may use up in a call.
    pub limits: Limits,
}

/// What a plugin reads.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reads {
    /// Attributes of leads.
    pub attributes: Vec<Line>,
    /// Whether it reads every text attribute.
    pub all_texts: bool,
    /// Kinds of activity.
    pub activities: Vec<Line>,
    /// Attributes of reps.
    pub rep_attributes: Vec<Line>,
    /// Word lists.
    pub lists: Vec<Line>,
}

impl Manifest {
    /// The manifest of these files.
    #[must_use]
    pub fn of(pack: About, files: &Files, plugins: Vec<PluginRecord>) -> Self {
        let record =
            |content: &Vec<u8>| FileRecord { digest: Digest::of(content), bytes: content.len() as u64 };
        let files = files.iter().map(|(path, content)| (path.clone(), record(content))).collect();
        Self { format: FORMAT, pack, files, plugins }
    }

    /// The one way in which it is written.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Whether a plugin may come from there: a component of the pack, or a plugin that ships with Leadsman.
    pub(crate) fn brings(&self, source: &PluginSource) -> bool {
        match source {
            PluginSource::File(path) => self.files.keys().any(|known| known.as_str() == path),
            PluginSource::BuiltIn(name) => Line::try_from(name.clone()).is_ok(),
            PluginSource::Uploaded(_) => false,
        }
    }

    /// Two paths that are one on a file system that minds no case, or of which one is a folder of the other.
    pub(crate) fn collision(&self) -> Option<&PackPath> {
        let mut folders = BTreeSet::new();
        for path in self.files.keys() {
            let folded = path.folded();
            let ends = folded.match_indices('/').map(|(end, _)| end);
            folders.extend(ends.map(|end| folded[..end].to_owned()));
        }
        let mut seen = BTreeSet::new();
        self.files.keys().find(|path| {
            let folded = path.folded();
            folders.contains(&folded) || !seen.insert(folded)
        })
    }
}
