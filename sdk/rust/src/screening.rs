//! Screening: is this lead junk?

pub use crate::bindings::screening::exports::leadsman::rules::screening::{Disposition, Finding, Verdict};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Failure, Lead, Plugin};

/// A plugin that screens.
pub trait Screening: Plugin {
    /// Screens one lead.
    ///
    /// # Errors
    ///
    /// A [`Failure`] makes the host take the fallback that the policy names.
    fn screen(&self, lead: &Lead<Self::Facts>) -> Result<Verdict, Failure>;
}

/// How severe a finding is: for configurations that leave the choice to the tenant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The lead goes on, and the finding is shown with it.
    Flag,
    /// The lead goes no further.
    #[default]
    Reject,
}

impl From<Severity> for Disposition {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Flag => Disposition::Flag,
            Severity::Reject => Disposition::Reject,
        }
    }
}

impl Verdict {
    /// Nothing was found against the lead.
    #[must_use]
    pub const fn accept() -> Self {
        Self { disposition: Disposition::Accept, findings: Vec::new() }
    }

    /// Flags the lead: it goes on, with this finding. A lead that is rejected stays rejected.
    #[must_use]
    pub fn flag(self, code: impl Into<String>, message: impl Into<String>) -> Self {
        self.with(Disposition::Flag, Finding::new(code, message))
    }

    /// Rejects the lead for this finding.
    #[must_use]
    pub fn reject(self, code: impl Into<String>, message: impl Into<String>) -> Self {
        self.with(Disposition::Reject, Finding::new(code, message))
    }

    /// Adds a finding with its [`Disposition`] or [`Severity`]. Of this and the one before, the harsher
    /// holds.
    #[must_use]
    pub fn with(mut self, disposition: impl Into<Disposition>, finding: Finding) -> Self {
        self.disposition = harsher(self.disposition, disposition.into());
        self.findings.push(finding);
        self
    }
}

impl Finding {
    /// A finding with a word for programs and a sentence for people.
    #[must_use]
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), attribute: None, evidence: None }
    }

    /// Names the attribute in which it was found.
    #[must_use]
    pub fn attribute(mut self, name: impl Into<String>) -> Self {
        self.attribute = Some(name.into());
        self
    }

    /// Shows what was found there.
    #[must_use]
    pub fn evidence(mut self, evidence: impl Into<String>) -> Self {
        self.evidence = Some(evidence.into());
        self
    }
}

fn harsher(one: Disposition, other: Disposition) -> Disposition {
    match (one, other) {
        (Disposition::Reject, _) | (_, Disposition::Reject) => Disposition::Reject,
        (Disposition::Flag, _) | (_, Disposition::Flag) => Disposition::Flag,
        _ => Disposition::Accept,
    }
}
