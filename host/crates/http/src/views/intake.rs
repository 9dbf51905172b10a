//! What became of a submission.

use leadsman_flow::{Intake, Settled};
use serde::Serialize;
use utoipa::ToSchema;

/// What became of a submission.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Intake)]
pub(crate) struct IntakeView {
    /// The lead that it made, or the one that it belongs to.
    #[schema(example = "lead-3kq8r2m4x7c1v9b5n6t0")]
    lead: String,
    /// How it ended.
    settled: SettledView,
    /// The owner, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    /// The pool that it waits in or came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pool: Option<String>,
    /// The grade that it got.
    #[serde(skip_serializing_if = "Option::is_none")]
    grade: Option<String>,
    /// Codes of what screening found.
    findings: Vec<String>,
}

/// How a submission ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = Settled)]
pub(crate) enum SettledView {
    /// Screening turned it away.
    Rejected,
    /// It was a lead that is known already.
    Duplicate,
    /// It has an owner.
    Assigned,
    /// It waits in a pool.
    Pooled,
    /// It waits for a moment, for a person, or for marketing.
    Held,
    /// A plugin gave no usable answer, and the policy's fallback decided.
    Failed,
}

impl From<&Intake> for IntakeView {
    fn from(intake: &Intake) -> Self {
        let (settled, owner, pool) = match &intake.settled {
            Settled::Rejected => (SettledView::Rejected, None, None),
            Settled::Duplicate => (SettledView::Duplicate, None, None),
            Settled::Assigned { owner, pool } => {
                (SettledView::Assigned, Some(owner.to_string()), Some(pool.to_string()))
            }
            Settled::Pooled { pool } => (SettledView::Pooled, None, Some(pool.to_string())),
            Settled::Held => (SettledView::Held, None, None),
            Settled::Failed => (SettledView::Failed, None, None),
        };
        Self {
            lead: intake.lead.to_string(),
            settled,
            owner,
            pool,
            grade: intake.grade.clone(),
            findings: intake.findings.clone(),
        }
    }
}
