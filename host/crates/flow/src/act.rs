//! What people and leads do after intake: activities, releases, manual assignments, and holds that
//! fall due.

use leadsman_domain::journal::Event;
use leadsman_domain::lead::{Activity, Lead, Status};
use leadsman_domain::{LeadId, RepId, Timestamp};

use crate::change::Change;
use crate::desk::{Desk, Pending, until_committed};
use crate::error::FlowError;
use crate::keys;
use crate::ledger::PAGE_ROWS_MAX;
use crate::revision::Revision;
use crate::routing::Route;
use crate::scoring;
use crate::turn::Turn;

/// The lead after something happened to it.
pub type Acted = Lead;

impl Desk {
    /// Records an activity. The lead's score is up to date when this returns, and a lead that matures
    /// by it is routed.
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
        let revision = self.revision_for(lead);
        check_kind(&revision, &activity.kind)?;
        self.change_one(lead, &revision, |desk, turn, change| {
            let at = activity.at;
            change.happened(at, Event::Acted { activity: activity.clone() });
            desk.look_again(&revision, turn, change, now.max(at))
        })
    }

    /// Sets a rejected or held lead on its way again: it is scored and routed as if screening had let
    /// it through.
    ///
    /// # Errors
    ///
    /// When there is no such lead, it is neither rejected nor held, or the ledger fails.
    pub fn release(
        &self,
        lead: &LeadId,
        by: &str,
        reason: &str,
        now: Timestamp,
    ) -> Result<Pending<Acted>, FlowError> {
        let revision = self.revision_for(lead);
        self.change_one(lead, &revision, |desk, turn, change| {
            if !matches!(change.lead().status, Status::Rejected | Status::Held { .. }) {
                return Err(FlowError::NotStopped(lead.clone()));
            }
            change.happened(now, Event::Released { by: by.to_owned(), reason: reason.to_owned() });
            scoring::rescore(&revision, change, now);
            Route { desk, revision: &revision, turn, now }.run(change).map(|_| ())
        })
    }

    /// Gives a lead to a rep by hand: through the same door as every other change of owner, so caps,
    /// indexes and loads hold. No turn is counted.
    ///
    /// # Errors
    ///
    /// When there is no such lead or rep, the lead was rejected, the rep has left, is away or is full,
    /// or the ledger fails.
    pub fn assign(&self, lead: &LeadId, rep: &RepId, now: Timestamp) -> Result<Pending<Acted>, FlowError> {
        let revision = self.revision_for(lead);
        let known = revision.policy.rep(rep).ok_or_else(|| FlowError::UnknownRep(rep.clone()))?;
        let unavailable = |reason: String| FlowError::RepUnavailable { rep: rep.clone(), reason };
        if known.dismissed {
            return Err(unavailable("has left".to_owned()));
        }
        if known.is_absent(now) {
            return Err(unavailable("is away".to_owned()));
        }
        self.change_one(lead, &revision, |desk, turn, change| {
            if change.lead().status == Status::Rejected {
                return Err(FlowError::Rejected(lead.clone()));
            }
            let load = turn.rep_load(desk.ledger(), rep)?;
            if let Some(cap) = known.cap.filter(|cap| load >= *cap) {
                return Err(unavailable(format!("owns {load} leads, and {cap} is the cap")));
            }
            let pool = change.lead().status.pool().unwrap_or(&revision.policy.default_pool).clone();
            change.happened(now, Event::Allocated { owner: rep.clone(), pool });
            Ok(())
        })
    }

    /// When the next hold falls due, if any will.
    ///
    /// # Errors
    ///
    /// When the ledger fails.
    pub fn next_due(&self) -> Result<Option<Timestamp>, FlowError> {
        let page = self.ledger().scan(&keys::all_due(), None, 1)?;
        let Some((key, _)) = page.rows.first() else { return Ok(None) };
        Ok(keys::held(key).map(|(due, _)| due))
    }

    /// Routes the leads whose hold has fallen due. Returns how many there were.
    ///
    /// # Errors
    ///
    /// When the ledger fails.
    pub fn wake(&self, now: Timestamp) -> Result<usize, FlowError> {
        let page = self.ledger().scan(&keys::all_due(), None, PAGE_ROWS_MAX)?;
        let mut woken = 0;
        let mut last = None;
        for (key, _) in page.rows {
            let Some((due, lead)) = keys::held(&key) else { continue };
            if due > now {
                break;
            }
            let revision = self.revision_for(&lead);
            let routed = self.change_one(&lead, &revision, |desk, turn, change| {
                // Somebody may have moved it since it was listed.
                match change.lead().status {
                    Status::Held { until: Some(until), .. } if until <= now => {
                        Route { desk, revision: &revision, turn, now }.run(change).map(|_| ())
                    }
                    _ => Err(FlowError::NotStopped(lead.clone())),
                }
            });
            match routed {
                Ok(pending) => last = Some(pending),
                Err(FlowError::NotStopped(_)) => continue,
                Err(error) => return Err(error),
            }
            woken += 1;
        }
        if let Some(last) = last {
            last.wait()?;
        }
        Ok(woken)
    }

    /// Changes a stored lead in the turn of the tenant's writer.
    pub(crate) fn change_one(
        &self,
        lead: &LeadId,
        revision: &Revision,
        mut act: impl FnMut(&Self, &mut Turn, &mut Change) -> Result<(), FlowError>,
    ) -> Result<Pending<Lead>, FlowError> {
        let mut turn = self.turn();
        until_committed(|| {
            let mut change = self.change(lead)?;
            act(self, &mut turn, &mut change)?;
            let (lead, batch) = change.finish(&revision.policy)?;
            Ok(self.commit(&mut turn, batch).map(|ticket| self.pending(lead, ticket)))
        })
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
