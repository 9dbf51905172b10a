//! The log: every commit, in order, in append-only segments. On disk it is the truth.
//!
//! [`frame`] is the form of one commit, [`segment`] that of one file; [`tail`] finds the end of a log
//! and judges what stands behind it; [`cursor`] reads a log and [`reader`] picks values out of it; [`writer`] continues one.

pub(crate) mod cursor;
pub(crate) mod frame;
pub(crate) mod reader;
pub(crate) mod segment;
pub(crate) mod tail;
pub(crate) mod writer;

/// A byte of the log, for as long as there is a log: nothing in it moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    /// The index of its segment.
    pub(crate) segment: u64,
    /// Its place in the segment.
    pub(crate) offset: u64,
}

impl Position {
    /// So many bytes further on.
    pub(crate) fn after(self, bytes: usize) -> Self {
        Self { offset: self.offset + bytes as u64, ..self }
    }

    /// So many bytes further back.
    pub(crate) fn before(self, bytes: usize) -> Self {
        Self { offset: self.offset - bytes as u64, ..self }
    }
}

#[cfg(test)]
mod tests;
