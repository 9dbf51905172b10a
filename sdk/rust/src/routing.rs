//! Routing: who gets this lead?

use crate::bindings::routing::exports::leadsman::rules::routing as wit;
pub use crate::bindings::routing::exports::leadsman::rules::routing::{
    Choice, Counter, PassedOver, Pool, Proposal, Question, Ranked, Relation,
};
use crate::{Facts, Failure, Lead, Plugin, Reason, Standing, Timestamp, Values};

/// A plugin that routes: dispatch to a pool, or allocation to a rep of a pool.
pub trait Routing: Plugin {
    /// Answers one question.
    ///
    /// # Errors
    ///
    /// A [`Failure`] makes the host take the fallback that the policy names.
    fn route(&self, request: &Request<Self::Facts>) -> Result<Proposal, Failure>;
}

/// One question.
#[derive(Debug, Clone, PartialEq)]
pub struct Request<F> {
    /// What is asked.
    pub question: Question,
    /// The lead.
    pub lead: Lead<F>,
    /// What scoring said of it.
    pub standing: Standing,
    /// The pool of an allocation; `None` for a dispatch.
    pub pool: Option<String>,
    /// The pools of the policy; empty for an allocation.
    pub pools: Vec<Pool>,
    /// Who could own it, sorted by rep id. For a dispatch: every rep of the tenant who is there.
    pub candidates: Vec<Candidate>,
    /// Who knows it, closest relation first.
    pub acquaintances: Vec<Acquaintance>,
    /// The counters of this pool as they stand, sorted by key.
    pub counters: Vec<Counter>,
    /// The moment of the decision.
    pub now: Timestamp,
}

/// A rep who could own the lead. The host has already removed the absent, the full and the barred.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The rep's id in the policy.
    pub rep: String,
    /// The teams that the rep belongs to.
    pub teams: Vec<String>,
    /// The rep's share of turns, relative to the others; at least 1.
    pub weight: u32,
    /// How many leads the rep owns now.
    pub load: u32,
    /// How many leads the rep may own, if there is a limit.
    pub cap: Option<u32>,
    /// The rep's attributes, in the order of the plugin's needs.
    pub attributes: Values,
}

/// A rep who knows the lead. The rep need not be a candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct Acquaintance {
    /// The rep's id.
    pub rep: String,
    /// How the rep knows it.
    pub relation: Relation,
    /// Since when.
    pub since: Timestamp,
}

impl<F: Facts> Request<F> {
    pub(crate) fn read(request: wit::Request) -> Result<Self, Failure> {
        Ok(Self {
            question: request.question,
            lead: Lead::read(request.lead)?,
            standing: request.standing,
            pool: request.pool,
            pools: request.pools,
            candidates: request.candidates.into_iter().map(Candidate::from).collect(),
            acquaintances: request.acquaintances.into_iter().map(Acquaintance::from).collect(),
            counters: request.counters,
            now: Timestamp::from_millis(request.now_ms),
        })
    }
}

impl<F> Request<F> {
    /// The candidate with this id.
    #[must_use]
    pub fn candidate(&self, rep: &str) -> Option<&Candidate> {
        self.candidates.iter().find(|candidate| candidate.rep == rep)
    }

    /// The value of a counter; zero if it was never set.
    #[must_use]
    pub fn counter(&self, key: &str) -> i64 {
        self.counters.iter().find(|counter| counter.key == key).map_or(0, |counter| counter.value)
    }
}

impl From<wit::Candidate> for Candidate {
    fn from(candidate: wit::Candidate) -> Self {
        Self {
            rep: candidate.rep,
            teams: candidate.teams,
            weight: candidate.weight,
            load: candidate.load,
            cap: candidate.cap,
            attributes: Values::new(candidate.values),
        }
    }
}

impl From<wit::Acquaintance> for Acquaintance {
    fn from(acquaintance: wit::Acquaintance) -> Self {
        Self {
            rep: acquaintance.rep,
            relation: acquaintance.relation,
            since: Timestamp::from_millis(acquaintance.since_ms),
        }
    }
}

impl Proposal {
    /// A choice without reasons yet.
    #[must_use]
    pub const fn new(choice: Choice) -> Self {
        Self {
            choice,
            ranking: Vec::new(),
            passed_over: Vec::new(),
            counters: Vec::new(),
            reasons: Vec::new(),
        }
    }

    /// No opinion: ask the next plugin.
    #[must_use]
    pub const fn pass() -> Self {
        Self::new(Choice::Pass)
    }

    /// Put the lead in this pool.
    #[must_use]
    pub fn pool(pool: impl Into<String>) -> Self {
        Self::new(Choice::Pool(pool.into()))
    }

    /// Give the lead to this rep, who must be a candidate.
    #[must_use]
    pub fn rep(rep: impl Into<String>) -> Self {
        Self::new(Choice::Rep(rep.into()))
    }

    /// Ask the next plugin, with only these candidates left.
    #[must_use]
    pub const fn narrow(reps: Vec<String>) -> Self {
        Self::new(Choice::Narrow(reps))
    }

    /// Decide nothing before this moment.
    #[must_use]
    pub const fn hold_until(moment: Timestamp) -> Self {
        Self::new(Choice::HoldUntil(moment.as_millis()))
    }

    /// Leave the lead to marketing.
    #[must_use]
    pub const fn nurture() -> Self {
        Self::new(Choice::Nurture)
    }

    /// Adds a reason.
    #[must_use]
    pub fn because(mut self, code: impl Into<String>, message: impl Into<String>) -> Self {
        self.reasons.push(Reason::new(code, message));
        self
    }

    /// Adds a candidate at the end of the ranking.
    #[must_use]
    pub fn ranked(mut self, rep: impl Into<String>, message: impl Into<String>) -> Self {
        self.ranking.push(Ranked { rep: rep.into(), message: message.into() });
        self
    }

    /// Says of a rep why not.
    #[must_use]
    pub fn passed_over(
        mut self,
        rep: impl Into<String>,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        self.passed_over.push(PassedOver { rep: rep.into(), code: code.into(), message: message.into() });
        self
    }

    /// Sets a counter to a new value.
    #[must_use]
    pub fn counter(mut self, key: impl Into<String>, value: i64) -> Self {
        self.counters.push(Counter { key: key.into(), value });
        self
    }
}
