//! Compiled code that is kept on disk, so that a restart does not compile again. It is machine code that
//! the process will run: only the owner may read or write the folder, and nothing is loaded that does
//! not carry a code made with the folder's own key.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use leadsman_domain::Digest;
use rand::TryRng;
use rand::rngs::SysRng;

/// Bytes of the key, and of every seal.
const CODE_BYTES: usize = 32;

/// The folder is cleared of its oldest artefacts when it holds more than this.
const FOLDER_BYTES_MAX: u64 = 4 << 30;

/// The name of the file with the key.
const KEY_FILE: &str = "key";

/// A folder of compiled code.
#[derive(Debug)]
pub struct Artefacts {
    folder: PathBuf,
    key: [u8; CODE_BYTES],
}

impl Artefacts {
    /// Opens a folder, or makes one that only its owner can enter.
    ///
    /// # Errors
    ///
    /// When it cannot be made or read, or when others than its owner have access to it.
    pub fn open(folder: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        check_private(folder)?;
        let key = match read_key(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => make_key(folder)?,
            known => known?,
        };
        Ok(Self { folder: folder.to_owned(), key })
    }

    /// The file of the artefact with this name, if there is one and it is what was stored. It is used where
    /// it lies, so that the system can give its memory back while nobody calls it.
    pub(crate) fn find(&self, name: &Digest) -> Option<PathBuf> {
        let path = self.path(name);
        let seal = fs::read(self.seal_path(name)).ok()?;
        let seal: Option<[u8; CODE_BYTES]> = seal.as_slice().try_into().ok();
        let file = File::open(&path).ok()?;
        // Compared as hashes, which takes the same time wherever they differ.
        if seal.map(blake3::Hash::from_bytes) == self.seal(name, file).ok() {
            return Some(path);
        }
        tracing::warn!(path = %path.display(), "compiled code is not what was stored; it is made anew");
        let _ = fs::remove_file(&path);
        None
    }

    /// Stores an artefact. A failure costs a compilation next time and nothing else.
    pub(crate) fn store(&self, name: &Digest, artefact: &[u8]) {
        if let Err(cause) = self.write(name, artefact).and_then(|()| self.clear_oldest()) {
            tracing::warn!(%cause, folder = %self.folder.display(), "compiled code cannot be kept");
        }
    }

    fn write(&self, name: &Digest, artefact: &[u8]) -> io::Result<()> {
        static DRAFTS: AtomicU64 = AtomicU64::new(0);
        let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
        let draft = self.folder.join(format!("{name}.{}-{number}", std::process::id()));
        private_file(&draft)?.write_all(artefact)?;
        // Never written in place: the file that was there may be in use.
        fs::rename(&draft, self.path(name))?;
        private_file(&draft)?.write_all(self.seal(name, artefact)?.as_bytes())?;
        fs::rename(&draft, self.seal_path(name))
    }

    fn clear_oldest(&self) -> io::Result<()> {
        let mut artefacts = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry.file_name() != KEY_FILE {
                let metadata = entry.metadata()?;
                artefacts.push((metadata.modified()?, metadata.len(), entry.path()));
            }
        }
        artefacts.sort();
        let mut bytes: u64 = artefacts.iter().map(|(_, bytes, _)| bytes).sum();
        for (_, freed, path) in artefacts {
            if bytes <= FOLDER_BYTES_MAX {
                break;
            }
            fs::remove_file(path)?;
            bytes -= freed;
        }
        Ok(())
    }

    /// A code over a name and an artefact, made with the folder's key.
    fn seal(&self, name: &Digest, artefact: impl Read) -> io::Result<blake3::Hash> {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(name.as_bytes()).update_reader(artefact)?;
        Ok(hasher.finalize())
    }

    fn seal_path(&self, name: &Digest) -> PathBuf {
        self.folder.join(format!("{name}.seal"))
    }

    fn path(&self, name: &Digest) -> PathBuf {
        self.folder.join(name.to_string())
    }
}

/// Refuses a folder that others may read or write.
fn check_private(folder: &Path) -> io::Result<()> {
    let mode = fs::metadata(folder)?.mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let sentence =
        format!("others than its owner have access to it (mode {:o}); it holds machine code", mode & 0o777);
    Err(io::Error::new(io::ErrorKind::PermissionDenied, sentence))
}

fn read_key(folder: &Path) -> io::Result<[u8; CODE_BYTES]> {
    let mut key = [0; CODE_BYTES];
    File::open(folder.join(KEY_FILE))?.read_exact(&mut key)?;
    Ok(key)
}

/// Makes the key; if another process was faster, its key is taken.
fn make_key(folder: &Path) -> io::Result<[u8; CODE_BYTES]> {
    let mut key = [0; CODE_BYTES];
    SysRng.try_fill_bytes(&mut key).map_err(io::Error::other)?;
    let draft = folder.join(format!("{KEY_FILE}.{}", std::process::id()));
    private_file(&draft)?.write_all(&key)?;
    let linked = fs::hard_link(&draft, folder.join(KEY_FILE));
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => read_key(folder),
    }
}

fn private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_was_stored_comes_back_and_nothing_else() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("artefacts");
        let (name, other) = (Digest::of(b"name"), Digest::of(b"other"));
        Artefacts::open(&folder).unwrap().store(&name, b"machine code");
        let again = Artefacts::open(&folder).unwrap();
        assert_eq!(fs::read(again.find(&name).unwrap()).unwrap(), b"machine code");
        assert_eq!(again.find(&other), None);
        for ending in ["", ".seal"] {
            fs::rename(folder.join(format!("{name}{ending}")), folder.join(format!("{other}{ending}")))
                .unwrap();
        }
        assert_eq!(again.find(&other), None, "the code is bound to the name");
        again.store(&name, b"machine code");
        let path = folder.join(name.to_string());
        let mut bytes = fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&path, bytes).unwrap();
        assert_eq!(again.find(&name), None);
        assert!(!path.exists(), "damaged code is removed");
    }

    #[test]
    fn a_folder_that_others_can_write_is_refused() {
        let parent = tempfile::tempdir().unwrap();
        fs::set_permissions(parent.path(), fs::Permissions::from_mode(0o770)).unwrap();
        let error = Artefacts::open(parent.path()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
    }
}
