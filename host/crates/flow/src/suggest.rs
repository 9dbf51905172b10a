//! Suggestions: whom the rules would give a lead to, for the person who decides. Nothing is written, and no
//! turn is taken.

use leadsman_domain::journal::{Event, Outcome};
use leadsman_domain::routing::{Choice, PassedOver, Question, Ranked};
use leadsman_domain::{LeadId, PoolId, Timestamp};

use crate::change::Change;
use crate::desk::Desk;
use crate::error::FlowError;
use crate::work::Work;

/// Who could own a lead, as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestions {
    /// The pool from which the lead would come.
    pub pool: PoolId,
    /// Who, best first, and why.
    pub ranking: Vec<Ranked>,
    /// Who not, and why not.
    pub passed_over: Vec<PassedOver>,
}

impl Desk {
    /// Whom the plugins of a lead's pool would give it to now, best first.
    ///
    /// # Errors
    ///
    /// When there is no such lead, or the ledger fails.
    pub fn suggest(&self, lead: &LeadId, now: Timestamp) -> Result<Suggestions, FlowError> {
        let revision = self.revision_for(lead);
        let mut change = self.change(lead)?;
        let pool = change.lead().status.pool().unwrap_or(&revision.policy.default_pool).clone();
        let mut turn = self.turn();
        let mut work = Work::of(self, &revision, &mut turn, now);
        let mut field = work.who_serves(&change, &pool)?;
        field.bar_former_owners(change.lead(), revision.policy.pool(&pool));
        if let Some(owner) = change.lead().status.owner().cloned() {
            field.bar("owner", "owns it now", |rep| *rep == owner);
        }
        work.ask(&mut change, Question::Allocation, Some(&pool), &mut field)?;
        Ok(Suggestions { ranking: ranking(&change), passed_over: passed_over(&change, field.barred), pool })
    }
}

/// The order of preference: of the last plugin that gave one, with whom it chose in front.
fn ranking(change: &Change) -> Vec<Ranked> {
    let mut ranking = Vec::new();
    for entry in change.entries() {
        let Event::Decided(decision) = &entry.event else { continue };
        let Outcome::Proposal(proposal) = &decision.outcome else { continue };
        if !proposal.ranking.is_empty() {
            ranking.clone_from(&proposal.ranking);
        }
        if let Choice::Rep(chosen) = &proposal.choice {
            let known = ranking.iter().position(|one| one.rep == *chosen);
            let message = proposal.reasons.first().map(|reason| reason.message.clone()).unwrap_or_default();
            let first = known.map(|place| ranking.remove(place));
            ranking.insert(0, first.unwrap_or(Ranked { rep: chosen.clone(), message }));
        }
    }
    ranking
}

/// Who was passed over for another reason than that somebody else's turn comes first.
fn passed_over(change: &Change, barred: Vec<PassedOver>) -> Vec<PassedOver> {
    let ranked = ranking(change);
    let proposals = change.entries().iter().filter_map(|entry| match &entry.event {
        Event::Decided(decision) => match &decision.outcome {
            Outcome::Proposal(proposal) => Some(&proposal.passed_over),
            _ => None,
        },
        _ => None,
    });
    let mut all = barred;
    for one in proposals.flatten() {
        let is_known = all.iter().any(|known| known.rep == one.rep);
        if !is_known && ranked.iter().all(|ranked| ranked.rep != one.rep) {
            all.push(one.clone());
        }
    }
    all
}
