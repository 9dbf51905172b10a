//! Visitors: what somebody does before anybody knows who it is. It is kept as a lead without a name, which
//! becomes part of the lead that the visitor turns out to be.

use leadsman_domain::journal::Event;
use leadsman_domain::lead::{Activity, Lead, Status};
use leadsman_domain::{AttributeName, Digest, Facts, LeadId, Timestamp, Value, VisitorId};

use crate::act::check_known;
use crate::change::Change;
use crate::desk::{Desk, Pending};
use crate::error::FlowError;
use crate::work::Work;

/// The attribute by which a submission says which visitor it comes from.
pub(crate) const VISITOR: &str = "visitor.id";

impl Desk {
    /// Records what a visitor did: with the lead that the visitor turned out to be, or else for later.
    ///
    /// # Errors
    ///
    /// When the policy does not know the kind of the activity or its channel, or the ledger fails.
    pub fn observe(
        &self,
        visitor: &VisitorId,
        activity: Activity,
        now: Timestamp,
    ) -> Result<Pending<Lead>, FlowError> {
        let lead = LeadId::of_visitor(visitor);
        match self.record(&lead, activity.clone(), now) {
            Err(FlowError::UnknownLead(_)) => {}
            recorded => return recorded,
        }
        check_known(&self.revision_for(&lead), &activity)?;
        let begun = self.begin_one(&lead, || {
            let mut facts = Facts::new();
            if let Ok(name) = AttributeName::parse(VISITOR) {
                facts.set(name, Value::Text(visitor.to_string()));
            }
            let key = Digest::of_parts([b"visitor".as_slice(), visitor.as_str().as_bytes()]);
            let mut change = Change::begin(lead.clone(), now, now, key, facts).telling(self.receivers());
            change.happened(now, Event::Unnamed);
            change.happened(activity.at, Event::Acted { activity: activity.clone() });
            change
        })?;
        // Somebody may have been faster.
        begun.map_or_else(|| self.record(&lead, activity.clone(), now), Ok)
    }
}

impl Work<'_> {
    /// Joins a lead with what its visitor did before its name was known, if it says which visitor that was.
    /// Says whether there was anything.
    pub(crate) fn join_visitor(&mut self, change: &mut Change, facts: &Facts) -> Result<bool, FlowError> {
        let visitor = facts.text(VISITOR).and_then(|text| VisitorId::parse(text).ok());
        let Some(visitor) = visitor else { return Ok(false) };
        let lead = LeadId::of_visitor(&visitor);
        let Some((known, stored)) = self.desk.archive().find(&lead)? else { return Ok(false) };
        if known.status != Status::Anonymous || self.was_taken_out(&lead, &change.lead().id)? {
            return Ok(false);
        }
        match self.check_merge(change, &lead) {
            Ok(()) => {}
            Err(FlowError::CannotMerge { .. } | FlowError::TooMuch { .. }) => return Ok(false),
            Err(error) => return Err(error),
        }
        let gone = change.beside(Change::of(known, stored));
        self.absorb(change, gone)?;
        Ok(true)
    }

    /// Whether somebody found that a visitor is not this lead.
    fn was_taken_out(&self, visitor: &LeadId, lead: &LeadId) -> Result<bool, FlowError> {
        let entries = self.desk.archive().history(visitor)?.entries;
        Ok(entries.iter().any(|entry| matches!(&entry.event, Event::CameBack { from } if from == lead)))
    }
}
