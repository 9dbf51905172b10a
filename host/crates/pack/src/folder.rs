//! From a policy's folder to the files of its pack: what belongs to the policy, and neither sources nor what
//! tools left behind.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use crate::Files;
use crate::path::{InvalidPath, PackPath};

/// The file that says who a pack is.
pub const ABOUT_FILE: &str = "pack.toml";

/// The largest file of a pack, in bytes.
pub(crate) const FILE_BYTES_MAX: u64 = 64 << 20;

/// Files at the top of the folder.
const TOP: [&str; 4] = ["policy.toml", ABOUT_FILE, "README.md", "world.toml"];

/// Folders below it, with how the files in them end.
const FOLDERS: [(&str, &str); 4] =
    [("lists", ".txt"), ("calendars", ".toml"), ("models", ".json"), ("cases", ".toml")];

/// The files of a folder cannot be a pack's.
#[derive(Debug, thiserror::Error)]
pub enum GatherError {
    /// A file cannot be read.
    #[error("cannot read {0}")]
    Unreadable(String, #[source] io::Error),
    /// A file is a link, or no file.
    #[error("{0} is no plain file; put the file itself there")]
    NotPlain(String),
    /// A file is too large.
    #[error("{0} is larger than {mib} MiB", mib = FILE_BYTES_MAX >> 20)]
    Large(String),
    /// A file has a name that a pack cannot have.
    #[error(transparent)]
    Path(#[from] InvalidPath),
}

/// The files of a folder that belong into a pack, with the components that its policy brings, by their paths.
///
/// # Errors
///
/// When a file cannot be read, is too large, is a link, or has an odd name.
pub fn gather(folder: &Path, components: &BTreeMap<String, Vec<u8>>) -> Result<Files, GatherError> {
    let mut files = Files::new();
    for (path, content) in components {
        files.insert(PackPath::try_from(path.clone())?, content.clone());
    }
    let mut take = |path: String| -> Result<(), GatherError> {
        if let Some(content) = read(folder, &path)? {
            files.insert(PackPath::try_from(path)?, content);
        }
        Ok(())
    };
    TOP.into_iter().try_for_each(|name| take(name.to_owned()))?;
    for (name, ending) in FOLDERS {
        let entries = match fs::read_dir(folder.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries.map_err(|error| GatherError::Unreadable(name.to_owned(), error))?,
        };
        for entry in entries {
            let entry = entry.map_err(|error| GatherError::Unreadable(name.to_owned(), error))?;
            let file = entry.file_name().to_string_lossy().into_owned();
            if file.ends_with(ending) && !file.starts_with('.') {
                take(format!("{name}/{file}"))?;
            }
        }
    }
    Ok(files)
}

/// Reads a file of a folder; none if there is none.
///
/// # Errors
///
/// When it is a link, is too large or cannot be read.
pub fn read(folder: &Path, path: &str) -> Result<Option<Vec<u8>>, GatherError> {
    let file = folder.join(path);
    let unreadable = |error| GatherError::Unreadable(path.to_owned(), error);
    let metadata = match fs::symlink_metadata(&file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        metadata => metadata.map_err(unreadable)?,
    };
    if !metadata.is_file() {
        return Err(GatherError::NotPlain(path.to_owned()));
    }
    if metadata.len() > FILE_BYTES_MAX {
        return Err(GatherError::Large(path.to_owned()));
    }
    fs::read(file).map(Some).map_err(unreadable)
}
