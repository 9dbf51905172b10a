//! The border between the domain's types and the contracts' generated ones. Nothing outside this
//! folder, and `imports`, names a generated type.

mod exports;
mod lift;
mod lower;

pub use exports::{Description, Needs};
pub(crate) use exports::{Exports, Loaded};
