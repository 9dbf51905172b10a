//! Why a store on disk cannot be opened or worked on as a whole.

use std::io;
use std::path::{Path, PathBuf};

use leadsman_flow::ledger::LedgerError;

/// Why a store cannot be opened, rebuilt, exported or imported.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has the folder open.
    #[error("another leadsman process ({holder}) holds {}", dir.display())]
    Held {
        /// The folder.
        dir: PathBuf,
        /// What the other process says that it is.
        holder: String,
    },
    /// The folder lies on a file system whose locks and syncs cannot be relied on.
    #[error("{} lies on a network file system ({kind}), which a store cannot rely on", dir.display())]
    NetworkFolder {
        /// The folder.
        dir: PathBuf,
        /// The kind of file system.
        kind: String,
    },
    /// The folder, or something in it, was written by a later version.
    #[error("{place} has format {found}, which this version cannot read")]
    UnknownFormat {
        /// What has the format.
        place: String,
        /// The format.
        found: String,
    },
    /// An import into the folder did not finish.
    #[error("an import into {} did not finish: delete the folder and import again", dir.display())]
    Unfinished {
        /// The folder.
        dir: PathBuf,
    },
    /// The folder to import into, or to create a store in, holds something else.
    #[error("{} is not empty", dir.display())]
    NotEmpty {
        /// The folder.
        dir: PathBuf,
    },
    /// The log is damaged where it was already durable.
    #[error("the log is damaged at {place}: {cause}; restore it from a backup")]
    LogDamaged {
        /// The segment and the place in it.
        place: String,
        /// What is wrong with it.
        cause: String,
    },
    /// The state holds commits that the log lacks.
    #[error("the log ends with commit {log_seq} but the state holds commit {state_seq}: the log is damaged")]
    LogBehindState {
        /// The last commit of the log.
        log_seq: u64,
        /// The last commit of the state.
        state_seq: u64,
    },
    /// The state is lost and the log does not reach back far enough to make it anew.
    #[error("the state must be rebuilt, but the log only begins after commit {after_seq}: restore a backup")]
    LogIncomplete {
        /// The last commit before the log.
        after_seq: u64,
    },
    /// An exported file is not whole.
    #[error("the export is damaged: {cause}")]
    ExportDamaged {
        /// What is wrong with it.
        cause: String,
    },
    /// The system refused something.
    #[error("{operation} {}", path.display())]
    Io {
        /// What was being done.
        operation: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The records cannot be read or written.
    #[error("{operation}")]
    Records {
        /// What was being done.
        operation: &'static str,
        /// What went wrong.
        source: LedgerError,
    },
}

impl OpenError {
    /// Says what the system refused.
    pub(crate) fn io<'path>(
        operation: &'static str,
        path: &'path Path,
    ) -> impl FnOnce(io::Error) -> Self + use<'path> {
        move |source| Self::Io { operation, path: path.to_owned(), source }
    }

    /// Says what was being done with records.
    pub(crate) fn records(operation: &'static str) -> impl FnOnce(LedgerError) -> Self {
        move |source| Self::Records { operation, source }
    }
}

impl From<OpenError> for LedgerError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Records { source, .. } => source,
            OpenError::LogDamaged { place, cause } => Self::Damaged { place, cause },
            OpenError::Io { operation, path, source } => Self::Storage {
                operation: format!("{operation} {}", path.display()),
                cause: source.to_string(),
            },
            other => Self::Storage { operation: "using the store".to_owned(), cause: other.to_string() },
        }
    }
}
