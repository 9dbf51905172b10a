//! Where a lead is on its way, for follow-up plugins.

use super::sample::Sample;
use crate::bindings::follow_up::exports::leadsman::rules::follow_up as wit;
use crate::{Needs, NextSteps, Standing, Timestamp};

/// A lead with everything that the host knows of its way.
#[derive(Debug, Clone)]
pub struct Situation {
    lead: Sample,
    standing: Standing,
    stage: (String, Timestamp),
    pool: Option<String>,
    owner: Option<String>,
    nurtured: bool,
    since: Timestamp,
    done: Vec<String>,
}

/// A lead that a rep got from a pool at a moment. It is an MQL from then on.
#[must_use]
pub fn owned(lead: Sample, owner: &str, pool: &str, since: Timestamp) -> Situation {
    let (owner, pool) = (Some(owner.to_owned()), Some(pool.to_owned()));
    Situation { owner, pool, ..situation(lead, since) }
}

/// A lead that waits in a pool since a moment. It is an MQL from then on.
#[must_use]
pub fn pooled(lead: Sample, pool: &str, since: Timestamp) -> Situation {
    Situation { pool: Some(pool.to_owned()), ..situation(lead, since) }
}

/// A lead that marketing nurtures since a moment. It is a UQL from then on.
#[must_use]
pub fn nurtured(lead: Sample, since: Timestamp) -> Situation {
    Situation { nurtured: true, stage: ("uql".to_owned(), since), ..situation(lead, since) }
}

fn situation(lead: Sample, since: Timestamp) -> Situation {
    let standing = Standing { score: 0.0, fit: 0.0, engagement: 0.0, grade: String::new(), mature: false };
    Situation {
        lead,
        standing,
        stage: ("mql".to_owned(), since),
        pool: None,
        owner: None,
        nurtured: false,
        since,
        done: Vec::new(),
    }
}

impl Situation {
    /// Puts the lead in a stage of its life since a moment: `uql`, `mql`, `sql` or `deal`.
    #[must_use]
    pub fn stage(mut self, stage: &str, since: Timestamp) -> Self {
        self.stage = (stage.to_owned(), since);
        self
    }

    /// Sets what scoring said.
    #[must_use]
    pub fn standing(mut self, standing: Standing) -> Self {
        self.standing = standing;
        self
    }

    /// Lets the lead do something.
    #[must_use]
    pub fn did(mut self, kind: &str, at: Timestamp) -> Self {
        self.lead = self.lead.did(kind, at);
        self
    }

    /// Lets the lead do something of some quantity.
    #[must_use]
    pub fn did_much(mut self, kind: &str, at: Timestamp, quantity: f64) -> Self {
        self.lead = self.lead.did_much(kind, at, quantity);
        self
    }

    /// Notes what the plugin said as done, as the host does.
    pub fn carry_out(&mut self, steps: &NextSteps) {
        self.done.extend(steps.actions.iter().map(|action| action.key.clone()));
    }

    pub(super) fn matter(&self, needs: &Needs, now: Timestamp) -> wit::Matter {
        let activities = self.lead.activities(needs).into_iter();
        let (stage, stage_since) = &self.stage;
        wit::Matter {
            lead: self.lead.lead(needs, now),
            activities: activities.filter(|activity| activity.at_ms <= now.as_millis()).collect(),
            standing: self.standing.clone(),
            stage: stage.clone(),
            stage_since_ms: stage_since.as_millis(),
            pool: self.pool.clone(),
            owner: self.owner.clone(),
            nurtured: self.nurtured,
            since_ms: self.since.as_millis(),
            done: self.done.clone(),
        }
    }
}
