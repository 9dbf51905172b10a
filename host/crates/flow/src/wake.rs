//! What falls due: holds that end and leads that follow-up looks at again, each at its own moment.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::time::Duration;

use leadsman_domain::lead::Lead;
use leadsman_domain::{LeadId, Timestamp};

use crate::desk::{Desk, Pending, all_durable};
use crate::error::FlowError;
use crate::foresight::Foreseen;
use crate::keys;
use crate::ledger::{LedgerError, PAGE_ROWS_MAX};

/// How many rows the first page of what is due has.
const PAGE_ROWS_FIRST: usize = 8;

/// How many leads are looked at together, before it is their turn.
const GROUP_LEADS: usize = 128;

/// How long a lead that cannot be woken is set aside, in milliseconds: an hour.
const ASIDE_MS: i64 = 60 * 60 * 1000;

/// How long one call wakes leads.
const WAKE_TIME_MAX: Duration = Duration::from_millis(100);

/// What was woken.
#[derive(Debug, Default)]
pub struct Woken {
    /// The leads for which something happened, as they are then.
    pub leads: Vec<Lead>,
    /// The leads that could not be woken, and why.
    pub failed: Vec<(LeadId, FlowError)>,
}

/// Leads that cannot be woken, and until when they are left alone.
#[derive(Default)]
pub(crate) struct Aside(HashMap<LeadId, Timestamp>);

impl Aside {
    /// Leaves a lead alone until a moment.
    fn put(&mut self, lead: &LeadId, until: Timestamp) {
        self.0.insert(lead.clone(), until);
    }

    /// Whether a lead is left alone.
    fn has(&mut self, lead: &LeadId, now: Timestamp) -> bool {
        match self.0.get(lead) {
            Some(until) if *until > now => true,
            Some(_) => self.0.remove(lead).is_none(),
            None => false,
        }
    }
}

impl Desk {
    /// When something falls due next, if anything will.
    ///
    /// # Errors
    ///
    /// When the ledger fails.
    pub fn next_due(&self) -> Result<Option<Timestamp>, FlowError> {
        let page = self.ledger().scan(&keys::all_due(), None, 1)?;
        let Some((key, _)) = page.rows.first() else { return Ok(None) };
        Ok(keys::moment_and_lead(key).map(|(due, _)| due))
    }

    /// Lets happen what has fallen due, in the order of its moments. What follow-up does bears the moment at
    /// which it fell due, however late this is called; what follows from it, such as a new owner's
    /// deadlines, begins now. Wakes at most [`PAGE_ROWS_MAX`] leads, and for a tenth of a second if the desk
    /// is watched; more may wait. A lead that cannot be woken is set aside for an hour, and no other lead
    /// waits for it.
    ///
    /// # Errors
    ///
    /// When the ledger fails.
    pub fn wake(&self, now: Timestamp) -> Result<Woken, FlowError> {
        let (began, due) = (self.watch(), self.due_until(now)?);
        let is_over = || self.watch().saturating_sub(began) > WAKE_TIME_MAX;
        let (mut woken, mut failed) = (Vec::new(), Vec::new());
        let mut wake = |(lead, foreseen): (&LeadId, Option<Foreseen>)| {
            match self.wake_one(lead, now, foreseen) {
                Ok(pending) => woken.extend(pending),
                Err(error @ FlowError::Ledger(LedgerError::Closed | LedgerError::Storage { .. })) => {
                    return Err(error);
                }
                Err(error) => {
                    self.aside().put(lead, now.plus_ms(ASIDE_MS));
                    failed.push((lead.clone(), error));
                }
            }
            Ok(())
        };
        let mut groups = due.chunks(GROUP_LEADS).peekable();
        let mut foreseen = self.look_ahead(groups.peek().copied().unwrap_or_default(), now, || Ok(()))?;
        while let Some(group) = groups.next().filter(|_| !is_over()) {
            let mut turns = group.iter().zip(foreseen).take_while(|_| !is_over());
            let next = groups.peek().copied().unwrap_or_default();
            foreseen = self.look_ahead(next, now, || turns.try_for_each(&mut wake))?;
        }
        Ok(Woken { leads: all_durable(woken)?, failed })
    }

    /// Lets happen what falls due up to a moment, each at its own, and shows the leads for which something did
    /// after each: for time that is simulated.
    ///
    /// # Errors
    ///
    /// When a lead cannot be woken, something stays due, the visit refuses, or the ledger fails.
    pub fn wake_until(
        &self,
        until: Timestamp,
        mut visit: impl FnMut(&[Lead]) -> Result<(), FlowError>,
    ) -> Result<(), FlowError> {
        while let Some(due) = self.next_due()?.filter(|due| *due <= until) {
            let woken = self.wake(due)?;
            if let Some((_, error)) = woken.failed.into_iter().next() {
                return Err(error);
            }
            if woken.leads.is_empty() {
                return Err(FlowError::StaysDue(due));
            }
            visit(&woken.leads)?;
        }
        Ok(())
    }

    /// The leads for which something has fallen due, in the order of its moments. Mostly there are few among
    /// very many that are not due yet, so the pages that are read begin small.
    fn due_until(&self, now: Timestamp) -> Result<Vec<LeadId>, FlowError> {
        let mut due = Vec::new();
        let (mut cursor, mut rows) = (None, PAGE_ROWS_FIRST);
        let mut aside = self.aside();
        while due.len() < PAGE_ROWS_MAX {
            let page = self.ledger().scan(&keys::all_due(), cursor.as_ref(), rows)?;
            for (key, _) in &page.rows {
                match keys::moment_and_lead(key) {
                    Some((moment, _)) if moment > now => return Ok(due),
                    Some((_, lead)) if !aside.has(&lead, now) => due.push(lead),
                    _ => {}
                }
            }
            let Some(next) = page.next else { break };
            (cursor, rows) = (Some(next), (rows * 4).min(PAGE_ROWS_MAX));
        }
        due.truncate(PAGE_ROWS_MAX);
        Ok(due)
    }

    /// Lets happen what has fallen due for one lead; nothing if somebody was faster.
    fn wake_one(
        &self,
        lead: &LeadId,
        now: Timestamp,
        foreseen: Option<Foreseen>,
    ) -> Result<Option<Pending<Lead>>, FlowError> {
        let mut ahead = match foreseen {
            Some(Foreseen::Change(made)) => match self.commit_made(*made)? {
                Some(pending) => return Ok(Some(pending)),
                None => None,
            },
            Some(Foreseen::Said(stored, said)) => Some((stored, said)),
            None => None,
        };
        let woken = self.work_on(lead, now, |work, change| {
            if let Some((_, said)) = ahead.take().filter(|(stored, _)| change.began_with(stored)) {
                work.said = said;
            }
            Ok(if work.catch_up(change)? { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        Ok(woken.continue_value())
    }
}
