//! Merging: two leads that are one become one, and can be taken apart again.

use serde::{Deserialize, Serialize};

use crate::ids::LeadId;
use crate::lead::{Activity, Lead, Status, Won};
use crate::target::Link;
use crate::time::Timestamp;
use crate::value::{AttributeName, Facts};

/// What a lead brought to the one that it was merged into: enough to take it out again.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Brought {
    /// Facts that were not known, or that now stand in place of others.
    pub facts: Facts,
    /// What stood in the place of those before, where something did.
    #[serde(skip_serializing_if = "Facts::is_empty", default)]
    pub instead_of: Facts,
    /// Its activities.
    pub activities: Vec<Activity>,
    /// How often it was submitted.
    pub submissions: u32,
    /// What it became, with the credit that its touches have.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub won: Vec<Won>,
    /// What it is tied to.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub links: Vec<Link>,
}

impl Brought {
    /// What a lead brings to another one: what is known there stays, and blanks are filled. Consent is never
    /// brought, only its withdrawal.
    #[must_use]
    pub fn by(other: &Lead, to: &Lead, consent: Option<&AttributeName>, withdrawn: bool) -> Self {
        let is_consent = |name: &AttributeName| consent == Some(name);
        let known = |name: &AttributeName| to.facts.get(name.as_str());
        let new = other.facts.iter().filter(|(name, _)| !is_consent(name) && known(name).is_none());
        let mut facts: Facts = new.map(|(name, value)| (name.clone(), value.clone())).collect();
        let mut instead_of = Facts::new();
        if let Some(consent) = consent.filter(|_| withdrawn)
            && let Some(value) = other.facts.get(consent.as_str())
        {
            facts.set(consent.clone(), value.clone());
            if let Some(before) = known(consent) {
                instead_of.set(consent.clone(), before.clone());
            }
        }
        let links = other.links.iter().filter(|link| !to.links.contains(link)).cloned().collect();
        // What a visitor does is no submission.
        let submissions = if other.status == Status::Anonymous { 0 } else { other.submissions };
        let activities = other.activities.clone();
        Self { facts, instead_of, activities, submissions, won: other.won.clone(), links }
    }
}

impl Lead {
    /// Takes another lead in.
    pub(crate) fn absorb(&mut self, other: &LeadId, brought: &Brought) {
        self.absorbed.push(other.clone());
        self.facts.replace_with(&brought.facts);
        brought.activities.iter().for_each(|activity| self.add_activity(activity.clone()));
        self.submissions += brought.submissions;
        self.won.extend(brought.won.iter().cloned());
        self.links.extend(brought.links.iter().cloned());
    }

    /// Takes out what another lead brought: what was corrected since then stays.
    pub(crate) fn give_back(&mut self, other: &LeadId, brought: &Brought) {
        self.absorbed.retain(|absorbed| absorbed != other);
        for (name, value) in brought.facts.iter() {
            if self.facts.get(name.as_str()) == Some(value) {
                match brought.instead_of.get(name.as_str()) {
                    Some(before) => self.facts.set(name.clone(), before.clone()),
                    None => self.facts.forget(name),
                }
            }
        }
        for activity in &brought.activities {
            // The last of those that are alike came last.
            if let Some(place) = self.activities.iter().rposition(|known| known == activity) {
                self.activities.remove(place);
            }
        }
        self.submissions = self.submissions.saturating_sub(brought.submissions);
        self.won.retain(|won| brought.won.iter().all(|other| other.conversion.id != won.conversion.id));
        self.links.retain(|link| !brought.links.contains(link));
    }

    /// Becomes part of another lead. Where it was is kept.
    pub(crate) fn go_into(&mut self, other: &LeadId, at: Timestamp) {
        let into = other.clone();
        let was = Box::new(std::mem::replace(&mut self.status, Status::Anonymous));
        self.status = Status::Merged { into, was, since: self.since };
        self.since = at;
    }

    /// Is a lead of its own again, where it was before. Its clocks stood still meanwhile.
    pub(crate) fn come_back(&mut self, at: Timestamp) {
        if let Status::Merged { was, since, .. } = self.status.clone() {
            (self.status, self.since) = (*was, since.plus_ms(at.ms_since(self.since)));
        }
    }
}
