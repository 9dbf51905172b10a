//! Policies good and bad.

mod bad;
mod data;
mod good;
mod market;

use crate::{LoadedPolicy, PolicyErrors, PolicyFiles, Terms, parse};

const SMALL: &str = "default_pool = \"inbound\"\n[[pools]]\nid = \"inbound\"\n";

fn files(policy: &str) -> PolicyFiles {
    PolicyFiles::new().with("policy.toml", policy)
}

fn read(policy: &str) -> Result<LoadedPolicy, PolicyErrors> {
    parse(&files(policy), &Terms::default())
}

/// The small policy with something before or after it.
fn small(top: &str, rest: &str) -> String {
    format!("{top}\n{SMALL}{rest}")
}
