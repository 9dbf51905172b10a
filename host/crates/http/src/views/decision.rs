//! What a plugin decided about a lead.

use leadsman_domain::journal::{Decision, Outcome};
use leadsman_domain::ruling::{Fallback, Fault};
use leadsman_domain::screening::Disposition;
use serde::Serialize;
use utoipa::ToSchema;

use crate::values::Moment;
use crate::views::follow_up::{ActionView, DeadlineView};
use crate::views::policy::PluginView;
use crate::views::routing::{ProposalView, SituationView};
use crate::views::standing::{ContributionView, FindingView};

/// What a plugin decided, with the evidence.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Decision)]
pub(crate) struct DecisionView {
    /// The decision point.
    #[schema(example = "scoring")]
    stage: &'static str,
    /// Which code and which configuration decided.
    plugin: PluginView,
    /// The revision of the policy.
    revision: u64,
    /// Fuel used.
    fuel: u64,
    /// What a routing plugin was shown besides the lead.
    #[serde(skip_serializing_if = "Option::is_none")]
    situation: Option<SituationView>,
    /// What came of it.
    pub outcome: OutcomeView,
}

/// What came of asking a plugin.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "is")]
#[schema(as = Outcome)]
pub(crate) enum OutcomeView {
    /// A verdict of screening.
    Verdict {
        /// `accept`, `flag` or `reject`.
        disposition: &'static str,
        /// What was found.
        findings: Vec<FindingView>,
    },
    /// Contributions to the score.
    Assessment {
        /// The contributions.
        contributions: Vec<ContributionView>,
    },
    /// A proposal where the lead shall go.
    Proposal {
        /// The proposal.
        proposal: ProposalView,
    },
    /// What follow-up does next.
    NextSteps {
        /// What to do now.
        actions: Vec<ActionView>,
        /// When to look again.
        next: Option<Moment>,
        /// What falls due when, soonest first.
        countdown: Vec<DeadlineView>,
    },
    /// Weights of touches, oldest touch first.
    Weights {
        /// The weights.
        weights: Vec<f64>,
    },
    /// No usable answer.
    Fault {
        /// What kind of fault.
        #[schema(example = "fuel")]
        class: &'static str,
        /// What was wrong.
        message: String,
        /// What was done instead: `hold`, `next`, `default-pool` or `reject`.
        fallback: &'static str,
    },
}

impl From<&Decision> for DecisionView {
    fn from(decision: &Decision) -> Self {
        Self {
            stage: decision.stage.as_str(),
            plugin: (&decision.plugin).into(),
            revision: decision.revision,
            fuel: decision.fuel,
            situation: decision.situation.as_ref().map(Into::into),
            outcome: (&decision.outcome).into(),
        }
    }
}

impl From<&Outcome> for OutcomeView {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Verdict(verdict) => Self::Verdict {
                disposition: disposition(verdict.disposition),
                findings: verdict.findings.iter().map(Into::into).collect(),
            },
            Outcome::Assessment(contributions) => {
                Self::Assessment { contributions: contributions.iter().map(Into::into).collect() }
            }
            Outcome::Proposal(proposal) => Self::Proposal { proposal: proposal.into() },
            Outcome::NextSteps(steps) => Self::NextSteps {
                actions: steps.actions.iter().map(Into::into).collect(),
                next: steps.next.map(Moment),
                countdown: steps.countdown.iter().map(Into::into).collect(),
            },
            Outcome::Weights(weights) => Self::Weights { weights: weights.clone() },
            Outcome::Fault { fault: Fault { class, message }, fallback: done } => {
                Self::Fault { class: class.as_str(), message: message.clone(), fallback: fallback(done) }
            }
        }
    }
}

/// The word for what screening did.
pub(crate) fn disposition(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Accept => "accept",
        Disposition::Flag => "flag",
        Disposition::Reject => "reject",
    }
}

fn fallback(fallback: &Fallback) -> &'static str {
    match fallback {
        Fallback::Hold => "hold",
        Fallback::Next => "next",
        Fallback::DefaultPool => "default-pool",
        Fallback::Reject => "reject",
    }
}
