//! Merging: two leads that are one become one, and can be taken apart again.

use serde::{Deserialize, Serialize};

use crate::ids::LeadId;
use crate::lead::{ACTIVITIES_MAX, Activity, Child, Lead, Status, Task, Won};
use crate::life::LifeStage;
use crate::target::{Link, Qualified};
use crate::time::Timestamp;
use crate::value::{AttributeName, Facts, Value};

/// What a lead brought to the one that it was merged into: enough to take it out again.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Brought {
    /// Facts that were not known.
    pub facts: Facts,
    /// The consent that stood before, if the other lead's refusal took its place.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub refused: Option<Value>,
    /// Its activities; the newest, if a lead's state could not hold all.
    pub activities: Vec<Activity>,
    /// How often it was submitted.
    pub submissions: u32,
    /// What it became, with the credit that its touches have.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub won: Vec<Won>,
    /// What it is tied to.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub links: Vec<Link>,
    /// What is to be done about it, by new numbers.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tasks: Vec<Task>,
    /// The account, contact and opportunity that it became.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub qualified: Option<Qualified>,
    /// The leads for other business lines that were made out of it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub children: Vec<Child>,
    /// The stage that it had come to, if that was a later one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub raised: Option<Raised>,
}

/// A stage of life that a lead has because of another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    /// The stage.
    pub to: LifeStage,
    /// The stage before.
    pub from: LifeStage,
    /// Since when it was in that.
    pub since: Timestamp,
}

impl Brought {
    /// What a lead brings to another one: what is known there stays, and blanks are filled. Consent is never
    /// brought; what stood in its place is noted where the other one refuses.
    #[must_use]
    pub fn by(other: &Lead, to: &Lead, consent: Option<&AttributeName>, refuses: bool) -> Self {
        let known = |name: &AttributeName| to.facts.get(name.as_str());
        let new = other.facts.iter().filter(|(name, _)| consent != Some(*name) && known(name).is_none());
        let room = ACTIVITIES_MAX.saturating_sub(to.activities.len());
        let newest = other.activities.len().saturating_sub(room);
        let numbers = to.tasks_so_far + 1..;
        let renumbered = numbers.zip(&other.tasks).map(|(number, task)| Task { number, ..task.clone() });
        let raised = Raised { to: other.stage, from: to.stage, since: to.stage_since };
        Self {
            facts: new.map(|(name, value)| (name.clone(), value.clone())).collect(),
            refused: consent.filter(|_| refuses).and_then(known).cloned(),
            activities: other.activities[newest..].to_vec(),
            // What a visitor does is no submission.
            submissions: if other.status == Status::Anonymous { 0 } else { other.submissions },
            won: other.won.clone(),
            links: other.links.iter().filter(|link| !to.links.contains(link)).cloned().collect(),
            tasks: renumbered.collect(),
            qualified: other.qualified.clone().filter(|_| to.qualified.is_none()),
            children: other.children.clone(),
            raised: (other.stage > to.stage).then_some(raised),
        }
    }
}

impl Lead {
    /// Takes another lead in.
    pub(crate) fn absorb(&mut self, other: &LeadId, brought: &Brought, at: Timestamp) {
        self.absorbed.push(other.clone());
        self.facts.fill_blanks_from(&brought.facts);
        brought.activities.iter().for_each(|activity| self.add_activity(activity.clone()));
        self.submissions += brought.submissions;
        self.won.extend(brought.won.iter().cloned());
        self.links.extend(brought.links.iter().cloned());
        self.tasks.extend(brought.tasks.iter().cloned());
        self.tasks_so_far += u32::try_from(brought.tasks.len()).unwrap_or(0);
        self.qualified = self.qualified.take().or_else(|| brought.qualified.clone());
        self.children.extend(brought.children.iter().cloned());
        if let Some(raised) = brought.raised {
            self.enter(raised.to, at);
        }
    }

    /// Takes out what another lead brought: what was changed since then stays.
    pub(crate) fn give_back(&mut self, other: &LeadId, brought: &Brought) {
        self.absorbed.retain(|absorbed| absorbed != other);
        for (name, value) in brought.facts.iter() {
            if self.facts.get(name.as_str()) == Some(value) {
                self.facts.forget(name);
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
        let (first, last) = (brought.tasks.first(), brought.tasks.last());
        self.tasks.retain(|task| brought.tasks.iter().all(|other| other.number != task.number));
        if let (Some(first), Some(last)) = (first, last)
            && self.tasks_so_far == last.number
        {
            self.tasks_so_far = first.number - 1;
        }
        self.children.retain(|child| !brought.children.contains(child));
        if brought.qualified.is_some() && self.qualified == brought.qualified {
            self.qualified = None;
        }
        if let Some(Raised { from, since, .. }) = brought.raised.filter(|raised| raised.to == self.stage) {
            (self.stage, self.stage_since) = (from, since);
        }
    }

    /// Becomes part of another lead. Where it was is kept.
    pub(crate) fn go_into(&mut self, other: &LeadId, at: Timestamp) {
        let into = other.clone();
        let was = Box::new(std::mem::replace(&mut self.status, Status::Anonymous));
        self.status = Status::Merged { into, was, since: self.since };
        self.since = at;
    }

    /// Is a lead of its own again, where it was before. The time between does not count for how long it has
    /// been there.
    pub(crate) fn come_back(&mut self, at: Timestamp) {
        if let Status::Merged { was, since, .. } = self.status.clone() {
            (self.status, self.since) = (*was, since.plus_ms(at.ms_since(self.since)));
        }
    }
}
