//! Looking over: follow-up looks at every lead once more after another policy has begun to decide, so that
//! its deadlines hold for leads that came before it.

use std::ops::ControlFlow;

use leadsman_domain::journal::Event;
use leadsman_domain::lead::{Lead, Status};
use leadsman_domain::{LeadId, Timestamp};

use crate::cursor::Cursor;
use crate::desk::{Desk, Pending, all_durable};
use crate::error::FlowError;
use crate::ledger::{Key, Space};

/// How many leads are looked over in one go.
const LEADS_MAX: usize = 100;

impl Desk {
    /// Lets follow-up look at some leads, from a place on, in the order in which they came in; what is blocked
    /// goes on if the policy asks for no more than it has. What does not change by that is not written. Returns
    /// where to go on; none after the last.
    ///
    /// # Errors
    ///
    /// When the ledger fails.
    pub fn look_over(&self, from: Option<&Cursor>, now: Timestamp) -> Result<Option<Cursor>, FlowError> {
        let all = Key::of(Space::ByTime);
        let from = from.map(|place| place.within(&all));
        let page = self.ledger().scan(&all, from.as_ref(), LEADS_MAX)?;
        let mut looked = Vec::new();
        for (key, _) in &page.rows {
            let Some(place) = Cursor::of(key) else { continue };
            looked.extend(self.look_at(place.lead(), now)?);
        }
        all_durable(looked)?;
        Ok(page.next.as_ref().and_then(Cursor::of))
    }

    fn look_at(&self, lead: &LeadId, now: Timestamp) -> Result<Option<Pending<Lead>>, FlowError> {
        let looked = self.work_on(lead, now, |work, change| {
            let fell_due = work.catch_up(change)?;
            let before = change.lead().status.clone();
            if matches!(before, Status::Blocked { .. }) {
                work.run(change)?;
            }
            let stays = change.lead().status == before;
            work.follow_up(change, now)?;
            let happened = change.entries().iter().any(|entry| match entry.event {
                Event::Decided(_) => false,
                Event::Blocked { .. } => !stays,
                _ => true,
            });
            Ok(if fell_due || happened { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        Ok(looked.continue_value())
    }
}
