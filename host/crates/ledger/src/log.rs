//! The log: every commit, in order, in append-only segments. On disk it is the truth.
//!
//! [`frame`] is the form of one commit, [`segment`] that of one file; [`tail`] finds the end of a log
//! and judges what stands behind it; [`cursor`] reads a log; [`writer`] continues one.

pub(crate) mod cursor;
pub(crate) mod frame;
pub(crate) mod segment;
pub(crate) mod tail;
pub(crate) mod writer;

#[cfg(test)]
mod tests;
