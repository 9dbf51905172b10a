//! Plugins that a tenant uploaded: kept by their digest, known by name and version, never changed.

use std::fmt;

use leadsman_domain::Digest;
use leadsman_domain::ruling::Stage;
use serde::{Deserialize, Serialize};

use crate::error::FlowError;
use crate::ledger::{Batch, Ledger};
use crate::revision::Warrant;
use crate::{keys, record};

/// Plugins that a tenant may upload.
const UPLOADS_MAX: usize = 256;

/// Bytes that a name, and a version, may have at most.
const LABEL_BYTES_MAX: usize = 64;

/// What a component was found to be when it came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Examined {
    /// How it calls itself.
    pub name: String,
    /// Its version, as it says.
    pub version: String,
    /// What it is for, in a sentence of its author.
    pub summary: String,
    /// Digest of the component.
    pub digest: Digest,
    /// Its size in bytes.
    pub bytes: usize,
    /// The stages that it serves.
    pub stages: Vec<Stage>,
    /// Whether leads may be shown to it together; unknown until it was configured.
    pub batched: Option<bool>,
}

impl Examined {
    /// What policies call it: its name and version.
    #[must_use]
    pub fn label(&self) -> Label {
        Label { name: self.name.clone(), version: self.version.clone() }
    }
}

/// A plugin that was uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// What it is.
    #[serde(flatten)]
    pub plugin: Examined,
    /// Who uploaded it, when and why.
    pub uploaded: Warrant,
}

/// The name and version by which policies call an uploaded plugin, such as `acme-scorer@1.2.0`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// The name.
    pub name: String,
    /// The version.
    pub version: String,
}

impl Label {
    /// The label in a text; none if no plugin can be kept under it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (name, version) = text.split_once('@')?;
        Some(Self { name: name.to_owned(), version: version.to_owned() }).filter(Self::is_plain)
    }

    /// Whether policies and people can write it.
    fn is_plain(&self) -> bool {
        let plain = |text: &str, more: &[char]| {
            let fits = |one: char| one.is_ascii_alphanumeric() || more.contains(&one);
            (1..=LABEL_BYTES_MAX).contains(&text.len()) && text.chars().all(fits)
        };
        plain(&self.name, &['-', '_', '.']) && plain(&self.version, &['-', '_', '.', '+'])
    }
}

impl fmt::Display for Label {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}@{}", self.name, self.version)
    }
}

/// Keeps a component that was examined. Policies call it by its name and version, which stand for these
/// bytes from now on. Says whether it is new.
///
/// # Errors
///
/// When there are too many, its name or version cannot be written in a policy, other bytes have them
/// already, or the ledger cannot be read or written.
pub fn keep_upload(
    ledger: &dyn Ledger,
    component: &[u8],
    plugin: Examined,
    warrant: &Warrant,
) -> Result<(Upload, bool), FlowError> {
    let label = plugin.label();
    if !label.is_plain() {
        return Err(FlowError::LabelStrange(label));
    }
    if let Some(known) = find(ledger, &label)? {
        let same = known.plugin.digest == plugin.digest;
        return if same { Ok((known, false)) } else { Err(FlowError::LabelTaken(label)) };
    }
    if all(ledger)?.len() >= UPLOADS_MAX {
        return Err(FlowError::TooManyUploads(UPLOADS_MAX));
    }
    ledger.blob_put(component)?;
    let upload = Upload { plugin, uploaded: warrant.clone() };
    let key = keys::upload(&label);
    let batch = Batch {
        expects: vec![(key.clone(), None)],
        puts: vec![(key, record::encode("a plugin", &upload)?)],
        ..Batch::default()
    };
    ledger.commit(batch)?.wait()?;
    Ok((upload, true))
}

/// Every plugin that was uploaded, by name and version.
pub(crate) fn all(ledger: &dyn Ledger) -> Result<Vec<Upload>, FlowError> {
    record::all("a plugin", ledger, &keys::uploads())
}

/// The plugin that was uploaded under a label, if there is one.
pub(crate) fn find(ledger: &dyn Ledger, label: &Label) -> Result<Option<Upload>, FlowError> {
    record::find("a plugin", ledger, &keys::upload(label))
}
