//! The rules: the active policy with the plugin of each place, the revisions, and which decided when.

use leadsman_domain::difference::{Change, Difference};
use leadsman_domain::ruling::PluginStamp;
use leadsman_flow::rules::Step;
use leadsman_flow::{Activation, Revision, RevisionRecord};
use serde::Serialize;
use utoipa::ToSchema;

use crate::values::Moment;

/// The active policy.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Policy)]
pub(crate) struct PolicyView {
    /// The number of the active revision, from 1.
    revision: u64,
    /// The plugins, in the order in which a lead meets them.
    plugins: Vec<BindingView>,
    /// The pools.
    pools: Vec<String>,
    /// Where a lead goes that no rule sends elsewhere.
    default_pool: String,
}

/// A plugin at work.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Binding)]
pub(crate) struct BindingView {
    /// `screening`, `scoring`, `dispatch`, `allocation`, `follow-up` or `attribution`.
    step: &'static str,
    /// The pool of an allocation or a follow-up, or the scenario of an attribution.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    /// The plugin.
    plugin: PluginView,
}

/// Which code and which configuration.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Plugin)]
pub(crate) struct PluginView {
    /// The plugin's name.
    #[schema(example = "score-points")]
    name: String,
    /// Its version.
    #[schema(example = "0.1.0")]
    version: String,
    /// BLAKE3 digest of the component.
    digest: String,
    /// BLAKE3 digest of the configuration.
    configuration: String,
}

impl From<&PluginStamp> for PluginView {
    fn from(stamp: &PluginStamp) -> Self {
        Self {
            name: stamp.name.clone(),
            version: stamp.version.clone(),
            digest: stamp.digest.to_string(),
            configuration: stamp.configuration.to_string(),
        }
    }
}

impl From<&Revision> for PolicyView {
    fn from(revision: &Revision) -> Self {
        let policy = &revision.policy;
        let view = |step: Step| {
            let of = match step {
                Step::Allocation { pool, .. } | Step::FollowUp { pool: Some(pool), .. } => {
                    Some(policy.pools[pool].id.to_string())
                }
                Step::Attribution(place) => Some(policy.attribution[place].name.clone()),
                Step::Screening(_) | Step::Scoring(_) | Step::Dispatch(_) => None,
                Step::FollowUp { pool: None, .. } => None,
            };
            BindingView { step: step.as_str(), of, plugin: revision.rulebook.stamp(step).into() }
        };
        let plugins = Step::all(policy).map(view).collect();
        Self {
            revision: revision.number,
            plugins,
            pools: policy.pools.iter().map(|pool| pool.id.to_string()).collect(),
            default_pool: policy.default_pool.to_string(),
        }
    }
}

/// The revisions of the policy, and which decided when.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Revisions)]
pub(crate) struct RevisionsView {
    /// The number of the revision that decides.
    active: u64,
    /// Every revision, in the order of their numbers.
    revisions: Vec<RevisionView>,
    /// Which was made to decide, oldest first.
    activations: Vec<ActivationView>,
}

/// A policy with its components, frozen.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Revision)]
pub(crate) struct RevisionView {
    /// Its number, from 1.
    revision: u64,
    /// BLAKE3 digest of the policy and its components.
    digest: String,
    /// When it was frozen.
    frozen: Moment,
    /// Who froze it.
    by: String,
    /// Why.
    reason: String,
}

/// A policy that was frozen just now, or that was before.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Frozen)]
pub(crate) struct FrozenView {
    #[serde(flatten)]
    revision: RevisionView,
    /// Whether it is new; else its content had this number already.
    new: bool,
    /// What is different from the revision that decides, place by place.
    differences: Vec<DifferenceView>,
}

/// One difference between two policies.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Difference)]
pub(crate) struct DifferenceView {
    /// Where.
    #[schema(example = "reps[ana.souza].cap")]
    place: String,
    /// What is different: one of `added`, `removed`, `replaced`, `entries` and `reordered`.
    #[schema(value_type = Object, example = json!({"replaced": {"was": 60, "is": 80}}))]
    change: Change,
}

/// A revision was made to decide.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Activation)]
pub(crate) struct ActivationView {
    /// Which.
    revision: u64,
    /// The revision that was given up for it, if this was a rollback.
    #[serde(skip_serializing_if = "Option::is_none")]
    instead_of: Option<u64>,
    /// When.
    at: Moment,
    /// Who did it.
    by: String,
    /// Why.
    reason: String,
}

impl RevisionsView {
    /// The revisions, of which one is active.
    pub(crate) fn of(active: u64, revisions: &[RevisionRecord], activations: &[Activation]) -> Self {
        Self {
            active,
            revisions: revisions.iter().map(Into::into).collect(),
            activations: activations.iter().map(Into::into).collect(),
        }
    }
}

impl FrozenView {
    /// A revision, and how it differs from the one that decides.
    pub(crate) fn of(record: &RevisionRecord, new: bool, differences: &[Difference]) -> Self {
        let view = |one: &Difference| DifferenceView { place: one.place.clone(), change: one.change.clone() };
        Self { revision: record.into(), new, differences: differences.iter().map(view).collect() }
    }
}

impl From<&RevisionRecord> for RevisionView {
    fn from(record: &RevisionRecord) -> Self {
        Self {
            revision: record.number,
            digest: record.digest.to_string(),
            frozen: record.frozen.at.into(),
            by: record.frozen.by.clone(),
            reason: record.frozen.why.clone(),
        }
    }
}

impl From<&Activation> for ActivationView {
    fn from(activation: &Activation) -> Self {
        Self {
            revision: activation.revision,
            instead_of: activation.instead_of,
            at: activation.warrant.at.into(),
            by: activation.warrant.by.clone(),
            reason: activation.warrant.why.clone(),
        }
    }
}
