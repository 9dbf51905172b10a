//! The store: keys, codecs, one atomic commit, blobs, and how all of it survives.
//!
//! A commit goes to an append-only log first; the log is the truth. sled, which lives in this crate
//! and nowhere else, is the state and the index, and can be made anew from the log.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod adapter;
mod blobs;
mod change;
mod front;
mod key;
mod limits;
mod log;
mod memory;
mod store;
mod tenant;

pub use limits::{BATCH_BYTES_MAX, BLOB_BYTES_MAX, PAGE_BYTES_MAX, VALUE_BYTES_MAX};
pub use store::Store;
pub use tenant::TenantLedger;
