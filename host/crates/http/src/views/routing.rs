//! What a routing plugin was shown, and what it proposed.

use leadsman_domain::journal::Situation;
use leadsman_domain::routing::{Choice, PassedOver, Proposal, Question, Ranked, Relation};
use leadsman_flow::Suggestions;
use serde::Serialize;
use utoipa::ToSchema;

use crate::values::Moment;

/// What a routing plugin was shown besides the lead.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Situation)]
pub(crate) struct SituationView {
    /// `dispatch` (to which pool?) or `allocation` (to whom?).
    question: &'static str,
    /// The pool of an allocation.
    pool: Option<String>,
    /// Who could own the lead.
    candidates: Vec<CandidateView>,
    /// Who knows it.
    acquaintances: Vec<AcquaintanceView>,
    /// The plugin's counters.
    counters: Vec<CounterView>,
    /// The pools of a dispatch, and how many leads waited in each.
    pools: Vec<WaitingView>,
    /// Whom the host had removed before, and why.
    barred: Vec<PassedOverView>,
}

/// A pool and how full it was.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Waiting)]
pub(crate) struct WaitingView {
    /// The pool.
    pool: String,
    /// Leads that waited in it.
    leads: u64,
}

/// A rep who could own the lead.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Candidate)]
pub(crate) struct CandidateView {
    /// Who.
    rep: String,
    /// The teams of the rep.
    teams: Vec<String>,
    /// Share of turns, relative to the others.
    weight: u32,
    /// Leads owned at that moment.
    load: u32,
    /// Leads that may be owned.
    cap: Option<u32>,
}

/// A rep who knows the lead.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Acquaintance)]
pub(crate) struct AcquaintanceView {
    /// Who.
    rep: String,
    /// `owner`, `account-owner` or `last-worker`.
    relation: &'static str,
    /// Since when.
    since: Moment,
}

/// A number that a plugin keeps between decisions.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Counter)]
pub(crate) struct CounterView {
    /// Its name.
    key: String,
    /// Its value.
    value: i64,
}

/// Who could own a lead, as the rules see it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Suggestions)]
pub(crate) struct SuggestionsView {
    /// The pool from which the lead would come.
    pool: String,
    /// Who, best first, and why.
    ranking: Vec<RankedView>,
    /// Who not, and why not.
    passed_over: Vec<PassedOverView>,
}

impl SuggestionsView {
    /// The first so many.
    pub(crate) fn of(suggested: &Suggestions, top: usize) -> Self {
        let ranking = suggested.ranking.iter().take(top);
        Self {
            pool: suggested.pool.to_string(),
            ranking: ranking.map(Into::into).collect(),
            passed_over: suggested.passed_over.iter().map(Into::into).collect(),
        }
    }
}

/// A rep who was not chosen.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = PassedOver)]
pub(crate) struct PassedOverView {
    /// Who.
    rep: String,
    /// A short stable word.
    #[schema(example = "full")]
    code: String,
    /// Why not.
    message: String,
}

/// A routing plugin's answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Proposal)]
pub(crate) struct ProposalView {
    /// What was proposed.
    choice: ChoiceView,
    /// The candidates, best first.
    ranking: Vec<RankedView>,
    /// Who was passed over, and why.
    passed_over: Vec<PassedOverView>,
    /// The counters that changed.
    counters: Vec<CounterView>,
    /// Why.
    reasons: Vec<ReasonView>,
}

/// What a plugin proposes.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "to")]
#[schema(as = Choice)]
pub(crate) enum ChoiceView {
    /// No opinion: the next plugin is asked.
    Pass,
    /// A pool.
    Pool {
        /// Which.
        pool: String,
    },
    /// A rep.
    Rep {
        /// Who.
        rep: String,
    },
    /// Only these candidates are left for the next plugin.
    Narrow {
        /// Who.
        reps: Vec<String>,
    },
    /// Nothing before a moment.
    Hold {
        /// The moment.
        until: Moment,
    },
    /// Marketing keeps it.
    Nurture,
}

/// A candidate in the order of preference.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Ranked)]
pub(crate) struct RankedView {
    /// Who.
    rep: String,
    /// Why here.
    message: String,
}

/// Why something was decided.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Reason)]
pub(crate) struct ReasonView {
    /// A short stable word for programs.
    code: String,
    /// One sentence for people.
    message: String,
    /// The attribute that it is about.
    attribute: Option<String>,
}

impl From<&Situation> for SituationView {
    fn from(situation: &Situation) -> Self {
        let candidates = situation.candidates.iter().map(|one| CandidateView {
            rep: one.rep.to_string(),
            teams: one.teams.iter().map(ToString::to_string).collect(),
            weight: one.weight,
            load: one.load,
            cap: one.cap,
        });
        let acquaintances = situation.acquaintances.iter().map(|one| AcquaintanceView {
            rep: one.rep.to_string(),
            relation: relation(one.relation),
            since: one.since.into(),
        });
        let counters = situation.counters.iter();
        let pools = situation.pools.iter();
        Self {
            question: match situation.question {
                Question::Dispatch => "dispatch",
                Question::Allocation => "allocation",
            },
            pool: situation.pool.as_ref().map(ToString::to_string),
            candidates: candidates.collect(),
            acquaintances: acquaintances.collect(),
            counters: counters.map(|one| CounterView { key: one.key.clone(), value: one.value }).collect(),
            pools: pools.map(|(pool, leads)| WaitingView { pool: pool.to_string(), leads: *leads }).collect(),
            barred: situation.barred.iter().map(Into::into).collect(),
        }
    }
}

impl From<&Proposal> for ProposalView {
    fn from(proposal: &Proposal) -> Self {
        let ranking = proposal.ranking.iter();
        let counters = proposal.counters.iter();
        let reasons = proposal.reasons.iter().map(|reason| ReasonView {
            code: reason.code.clone(),
            message: reason.message.clone(),
            attribute: reason.attribute.clone(),
        });
        Self {
            choice: (&proposal.choice).into(),
            ranking: ranking.map(Into::into).collect(),
            passed_over: proposal.passed_over.iter().map(Into::into).collect(),
            counters: counters.map(|one| CounterView { key: one.key.clone(), value: one.value }).collect(),
            reasons: reasons.collect(),
        }
    }
}

impl From<&Choice> for ChoiceView {
    fn from(choice: &Choice) -> Self {
        match choice {
            Choice::Pass => Self::Pass,
            Choice::Pool(pool) => Self::Pool { pool: pool.to_string() },
            Choice::Rep(rep) => Self::Rep { rep: rep.to_string() },
            Choice::Narrow(reps) => Self::Narrow { reps: reps.iter().map(ToString::to_string).collect() },
            Choice::HoldUntil(until) => Self::Hold { until: Moment(*until) },
            Choice::Nurture => Self::Nurture,
        }
    }
}

impl From<&Ranked> for RankedView {
    fn from(one: &Ranked) -> Self {
        Self { rep: one.rep.to_string(), message: one.message.clone() }
    }
}

impl From<&PassedOver> for PassedOverView {
    fn from(one: &PassedOver) -> Self {
        Self { rep: one.rep.to_string(), code: one.code.clone(), message: one.message.clone() }
    }
}

fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Owner => "owner",
        Relation::AccountOwner => "account-owner",
        Relation::LastWorker => "last-worker",
    }
}
