//! Follow-up: what happens if nobody calls?

use crate::bindings::follow_up::exports::leadsman::rules::follow_up as wit;
pub use crate::bindings::follow_up::exports::leadsman::rules::follow_up::{Action, Deed, NextSteps};
use crate::{Activity, Facts, Failure, Lead, Plugin, Reason, Timestamp};

/// A plugin that follows up: asked whenever something happened or fell due, it says what to do now and
/// when to look again.
pub trait FollowUp: Plugin {
    /// Reviews one lead.
    ///
    /// # Errors
    ///
    /// A [`Failure`] makes the host take the fallback that the policy names.
    fn review(&self, matter: &Matter<Self::Facts>) -> Result<NextSteps, Failure>;
}

/// Where a lead stands with its owner.
#[derive(Debug, Clone, PartialEq)]
pub struct Matter<F> {
    /// The lead.
    pub lead: Lead<F>,
    /// Its activities of the kinds that the plugin needs, oldest first.
    pub activities: Vec<Activity>,
    /// The stage of its life, such as `mql`.
    pub stage: String,
    /// The pool that it is in, or came from.
    pub pool: Option<String>,
    /// Who owns it.
    pub owner: Option<String>,
    /// Since when.
    pub owned_since: Option<Timestamp>,
    /// The keys of the actions that were done already.
    pub done: Vec<String>,
    /// The moment of the review.
    pub now: Timestamp,
}

impl<F: Facts> Matter<F> {
    pub(crate) fn read(matter: wit::Matter, now_ms: i64) -> Result<Self, Failure> {
        Ok(Self {
            lead: Lead::read(matter.lead)?,
            activities: matter.activities.into_iter().map(Activity::from).collect(),
            stage: matter.stage,
            pool: matter.pool,
            owner: matter.owner,
            owned_since: matter.owned_since_ms.map(Timestamp::from_millis),
            done: matter.done,
            now: Timestamp::from_millis(now_ms),
        })
    }
}

impl<F> Matter<F> {
    /// Whether the action with this key was done already.
    #[must_use]
    pub fn is_done(&self, key: &str) -> bool {
        self.done.iter().any(|done| done == key)
    }
}

impl NextSteps {
    /// Nothing to do, and nothing to wait for.
    #[must_use]
    pub const fn nothing() -> Self {
        Self { actions: Vec::new(), next_ms: None }
    }

    /// Adds something to be done now, with the key that keeps it from being done twice.
    #[must_use]
    pub fn act(mut self, key: impl Into<String>, deed: Deed, reason: Reason) -> Self {
        self.actions.push(Action { key: key.into(), deed, reason });
        self
    }

    /// Asks to look again at this moment; of several moments the earliest holds.
    #[must_use]
    pub fn look_again(mut self, moment: Timestamp) -> Self {
        let moment = moment.as_millis();
        self.next_ms = Some(self.next_ms.map_or(moment, |next| next.min(moment)));
        self
    }
}
