//! A tenant's own leads, and what their policy says of how conversions are credited.

use std::path::Path;

use anyhow::{Context as _, anyhow};
use leadsman_domain::TenantId;
use leadsman_domain::attribution::TouchRules;
use leadsman_domain::policy::Scenario;
use leadsman_flow::Archive;
use leadsman_ledger::Store;
use leadsman_rules::{Plugin, Preparation};

use crate::attribution::Model;
use crate::exit::{self, Exit};
use crate::installation;

/// The scenario that says which touches count where none is named.
const DEFAULT: &str = "default";

/// The records of a tenant, and the scenario of the active policy that its conversions are credited by.
pub(super) struct Own {
    pub archive: Archive,
    scenario: Option<(u64, Scenario)>,
    /// Keeps the folder open.
    _store: Store,
}

impl Own {
    /// Opens the records. Conversions of a scenario that the policy does not know go by its default, as everywhere.
    pub fn open(data: &Path, tenant: &TenantId, scenario: Option<&str>) -> Result<Self, Exit> {
        let store = installation::open_existing(data)?;
        let archive = installation::archive(&store, tenant)?;
        let scenario = archive.active_revision()?.and_then(|(record, policy)| {
            let place = policy.scenario_of(scenario.unwrap_or(DEFAULT))?;
            Some((record.number, policy.attribution.into_iter().nth(place)?))
        });
        Ok(Self { archive, scenario, _store: store })
    }

    /// Which touches count, by the policy.
    pub fn rules(&self) -> TouchRules {
        self.scenario.as_ref().map(|(_, scenario)| scenario.touches.clone()).unwrap_or_default()
    }

    /// Whence that is.
    pub fn whence(&self) -> String {
        let told = |(revision, scenario): &(u64, Scenario)| {
            format!("the scenario {} of revision {revision}", scenario.name)
        };
        self.scenario.as_ref().map(told).unwrap_or_default()
    }

    /// The scenario's plugin as the model, as it is in the active revision.
    pub fn model(&self) -> Result<(String, Model), Exit> {
        let Some((number, Scenario { binding, .. })) = &self.scenario else {
            let error = anyhow!(
                "the policy has neither this scenario nor one that is called {DEFAULT}: name a --model"
            );
            return Err(Exit { code: exit::NOT_FOUND, error });
        };
        let frozen = self.archive.revision(*number)?;
        let place = frozen.policy.sources().into_iter().position(|source| *source == binding.source);
        let component = place.and_then(|place| frozen.components.get(place));
        let component = component.context("the revision lacks the component of its scenario")?;
        let sandbox = installation::sandbox()?.patient();
        let (configuration, limits) = (&binding.configuration, binding.limits);
        let plugin = Plugin::load(&sandbox, component, configuration, limits, Preparation::Frozen);
        let plugin = plugin.map_err(Exit::with(exit::POLICY))?;
        Ok((format!("{} by {}", plugin.stamp().name, self.whence()), Model::Plugin(Box::new(plugin))))
    }
}
