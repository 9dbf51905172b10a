//! Small things done with files and folders, each durable when it returns.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::error::OpenError;

/// Makes the entries of a folder durable.
pub(crate) fn sync_dir(dir: &Path) -> Result<(), OpenError> {
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(OpenError::io("syncing", dir))
}

/// Makes a file's content durable.
pub(crate) fn sync_file(path: &Path) -> Result<(), OpenError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(OpenError::io("syncing", path))
}

/// Makes a folder, if it is not there, below one that is.
pub(crate) fn make_dir(dir: &Path) -> Result<(), OpenError> {
    if dir.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(dir).map_err(OpenError::io("creating", dir))?;
    dir.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or(Ok(()), sync_dir)
}

/// Puts a file in place as a whole: writes it aside, syncs, renames, syncs the folder.
pub(crate) fn put_file(aside: &Path, path: &Path, bytes: &[u8]) -> Result<(), OpenError> {
    let mut file = File::create(aside).map_err(OpenError::io("creating", aside))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(OpenError::io("writing", aside))?;
    rename(aside, path)
}

/// Renames a file or folder and syncs the folder that it is in.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), OpenError> {
    fs::rename(from, to).map_err(OpenError::io("renaming", from))?;
    to.parent().map_or(Ok(()), sync_dir)
}

/// Removes a folder with all that is in it, if it is there.
pub(crate) fn remove_dir(dir: &Path) -> Result<(), OpenError> {
    if dir.exists() {
        fs::remove_dir_all(dir).map_err(OpenError::io("removing", dir))?;
    }
    Ok(())
}

/// The entries of a folder, sorted by name.
pub(crate) fn entries(dir: &Path) -> Result<Vec<PathBuf>, OpenError> {
    let read = fs::read_dir(dir).map_err(OpenError::io("listing", dir))?;
    let paths: Result<Vec<PathBuf>, _> = read.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = paths.map_err(OpenError::io("listing", dir))?;
    paths.sort();
    Ok(paths)
}

/// The name of a file, as far as it is text.
pub(crate) fn name_of(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}
