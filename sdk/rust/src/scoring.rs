//! Scoring: what is this lead worth?

use crate::bindings::scoring::exports::leadsman::rules::scoring as wit;
pub use crate::bindings::scoring::exports::leadsman::rules::scoring::{
    Assessment, Contribution, RuleReference,
};
use crate::{Activity, Axis, Facts, Failure, Lead, Plugin, Rule, Timestamp};

/// A plugin that scores.
pub trait Scoring: Plugin {
    /// Scores one lead.
    ///
    /// # Errors
    ///
    /// A [`Failure`] makes the host take the fallback that the policy names.
    fn score(&self, input: &ScoringInput<Self::Facts>) -> Result<Assessment, Failure>;
}

/// One lead to be scored.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoringInput<F> {
    /// The lead.
    pub lead: Lead<F>,
    /// Its activities of the kinds that the plugin needs, oldest first.
    pub activities: Vec<Activity>,
    /// The moment for which it is scored; no activity is later.
    pub now: Timestamp,
}

impl<F: Facts> ScoringInput<F> {
    pub(crate) fn read(input: wit::ScoringInput) -> Result<Self, Failure> {
        Ok(Self {
            lead: Lead::read(input.lead)?,
            activities: input.activities.into_iter().map(Activity::from).collect(),
            now: Timestamp::from_millis(input.now_ms),
        })
    }
}

impl Assessment {
    /// No contributions yet: a score of zero.
    #[must_use]
    pub const fn new() -> Self {
        Self { contributions: Vec::new() }
    }

    /// Adds points for what the lead is.
    #[must_use]
    pub fn fit(self, rule: impl Into<String>, points: f64, message: impl Into<String>) -> Self {
        self.with(rule, Axis::Fit, points, message)
    }

    /// Adds points for what the lead did.
    #[must_use]
    pub fn engagement(self, rule: impl Into<String>, points: f64, message: impl Into<String>) -> Self {
        self.with(rule, Axis::Engagement, points, message)
    }

    /// Adds points on an axis. Points may be negative.
    #[must_use]
    pub fn with(
        mut self,
        rule: impl Into<String>,
        axis: Axis,
        points: f64,
        message: impl Into<String>,
    ) -> Self {
        let rule = Rule { name: rule.into(), axis, message: message.into() };
        self.contributions.push(Contribution { rule: RuleReference::Spelled(rule), points, detail: None });
        self
    }

    /// Adds points of a rule that was declared in [`Needs::rules`](crate::Needs::rules), by its place
    /// there. Much cheaper than spelling the rule out for every lead.
    #[must_use]
    pub fn declared(mut self, rule: u32, points: f64) -> Self {
        self.contributions.push(Contribution { rule: RuleReference::Declared(rule), points, detail: None });
        self
    }
}

impl Default for Assessment {
    fn default() -> Self {
        Self::new()
    }
}
