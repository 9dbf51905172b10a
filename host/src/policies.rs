//! From a policy's folder to a desk: the files are read, the plugins made ready, the policy frozen, the
//! desk opened.

use std::collections::BTreeSet;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use anyhow::anyhow;
use leadsman_domain::policy::{PluginSource, Policy};
use leadsman_flow::ledger::Ledger;
use leadsman_flow::rules::Rules;
use leadsman_flow::{Adopt, Desk, Warrant, digest_of};
use leadsman_intake::Region;
use leadsman_policy::{LoadedPolicy, PolicyErrors, PolicyFiles, Problem, Terms};
use leadsman_rules::{PrepareError, PreparedRulebook, RulebookError};

use crate::exit::{self, Exit};
use crate::ready::Readying;

/// A policy that was read and whose plugins take their configuration.
pub struct Checked {
    /// The policy as it was read.
    pub loaded: LoadedPolicy,
    /// The country of phone numbers that do not name theirs.
    pub region: Option<Region>,
    /// Its components, in the order of `Policy::sources`.
    pub components: Vec<Vec<u8>>,
    /// Its plugins.
    pub rulebook: Arc<PreparedRulebook>,
}

/// A policy at work.
pub struct Opened {
    /// The desk that it decides at.
    pub desk: Arc<Desk>,
    /// The policy as it was read.
    pub loaded: LoadedPolicy,
    /// The country of phone numbers that do not name theirs.
    pub region: Option<Region>,
}

/// The country of phone numbers that do not name theirs.
pub fn region_of(policy: &Policy) -> Result<Option<Region>, <Region as FromStr>::Err> {
    policy.region.as_deref().map(str::parse).transpose()
}

/// What every policy of this installation may ask for.
pub fn terms() -> Terms {
    let built_in: BTreeSet<String> =
        leadsman_artifacts::BUILT_IN.iter().map(|component| component.name.to_owned()).collect();
    Terms { built_in: Some(built_in), ..Terms::default() }
}

/// Reads and checks the policy in a folder.
pub fn check(readying: &Readying, folder: &Path) -> Result<Checked, Exit> {
    let loaded = leadsman_policy::load(folder, &terms());
    loaded.and_then(|loaded| finish(readying, loaded)).map_err(|errors| problems(&errors))
}

/// Reads and checks a policy that somebody sent as text. It may use the plugins that ship with Leadsman:
/// components come in through a door of their own.
pub fn check_sent(readying: &Readying, files: &PolicyFiles) -> Result<Checked, PolicyErrors> {
    let loaded = leadsman_policy::parse(files, &terms())?;
    let brought = loaded.policy.sources().into_iter().find_map(|source| match source {
        PluginSource::File(path) => Some(path.clone()),
        PluginSource::BuiltIn(_) => None,
    });
    match brought {
        None => finish(readying, loaded),
        Some(path) => {
            let message =
                format!("{path:?} is a component, and only plugins that ship with Leadsman may be used here");
            Err(PolicyErrors::new(vec![loaded.problem_at("", message)]))
        }
    }
}

/// Reads and checks a policy from files in memory.
pub fn check_files(readying: &Readying, files: &PolicyFiles) -> Result<Checked, PolicyErrors> {
    finish(readying, leadsman_policy::parse(files, &terms())?)
}

fn finish(readying: &Readying, loaded: LoadedPolicy) -> Result<Checked, PolicyErrors> {
    let at = |pointer: &str, message: String| PolicyErrors::new(vec![loaded.problem_at(pointer, message)]);
    let region = region_of(&loaded.policy).map_err(|invalid| at("/region", invalid.to_string()))?;
    let components: Result<Vec<_>, _> =
        loaded.policy.sources().into_iter().map(|source| component(&loaded, source)).collect();
    let components = components.map_err(|cause| at("", cause))?;
    let digest = digest_of(&loaded.policy, &components).map_err(|cause| at("", cause.to_string()))?;
    let rulebook = readying
        .policy(digest, &loaded.policy, &components)
        .map_err(|error| PolicyErrors::new(plugin_problems(&loaded, &error)))?;
    Ok(Checked { loaded, region, components, rulebook })
}

impl Checked {
    /// Opens a desk with this policy.
    pub fn open(
        self,
        rules: Arc<dyn Rules>,
        ledger: Arc<dyn Ledger>,
        adopt: Adopt,
        warrant: &Warrant,
    ) -> Result<Opened, Exit> {
        let Self { loaded, region, components, .. } = self;
        let desk = Desk::open_with(ledger, rules, &loaded.policy, &components, adopt, warrant)?;
        Ok(Opened { desk: Arc::new(desk), loaded, region })
    }
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

/// Says which code a policy with problems exits with.
pub fn problems(errors: &PolicyErrors) -> Exit {
    Exit { code: exit::POLICY, error: anyhow!("the policy has problems\n{errors}") }
}
