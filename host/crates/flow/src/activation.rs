//! Which revision decides: one pointer, and the record of who moved it, when and why.

use serde::{Deserialize, Serialize};

use crate::error::FlowError;
use crate::ledger::{Batch, Ledger};
use crate::revision::{Warrant, number_in};
use crate::trial::CanaryFigures;
use crate::{keys, record, trial};

/// A revision became the one that decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activation {
    /// Which.
    pub revision: u64,
    /// The revision that was given up for it, if this was a rollback.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub instead_of: Option<u64>,
    /// Who activated it, when and why.
    #[serde(flatten)]
    pub warrant: Warrant,
}

/// When a policy that a desk is opened with is made to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adopt {
    /// Always.
    Always,
    /// If it is another one than when a desk was last opened with one. Else the revision goes on that was
    /// activated last, so that what was rolled back stays so.
    IfChanged,
}

/// The number of the revision that decides.
pub(crate) fn active(ledger: &dyn Ledger) -> Result<Option<u64>, FlowError> {
    ledger.get(&keys::active_revision())?.as_deref().map(number_in).transpose()
}

/// Every activation, oldest first.
pub(crate) fn all(ledger: &dyn Ledger) -> Result<Vec<Activation>, FlowError> {
    record::all("an activation", ledger, &keys::activations())
}

/// The batch that makes a frozen revision the one that decides. A trial that runs ends by that; `figures`
/// are what it had come to.
pub(crate) fn pointing_to(
    ledger: &dyn Ledger,
    activation: &Activation,
    figures: Option<CanaryFigures>,
) -> Result<Batch, FlowError> {
    let key = keys::active_revision();
    let mut batch = Batch {
        expects: vec![(key.clone(), ledger.get(&key)?)],
        puts: vec![(key, activation.revision.to_be_bytes().to_vec())],
        appends: vec![(keys::activations(), record::encode("an activation", activation)?)],
        ..Batch::default()
    };
    if let Some(trial) = trial::on_record(ledger)? {
        trial::ending(ledger, &mut batch, &trial::end_by(trial, activation, figures))?;
    }
    Ok(batch)
}

/// Makes a frozen revision the one that decides, with which a desk is opened, or notes that it need not.
pub(crate) fn adopt(
    ledger: &dyn Ledger,
    number: u64,
    adopt: Adopt,
    warrant: &Warrant,
) -> Result<(), FlowError> {
    let decides = active(ledger)? == Some(number);
    let opened_with = keys::opened_with();
    let before = ledger.get(&opened_with)?;
    let bytes = number.to_be_bytes().to_vec();
    let goes_on = match adopt {
        Adopt::Always if decides => return Ok(()),
        Adopt::IfChanged if before.as_ref() == Some(&bytes) => return Ok(()),
        Adopt::Always => false,
        // Who chose between revisions before any desk was opened with one has chosen.
        Adopt::IfChanged => {
            let was_active = |one: &Activation| one.revision == number;
            decides || (before.is_none() && all(ledger)?.iter().any(was_active))
        }
    };
    let mut batch = if goes_on {
        Batch::default()
    } else {
        let activation = Activation { revision: number, instead_of: None, warrant: warrant.clone() };
        pointing_to(ledger, &activation, None)?
    };
    batch.expects.push((opened_with.clone(), before));
    batch.puts.push((opened_with, bytes));
    ledger.commit(batch)?.wait()?;
    Ok(())
}

/// The revision to go back to from the one that decides: the one that was active before, without those
/// that were given up.
pub(crate) fn before(activations: &[Activation]) -> Option<u64> {
    let mut standing: Vec<u64> = Vec::new();
    for activation in activations {
        if activation.instead_of.is_some() {
            standing.pop();
        } else if standing.last() != Some(&activation.revision) {
            standing.push(activation.revision);
        }
    }
    standing.pop();
    standing.pop()
}
