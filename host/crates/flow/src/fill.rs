//! Filling: leads that wait in a pool are given out as soon as somebody has room.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use leadsman_domain::journal::Event;
use leadsman_domain::lead::{Lead, Status};
use leadsman_domain::policy::Quota;
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{LeadId, PoolId, RepId, Timestamp};

use crate::desk::{Desk, Pending, all_durable};
use crate::error::FlowError;
use crate::field::away;
use crate::keys;
use crate::ledger::PAGE_ROWS_MAX;

/// Most leads of one pool that are given out in one go.
const GIVEN_MAX: usize = 100;

/// How many leads of a pool may be such that its plugins choose nobody, before the rest has to wait.
const STUCK_MAX: usize = 8;

/// After how long leads are looked through again for which nobody had room, though nobody has got any since, in
/// milliseconds: a day.
const VAIN_MS: i64 = DAY_MS;

/// Who could take leads of a pool: those who are there and below their caps, each with whether their quotas
/// have room.
type Room = Vec<(RepId, Vec<bool>)>;

/// Leads of a pool for which nobody had room. As long as nobody has got any, and nothing new is known or ordered
/// of any lead, they are not looked at again.
pub(crate) struct Vain {
    since: Timestamp,
    revision: u64,
    room: Room,
    leads: HashSet<LeadId>,
}

/// The leads for which nobody had room, by pool.
#[derive(Default)]
pub(crate) struct InVain {
    pools: HashMap<PoolId, Vain>,
    /// How often something new was known or ordered.
    news: u64,
}

impl InVain {
    /// Something new is known or ordered of a lead: somebody may have room for it.
    pub(crate) fn forget(&mut self) {
        self.pools.clear();
        self.news += 1;
    }
}

/// Why a lead was not given out.
enum Stays {
    /// The plugins chose nobody.
    NotWanted,
    /// Nobody has room for it.
    NoRoom,
    /// It is not for giving out now.
    NotNow,
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
        let room = self.room_in(pool, now)?;
        if room.is_empty() {
            return Ok(Vec::new());
        }
        let page = self.ledger().scan(&keys::waiting_in(pool), None, PAGE_ROWS_MAX)?;
        let (mut vain, news) = self.known_in_vain(pool, room, now);
        let (mut given, mut stuck) = (Vec::new(), 0);
        for (key, _) in &page.rows {
            let Some(lead) = keys::lead_in(key).filter(|lead| !vain.leads.contains(lead)) else { continue };
            match self.give_out(&lead, pool, now)? {
                ControlFlow::Continue(pending) => given.push(pending),
                ControlFlow::Break(Stays::NotWanted) => stuck += 1,
                ControlFlow::Break(Stays::NoRoom) => {
                    vain.leads.insert(lead);
                    continue;
                }
                ControlFlow::Break(Stays::NotNow) => continue,
            }
            if stuck == STUCK_MAX || given.len() == GIVEN_MAX || self.room_in(pool, now)?.is_empty() {
                break;
            }
        }
        let is_same = vain.room == self.room_in(pool, now)?;
        let mut in_vain = self.in_vain();
        if is_same && given.is_empty() && in_vain.news == news && self.deciding().trial.is_none() {
            in_vain.pools.insert(pool.clone(), vain);
        }
        Ok(given)
    }

    /// Who could take leads that wait in a pool; nobody if none waits.
    fn room_in(&self, pool: &PoolId, now: Timestamp) -> Result<Room, FlowError> {
        let policy = self.revision().policy;
        let (mut turn, mut room) = (self.turn(), Room::new());
        if turn.pool_load(self.ledger(), pool)? == 0 {
            return Ok(room);
        }
        for rep in policy.reps.iter().filter(|rep| rep.serves(pool) && away(rep, now).is_none()) {
            let load = turn.rep_load(self.ledger(), &rep.id)?;
            if rep.cap.is_none_or(|cap| load < cap) {
                let mut has_room = |quota: &Quota| {
                    let load = turn.quota_load(self.ledger(), &rep.id, &quota.name)?;
                    Ok::<bool, FlowError>(load < quota.most)
                };
                let quotas: Result<Vec<bool>, FlowError> = policy.quotas.iter().map(&mut has_room).collect();
                room.push((rep.id.clone(), quotas?));
            }
        }
        Ok(room)
    }

    /// The leads of a pool for which nobody had room, as far as those who have room now are the same; and how
    /// much news there was by then.
    fn known_in_vain(&self, pool: &PoolId, room: Room, now: Timestamp) -> (Vain, u64) {
        let revision = self.revision().number;
        let mut in_vain = self.in_vain();
        let known = in_vain.pools.remove(pool).filter(|known| {
            let is_young = now.ms_since(known.since) < VAIN_MS;
            is_young && known.revision == revision && known.room == room
        });
        let nothing = || Vain { since: now, revision, room, leads: HashSet::new() };
        (known.unwrap_or_else(nothing), in_vain.news)
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
                waits && lead.standing.as_ref().is_none_or(|standing| standing.mature)
            };
            if !is_for_giving(change.lead()) {
                return Ok(ControlFlow::Break(Stays::NotNow));
            }
            let fell_due = work.catch_up(change)?;
            if is_for_giving(change.lead()) {
                work.allocate(change, pool, None)?;
            }
            if !fell_due && is_for_giving(change.lead()) {
                let asked = change.entries().iter().any(|entry| matches!(entry.event, Event::Decided(_)));
                return Ok(ControlFlow::Break(if asked { Stays::NotWanted } else { Stays::NoRoom }));
            }
            work.follow_up(change, now)?;
            Ok(ControlFlow::Continue(()))
        })
    }
}
