//! The log: every commit, in order, in append-only segments. On disk it is the truth.

pub(crate) mod frame;
