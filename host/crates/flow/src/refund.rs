//! Refunds: a lead that its rep refuses gives the turn back that it took.

use leadsman_domain::journal::{Entry, Event, Outcome, Situation};
use leadsman_domain::routing::{Choice, Counter, Proposal};

use crate::change::Change;
use crate::error::FlowError;
use crate::work::Work;

impl Work<'_> {
    /// Gives a turn back: what the decision that gave the lead to its owner changed on counters is taken
    /// back, as differences, since others have had their turns in between.
    pub(crate) fn refund(&mut self, change: &mut Change) -> Result<(), FlowError> {
        let mut entries = self.desk.archive().history(&change.lead().id)?.entries;
        entries.extend_from_slice(change.entries());
        let Some((situation, proposal)) = last_turn(&entries) else { return Ok(()) };
        let pool = situation.pool.as_ref();
        let now = self.counters(change, pool)?;
        let value = |counters: &[Counter], key: &str| {
            counters.iter().find(|counter| counter.key == key).map_or(0, |counter| counter.value)
        };
        let refunded = proposal.counters.iter().map(|after| {
            let taken = after.value.saturating_sub(value(&situation.counters, &after.key));
            Counter { key: after.key.clone(), value: value(&now, &after.key).saturating_sub(taken) }
        });
        change.count(pool, &refunded.collect::<Vec<_>>());
        Ok(())
    }
}

/// The decision by which the lead came to its last owner, if it was a decision.
fn last_turn(entries: &[Entry]) -> Option<(&Situation, &Proposal)> {
    let given = entries.iter().rposition(|entry| matches!(entry.event, Event::Allocated { .. }))?;
    let Event::Decided(decision) = &entries.get(given.checked_sub(1)?)?.event else { return None };
    match (&decision.situation, &decision.outcome) {
        (Some(situation), Outcome::Proposal(proposal)) if matches!(proposal.choice, Choice::Rep(_)) => {
            Some((situation, proposal))
        }
        _ => None,
    }
}
