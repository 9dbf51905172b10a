//! Kinds of activity, as configurations name them: `email.reply`, or `email.*` for every kind with that
//! beginning.
//!
//! A plugin asks for all [`Kinds`] that its configuration names, and the host sends every activity once:
//! as its own kind if that is named, else as the longest beginning that it has. So where the
//! configuration says `call.*`, what is sent as `call.missed`, because another place names that, is meant
//! too. [`Kinds::covered_by`] finds out once who is meant where, and gives a [`KindSet`] that is quick to
//! ask for each activity.
//!
//! ```
//! use leadsman_sdk::kinds::{self, KindSet, Kinds};
//! use leadsman_sdk::prelude::*;
//!
//! // What the configuration says.
//! let follow_up = ["call.*".to_owned(), "meeting".to_owned()];
//! let alarm = ["call.missed".to_owned()];
//!
//! // In `configure`:
//! let mut kinds = Kinds::new();
//! for kind in follow_up.iter().chain(&alarm) {
//!     assert_eq!(kinds::check(kind), Ok(()));
//!     kinds.add(kind);
//! }
//! let needs = Needs::none().activities(kinds.names());
//! let follow_up: KindSet = kinds.covered_by(&follow_up);
//! assert_eq!(needs.activities, ["call.*", "meeting", "call.missed"]);
//!
//! // In a stage:
//! let missed = Activity { kind: 2, at: Timestamp::from_millis(0), quantity: 1.0 };
//! assert!(follow_up.contains(&missed));
//! ```

use crate::Activity;

#[cfg(test)]
mod tests;

/// The kinds and patterns that a configuration names, each once, in the order of the needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kinds(Vec<String>);

impl Kinds {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a kind or pattern, if it is new. Whether it can be one [`check`] says.
    pub fn add(&mut self, kind: &str) {
        if !self.0.iter().any(|known| known == kind) {
            self.0.push(kind.to_owned());
        }
    }

    /// All of them, for [`Needs::activities`](crate::Needs::activities).
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// Those that one of these kinds and patterns covers. To be asked when all kinds are added: what
    /// comes later is not in the set.
    #[must_use]
    pub fn covered_by(&self, patterns: &[impl AsRef<str>]) -> KindSet {
        let covered = |kind: &String| patterns.iter().any(|pattern| covers(pattern.as_ref(), kind));
        KindSet(self.0.iter().map(covered).collect())
    }
}

/// Some of the kinds of the needs: those that one place of a configuration means.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KindSet(Vec<bool>);

impl KindSet {
    /// Whether the activity is of one of these kinds.
    #[must_use]
    pub fn contains(&self, activity: &Activity) -> bool {
        self.0.get(activity.kind).copied().unwrap_or(false)
    }

    /// The positions of these kinds in the needs, in order.
    pub fn positions(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().filter_map(|(position, is_meant)| is_meant.then_some(position))
    }
}

/// Checks that a text can be a kind of activity, or a pattern of them.
///
/// # Errors
///
/// What is wrong with the text, for the people who wrote it.
pub fn check(text: &str) -> Result<(), &'static str> {
    let name = text.strip_suffix(".*").unwrap_or(text);
    let is_odd = |character: char| character == '*' || character.is_whitespace();
    if name.is_empty() || name.contains(is_odd) {
        return Err("must be a kind of activity, such as `email.reply` or `email.*`");
    }
    Ok(())
}

/// Whether a kind or pattern covers this kind, or this pattern: `email.*` covers `email.reply`,
/// `email.reply.*` and itself.
#[must_use]
pub fn covers(pattern: &str, kind: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) if beginning.ends_with('.') => kind.starts_with(beginning),
        _ => kind == pattern,
    }
}
