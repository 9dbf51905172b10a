//! What leads do after intake, and what is learned of them: activities and corrections.

use std::convert::Infallible;
use std::ops::ControlFlow;

use leadsman_domain::journal::Event;
use leadsman_domain::lead::{Activity, Lead};
use leadsman_domain::submission::{check_facts, outdated_by};
use leadsman_domain::{Facts, LeadId, Timestamp};

use crate::change::Change;
use crate::desk::{Desk, Pending};
use crate::error::FlowError;
use crate::revision::Revision;
use crate::work::Work;

/// The lead after something happened to it.
pub type Acted = Lead;

impl Desk {
    /// Records an activity. The lead's score is up to date when this returns, a lead that matures by it is
    /// routed, and follow-up has looked at it.
    ///
    /// # Errors
    ///
    /// When there is no such lead, the policy does not know the kind, or the ledger fails.
    pub fn record(
        &self,
        lead: &LeadId,
        activity: Activity,
        now: Timestamp,
    ) -> Result<Pending<Acted>, FlowError> {
        let now = now.max(activity.at);
        self.change_one(lead, now, |work, change| {
            check_known(work.revision, &activity)?;
            change.happened(activity.at, Event::Acted { activity: activity.clone() });
            work.look_again(change)
        })
    }

    /// Corrects what is known of a lead: these facts take the place of what was known. It is scored again,
    /// and goes on if that completes it.
    ///
    /// # Errors
    ///
    /// When there is no such lead, it would hold more than a lead may, or the ledger fails.
    pub fn correct(&self, lead: &LeadId, facts: &Facts, now: Timestamp) -> Result<Pending<Acted>, FlowError> {
        self.change_one(lead, now, |work, change| {
            let mut merged = change.lead().facts.clone();
            merged.replace_with(facts);
            check_facts(&merged).map_err(|cause| FlowError::TooMuch { lead: lead.clone(), cause })?;
            let outdated = outdated_by(facts);
            change.happened(now, Event::Corrected { facts: facts.clone(), outdated });
            work.index(change)?;
            work.look_again(change)?;
            work.pass_on_consent(change)
        })
    }

    /// Changes a stored lead in the turn of the tenant's writer: first happens what fell due before now, then
    /// this, and then follow-up looks at what came of it.
    pub(crate) fn change_one(
        &self,
        lead: &LeadId,
        now: Timestamp,
        mut act: impl FnMut(&mut Work<'_>, &mut Change) -> Result<(), FlowError>,
    ) -> Result<Pending<Lead>, FlowError> {
        let worked = self.work_on(lead, now, |work, change| {
            work.catch_up(change)?;
            act(work, change)?;
            work.follow_up(change, now)?;
            Ok(ControlFlow::<Infallible>::Continue(()))
        })?;
        match worked {
            ControlFlow::Continue(pending) => Ok(pending),
            ControlFlow::Break(never) => match never {},
        }
    }
}

/// Refuses activities whose kind or channel the policy does not know.
pub(crate) fn check_known(revision: &Revision, activity: &Activity) -> Result<(), FlowError> {
    check_kind(revision, &activity.kind)?;
    match &activity.channel {
        Some(channel) => Ok(revision.policy.sources.check(channel)?),
        None => Ok(()),
    }
}

/// Refuses kinds of activity that the policy does not know.
fn check_kind(revision: &Revision, kind: &str) -> Result<(), FlowError> {
    let known = &revision.policy.activities;
    if known.is_empty() || known.contains(kind) {
        return Ok(());
    }
    let near = known.iter().map(|one| (strsim::jaro_winkler(one, kind), one));
    let nearest = near.filter(|(likeness, _)| *likeness > 0.8).max_by(|one, other| one.0.total_cmp(&other.0));
    Err(FlowError::UnknownActivity { kind: kind.to_owned(), nearest: nearest.map(|(_, one)| one.clone()) })
}
