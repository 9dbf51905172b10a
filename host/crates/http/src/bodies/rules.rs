//! What is sent to change the rules: policies, activations, trials, backtests.

use std::collections::BTreeMap;

use leadsman_flow::trial::{Guards, InvalidGuards, Mode, Share};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::problem::FieldError;
use crate::values::{Moment, Word};

/// A policy to be frozen.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRevision {
    /// The files of the policy's folder, by their paths: `policy.toml`, `lists/*.txt`, `calendars/*.toml` and
    /// `models/*.json`. Plugins are those that ship with Leadsman, and those that were uploaded.
    #[schema(example = json!({"policy.toml": "default_pool = \"inbound\"\n"}))]
    pub files: BTreeMap<String, String>,
    /// The reason, for the record.
    #[schema(value_type = String, example = "a stricter blocklist")]
    pub reason: Word,
}

/// Which revision shall decide, and why.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Activate {
    /// The number of the revision.
    #[schema(example = 7)]
    pub revision: u64,
    /// The reason, for the record of activations.
    #[schema(value_type = String, example = "the new blocklist")]
    pub reason: Word,
}

/// Why the revision shall decide again that did before.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RollBack {
    /// The revision that is given up: nothing is done unless it decides now, so the request may be sent
    /// again.
    #[serde(default)]
    #[schema(example = 8)]
    pub revision: Option<u64>,
    /// The reason, for the record of activations.
    #[schema(value_type = String, example = "too many rejects")]
    pub reason: Word,
}

/// A candidate to be tried beside the revision that decides, in the shadow or as a canary.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTrial {
    /// The number of the candidate.
    #[schema(example = 8)]
    pub revision: u64,
    /// In the shadow it looks at new leads without effect; as a canary it decides over a share of them.
    pub mode: TrialMode,
    /// For a shadow: the trial rests after so many leads, 10,000 if missing; at most 100,000.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100_000)]
    pub leads: Option<u64>,
    /// For a canary: the share of leads, in percent, 0.1 to 50.
    #[serde(default)]
    #[schema(example = 5.0)]
    pub percent: Option<f64>,
    /// For a canary: what ends the trial by itself. Those that are missing are as usual.
    #[serde(default)]
    #[schema(value_type = Option<Object>, example = json!({
        "leads_min": 30, "failed_more_max": 0.01, "rejected_drift_max": 0.1, "score_drift_max": 0.5,
        "slower_max": 3.0
    }))]
    pub guards: Option<Guards>,
    /// For a canary: the candidate is activated once it has decided over so many new leads and no guard
    /// has objected; by a person only, when missing.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub promote_after: Option<u64>,
    /// The reason, for the record.
    #[schema(value_type = String, example = "a stricter blocklist, on five percent")]
    pub reason: Word,
}

/// How a candidate is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TrialMode {
    /// It looks at new leads, without effect.
    Shadow,
    /// It decides over a share of leads.
    Canary,
}

/// How many leads a shadow looks at, unless it is told.
const SHADOW_LEADS: u64 = 10_000;
/// And at most.
const SHADOW_LEADS_MAX: u64 = 100_000;

impl NewTrial {
    /// How the candidate is tried, or everything that does not fit.
    pub(crate) fn mode(&self) -> Result<Mode, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut only_for = |mode: &str, given: &[(&str, bool)]| {
            let message = format!("is for a {mode} only");
            let given = given.iter().filter(|(_, given)| *given);
            errors.extend(given.map(|(name, _)| FieldError::at(format!("/{name}"), message.as_str())));
        };
        let mode = match self.mode {
            TrialMode::Shadow => {
                let canary = [
                    ("percent", self.percent.is_some()),
                    ("guards", self.guards.is_some()),
                    ("promote_after", self.promote_after.is_some()),
                ];
                only_for("canary", &canary);
                let leads_max = self.leads.unwrap_or(SHADOW_LEADS);
                if !(1..=SHADOW_LEADS_MAX).contains(&leads_max) {
                    errors.push(FieldError::at("/leads", format!("must be 1 to {SHADOW_LEADS_MAX}")));
                }
                Some(Mode::Shadow { leads_max })
            }
            TrialMode::Canary => {
                only_for("shadow", &[("leads", self.leads.is_some())]);
                let guards = self.guards.unwrap_or_default().checked();
                if let Err(InvalidGuards(guard, bound)) = guards {
                    errors.push(FieldError::at(format!("/guards/{guard}"), format!("must be {bound}")));
                }
                let share = self.share();
                if share.is_none() {
                    errors.push(FieldError::at("/percent", "must be 0.1 to 50"));
                }
                if self.promote_after == Some(0) {
                    errors.push(FieldError::at("/promote_after", "must be 1 or more"));
                }
                let promote_after = self.promote_after;
                share.zip(guards.ok()).map(|(share, guards)| Mode::Canary { share, guards, promote_after })
            }
        };
        mode.filter(|_| errors.is_empty()).ok_or(errors)
    }

    fn share(&self) -> Option<Share> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "what does not fit becomes the nearest that does, which is no share either"
        )]
        let thousandths = (self.percent? * 10.0).round() as u16;
        Share::of_thousandths(thousandths).ok()
    }
}

/// How the trial shall end.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndTrial {
    /// The candidate: nothing is done unless it is what is tried, so a request that comes late ends no other
    /// trial.
    #[serde(default)]
    #[schema(example = 8)]
    pub revision: Option<u64>,
    /// Whether the candidate is activated; else it decides nothing any more.
    pub promote: bool,
    /// The reason, for the record.
    #[schema(value_type = String, example = "no differences but the intended ones")]
    pub reason: Word,
}

/// What history shall be told to which revision again.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBacktest {
    /// The number of the candidate.
    #[schema(example = 8)]
    pub revision: u64,
    /// The revision that it is compared with; the one that decides, if missing.
    #[serde(default)]
    pub against: Option<u64>,
    /// Leads that came in from this moment on.
    #[serde(default)]
    pub from: Option<Moment>,
    /// What was told before this moment.
    #[serde(default)]
    pub to: Option<Moment>,
}
