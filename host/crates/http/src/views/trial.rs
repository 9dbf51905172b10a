//! Trials and backtests: what a candidate would do, or does to a share of leads.

use leadsman_flow::backtest::{Comparison, Told};
use leadsman_flow::trial::{CanaryFigures, EndedTrial, Guards, Mode, Seen, Trial, TrialReport};
use serde::Serialize;
use utoipa::ToSchema;

use crate::values::Moment;

/// The trials.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Trials)]
pub(crate) struct TrialsView {
    /// The one that runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    running: Option<RunningView>,
    /// Those that are over, oldest first.
    ended: Vec<EndedView>,
}

/// A trial.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Trial)]
pub(crate) struct TrialView {
    /// The revision that is tried.
    candidate: u64,
    /// The revision that decides.
    against: u64,
    /// `shadow` or `canary`.
    mode: &'static str,
    /// Of a shadow: the trial rests after so many leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    leads: Option<u64>,
    /// Of a canary: the share of leads, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<f64>,
    /// Of a canary: what ends it by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    guards: Option<Guards>,
    /// Of a canary: the candidate is activated after so many new leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    promote_after: Option<u64>,
    /// When it began.
    begun: Moment,
    /// Who began it.
    by: String,
    /// Why.
    reason: String,
}

/// A trial that runs.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = RunningTrial)]
pub(crate) struct RunningView {
    #[serde(flatten)]
    trial: TrialView,
    /// What a shadow has seen: how many leads it looked at, how many would have ended otherwise, and the
    /// comparison, with the leads behind every figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    shadow: Option<leadsman_flow::trial::ShadowSeen>,
    /// What both sides of a canary have come to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    canary: Option<CanaryFigures>,
}

/// A trial that is over.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = EndedTrial)]
pub(crate) struct EndedView {
    #[serde(flatten)]
    trial: TrialView,
    /// `promoted`, `rolled-back` or `stopped`.
    end: &'static str,
    /// When it ended.
    ended: Moment,
    /// Who ended it; `guards`, if it ended by itself.
    ended_by: String,
    /// Why.
    ended_reason: String,
    /// What both sides of a canary had come to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    canary: Option<CanaryFigures>,
}

/// What would have been different.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Backtest)]
pub(crate) struct BacktestView {
    /// How many submissions were told again.
    submissions: u64,
    /// How many things in all.
    told: usize,
    /// The comparison, with the leads behind every figure.
    #[schema(value_type = Object)]
    comparison: Comparison,
}

impl From<Told> for BacktestView {
    fn from(told: Told) -> Self {
        let Told { submissions, told, comparison } = told;
        Self { submissions, told, comparison }
    }
}

impl TrialsView {
    /// The trial that runs, and those that are over.
    pub(crate) fn of(running: Option<TrialReport>, ended: Vec<EndedTrial>) -> Self {
        Self { running: running.map(Into::into), ended: ended.into_iter().map(Into::into).collect() }
    }
}

impl From<TrialReport> for RunningView {
    fn from(report: TrialReport) -> Self {
        let trial = report.trial.into();
        match report.seen {
            Seen::Shadow(seen) => Self { trial, shadow: Some(*seen), canary: None },
            Seen::Canary(figures) => Self { trial, shadow: None, canary: Some(figures) },
        }
    }
}

impl From<EndedTrial> for EndedView {
    fn from(over: EndedTrial) -> Self {
        let EndedTrial { trial, end, ended, figures } = over;
        Self {
            trial: trial.into(),
            end: end.as_str(),
            ended: ended.at.into(),
            ended_by: ended.by,
            ended_reason: ended.why,
            canary: figures,
        }
    }
}

impl From<Trial> for TrialView {
    fn from(trial: Trial) -> Self {
        let Trial { candidate, against, mode, begun } = trial;
        let view = Self {
            candidate,
            against,
            mode: "shadow",
            leads: None,
            percent: None,
            guards: None,
            promote_after: None,
            begun: begun.at.into(),
            by: begun.by,
            reason: begun.why,
        };
        match mode {
            Mode::Shadow { leads_max } => Self { leads: Some(leads_max), ..view },
            Mode::Canary { share, guards, promote_after } => {
                let percent = Some(f64::from(share.thousandths()) / 10.0);
                Self { mode: "canary", percent, guards: Some(guards), promote_after, ..view }
            }
        }
    }
}
