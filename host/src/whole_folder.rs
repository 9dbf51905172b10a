//! Folders that are written whole, or not at all: aside first, then put in place by one rename.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use anyhow::{Context as _, anyhow};

use crate::exit::Exit;

/// Writes a folder that is not there yet, or is empty; files by their paths in it.
pub fn write<'a>(folder: &Path, files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Result<(), Exit> {
    let place = || format!("cannot write to {}", folder.display());
    let absolute = std::path::absolute(folder).with_context(place)?;
    let parent = absolute.parent().ok_or_else(|| anyhow!("{} has no parent", folder.display()))?;
    fs::create_dir_all(parent).with_context(place)?;
    let aside = tempfile::Builder::new().prefix(".leadsman-").tempdir_in(parent).with_context(place)?;
    for (path, content) in files {
        put(&aside.path().join(path), content).with_context(place)?;
    }
    readable(aside.path()).with_context(place)?;
    fs::rename(aside.path(), &absolute).with_context(place)?;
    // It is no longer where it was, so there is nothing to delete.
    let _ = aside.keep();
    sync(parent).with_context(place)?;
    Ok(())
}

/// Writes a file, durably, with the folders above it.
pub fn put(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, content)?;
    File::open(path)?.sync_all()
}

/// Makes durable which files a folder has.
pub fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Temporary folders are private; this one is meant to be shared.
#[cfg(unix)]
fn readable(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn readable(_folder: &Path) -> io::Result<()> {
    Ok(())
}
