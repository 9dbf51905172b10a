//! The demo: a company, its policy, and sixty days of made-up leads, the same for the same seed.

mod events;
pub mod people;

use leadsman_policy::PolicyFiles;

pub use events::{Happening, happenings};

/// The demo's policy, as files.
pub fn policy() -> PolicyFiles {
    PolicyFiles::new()
        .with("policy.toml", include_str!("../../demo/policy.toml"))
        .with("lists/sensitive.txt", include_str!("../../demo/lists/sensitive.txt"))
        .with("lists/competitors.txt", include_str!("../../demo/lists/competitors.txt"))
        .with("lists/blocked-phones.txt", include_str!("../../demo/lists/blocked-phones.txt"))
}
