//! What falls due: holds that end and leads that follow-up looks at again, each at its own moment.

use leadsman_domain::lead::Lead;
use leadsman_domain::{LeadId, Timestamp};

use crate::desk::{Desk, Pending, all_durable, until_committed};
use crate::error::FlowError;
use crate::keys;
use crate::ledger::PAGE_ROWS_MAX;
use crate::routing::Route;

/// How many rows the first page of what is due has.
const PAGE_ROWS_FIRST: usize = 8;

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
    /// deadlines, begins now. Returns the leads as they are then: at most [`PAGE_ROWS_MAX`], and more may
    /// wait.
    ///
    /// # Errors
    ///
    /// When the ledger fails.
    pub fn wake(&self, now: Timestamp) -> Result<Vec<Lead>, FlowError> {
        let mut woken = Vec::new();
        for lead in self.due_until(now)? {
            woken.extend(self.wake_one(&lead, now)?);
        }
        all_durable(woken)
    }

    /// The leads for which something has fallen due, in the order of its moments. Mostly there are few among
    /// very many that are not due yet, so the pages that are read begin small.
    fn due_until(&self, now: Timestamp) -> Result<Vec<LeadId>, FlowError> {
        let mut due = Vec::new();
        let (mut cursor, mut rows) = (None, PAGE_ROWS_FIRST);
        while due.len() < PAGE_ROWS_MAX {
            let page = self.ledger().scan(&keys::all_due(), cursor.as_ref(), rows)?;
            for (key, _) in &page.rows {
                match keys::moment_and_lead(key) {
                    Some((moment, lead)) if moment <= now => due.push(lead),
                    Some(_) => return Ok(due),
                    None => {}
                }
            }
            let Some(next) = page.next else { break };
            (cursor, rows) = (Some(next), (rows * 4).min(PAGE_ROWS_MAX));
        }
        due.truncate(PAGE_ROWS_MAX);
        Ok(due)
    }

    /// Lets happen what has fallen due for one lead; nothing if somebody was faster.
    fn wake_one(&self, lead: &LeadId, now: Timestamp) -> Result<Option<Pending<Lead>>, FlowError> {
        let revision = self.revision_for(lead);
        let mut turn = self.turn();
        until_committed(|| {
            let mut change = self.change(lead)?;
            let mut route = Route { desk: self, revision: &revision, turn: &mut turn, now };
            if !route.catch_up(&mut change)? {
                return Ok(Ok(None));
            }
            let (lead, batch) = change.finish(&revision.policy)?;
            Ok(self.commit(&mut turn, batch).map(|ticket| Some(self.pending(lead, ticket))))
        })
    }
}
