//! The lists of the tenant's policy: blocked numbers, sensitive words, named accounts. They stay in
//! the host's memory. Entries and questions are folded alike: NFKC, case and white space do not
//! matter. Name each list in [`Needs::lists`](crate::Needs::lists); a list that the policy does not
//! have is empty.

pub use crate::bindings::base::leadsman::rules::lists::Hit;

#[cfg(target_arch = "wasm32")]
use crate::bindings::base::leadsman::rules::lists as source;
#[cfg(not(target_arch = "wasm32"))]
use crate::harness::lists as source;

/// Whether the list has this entry as a whole.
#[must_use]
pub fn contains(list: &str, entry: &str) -> bool {
    source::contains(list, entry)
}

/// The entries of the list that occur in the text, leftmost first and without overlap, at most 32.
/// White space inside a word does not hide it. Entries in alphabetic scripts match whole words only;
/// entries in scripts without spaces match anywhere.
#[must_use]
pub fn find(list: &str, text: &str) -> Vec<Hit> {
    source::find(list, text)
}
