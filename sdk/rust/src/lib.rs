extern crate self as leadsman_sdk;
mod bindings;
#[doc(hidden)]
pub mod __private { pub use crate::bindings::*; }
