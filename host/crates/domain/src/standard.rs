//! The standard: what marketing and sales agree to call a qualified lead.

use serde::Serialize;

use crate::digest::Digest;
use crate::grading::Grading;
use crate::life::LifeStage;
use crate::policy::{Binding, Eligibility, Policy};

/// What a policy says of when a lead is qualified: how it is scored, from which score it is mature, what it needs to
/// go to sales, and on which terms it becomes an opportunity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Standard<'p> {
    scoring: &'p [Binding],
    grading: &'p Grading,
    eligibility: &'p Eligibility,
    opportunity_from: LifeStage,
    opportunity_requires: &'p Eligibility,
}

impl Policy {
    /// What it says of when a lead is qualified.
    #[must_use]
    pub fn standard(&self) -> Standard<'_> {
        Standard {
            scoring: &self.scoring,
            grading: &self.grading,
            eligibility: &self.eligibility,
            opportunity_from: self.qualification.stage,
            opportunity_requires: &self.qualification.requires,
        }
    }
}

impl Standard<'_> {
    /// What tells it from others.
    #[must_use]
    pub fn digest(&self) -> Digest {
        // A policy is read from JSON and written as JSON; it cannot fail.
        Digest::of(&serde_json::to_vec(self).unwrap_or_default())
    }
}
