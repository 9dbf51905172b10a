//! What the store takes.

/// Most bytes of one value.
pub const VALUE_BYTES_MAX: usize = 1 << 20;

/// Most bytes of one batch, keys included.
pub const BATCH_BYTES_MAX: usize = 8 << 20;

/// Most bytes of one blob.
pub const BLOB_BYTES_MAX: usize = 64 << 20;

/// Bytes of values after which a page of a scan ends early.
pub const PAGE_BYTES_MAX: usize = 16 << 20;
