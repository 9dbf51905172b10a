//! The queue: which lead comes next for somebody, by grade, by what is left until its deadline, and by age.

use leadsman_domain::lead::Lead;
use leadsman_domain::policy::Policy;
use leadsman_domain::{LeadId, PoolId, RepId, Timestamp};

use crate::error::FlowError;
use crate::history::Archive;
use crate::keys;
use crate::ledger::{Key, PAGE_ROWS_MAX};

/// Whose leads stand in a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Queue {
    /// Those that a rep owns, deals apart.
    OwnedBy(RepId),
    /// Those that wait in a pool: the thousand that have waited longest.
    WaitingIn(PoolId),
}

impl Archive {
    /// The leads of a queue, the most urgent first: best grade, then the nearest deadline, then the oldest;
    /// leads that are alike in all of that stand in the order of their ids.
    ///
    /// # Errors
    ///
    /// When the ledger fails.
    pub fn queue(&self, queue: &Queue, policy: &Policy) -> Result<Vec<Lead>, FlowError> {
        let mut leads: Vec<Lead> = match queue {
            Queue::OwnedBy(rep) => self.leads_at(&keys::owned_by(rep))?,
            Queue::WaitingIn(pool) => self.leads_at(&keys::waiting_in(pool))?,
        };
        leads.retain(Lead::takes_room);
        let grades = policy.grading.grades();
        leads.sort_by_cached_key(|lead| urgency(lead, &grades));
        Ok(leads)
    }

    fn leads_at(&self, index: &Key) -> Result<Vec<Lead>, FlowError> {
        let page = self.ledger().scan(index, None, PAGE_ROWS_MAX)?;
        page.rows.iter().filter_map(|(key, _)| keys::lead_in(key)).map(|id| self.lead(&id)).collect()
    }
}

/// Less is more urgent.
fn urgency(lead: &Lead, grades: &[String]) -> (usize, Timestamp, Timestamp, LeadId) {
    let grade = lead.standing.as_ref().map(|standing| standing.grade.as_str());
    let rank = grades.iter().position(|known| Some(known.as_str()) == grade).unwrap_or(grades.len());
    let deadline = lead.follow_up.countdown.first().map_or(Timestamp::from_ms(i64::MAX), |one| one.at);
    (rank, deadline, lead.received, lead.id.clone())
}
