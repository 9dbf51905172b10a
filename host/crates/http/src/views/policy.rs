//! The active policy: its revision, and which plugin serves each place.

use leadsman_domain::ruling::PluginStamp;
use leadsman_flow::Revision;
use leadsman_flow::rules::Step;
use serde::Serialize;
use utoipa::ToSchema;

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
    /// `screening`, `scoring`, `dispatch`, `allocation` or `attribution`.
    step: &'static str,
    /// The pool of an allocation, or the scenario of an attribution.
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
        let view = |step: Step, name: &'static str, of: Option<String>| BindingView {
            step: name,
            of,
            plugin: revision.rulebook.stamp(step).into(),
        };
        let mut plugins = Vec::new();
        plugins.extend((0..policy.screening.len()).map(|n| view(Step::Screening(n), "screening", None)));
        plugins.extend((0..policy.scoring.len()).map(|n| view(Step::Scoring(n), "scoring", None)));
        plugins.extend((0..policy.dispatch.len()).map(|n| view(Step::Dispatch(n), "dispatch", None)));
        for (place, pool) in policy.pools.iter().enumerate() {
            let steps = (0..pool.allocation.len()).map(|index| Step::Allocation { pool: place, index });
            plugins.extend(steps.map(|step| view(step, "allocation", Some(pool.id.to_string()))));
        }
        let scenarios = policy.attribution.iter().enumerate();
        plugins.extend(scenarios.map(|(place, scenario)| {
            view(Step::Attribution(place), "attribution", Some(scenario.name.clone()))
        }));
        Self {
            revision: revision.number,
            plugins,
            pools: policy.pools.iter().map(|pool| pool.id.to_string()).collect(),
            default_pool: policy.default_pool.to_string(),
        }
    }
}
