//! The ports to the rules: who makes a revision's plugins ready, and the prepared plugins of one.

use std::sync::Arc;

use leadsman_domain::attribution::{Conversion, Touch};
use leadsman_domain::follow_up::NextSteps;
use leadsman_domain::journal::Situation;
use leadsman_domain::lead::Lead;
use leadsman_domain::policy::{Binding, Policy};
use leadsman_domain::routing::{Acquaintance, Candidate, Counter, Proposal, Question};
use leadsman_domain::ruling::{PluginStamp, Ruling};
use leadsman_domain::scoring::Contribution;
use leadsman_domain::screening::Verdict;
use leadsman_domain::{PoolId, Timestamp};

use crate::revision::Frozen;

/// One plugin's place in the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// The n-th screening plugin.
    Screening(usize),
    /// The n-th scoring plugin.
    Scoring(usize),
    /// The n-th dispatch plugin.
    Dispatch(usize),
    /// The n-th allocation plugin of a pool.
    Allocation {
        /// The pool's place in the policy.
        pool: usize,
        /// The plugin's place in the pool.
        index: usize,
    },
    /// The n-th follow-up plugin of a pool, or of the policy for every lead.
    FollowUp {
        /// The pool's place in the policy; none for the policy's own.
        pool: Option<usize>,
        /// The plugin's place in its list.
        index: usize,
    },
    /// The plugin of the n-th attribution scenario.
    Attribution(usize),
}

impl Step {
    /// What the step is called: `screening`, `scoring`, `dispatch`, `allocation`, `follow-up` or
    /// `attribution`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Screening(_) => "screening",
            Self::Scoring(_) => "scoring",
            Self::Dispatch(_) => "dispatch",
            Self::Allocation { .. } => "allocation",
            Self::FollowUp { .. } => "follow-up",
            Self::Attribution(_) => "attribution",
        }
    }

    /// What a policy says of the step, if it has it.
    #[must_use]
    pub fn binding(self, policy: &Policy) -> Option<&Binding> {
        match self {
            Self::Screening(index) => policy.screening.get(index),
            Self::Scoring(index) => policy.scoring.get(index),
            Self::Dispatch(index) => policy.dispatch.get(index),
            Self::Allocation { pool, index } => policy.pools.get(pool)?.allocation.get(index),
            Self::FollowUp { pool: None, index } => policy.follow_up.get(index),
            Self::FollowUp { pool: Some(pool), index } => policy.pools.get(pool)?.follow_up.get(index),
            Self::Attribution(place) => policy.attribution.get(place).map(|scenario| &scenario.binding),
        }
    }

    /// Every place of a policy at which a plugin serves, in the order in which a lead meets them.
    pub fn all(policy: &Policy) -> impl Iterator<Item = Self> {
        let screening = (0..policy.screening.len()).map(Self::Screening);
        let scoring = (0..policy.scoring.len()).map(Self::Scoring);
        let dispatch = (0..policy.dispatch.len()).map(Self::Dispatch);
        let allocation = policy.pools.iter().enumerate().flat_map(|(pool, declared)| {
            (0..declared.allocation.len()).map(move |index| Self::Allocation { pool, index })
        });
        let follow_up =
            |pool, bindings: &[Binding]| (0..bindings.len()).map(move |index| Self::FollowUp { pool, index });
        let for_every_lead = follow_up(None, &policy.follow_up);
        let of_pools = policy.pools.iter().enumerate();
        let of_pools = of_pools.flat_map(move |(pool, declared)| follow_up(Some(pool), &declared.follow_up));
        let attribution = (0..policy.attribution.len()).map(Self::Attribution);
        let routing = dispatch.chain(allocation);
        screening.chain(scoring).chain(routing).chain(for_every_lead).chain(of_pools).chain(attribution)
    }
}

/// A lead to be screened or scored, and the moment for which.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The lead.
    pub lead: &'a Lead,
    /// The moment of the decision.
    pub now: Timestamp,
}

/// A routing question.
#[derive(Debug, Clone)]
pub struct Inquiry<'a> {
    /// The lead and the moment.
    pub case: Case<'a>,
    /// What is asked.
    pub question: Question,
    /// The pool of an allocation.
    pub pool: Option<&'a PoolId>,
    /// The pools, and how many leads wait in each; empty for an allocation.
    pub pools: &'a [(PoolId, u64)],
    /// Who could own it, sorted by id.
    pub candidates: &'a [Candidate],
    /// Who knows it.
    pub acquaintances: &'a [Acquaintance],
    /// The pool's counters, sorted by key.
    pub counters: &'a [Counter],
    /// Whether the lead passes for mature, whatever its score.
    pub as_mature: bool,
}

impl<'a> Inquiry<'a> {
    /// What a plugin is asked about a lead in a situation.
    #[must_use]
    pub fn of(case: Case<'a>, situation: &'a Situation) -> Self {
        Self {
            case,
            question: situation.question,
            pool: situation.pool.as_ref(),
            pools: &situation.pools,
            candidates: &situation.candidates,
            acquaintances: &situation.acquaintances,
            counters: &situation.counters,
            as_mature: situation.as_mature,
        }
    }
}

/// A question to a plugin, whichever it is.
#[derive(Debug, Clone)]
pub enum Ask<'a> {
    /// Is it junk?
    Screen(Case<'a>),
    /// What is it worth?
    Score(Case<'a>),
    /// Who gets it?
    Route(Inquiry<'a>),
    /// What now, and when to look again?
    Review(Case<'a>),
    /// Which touches earned the conversion?
    Credit {
        /// The lead that converted.
        lead: &'a Lead,
        /// Into what.
        conversion: &'a Conversion,
        /// The touches that count, oldest first.
        touches: Vec<Touch>,
    },
}

/// Makes revisions ready to decide.
pub trait Rules: Send + Sync {
    /// The prepared plugins of a frozen revision.
    ///
    /// # Errors
    ///
    /// When one of them may not come in, refuses its configuration or breaks over it; in a sentence.
    fn ready(&self, frozen: &Frozen) -> Result<Arc<dyn Rulebook>, String>;
}

impl<F: Fn(&Frozen) -> Result<Arc<dyn Rulebook>, String> + Send + Sync> Rules for F {
    fn ready(&self, frozen: &Frozen) -> Result<Arc<dyn Rulebook>, String> {
        self(frozen)
    }
}

/// The prepared plugins of one revision. Answers are checked: a returned answer keeps the contract.
pub trait Rulebook: Send + Sync {
    /// Which code and configuration serve a step.
    fn stamp(&self, step: Step) -> &PluginStamp;

    /// Screens leads: one ruling for each, in order.
    fn screen(&self, step: Step, cases: &[Case<'_>]) -> Vec<Ruling<Verdict>>;

    /// Scores leads: one ruling for each, in order.
    fn score(&self, step: Step, cases: &[Case<'_>]) -> Vec<Ruling<Vec<Contribution>>>;

    /// Asks a routing question.
    fn route(&self, step: Step, inquiry: &Inquiry<'_>) -> Ruling<Proposal>;

    /// Reviews a lead: what to do now, and when to look again.
    fn review(&self, step: Step, case: Case<'_>) -> Ruling<NextSteps>;

    /// Weighs the touches of a conversion of a lead: at least one touch, oldest first.
    fn credit(&self, step: Step, lead: &Lead, conversion: &Conversion, touches: &[Touch])
    -> Ruling<Vec<f64>>;
}
