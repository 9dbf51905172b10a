//! Policies as people write them: a folder with `policy.toml`, word lists and calendars becomes a
//! [`Policy`], or a list of everything that is wrong with it, each with its place in the file and what
//! to do about it. Knows no plugin and runs none.
//!
//! ```text
//! policy.toml            everything but the following
//! lists/<name>.txt       one entry a line; lines that begin with # are comments
//! calendars/<name>.toml  opening hours and holidays
//! cases/<name>.toml      facts in, expected decisions out; read by themselves
//! world.toml             the made-up market of simulations, if there is one; no part of the policy
//! ```

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod accounts;
mod agents;
mod binding;
mod brought;
mod calendars;
pub mod cases;
mod digest;
mod document;
mod eligibility;
mod files;
mod grading;
mod identity;
mod import;
mod json;
mod links;
mod lists;
pub mod market;
mod matching;
mod named;
mod people;
mod pools;
mod problem;
mod qualification;
mod quotas;
mod reader;
mod segments;
mod source;
mod sources;
mod suggestion;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use leadsman_domain::Digest;
use leadsman_domain::limits::{INTERPRETER_BYTES, Limits, MEMORY_BYTES_MAX};
use leadsman_domain::mapping::ColumnMapping;
use leadsman_domain::policy::Policy;

pub use files::PolicyFiles;
pub use market::Market;
pub use problem::{Place, PolicyErrors, Problem};
pub use source::{SourceText, Spot};

#[cfg(test)]
mod tests;

/// What a policy may ask for: the plan of the tenant, and the plugins of the installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// No plugin may use up more in a call.
    pub limits_max: Limits,
    /// The names of the built-in plugins, if they are known.
    pub built_in: Option<BTreeSet<String>>,
    /// The names and versions of the plugins that the tenant uploaded, if they are known.
    pub uploaded: Option<BTreeSet<String>>,
}

impl Default for Terms {
    /// Any built-in plugin, ten times the usual limits, but for memory, of which there is what the sandbox can give,
    /// and components, which may have an interpreter besides.
    fn default() -> Self {
        let usual = Limits::default();
        let limits_max = Limits {
            fuel: usual.fuel * 10,
            time_ms: usual.time_ms * 10,
            memory_bytes: MEMORY_BYTES_MAX,
            component_bytes: usual.component_bytes + INTERPRETER_BYTES,
            input_bytes: usual.input_bytes * 10,
            output_bytes: usual.output_bytes * 10,
            host_call_bytes: usual.host_call_bytes * 10,
            log_bytes: usual.log_bytes * 10,
        };
        Self { limits_max, built_in: None, uploaded: None }
    }
}

/// A policy that holds together.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedPolicy {
    /// What decides.
    pub policy: Policy,
    /// How the columns of imported tables are read, if the policy says so.
    pub mapping: Option<ColumnMapping>,
    /// The components that the policy brings along, by the path that its bindings name.
    pub components: BTreeMap<String, Vec<u8>>,
    /// Changes when, and only when, anything above changes. Neither comments nor layout do, nor the
    /// order of reps, lists and their entries.
    pub digest: Digest,
    /// The text of `policy.toml`, to point into.
    pub text: SourceText,
}

/// Reads a policy's folder.
///
/// # Errors
///
/// Everything that is wrong with it.
pub fn load(folder: &Path, terms: &Terms) -> Result<LoadedPolicy, PolicyErrors> {
    parse(&PolicyFiles::read(folder)?, terms)
}

/// Reads a policy from files in memory.
///
/// # Errors
///
/// Everything that is wrong with it.
pub fn parse(files: &PolicyFiles, terms: &Terms) -> Result<LoadedPolicy, PolicyErrors> {
    document::load(files, terms)
}

impl LoadedPolicy {
    /// A problem at a place of `policy.toml` that a JSON pointer (RFC 6901) names, or as near to it as
    /// there is something. A plugin's complaint about its configuration is shown this way: the pointer
    /// is then the binding's, such as `/scoring/0/config` or `/pools/1/allocation/0/config`, followed by
    /// the plugin's.
    #[must_use]
    pub fn problem_at(&self, pointer: &str, message: impl Into<String>) -> Problem {
        self.text.problem_at(pointer, message.into())
    }
}
