//! Picking single values out of the log, by where they stand.

use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use leadsman_flow::ledger::LedgerError;

use crate::files::name_of;
use crate::log::{Position, segment};

/// Most segments that are open at a time.
const OPEN_MAX: usize = 64;

/// The log, open for reading at any place.
#[derive(Debug)]
pub(crate) struct Reader {
    dir: PathBuf,
    open: RwLock<HashMap<u64, Arc<File>>>,
}

impl Reader {
    /// A reader of the log in a folder.
    pub(crate) fn of(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), open: RwLock::default() }
    }

    /// The bytes that stand at a place. Whether they are what was once written there is for the caller
    /// to check.
    pub(crate) fn read(&self, at: Position, len: usize) -> Result<Vec<u8>, LedgerError> {
        let mut bytes = vec![0; len];
        let read = self.segment(at.segment).and_then(|file| file.read_exact_at(&mut bytes, at.offset));
        match read {
            Ok(()) => Ok(bytes),
            Err(cause) => Err(self.damaged(at, &format!("a value cannot be read: {cause}"))),
        }
    }

    /// Says that something is wrong with what stands at a place.
    pub(crate) fn damaged(&self, at: Position, cause: &str) -> LedgerError {
        let path = segment::path_of(&self.dir, at.segment);
        let place = format!("{} byte {}", name_of(&path), at.offset);
        LedgerError::Damaged { place, cause: cause.to_owned() }
    }

    fn segment(&self, index: u64) -> std::io::Result<Arc<File>> {
        let known = self.open.read().unwrap_or_else(PoisonError::into_inner).get(&index).cloned();
        if let Some(file) = known {
            return Ok(file);
        }
        let file = Arc::new(File::open(segment::path_of(&self.dir, index))?);
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= OPEN_MAX {
            open.clear();
        }
        open.insert(index, Arc::clone(&file));
        Ok(file)
    }
}
