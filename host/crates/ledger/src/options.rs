//! What is asked of a store that is opened, and what is told about it.

use std::path::PathBuf;

/// How a store on disk uses the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Memory that sled may use as its cache, in bytes.
    pub cache_bytes: u64,
    /// How long a segment of the log gets, in bytes.
    pub segment_bytes: usize,
    /// Commits block while more than this is accepted and not in the state yet, in bytes.
    pub pending_bytes_max: usize,
    /// The state is made durable each time that so many bytes of the log were applied to it. An open
    /// after a crash applies about as much again.
    pub checkpoint_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cache_bytes: 256 << 20,
            segment_bytes: 64 << 20,
            pending_bytes_max: 64 << 20,
            checkpoint_bytes: 32 << 20,
        }
    }
}

/// What happened when a store was opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpenReport {
    /// Whether the store is new.
    pub created: bool,
    /// The number of the last commit.
    pub last_seq: u64,
    /// Bytes at the end of the log that belonged to commits that were never acknowledged, and were
    /// cut.
    pub torn_bytes: u64,
    /// Commits that the log had and the state lacked, and that were applied again.
    pub reapplied: u64,
    /// Why and how the state was made anew, if it was.
    pub rebuilt: Option<Rebuilt>,
}

/// The state was made anew from the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    /// What was wrong with the old state.
    pub reason: String,
    /// Where the old state is now, if there was one.
    pub set_aside: Option<PathBuf>,
}

/// How far a long opening, rebuild, export or import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// sled opens. After a crash this takes about 3 s for each GB.
    OpeningState,
    /// Commits of the log are applied to the state.
    Applying {
        /// The last commit that was applied.
        seq: u64,
        /// The last commit of the log.
        last_seq: u64,
    },
    /// Records were written to an export, or read from one.
    Records {
        /// How many so far.
        records: u64,
    },
    /// Something was checked.
    Checking {
        /// How many records, commits and blobs so far.
        checked: u64,
    },
}
