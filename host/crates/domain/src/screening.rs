//! Screening: is this lead junk?

use serde::{Deserialize, Serialize};

/// What shall happen to a screened lead. Ordered: the strictest of several wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// Nothing was found against it.
    Accept,
    /// It goes on, and its findings are shown with it.
    Flag,
    /// It goes no further.
    Reject,
}

/// One thing found in a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// A short stable word for programs, such as `sensitive-word`.
    pub code: String,
    /// One sentence for people.
    pub message: String,
    /// The attribute in which it was found.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub attribute: Option<String>,
    /// What was found there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub evidence: Option<String>,
}

/// The answer of one screening plugin for one lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What shall happen to it.
    pub disposition: Disposition,
    /// What was found.
    pub findings: Vec<Finding>,
}
