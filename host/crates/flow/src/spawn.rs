//! Spawning: a lead for another business line is made out of one that stays where it is. Both are written in
//! one batch, and the new one has an id of its source and line, so none is lost and none is there twice.

use leadsman_domain::journal::Event;
use leadsman_domain::lead::{CHILDREN_MAX, Child, Lead, Source};
use leadsman_domain::{LineId, PoolId, Timestamp, Value};

use crate::change::Change;
use crate::eligibility::is_agreement;
use crate::error::FlowError;
use crate::scoring;
use crate::work::Work;

/// Whether a lead makes another for a line: each line has one at most, and what was made out of a lead makes
/// none in its turn.
pub(crate) fn may_spawn(lead: &Lead, line: &LineId) -> bool {
    let is_new = lead.children.iter().all(|child| child.line != *line);
    lead.source.is_none() && is_new && lead.children.len() < CHILDREN_MAX
}

impl Work<'_> {
    /// Makes a lead for another business line, with what is known by now, and routes it at once in the pool of
    /// its line. Who it is by stays with the source, and so do its activities.
    pub(crate) fn spawn(
        &mut self,
        change: &mut Change,
        moment: Timestamp,
        line: &LineId,
        pool: &PoolId,
    ) -> Result<(), FlowError> {
        let source = Source { lead: change.lead().id.clone(), line: line.clone(), pool: pool.clone() };
        let mut child = change.begin_child(self.now, source);
        scoring::rescore(self.revision, &mut child, self.now);
        self.run(&mut child)?;
        self.follow_up(&mut child, self.now)?;
        let spawned = Child { line: line.clone(), lead: child.lead().id.clone() };
        change.adopt(child);
        change.happened(moment, Event::Spawned { child: spawned });
        Ok(())
    }

    /// The pool of the line that a lead was made for, if the policy has it still.
    pub(crate) fn pool_of_line(&self, lead: &Lead) -> Option<PoolId> {
        let pool = &lead.source.as_ref()?.pool;
        self.revision.policy.pool(pool).map(|pool| pool.id.clone())
    }

    /// The pool that a lead is in, came from, or was made for.
    pub(crate) fn pool_of(&self, lead: &Lead) -> Option<PoolId> {
        lead.status.pool().cloned().or_else(|| self.pool_of_line(lead))
    }

    /// Tells the leads that were made out of this one what was said about consent: who it is by stays here, and
    /// so does the form in which they withdraw.
    pub(crate) fn pass_on_consent(&mut self, change: &mut Change) -> Result<(), FlowError> {
        let Some(said) = self.newly_said_of_consent(change) else { return Ok(()) };
        for Child { lead, .. } in change.lead().children.clone() {
            let is_told = |work: &Work<'_>, child: &Lead| work.consent_of(child) == Some(&said);
            let mut child = match change.adopted(&lead) {
                Some(child) => child,
                None => {
                    let child = self.desk.change_alone(&lead)?;
                    let known = self.over(&lead, |work| Ok(is_told(work, child.lead())))?;
                    if known || child.lead().is_part_of_another() {
                        continue;
                    }
                    change.beside(child)
                }
            };
            self.over(&lead, |work| {
                work.catch_up(&mut child)?;
                if !is_told(work, child.lead()) {
                    work.say_of_consent(&mut child, Some(said.clone()));
                    work.look_again(&mut child)?;
                }
                work.follow_up(&mut child, work.now)
            })?;
            change.adopt(child);
        }
        Ok(())
    }

    /// What was said about consent just now. If nothing was, but leads were merged or taken apart, the refusal
    /// that stands for all of them by that; nobody gets consent by it.
    fn newly_said_of_consent(&self, change: &Change) -> Option<Value> {
        let moved = change.entries().iter().any(|entry| {
            matches!(entry.event, Event::Merged { .. } | Event::Unmerged { .. } | Event::CameBack { .. })
        });
        let stands = || self.consent_of(change.lead()).filter(|said| moved && !is_agreement(said)).cloned();
        self.said_of_consent(change.entries()).or_else(stands)
    }
}
