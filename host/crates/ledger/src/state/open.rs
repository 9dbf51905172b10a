//! Opening sled's folder, trusting nothing.
//!
//! A state is made in a folder aside and renamed into place, so that one that is in place was made
//! whole. One that is damaged is never opened as it is, and never gone on with when it comes up
//! empty.

use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use crate::adapter::Adapter;
use crate::error::OpenError;
use crate::files::{entries, make_dir, name_of, remove_dir, sync_dir, sync_file};
use crate::log::reader::Reader;
use crate::state::{SENTINEL, State, panic_text, preflight};

/// The version of the format of the records in the state.
const FORMAT: &[u8] = b"leadsman state 2";

/// The format of a state that held all values itself.
const FORMAT_WITH_VALUES: &[u8] = b"leadsman state 1";

/// Why a state was not opened.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// It is damaged, and is to be made anew.
    Damaged(String),
    /// It may be fine.
    Failed(OpenError),
}

impl From<OpenError> for Refusal {
    fn from(error: OpenError) -> Self {
        Self::Failed(error)
    }
}

/// Opens the state in a folder, which goes with the log in another.
pub(crate) fn open(dir: &Path, log: &Path, cache_bytes: u64) -> Result<State, Refusal> {
    remove_unfinished_snapshots(dir)?;
    if !preflight::would_open(dir)? {
        return Err(Refusal::Damaged("the end of sled's log is lost".to_owned()));
    }
    let state = open_sled(dir, log, cache_bytes)?;
    let as_damage = |cause: leadsman_flow::ledger::LedgerError| Refusal::Damaged(cause.to_string());
    match super::guarded("reading the state", || state.tree.get(SENTINEL)).map_err(as_damage)? {
        Some(format) if format == FORMAT => {}
        Some(format) if format == FORMAT_WITH_VALUES => {
            return Err(Refusal::Damaged("it is of an earlier format".to_owned()));
        }
        Some(format) => {
            let found = String::from_utf8_lossy(&format).into_owned();
            return Err(OpenError::UnknownFormat { place: "the state".to_owned(), found }.into());
        }
        None => return Err(Refusal::Damaged("it came up without its sentinel".to_owned())),
    }
    state.last_seq().map_err(as_damage)?;
    Ok(state)
}

/// Makes an empty state in a folder that is not there, as of commit number `last_seq`.
pub(crate) fn create(dir: &Path, log: &Path, cache_bytes: u64, last_seq: u64) -> Result<State, OpenError> {
    remove_dir(dir)?;
    make_dir(dir)?;
    let reported = |refusal| match refusal {
        Refusal::Failed(error) => error,
        Refusal::Damaged(cause) => {
            OpenError::Io { operation: "creating", path: dir.to_owned(), source: io::Error::other(cause) }
        }
    };
    // Closed and opened again, sled writes the first snapshot that it will want after a crash.
    drop(open_sled(dir, log, cache_bytes).map_err(reported)?);
    let state = open_sled(dir, log, cache_bytes).map_err(reported)?;
    let written = super::guarded("writing the state", || state.tree.insert(SENTINEL, FORMAT));
    written
        .and_then(|_| state.apply(&[], last_seq))
        .and_then(|()| state.checkpoint())
        .map_err(OpenError::records("creating the state"))?;
    sync_all(dir)?;
    Ok(state)
}

/// Makes a closed state durable, the files that sled leaves to chance included.
pub(crate) fn sync_all(dir: &Path) -> Result<(), OpenError> {
    for path in entries(dir)? {
        if path.is_file() {
            sync_file(&path)?;
        }
    }
    sync_dir(dir)?;
    dir.parent().map_or(Ok(()), sync_dir)
}

/// An open that was interrupted leaves these, and sled then reports corruption for ever.
fn remove_unfinished_snapshots(dir: &Path) -> Result<(), OpenError> {
    for path in entries(dir)? {
        let name = name_of(&path);
        if name.starts_with("snap.") && name.ends_with(".generating") {
            fs::remove_file(&path).map_err(OpenError::io("removing", &path))?;
        }
    }
    Ok(())
}

fn open_sled(dir: &Path, log: &Path, cache_bytes: u64) -> Result<State, Refusal> {
    let config = sled::Config::new().path(dir).cache_capacity(cache_bytes).flush_every_ms(None);
    let tree = match catch_unwind(AssertUnwindSafe(|| open_when_free(&config))) {
        Ok(Ok(tree)) => tree,
        Ok(Err(sled::Error::Io(source))) if !is_damage(&source) => {
            return Err(OpenError::Io { operation: "opening", path: dir.to_owned(), source }.into());
        }
        Ok(Err(cause)) => return Err(Refusal::Damaged(cause.to_string())),
        Err(panic) => return Err(Refusal::Damaged(panic_text(&*panic).to_owned())),
    };
    let path = dir.join("db");
    let data = File::open(&path).map_err(OpenError::io("opening", &path))?;
    Ok(State { tree, data, log: Reader::of(log) })
}

/// sled's threads may hold its file for a moment after it was closed. No other process has it: that
/// was settled by the lock on the whole folder.
fn open_when_free(config: &sled::Config) -> sled::Result<sled::Db> {
    const ATTEMPTS: usize = 200;
    const PAUSE: Duration = Duration::from_millis(5);
    for _ in 1..ATTEMPTS {
        match config.open() {
            Err(sled::Error::Io(cause)) if cause.to_string().contains("could not acquire lock") => {
                sleep(PAUSE)
            }
            done => return done,
        }
    }
    config.open()
}

/// Whether what the system said is about the content of files and not about whether they may be used.
fn is_damage(cause: &io::Error) -> bool {
    use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull, WouldBlock};
    let other = [PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull, WouldBlock];
    !other.contains(&cause.kind()) && !cause.to_string().contains("could not acquire lock")
}
