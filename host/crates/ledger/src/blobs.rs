//! Blobs: long payloads under their digest, each tenant's apart. On disk each is a file of its own,
//! written aside, synced and renamed into place.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use leadsman_domain::Digest;
use leadsman_flow::ledger::LedgerError;

use crate::error::OpenError;
use crate::files::{entries, make_dir, name_of, put_file, remove_dir};
use crate::limits::BLOB_BYTES_MAX;

/// The folder of blobs that are being written. No tenant can be named like it.
const ASIDE: &str = ".aside";

/// Where blobs are kept.
pub(crate) enum Blobs {
    /// In memory.
    Memory(Mutex<HashMap<Address, Vec<u8>>>),
    /// In files.
    Disk(Folder),
}

/// A tenant's name and a digest.
pub(crate) type Address = (Box<str>, Digest);

/// A folder of blobs.
pub(crate) struct Folder {
    dir: PathBuf,
    written: AtomicU64,
}

impl Blobs {
    /// Blobs in memory.
    pub(crate) fn in_memory() -> Self {
        Self::Memory(Mutex::default())
    }

    /// Blobs in a folder.
    pub(crate) fn open(dir: &Path) -> Result<Self, OpenError> {
        make_dir(dir)?;
        remove_dir(&dir.join(ASIDE))?;
        make_dir(&dir.join(ASIDE))?;
        Ok(Self::Disk(Folder { dir: dir.to_owned(), written: AtomicU64::new(0) }))
    }

    /// Stores bytes under their digest, durably. Mends what is there if it is damaged.
    pub(crate) fn put(&self, tenant: &str, bytes: &[u8]) -> Result<Digest, LedgerError> {
        if bytes.len() > BLOB_BYTES_MAX {
            let what = "a blob".to_owned();
            return Err(LedgerError::TooLarge { what, bytes: bytes.len(), bytes_max: BLOB_BYTES_MAX });
        }
        let digest = Digest::of(bytes);
        match self {
            Self::Memory(blobs) => {
                lock(blobs).entry((tenant.into(), digest)).or_insert_with(|| bytes.to_vec());
            }
            Self::Disk(folder) => folder.put(tenant, &digest, bytes)?,
        }
        Ok(digest)
    }

    /// The bytes with a digest, checked against it.
    pub(crate) fn get(&self, tenant: &str, digest: &Digest) -> Result<Option<Vec<u8>>, LedgerError> {
        match self {
            Self::Memory(blobs) => Ok(lock(blobs).get(&(tenant.into(), *digest)).cloned()),
            Self::Disk(folder) => folder.get(tenant, digest),
        }
    }

    /// Where there are blobs.
    pub(crate) fn addresses(&self) -> Result<Vec<Address>, LedgerError> {
        match self {
            Self::Memory(blobs) => {
                let mut addresses: Vec<Address> = lock(blobs).keys().cloned().collect();
                addresses.sort();
                Ok(addresses)
            }
            Self::Disk(folder) => Ok(folder.addresses()?),
        }
    }
}

impl Folder {
    fn path_of(&self, tenant: &str, digest: &Digest) -> PathBuf {
        let digest = digest.to_string();
        let (shelf, name) = digest.split_at(2);
        self.dir.join(tenant).join(shelf).join(name)
    }

    fn put(&self, tenant: &str, digest: &Digest, bytes: &[u8]) -> Result<(), LedgerError> {
        if matches!(self.get(tenant, digest), Ok(Some(_))) {
            return Ok(());
        }
        let path = self.path_of(tenant, digest);
        make_dir(&self.dir.join(tenant))?;
        path.parent().map_or(Ok(()), make_dir)?;
        let aside = self.dir.join(ASIDE).join(self.written.fetch_add(1, Ordering::Relaxed).to_string());
        Ok(put_file(&aside, &path, bytes)?)
    }

    fn get(&self, tenant: &str, digest: &Digest) -> Result<Option<Vec<u8>>, LedgerError> {
        let path = self.path_of(tenant, digest);
        let bytes = match fs::read(&path) {
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(OpenError::io("reading", &path))?,
        };
        if Digest::of(&bytes) == *digest {
            return Ok(Some(bytes));
        }
        let place = format!("the blob {tenant}/{digest}");
        Err(LedgerError::Damaged { place, cause: "its content has another digest".to_owned() })
    }

    fn addresses(&self) -> Result<Vec<Address>, OpenError> {
        let mut addresses = Vec::new();
        for tenant in entries(&self.dir)?.iter().filter(|path| name_of(path) != ASIDE) {
            for shelf in entries(tenant)? {
                for blob in entries(&shelf)? {
                    let digest = Digest::try_from([name_of(&shelf), name_of(&blob)].concat());
                    addresses.extend(digest.map(|digest| (name_of(tenant).into(), digest)));
                }
            }
        }
        Ok(addresses)
    }
}

fn lock(blobs: &Mutex<HashMap<Address, Vec<u8>>>) -> MutexGuard<'_, HashMap<Address, Vec<u8>>> {
    blobs.lock().unwrap_or_else(PoisonError::into_inner)
}
