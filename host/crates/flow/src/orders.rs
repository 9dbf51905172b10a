//! Orders: what people do with a lead. Every one is checked, journalled with who and why, and changes owners
//! through the same door as the rules do, so that caps, quotas and deadlines hold for it as well.

use leadsman_domain::journal::Event;
use leadsman_domain::lead::{CHILDREN_MAX, Lead, Status, TASKS_MAX, Task};
use leadsman_domain::order::{Order, Parting};
use leadsman_domain::policy::Rep;
use leadsman_domain::{LeadId, PoolId, RepId};

use crate::change::Change;
use crate::claim;
use crate::desk::{Desk, Pending, all_durable};
use crate::error::FlowError;
use crate::field::away;
use crate::history::Archive;
use crate::ledger::PAGE_ROWS_MAX;
use crate::revision::Warrant;
use crate::work::Work;
use crate::{keys, scoring};

/// Who gives an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acting {
    /// A manager, who may order anything about any lead.
    Manager,
    /// A rep, who takes leads for themselves and orders about their own.
    Rep(RepId),
}

impl Desk {
    /// Carries out an order about a lead.
    ///
    /// # Errors
    ///
    /// When there is no such lead, the order does not fit where it is, who orders may not, somebody has no
    /// room, or the ledger fails. Nothing happened then.
    pub fn order(
        &self,
        lead: &LeadId,
        order: &Order,
        acting: &Acting,
        warrant: &Warrant,
    ) -> Result<Pending<Lead>, FlowError> {
        self.change_one(lead, warrant.at, |work, change| {
            check_right(change.lead(), order, acting)?;
            work.check(change, order, acting, warrant)?;
            let ordered =
                Event::Ordered { order: order.clone(), by: warrant.by.clone(), why: warrant.why.clone() };
            change.happened(work.now, ordered);
            work.obey(change, order)
        })
    }

    /// Moves on every lead that a rep owns, each with a reason: for reps who have left. Returns how many.
    /// What was done before a failure stays; called again, it goes on.
    ///
    /// # Errors
    ///
    /// When the ledger fails.
    pub fn relieve(&self, rep: &RepId, warrant: &Warrant) -> Result<u64, FlowError> {
        let relieve = Order::Relieve { rep: rep.clone() };
        let mut moved = 0;
        loop {
            let page = self.ledger().scan(&keys::owned_by(rep), None, PAGE_ROWS_MAX)?;
            let mut relieved = Vec::new();
            for (key, _) in &page.rows {
                let Some((_, lead)) = keys::moment_and_lead(key) else { continue };
                match self.order(&lead, &relieve, &Acting::Manager, warrant) {
                    Ok(pending) => relieved.push(pending),
                    Err(FlowError::NotOwned(_)) => {}
                    Err(error) => return Err(error),
                }
            }
            match all_durable(relieved)?.len() as u64 {
                0 => return Ok(moved),
                some => moved += some,
            }
        }
    }

    /// Moves on the leads of everybody who is dismissed in the policy, or not in it any longer.
    ///
    /// # Errors
    ///
    /// When the ledger fails.
    pub fn relieve_the_dismissed(&self, warrant: &Warrant) -> Result<u64, FlowError> {
        let policy = self.revision().policy;
        let mut moved = 0;
        for owner in self.archive().owners()? {
            if policy.rep(&owner).is_none_or(|rep| rep.dismissed) {
                moved += self.relieve(&owner, warrant)?;
            }
        }
        Ok(moved)
    }
}

impl Archive {
    /// Whether somebody may tell what happened to a lead: a rep only of their own.
    ///
    /// # Errors
    ///
    /// When there is no such lead, or it is not theirs.
    pub fn check_told(&self, lead: &LeadId, acting: &Acting) -> Result<(), FlowError> {
        match acting {
            Acting::Manager => Ok(()),
            Acting::Rep(rep) if self.lead(&self.now_part_of(lead.clone())?)?.status.owner() == Some(rep) => {
                Ok(())
            }
            Acting::Rep(_) => Err(FlowError::NotYours { lead: lead.clone(), what: "tell of" }),
        }
    }
}

/// A rep takes leads for themselves, and orders about what they own.
fn check_right(lead: &Lead, order: &Order, acting: &Acting) -> Result<(), FlowError> {
    let Acting::Rep(acting) = acting else { return Ok(()) };
    let may = match order {
        Order::Claim { rep } => rep == acting,
        Order::Return { .. }
        | Order::Reject
        | Order::Transfer { .. }
        | Order::Advance { .. }
        | Order::AddTask { .. }
        | Order::CloseTask { .. }
        | Order::Qualify { .. }
        | Order::Spawn { .. } => lead.status.owner() == Some(acting),
        _ => false,
    };
    if may { Ok(()) } else { Err(FlowError::NotYours { lead: lead.id.clone(), what: order.as_str() }) }
}

