//! The store: keys, codecs, one atomic commit, blobs, and how all of it survives.
//!
//! A commit goes to an append-only log first; the log is the truth. sled, which lives in this crate
//! and nowhere else, is the state and the index, and can be made anew from the log.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod adapter;
mod blobs;
mod change;
mod changes;
pub mod due;
mod error;
mod export;
mod files;
mod front;
mod key;
mod limits;
mod log;
mod memory;
mod options;
mod place;
mod recovery;
mod state;
mod store;
mod tenant;
mod verify;

pub use changes::{Changes, Committed};
pub use error::OpenError;
pub use export::Manifest;
pub use limits::{BATCH_BYTES_MAX, BLOB_BYTES_MAX, PAGE_BYTES_MAX, VALUE_BYTES_MAX};
pub use options::{OpenReport, Options, Progress, Rebuilt};
pub use store::Store;
pub use verify::{Findings, Problem};

#[cfg(test)]
mod tests;
