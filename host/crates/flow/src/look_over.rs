//! Looking over: follow-up looks at every lead once more after another policy has begun to decide, so that
//! its deadlines hold for leads that came before it.

use leadsman_domain::journal::Event;
use leadsman_domain::{LeadId, Timestamp};

use crate::desk::{Desk, Pending, all_durable, until_committed};
use crate::error::FlowError;
use crate::ledger::{Key, Part, Space};
use crate::work::Work;

/// How many leads are looked over in one go.
const LEADS_MAX: usize = 100;

/// Where looking over goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(Key);

impl Desk {
    /// Lets follow-up look at some leads, from a place on, in the order in which they came in. What does not
    /// change by that is not written. Returns where to go on; none after the last.
    ///
    /// # Errors
    ///
    /// When the ledger fails.
    pub fn look_over(&self, from: Option<&Place>, now: Timestamp) -> Result<Option<Place>, FlowError> {
        let page = self.ledger().scan(&Key::of(Space::ByTime), from.map(|Place(key)| key), LEADS_MAX)?;
        let mut looked = Vec::new();
        for (key, _) in &page.rows {
            let Some(Part::Text(id)) = key.parts().last() else { continue };
            let Ok(lead) = LeadId::parse(id) else { continue };
            looked.extend(self.look_at(&lead, now)?);
        }
        all_durable(looked)?;
        Ok(page.next.map(Place))
    }

    fn look_at(&self, lead: &LeadId, now: Timestamp) -> Result<Option<Pending<()>>, FlowError> {
        let revision = self.revision_for(lead);
        let mut turn = self.turn();
        until_committed(|| {
            let mut change = self.change(lead)?;
            let mut work = Work { desk: self, revision: &revision, turn: &mut turn, now };
            let fell_due = work.catch_up(&mut change)?;
            work.follow_up(&mut change, now)?;
            let is_said_only = |event: &Event| matches!(event, Event::Decided(_));
            if !fell_due && change.entries().iter().all(|entry| is_said_only(&entry.event)) {
                return Ok(Ok(None));
            }
            let (_, batch) = change.finish(&revision.policy)?;
            Ok(self.commit(&mut turn, batch).map(|ticket| Some(self.pending((), ticket))))
        })
    }
}