impl<'a> Work<'a> {
    /// Whether an order fits where a lead is.
    fn check(
        &mut self,
        change: &mut Change,
        order: &Order,
        acting: &Acting,
        warrant: &Warrant,
    ) -> Result<(), FlowError> {
        let lead = change.lead();
        let id = || lead.id.clone();
        match order {
            Order::Release => match lead.status {
                Status::Rejected | Status::Held { .. } | Status::Blocked { .. } => Ok(()),
                _ => Err(FlowError::NotStopped(id())),
            },
            Order::Claim { rep } => {
                let Status::Pooled { pool } = lead.status.clone() else {
                    return Err(not_pooled(lead));
                };
                self.check_owner(change, rep)?;
                self.check_admission(change.lead(), &pool)?;
                claim::check(self, change, &pool, rep, acting)
            }
            Order::Assign { rep, .. } => {
                self.check_owner(change, rep)?;
                match change.lead().status.owner() {
                    Some(_) => Ok(()),
                    None => self.check_admission(change.lead(), &self.pool_from_which(change.lead(), rep)),
                }
            }
            Order::Transfer { rep } => {
                owned(lead)?;
                let pool = lead.status.pool().cloned();
                self.check_owner(change, rep)?;
                pool.map_or(Ok(()), |pool| claim::check_transfer(self, change, &pool, rep, acting))
            }
            Order::Return { code } => {
                owned(lead)?;
                match self.pool_for(lead, code.as_deref())? {
                    pool if lead.status.pool() == Some(&pool) => Ok(()),
                    pool => self.check_admission(lead, &pool),
                }
            }
            Order::Reclaim | Order::Reject => owned(lead),
            Order::Relieve { rep } => match lead.status.owner() {
                Some(owner) if owner == rep => Ok(()),
                _ => Err(FlowError::NotOwned(id())),
            },
            Order::Dispatch { pool } => {
                passed_screening(lead)?;
                match self.revision.policy.pool(pool) {
                    Some(_) => self.check_consent(change).and_then(|()| self.check_admission(lead, pool)),
                    None => Err(FlowError::UnknownPool(pool.clone())),
                }
            }
            Order::Spawn { line, pool } => {
                passed_screening(lead)?;
                let known = lead.children.iter().find(|child| child.line == *line);
                match (&lead.source, known) {
                    (Some(source), _) => {
                        Err(FlowError::NotSource { lead: id(), source: source.lead.clone() })
                    }
                    (None, Some(child)) => Err(FlowError::LineTaken { lead: id(), child: child.clone() }),
                    (None, None) if lead.children.len() >= CHILDREN_MAX => Err(FlowError::TooManyLines(id())),
                    (None, None) if self.revision.policy.pool(pool).is_none() => {
                        Err(FlowError::UnknownPool(pool.clone()))
                    }
                    (None, None) => Ok(()),
                }
            }
            Order::Allocate => match &lead.status {
                Status::Pooled { pool } => {
                    self.check_consent(change).and_then(|()| self.check_admission(lead, pool))
                }
                _ => Err(not_pooled(lead)),
            },
            Order::Advance { stage } => {
                passed_screening(lead)?;
                let reason = !warrant.why.trim().is_empty();
                let checked = lead.stage.check_move(*stage, reason);
                checked.map_err(|cause| FlowError::IllegalMove { lead: id(), cause })
            }
            Order::Merge { other } => self.check_merge(change, other),
            Order::Unmerge { other } => match lead.absorbed.contains(other) {
                true => Ok(()),
                false => Err(FlowError::cannot_merge(other, &lead.id, "it is not part of that lead")),
            },
            Order::AddTask { .. } => match lead.tasks.len() < TASKS_MAX {
                true => passed_screening(lead),
                false => Err(FlowError::TooManyTasks(id())),
            },
            Order::CloseTask { number } => match lead.tasks.iter().any(|task| task.number == *number) {
                true => Ok(()),
                false => Err(FlowError::UnknownTask { lead: id(), number: *number }),
            },
            Order::Qualify { account, contact, opportunity } => {
                passed_screening(lead)?;
                self.check_qualify(change, [account.as_ref(), contact.as_ref(), opportunity.as_ref()])
            }
        }
    }

    /// Whether a rep can own the lead of a change.
    pub(crate) fn check_owner(&mut self, change: &Change, rep: &RepId) -> Result<(), FlowError> {
        let lead = change.lead();
        passed_screening(lead)?;
        self.check_consent(change)?;
        let known = self.known(rep)?;
        if let Some((_, why)) = away(known, self.now) {
            return Err(FlowError::unavailable(rep, why));
        }
        if lead.status.owner() == Some(rep) {
            return Err(FlowError::unavailable(rep, "owns it already"));
        }
        if let Some(pool) = self.pool_of(lead).filter(|pool| !known.serves(pool)) {
            return Err(FlowError::unavailable(rep, format!("does not serve pool {pool}")));
        }
        match self.room(change, known)? {
            Some(full) => Err(FlowError::unavailable(rep, full)),
            None => Ok(()),
        }
    }

