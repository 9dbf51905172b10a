//! Filling: leads that wait in a pool are given out as soon as somebody has room.

use leadsman_domain::journal::Event;
use leadsman_domain::lead::{Lead, Status};
use leadsman_domain::{LeadId, PoolId, Timestamp};

use crate::desk::{Desk, Pending, all_durable, until_committed};
use crate::error::FlowError;
use crate::keys;
use crate::ledger::{PAGE_ROWS_MAX, Part};
use crate::work::Work;

/// Most leads of one pool that are given out in one go.
const GIVEN_MAX: usize = 100;

/// How many leads of a pool may be such that its plugins choose nobody, before the rest has to wait.
const STUCK_MAX: usize = 8;

/// What came of giving a lead out.
enum Tried {
    Given(Box<Pending<Lead>>),
    /// The plugins chose nobody.
    NotWanted,
    /// It is not for giving out now, or nobody has room for it.
    NotAsked,
}

impl Desk {
    /// Gives leads that wait in pools which the policy wants filled to reps who have room, the oldest first.
    /// Returns them as they are then; more may wait.
    ///
    /// # Errors
    ///
    /// When the ledger fails.
    pub fn fill(&self, now: Timestamp) -> Result<Vec<Lead>, FlowError> {
        let policy = self.revision().policy;
        let mut given = Vec::new();
        for pool in policy.pools.iter().filter(|pool| pool.fill && !pool.allocation.is_empty()) {
            given.extend(self.fill_pool(&pool.id, now)?);
        }
        all_durable(given)
    }

    fn fill_pool(&self, pool: &PoolId, now: Timestamp) -> Result<Vec<Pending<Lead>>, FlowError> {
        if self.turn().pool_load(self.ledger(), pool)? == 0 {
            return Ok(Vec::new());
        }
        let page = self.ledger().scan(&keys::waiting_in(pool), None, PAGE_ROWS_MAX)?;
        let (mut given, mut stuck) = (Vec::new(), 0);
        for (key, _) in &page.rows {
            let [.., Part::Text(id)] = key.parts() else { continue };
            let Ok(lead) = LeadId::parse(id) else { continue };
            match self.give_out(&lead, pool, now)? {
                Tried::Given(pending) => given.push(*pending),
                Tried::NotWanted => stuck += 1,
                Tried::NotAsked => {}
            }
            if stuck == STUCK_MAX || given.len() == GIVEN_MAX {
                break;
            }
        }
        Ok(given)
    }

    /// Gives a lead that waits to somebody. If nobody takes it, nothing is written.
    fn give_out(&self, lead: &LeadId, pool: &PoolId, now: Timestamp) -> Result<Tried, FlowError> {
        let revision = self.revision_for(lead);
        let mut turn = self.turn();
        until_committed(|| {
            let mut change = self.change(lead)?;
            let waits = matches!(&change.lead().status, Status::Pooled { pool: there } if there == pool);
            let mature = change.lead().standing.as_ref().is_none_or(|standing| standing.mature);
            if !waits || !mature {
                return Ok(Ok(Tried::NotAsked));
            }
            let mut work = Work { desk: self, revision: &revision, turn: &mut turn, now };
            work.catch_up(&mut change)?;
            if change.lead().status.owner().is_none() {
                work.allocate(&mut change, pool, None)?;
            }
            if change.lead().status.owner().is_none() {
                let asked = change.entries().iter().any(|entry| matches!(entry.event, Event::Decided(_)));
                return Ok(Ok(if asked { Tried::NotWanted } else { Tried::NotAsked }));
            }
            work.follow_up(&mut change, now)?;
            let (lead, batch) = change.finish(&revision.policy)?;
            Ok(self.commit(&mut turn, batch).map(|ticket| Tried::Given(Box::new(self.pending(lead, ticket)))))
        })
    }
}
