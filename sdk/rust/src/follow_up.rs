//! Follow-up: what happens if nobody calls?

use crate::bindings::follow_up::exports::leadsman::rules::follow_up as wit;
pub use crate::bindings::follow_up::exports::leadsman::rules::follow_up::{
    Action, Deadline, Deed, NextSteps, Opportunity,
};
use crate::{Activity, Facts, Failure, Lead, LifeStage, Plugin, Reason, Standing, Timestamp};

#[cfg(test)]
mod tests;

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

/// Where a lead is on its way, and since when.
#[derive(Debug, Clone, PartialEq)]
pub struct Matter<F> {
    /// The lead.
    pub lead: Lead<F>,
    /// Its activities of the kinds that the plugin needs, oldest first; none is later than now.
    pub activities: Vec<Activity>,
    /// What scoring said of it.
    pub standing: Standing,
    /// The stage of its life.
    pub stage: LifeStage,
    /// Since when it is in that stage.
    pub stage_since: Timestamp,
    /// The pool that it waits in, or that its owner got it from.
    pub pool: Option<String>,
    /// Who owns it.
    pub owner: Option<String>,
    /// Whether marketing nurtures it.
    pub nurtured: bool,
    /// Since when it is where it is: with its owner, in its pool, or nurtured.
    pub since: Timestamp,
    /// The keys of this plugin's actions that were done already, oldest first.
    pub done: Vec<String>,
    /// The moment of the review.
    pub now: Timestamp,
}

impl<F: Facts> Matter<F> {
    pub(crate) fn read(matter: wit::Matter, now_ms: i64) -> Result<Self, Failure> {
        let Some(stage) = LifeStage::named(&matter.stage) else {
            return Err(Failure::BadInput(format!("there is no stage of life `{}`", matter.stage)));
        };
        Ok(Self {
            lead: Lead::read(matter.lead)?,
            activities: matter.activities.into_iter().map(Activity::from).collect(),
            standing: matter.standing,
            stage,
            stage_since: Timestamp::from_millis(matter.stage_since_ms),
            pool: matter.pool,
            owner: matter.owner,
            nurtured: matter.nurtured,
            since: Timestamp::from_millis(matter.since_ms),
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

impl Deed {
    /// Move the lead on to a stage of its life.
    #[must_use]
    pub fn advance(to: LifeStage) -> Self {
        Self::Advance(to.as_str().to_owned())
    }

    /// Make a lead for another business line, which begins in this pool.
    #[must_use]
    pub fn spawn(line: impl Into<String>, pool: impl Into<String>) -> Self {
        Self::Spawn(Opportunity { line: line.into(), pool: pool.into() })
    }

    /// Whether nothing would come of it, because the lead already is where it would bring it: waiting in
    /// the pool, or at the stage or a later one.
    #[must_use]
    pub fn is_moot<F>(&self, matter: &Matter<F>) -> bool {
        match self {
            Self::Recycle(Some(pool)) => matter.owner.is_none() && matter.pool.as_ref() == Some(pool),
            Self::Advance(to) => LifeStage::named(to).is_some_and(|to| matter.stage >= to),
            _ => false,
        }
    }
}

impl NextSteps {
    /// Nothing to do, and nothing to wait for.
    #[must_use]
    pub const fn nothing() -> Self {
        Self { actions: Vec::new(), next_ms: None, countdown: Vec::new() }
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

    /// Says what will be done at a moment if nothing happens before, and asks to look again then.
    #[must_use]
    pub fn deadline(
        mut self,
        rule: impl Into<String>,
        at: Timestamp,
        consequence: impl Into<String>,
    ) -> Self {
        let deadline = Deadline { rule: rule.into(), at_ms: at.as_millis(), consequence: consequence.into() };
        let place = self.countdown.partition_point(|known| known.at_ms <= deadline.at_ms);
        self.countdown.insert(place, deadline);
        self.look_again(at)
    }
}
