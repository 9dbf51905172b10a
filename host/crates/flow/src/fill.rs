//! Filling: leads that wait in a pool are given out as soon as somebody has room.

use std::ops::ControlFlow;

use leadsman_domain::journal::Event;
use leadsman_domain::lead::{Lead, Status};
use leadsman_domain::life::LifeStage;
use leadsman_domain::{LeadId, PoolId, Timestamp};

use crate::desk::{Desk, Pending, all_durable};
use crate::error::FlowError;
use crate::field::away;
use crate::keys;
use crate::ledger::PAGE_ROWS_MAX;

/// Most leads of one pool that are given out in one go.
const GIVEN_MAX: usize = 100;

/// How many leads of a pool may be such that its plugins choose nobody, before the rest has to wait.
const STUCK_MAX: usize = 8;

/// Why a lead was not given out.
enum Stays {
    /// The plugins chose nobody.
    NotWanted,
    /// It is not for giving out now, or nobody has room for it.
    NotAsked,
}

impl Desk {
    /// Gives leads that wait in pools which the policy wants filled to reps who have room, the oldest first.
    /// Returns them, and those that did not stay in their pool for another reason, as they are then; more may
    /// wait.
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
        if !self.has_room(pool, now)? {
            return Ok(Vec::new());
        }
        let page = self.ledger().scan(&keys::waiting_in(pool), None, PAGE_ROWS_MAX)?;
        let (mut given, mut stuck) = (Vec::new(), 0);
        for (key, _) in &page.rows {
            let Some(lead) = keys::lead_in(key) else { continue };
            match self.give_out(&lead, pool, now)? {
                ControlFlow::Continue(pending) => {
                    given.push(pending);
                    if given.len() == GIVEN_MAX || !self.has_room(pool, now)? {
                        break;
                    }
                }
                ControlFlow::Break(Stays::NotWanted) if stuck + 1 == STUCK_MAX => break,
                ControlFlow::Break(Stays::NotWanted) => stuck += 1,
                ControlFlow::Break(Stays::NotAsked) => {}
            }
        }
        Ok(given)
    }

    /// Whether leads wait in a pool, and somebody who serves it is there and below the cap.
    fn has_room(&self, pool: &PoolId, now: Timestamp) -> Result<bool, FlowError> {
        let policy = self.revision().policy;
        let mut turn = self.turn();
        if turn.pool_load(self.ledger(), pool)? == 0 {
            return Ok(false);
        }
        for rep in policy.reps.iter().filter(|rep| rep.serves(pool) && away(rep, now).is_none()) {
            let load = turn.rep_load(self.ledger(), &rep.id)?;
            if rep.cap.is_none_or(|cap| load < cap) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Gives a lead that waits to somebody. If it stays where it is, nothing is written.
    fn give_out(
        &self,
        lead: &LeadId,
        pool: &PoolId,
        now: Timestamp,
    ) -> Result<ControlFlow<Stays, Pending<Lead>>, FlowError> {
        self.work_on(lead, now, |work, change| {
            let is_for_giving = |lead: &Lead| {
                let waits = matches!(&lead.status, Status::Pooled { pool: there } if there == pool);
                let mature = lead.standing.as_ref().is_none_or(|standing| standing.mature);
                waits && (mature || lead.stage >= LifeStage::Mql)
            };
            if !is_for_giving(change.lead()) {
                return Ok(ControlFlow::Break(Stays::NotAsked));
            }
            let fell_due = work.catch_up(change)?;
            if is_for_giving(change.lead()) {
                work.allocate_what_waited(change, pool)?;
            }
            if !fell_due && is_for_giving(change.lead()) {
                let asked = change.entries().iter().any(|entry| matches!(entry.event, Event::Decided(_)));
                return Ok(ControlFlow::Break(if asked { Stays::NotWanted } else { Stays::NotAsked }));
            }
            work.follow_up(change, now)?;
            Ok(ControlFlow::Continue(()))
        })
    }
}
