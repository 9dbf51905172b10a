//! Admission: which pool a lead may get into, by rule or by order, and where it goes instead.

use leadsman_domain::journal::Event;
use leadsman_domain::lead::{Lack, Lead, Status};
use leadsman_domain::life::LifeStage;
use leadsman_domain::order::Parting;
use leadsman_domain::policy::{Policy, Requirements};
use leadsman_domain::{PoolId, Timestamp};

use crate::change::Change;
use crate::eligibility::{below, unknown};
use crate::error::FlowError;
use crate::work::Work;

/// Everything that a lead lacks for a pool.
pub(crate) fn lacks_for(pool: &PoolId, policy: &Policy, lead: &Lead) -> Vec<Lack> {
    let Some(pool) = policy.pool(pool) else { return Vec::new() };
    let Requirements { attributes, score, stage, leads, otherwise: _ } = &pool.requires;
    let mut lacks: Vec<Lack> = unknown(attributes, lead).collect();
    lacks.extend(score.and_then(|line| below(line, lead)));
    lacks.extend(stage.filter(|least| lead.stage < *least).map(|least| Lack::Stage { least }));
    let unfit = leads.iter().filter(|filter| !filter.fits(&lead.facts));
    lacks.extend(unfit.map(|filter| Lack::Value { name: filter.attribute.to_string() }));
    lacks
}

/// The pool into which a rule that means this one puts a lead: the first that takes it, of this one and those
/// that stand in for each other.
///
/// # Errors
///
/// What the lead lacks for the pool that was meant, if none takes it.
pub(crate) fn admitting(pool: &PoolId, policy: &Policy, lead: &Lead) -> Result<PoolId, Vec<Lack>> {
    let lacks = lacks_for(pool, policy, lead);
    if lacks.is_empty() {
        return Ok(pool.clone());
    }
    let stands_in = |pool: &PoolId| policy.pool(pool)?.requires.otherwise.clone();
    let others = std::iter::successors(stands_in(pool), stands_in).take(policy.pools.len());
    others.into_iter().find(|other| lacks_for(other, policy, lead).is_empty()).ok_or(lacks)
}

impl Work<'_> {
    /// Puts a lead into the pool that a rule means, or into the one that stands in for it; it parts from its
    /// owner by that, if it has one. A lead that none of them takes is blocked, and goes on when it is
    /// complete. Gives the pool that it got into.
    pub(crate) fn put_in(
        &self,
        change: &mut Change,
        moment: Timestamp,
        pool: &PoolId,
        parting: Parting,
    ) -> Option<PoolId> {
        let lead = change.lead();
        let own = lead.status.owner().and(lead.status.pool()).cloned();
        let admitted = admitting(pool, &self.revision.policy, lead);
        let goes_to = admitted.as_ref().ok().cloned();
        match (own, goes_to) {
            (Some(own), goes_to) => {
                let pool = goes_to.unwrap_or(own);
                change.happened(moment, Event::GivenUp { pool, parting });
            }
            (None, Some(pool)) => change.happened(moment, Event::Dispatched { pool }),
            (None, None) => {}
        }
        admitted.map_err(|lacks| change.happened(moment, Event::Blocked { lacks })).ok()
    }

    /// Moves a lead to another stage of its life. One that was blocked may be complete by that, and goes on.
    pub(crate) fn advance(
        &mut self,
        change: &mut Change,
        moment: Timestamp,
        stage: LifeStage,
    ) -> Result<(), FlowError> {
        change.happened(moment, Event::Staged { stage });
        if matches!(change.lead().status, Status::Blocked { .. }) {
            self.run(change)?;
        }
        Ok(())
    }

    /// Whether a lead has what a pool requires.
    pub(crate) fn check_admission(&self, lead: &Lead, pool: &PoolId) -> Result<(), FlowError> {
        match lacks_for(pool, &self.revision.policy, lead) {
            lacks if lacks.is_empty() => Ok(()),
            lacks => Err(FlowError::NotAdmitted { lead: lead.id.clone(), pool: pool.clone(), lacks }),
        }
    }
}
