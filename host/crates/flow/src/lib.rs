//! What happens to a lead, in order, and the ports that it needs.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

pub mod ledger;
pub mod rules;
