//! Spawning: a lead for another business line is made out of one that stays where it is. Both are written in
//! one batch, and the new one has an id of its source and line, so none is lost and none is there twice.

use leadsman_domain::journal::Event;
use leadsman_domain::lead::{CHILDREN_MAX, Child, Lead, Source};
use leadsman_domain::{LineId, PoolId, Timestamp};

use crate::change::Change;
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
}