    fn known(&self, rep: &RepId) -> Result<&'a Rep, FlowError> {
        self.revision.policy.rep(rep).ok_or_else(|| FlowError::UnknownRep(rep.clone()))
    }

    /// The pool to which a lead goes that is given back with this word.
    fn pool_for(&self, lead: &Lead, code: Option<&str>) -> Result<PoolId, FlowError> {
        let policy = &self.revision.policy;
        match code {
            Some(code) => policy.returns.get(code).cloned().ok_or_else(|| FlowError::UnknownReturn {
                code: code.to_owned(),
                known: policy.returns.keys().cloned().collect(),
            }),
            None => Ok(self.own_pool(lead)),
        }
    }

    /// The pool that a lead is in, came from, or was made for, or else the one that it would come to.
    fn own_pool(&self, lead: &Lead) -> PoolId {
        self.pool_of(lead).unwrap_or_else(|| self.revision.policy.default_pool.clone())
    }

    /// Does what an order that fits says.
    fn obey(&mut self, change: &mut Change, order: &Order) -> Result<(), FlowError> {
        let (now, policy) = (self.now, &self.revision.policy);
        let pool = self.own_pool(change.lead());
        match order {
            Order::Release => {
                scoring::rescore(self.revision, change, now);
                self.run(change)?;
                self.index(change)?;
            }
            Order::Claim { rep } => change.give(now, policy, rep, &pool, None),
            Order::Assign { rep, .. } => {
                let instead = change.lead().status.owner().map(|_| Parting::Reclaimed);
                let pool = self.pool_from_which(change.lead(), rep);
                change.give(now, policy, rep, &pool, instead);
            }
            Order::Transfer { rep } => change.give(now, policy, rep, &pool, Some(Parting::Transferred)),
            Order::Return { code } => {
                let pool = self.pool_for(change.lead(), code.as_deref())?;
                self.give_up(change, pool, Parting::Returned)?;
            }
            Order::Reclaim => change.happened(now, Event::GivenUp { pool, parting: Parting::Reclaimed }),
            Order::Reject => {
                self.refund(change)?;
                self.give_up(change, pool, Parting::Rejected)?;
            }
            Order::Relieve { .. } => self.give_up(change, pool, Parting::Left)?,
            Order::Dispatch { pool } => {
                let pool = pool.clone();
                let moved = match change.lead().status.owner() {
                    Some(_) => Event::GivenUp { pool, parting: Parting::Reclaimed },
                    None => Event::Dispatched { pool },
                };
                change.happened(now, moved);
            }
            Order::Allocate => drop(self.allocate(change, &pool, None)?),
            Order::Advance { stage } => self.advance(change, now, *stage)?,
            Order::Merge { other } => {
                self.merge(change, other)?;
                self.pass_on_consent(change)?;
            }
            Order::Unmerge { other } => {
                self.unmerge(change, other)?;
                self.pass_on_consent(change)?;
            }
            Order::AddTask { text, due } => {
                let number = change.lead().tasks_so_far + 1;
                change
                    .happened(now, Event::TaskAdded { task: Task { number, text: text.clone(), due: *due } });
            }
            Order::CloseTask { number } => change.happened(now, Event::TaskClosed { number: *number }),
            Order::Qualify { account, contact, opportunity } => {
                self.qualify(change, [account.as_ref(), contact.as_ref(), opportunity.as_ref()])?;
            }
            Order::Spawn { line, pool } => self.spawn(change, now, line, pool)?,
        }
        Ok(())
    }

    /// Takes a lead from its owner to a pool, whose plugins say who is next.
    fn give_up(&mut self, change: &mut Change, pool: PoolId, parting: Parting) -> Result<(), FlowError> {
        match self.put_in(change, self.now, &pool, parting) {
            Some(pool) => self.allocate(change, &pool, None).map(drop),
            None => Ok(()),
        }
    }
}

fn not_pooled(lead: &Lead) -> FlowError {
    FlowError::NotPooled { lead: lead.id.clone(), owner: lead.status.owner().cloned() }
}

fn owned(lead: &Lead) -> Result<(), FlowError> {
    lead.status.owner().map(|_| ()).ok_or_else(|| FlowError::NotOwned(lead.id.clone()))
}

fn passed_screening(lead: &Lead) -> Result<(), FlowError> {
    match lead.status {
        Status::Rejected => Err(FlowError::Rejected(lead.id.clone())),
        Status::Anonymous => Err(FlowError::Anonymous(lead.id.clone())),
        _ => Ok(()),
    }
}
