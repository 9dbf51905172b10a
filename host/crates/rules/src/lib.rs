//! Runs plugins: Wasmtime, its limits, the snapshots, the contracts' types, and what to call a fault.
//! Knows components and calls; knows nothing of stores, HTTP or what a lead's way looks like.

#![deny(missing_docs)]
#![deny(unsafe_code)]

mod admission;
mod allowance;
mod artefacts;
mod bindings;
mod convert;
mod fault;
mod imports;
mod inspect;
mod instance;
mod introduction;
mod lists;
mod measure;
mod plugin;
mod probe;
mod rulebook;
mod sandbox;
mod snapshot;
mod state;
mod wasi;
mod workshop;

pub use admission::{Inspection, Refusal};
pub use artefacts::Artefacts;
pub use convert::{Description, Needs};
pub use inspect::{Behaviour, Report, inspect};
pub use instance::Instance;
pub use lists::{Hit, ListLibrary};
pub use measure::{Measured, Taken};
pub use plugin::{ConfigurationProblem, Plugin, Preparation, PrepareError, Readings};
pub use rulebook::{PreparedRulebook, RulebookError};
pub use sandbox::{Sandbox, SandboxError};
