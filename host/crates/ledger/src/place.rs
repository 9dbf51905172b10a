//! The folder of a store: where things are in it, who holds it, and what it is fit for.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::error::OpenError;
use crate::files::{entries, make_dir, name_of, put_file, sync_dir};

/// The version of the folder's layout.
const FORMAT: &str = "leadsman store 1\n";

/// File systems whose locks and syncs do not mean what they say on one machine.
const NETWORK_KINDS: [&str; 10] =
    ["nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "lustre", "fuse.sshfs", "fuse.glusterfs"];

/// A folder that this process holds. It lets go of it when this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) dir: PathBuf,
    lock: File,
}

impl Place {
    /// Takes hold of a folder, which is made if it is not there.
    pub(crate) fn hold(dir: &Path) -> Result<Self, OpenError> {
        make_dir(dir)?;
        let dir = fs::canonicalize(dir).map_err(OpenError::io("finding", dir))?;
        refuse_network(&dir)?;
        let lock = lock(&dir)?;
        Ok(Self { dir, lock })
    }

    /// Checks that the folder's format is known, or notes it in a new folder.
    pub(crate) fn check_format(&self) -> Result<(), OpenError> {
        if self.importing().exists() {
            return Err(OpenError::Unfinished { dir: self.dir.clone() });
        }
        let path = self.dir.join("format");
        match fs::read_to_string(&path) {
            Ok(found) if found == FORMAT => Ok(()),
            Ok(found) => {
                let place = self.dir.display().to_string();
                Err(OpenError::UnknownFormat { place, found: found.trim().to_owned() })
            }
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                self.refuse_strangers()?;
                put_file(&self.dir.join("format.new"), &path, FORMAT.as_bytes())
            }
            Err(cause) => Err(OpenError::io("reading", &path)(cause)),
        }
    }

    /// The folder of the log.
    pub(crate) fn log(&self) -> PathBuf {
        self.dir.join("log")
    }

    /// The folder of the state.
    pub(crate) fn state(&self) -> PathBuf {
        self.dir.join("state")
    }

    /// The folder in which a state is made.
    pub(crate) fn state_in_making(&self) -> PathBuf {
        self.dir.join("state.making")
    }

    /// A folder that is not there yet, for a state that is damaged.
    pub(crate) fn state_set_aside(&self) -> PathBuf {
        let free = |number: &u32| !self.dir.join(format!("state.damaged-{number}")).exists();
        let number = (1..u32::MAX).find(free).unwrap_or(u32::MAX);
        self.dir.join(format!("state.damaged-{number}"))
    }

    /// The folder of the blobs.
    pub(crate) fn blobs(&self) -> PathBuf {
        self.dir.join("blobs")
    }

    /// Marks the folder as one that an import has not finished.
    pub(crate) fn begin_import(&self) -> Result<(), OpenError> {
        self.refuse_strangers()?;
        File::create(self.importing()).map_err(OpenError::io("creating", &self.importing()))?;
        sync_dir(&self.dir)
    }

    /// Marks the folder as whole.
    pub(crate) fn finish_import(&self) -> Result<(), OpenError> {
        put_file(&self.dir.join("format.new"), &self.dir.join("format"), FORMAT.as_bytes())?;
        fs::remove_file(self.importing()).map_err(OpenError::io("removing", &self.importing()))?;
        sync_dir(&self.dir)
    }

    fn importing(&self) -> PathBuf {
        self.dir.join("importing")
    }

    /// A folder without a format must be new: it may be somebody's home.
    fn refuse_strangers(&self) -> Result<(), OpenError> {
        let ours = |path: &PathBuf| matches!(name_of(path), "lock" | "format.new" | "lost+found");
        if entries(&self.dir)?.iter().all(ours) {
            return Ok(());
        }
        Err(OpenError::NotEmpty { dir: self.dir.clone() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Closing the file does not let go of it while a child process that is being started still has
        // its copy of it.
        if let Err(cause) = self.lock.unlock() {
            tracing::warn!(%cause, "the folder of the store is let go of only when the process ends");
        }
    }
}

fn lock(dir: &Path) -> Result<File, OpenError> {
    let path = dir.join("lock");
    let mut options = File::options();
    let file = options.read(true).write(true).create(true).truncate(false).open(&path);
    let mut file = file.map_err(OpenError::io("opening", &path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let known = file.read_to_string(&mut holder).is_ok_and(|len| len > 0);
            let holder = if known { holder.trim().to_owned() } else { "unknown".to_owned() };
            return Err(OpenError::Held { dir: dir.to_owned(), holder });
        }
        Err(TryLockError::Error(cause)) => return Err(OpenError::io("locking", &path)(cause)),
    }
    let holder = format!("process {}\n", std::process::id());
    file.set_len(0)
        .and_then(|()| file.write_all(holder.as_bytes()))
        .map_err(OpenError::io("writing", &path))?;
    Ok(file)
}

fn refuse_network(dir: &Path) -> Result<(), OpenError> {
    // Where there is no such table there is nothing to go by.
    let Ok(mounts) = fs::read_to_string("/proc/self/mounts") else { return Ok(()) };
    match kind_of(dir, &mounts) {
        Some(kind) if NETWORK_KINDS.contains(&kind) => {
            Err(OpenError::NetworkFolder { dir: dir.to_owned(), kind: kind.to_owned() })
        }
        _ => Ok(()),
    }
}

/// The kind of file system that a folder is on: that of the innermost mount above it.
fn kind_of<'mounts>(dir: &Path, mounts: &'mounts str) -> Option<&'mounts str> {
    let above = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        let (point, kind) = (fields.next()?, fields.next()?);
        // The table writes spaces as octal.
        let point = PathBuf::from(point.replace("\\040", " "));
        dir.starts_with(&point).then(|| (point.components().count(), kind))
    });
    above.max_by_key(|(depth, _)| *depth).map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests;
