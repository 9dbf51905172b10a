//! From a policy's folder to a desk: the files are read, the plugins made ready, the desk opened.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use anyhow::anyhow;
use leadsman_domain::policy::{PluginSource, Policy};
use leadsman_flow::Desk;
use leadsman_flow::ledger::Ledger;
use leadsman_intake::Region;
use leadsman_policy::{LoadedPolicy, PolicyErrors, PolicyFiles, Problem, Terms};
use leadsman_rules::{Preparation, PrepareError, PreparedRulebook, RulebookError, Sandbox};

use crate::exit::{self, Exit};

/// A policy at work.
pub struct Opened {
    /// The desk that it decides at.
    pub desk: Arc<Desk>,
    /// The policy as it was read.
    pub loaded: LoadedPolicy,
    /// The country of phone numbers that do not name theirs.
    pub region: Option<Region>,
}

/// What every policy of this installation may ask for.
fn terms() -> Terms {
    let built_in: BTreeSet<String> =
        leadsman_artifacts::BUILT_IN.iter().map(|component| component.name.to_owned()).collect();
    Terms { built_in: Some(built_in), ..Terms::default() }
}

/// Opens a desk with the policy in a folder.
pub fn open(sandbox: &Sandbox, folder: &Path, ledger: Arc<dyn Ledger>) -> Result<Opened, Exit> {
    let loaded = leadsman_policy::load(folder, &terms()).map_err(|errors| problems(&errors))?;
    finish(sandbox, loaded, ledger)
}

/// Opens a desk with a policy from files in memory.
pub fn open_files(sandbox: &Sandbox, files: &PolicyFiles, ledger: Arc<dyn Ledger>) -> Result<Opened, Exit> {
    let loaded = leadsman_policy::parse(files, &terms()).map_err(|errors| problems(&errors))?;
    finish(sandbox, loaded, ledger)
}

fn finish(sandbox: &Sandbox, loaded: LoadedPolicy, ledger: Arc<dyn Ledger>) -> Result<Opened, Exit> {
    let region = loaded.region.as_deref().map(str::parse::<Region>).transpose();
    let region = region.map_err(|invalid| {
        problems(&PolicyErrors::new(vec![loaded.problem_at("/region", invalid.to_string())]))
    })?;
    let find = |source: &PluginSource| component(&loaded, source);
    let plan = terms().limits_max;
    let rulebook = PreparedRulebook::prepare(sandbox, &loaded.policy, &find, plan, Preparation::Frozen)
        .map_err(|error| problems(&PolicyErrors::new(plugin_problems(&loaded, &error))))?;
    let components = components(&loaded)?;
    let desk = Desk::open(ledger, loaded.policy.clone(), &components, Arc::new(rulebook))?;
    Ok(Opened { desk: Arc::new(desk), loaded, region })
}

fn component(loaded: &LoadedPolicy, source: &PluginSource) -> Result<Vec<u8>, String> {
    match source {
        PluginSource::BuiltIn(name) => {
            let known = leadsman_artifacts::built_in(name);
            known.map(<[u8]>::to_vec).ok_or_else(|| format!("there is no built-in plugin {name:?}"))
        }
        PluginSource::File(path) => {
            loaded.components.get(path).cloned().ok_or_else(|| format!("the policy has no file {path:?}"))
        }
    }
}

/// Every component that a policy uses, once each, in the order of their names.
fn components(loaded: &LoadedPolicy) -> Result<Vec<Vec<u8>>, Exit> {
    let sources: BTreeSet<(bool, &str)> = bindings(&loaded.policy)
        .map(|source| match source {
            PluginSource::BuiltIn(name) => (false, name.as_str()),
            PluginSource::File(path) => (true, path.as_str()),
        })
        .collect();
    let bytes = |(is_file, name): (bool, &str)| {
        let name = name.to_owned();
        component(loaded, &if is_file { PluginSource::File(name) } else { PluginSource::BuiltIn(name) })
    };
    sources.into_iter().map(bytes).collect::<Result<_, _>>().map_err(|cause| anyhow!(cause).into())
}

fn bindings(policy: &Policy) -> impl Iterator<Item = &PluginSource> {
    let allocation = policy.pools.iter().flat_map(|pool| &pool.allocation);
    let attribution = policy.attribution.iter().map(|scenario| &scenario.binding);
    let stages = policy.screening.iter().chain(&policy.scoring).chain(&policy.dispatch);
    stages.chain(allocation).chain(attribution).map(|binding| &binding.source)
}

/// A plugin's complaints, each at its place in the policy's file.
fn plugin_problems(loaded: &LoadedPolicy, error: &RulebookError) -> Vec<Problem> {
    let pointer = error.pointer();
    match &error.cause {
        PrepareError::Configuration(complaints) => complaints
            .iter()
            .map(|one| {
                let message = format!("plugin {}: {}", error.plugin, one.message);
                loaded.problem_at(&format!("{pointer}/config{}", one.pointer), message)
            })
            .collect(),
        PrepareError::Refused(_) | PrepareError::Broke(_) => {
            vec![loaded.problem_at(&pointer, format!("plugin {}: {}", error.plugin, error.cause))]
        }
    }
}

fn problems(errors: &PolicyErrors) -> Exit {
    Exit { code: exit::POLICY, error: anyhow!("the policy has problems\n{errors}") }
}
