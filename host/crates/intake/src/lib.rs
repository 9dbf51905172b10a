//! What came in becomes facts: contact data is read and made comparable, the rows of a table become
//! submissions. Pure: no clock, no store, and nothing here decides about a lead.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

pub mod csv;
mod derive;
mod email;
mod name;
mod phone;
mod website;

pub use derive::{InvalidRegion, Refused, Region, complete, contact_facts, derive};
pub use leadsman_domain::submission::is_derived;
