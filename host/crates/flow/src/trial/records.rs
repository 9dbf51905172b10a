//! What the ledger keeps of trials, and what is told of them.

use serde::{Deserialize, Serialize};

use super::{Figures, Guards, Share};
use crate::activation::Activation;
use crate::backtest::Comparison;
use crate::error::FlowError;
use crate::ledger::{Batch, Ledger};
use crate::revision::Warrant;
use crate::{keys, record};

/// How a candidate is tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "mode")]
pub enum Mode {
    /// It looks at new leads, without effect.
    Shadow {
        /// The trial rests after so many leads.
        leads_max: u64,
    },
    /// It decides over a share of leads.
    Canary {
        /// The share.
        share: Share,
        /// What ends the trial by itself.
        guards: Guards,
        /// The candidate is activated once it has decided over so many new leads and no guard has
        /// objected; by a person only, when missing.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        promote_after: Option<u64>,
    },
}

/// A trial that was begun.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// The revision that is tried.
    pub candidate: u64,
    /// The revision that decides, with which it is compared.
    pub against: u64,
    /// How.
    #[serde(flatten)]
    pub mode: Mode,
    /// Who began it, when and why.
    pub begun: Warrant,
}

/// How a trial ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrialEnd {
    /// The candidate was activated.
    Promoted,
    /// A guard objected; the candidate decides nothing any more.
    RolledBack,
    /// Somebody stopped it.
    Stopped,
}

impl TrialEnd {
    /// `promoted`, `rolled-back` or `stopped`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Promoted => "promoted",
            Self::RolledBack => "rolled-back",
            Self::Stopped => "stopped",
        }
    }
}

/// A trial that is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EndedTrial {
    /// The trial.
    #[serde(flatten)]
    pub trial: Trial,
    /// How it ended.
    pub end: TrialEnd,
    /// Who ended it, when and why. The guards sign as `guards`.
    pub ended: Warrant,
    /// What a canary had come to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub figures: Option<CanaryFigures>,
}

/// What both sides of a canary came to, over new leads.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CanaryFigures {
    /// Under the revision that decides.
    pub active: Figures,
    /// Under the candidate.
    pub candidate: Figures,
}

/// A trial and what it has come to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrialReport {
    /// The trial.
    #[serde(flatten)]
    pub trial: Trial,
    /// What it has come to.
    pub seen: Seen,
}

/// What a trial has come to, since the desk was opened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seen {
    /// A shadow.
    Shadow(Box<ShadowSeen>),
    /// A canary.
    Canary(CanaryFigures),
}

/// What a shadow has seen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShadowSeen {
    /// How much.
    #[serde(flatten)]
    pub counts: ShadowCounts,
    /// What would have been different.
    pub comparison: Comparison,
}

/// How much a shadow has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ShadowCounts {
    /// New leads that it looked at.
    pub looked: u64,
    /// Of these, those that would have ended elsewhere, with another score or another owner.
    pub different: u64,
    /// New leads that wait to be looked at.
    pub waiting: u64,
    /// New leads that it did not look at, because too many waited.
    pub skipped: u64,
}

/// The trial that is on record, if one runs.
pub(crate) fn on_record(ledger: &dyn Ledger) -> Result<Option<Trial>, FlowError> {
    record::find("a trial", ledger, &keys::trial())
}

/// Every trial that is over, oldest first.
pub(crate) fn ended(ledger: &dyn Ledger) -> Result<Vec<EndedTrial>, FlowError> {
    record::all("a trial", ledger, &keys::ended_trials())
}

/// Puts on record that the trial is over, and nothing else.
pub(super) fn close(ledger: &dyn Ledger, ended: &EndedTrial) -> Result<(), FlowError> {
    let mut batch = Batch::default();
    ending(ledger, &mut batch, ended)?;
    ledger.commit(batch)?.wait()?;
    Ok(())
}

/// Adds to a batch that the trial on record is over.
pub(crate) fn ending(ledger: &dyn Ledger, batch: &mut Batch, ended: &EndedTrial) -> Result<(), FlowError> {
    let key = keys::trial();
    batch.expects.push((key.clone(), ledger.get(&key)?));
    batch.deletes.push(key);
    batch.appends.push((keys::ended_trials(), record::encode("a trial", ended)?));
    Ok(())
}

/// How a trial ends when a revision is activated: promoted, if that is its candidate.
pub(crate) fn end_by(trial: Trial, activation: &Activation, figures: Option<CanaryFigures>) -> EndedTrial {
    let promoted = activation.revision == trial.candidate;
    let end = if promoted { TrialEnd::Promoted } else { TrialEnd::Stopped };
    EndedTrial { trial, end, ended: activation.warrant.clone(), figures }
}
