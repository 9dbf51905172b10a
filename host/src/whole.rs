//! Folders that are written whole or not at all: aside first, then put where they belong.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, anyhow};

/// Writes a folder with these files, by their paths in it. There may be no folder yet, or an empty one.
///
/// # Errors
///
/// When something cannot be written; then nothing is there that was not there before.
pub fn write(folder: &Path, files: &BTreeMap<String, Vec<u8>>) -> anyhow::Result<()> {
    let place = || format!("cannot write to {}", folder.display());
    let absolute = std::path::absolute(folder).with_context(place)?;
    let parent = absolute.parent().ok_or_else(|| anyhow!("{} has no parent", folder.display()))?;
    fs::create_dir_all(parent).with_context(place)?;
    let aside = tempfile::Builder::new().prefix(".leadsman-").tempdir_in(parent).with_context(place)?;
    // Temporary folders are private; what is in this one is meant to be shared.
    let whole = aside.path().join("whole");
    for (path, content) in files {
        let path = whole.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&whole)).with_context(place)?;
        fs::write(&path, content).with_context(place)?;
        fs::File::open(&path).and_then(|file| file.sync_all()).with_context(place)?;
    }
    fs::rename(&whole, &absolute).with_context(place)
}
