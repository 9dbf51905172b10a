//! From a policy's folder to a desk: the files are read, the plugins made ready, the policy frozen, the
//! desk opened.

use std::collections::BTreeSet;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use anyhow::anyhow;
use leadsman_domain::Digest;
use leadsman_domain::limits::Limits;
use leadsman_domain::policy::{PluginSource, Policy};
use leadsman_flow::ledger::Ledger;
use leadsman_flow::rules::Rules;
use leadsman_flow::{Adopt, Archive, Desk, Instruments, Label, Upload, Warrant, digest_of};
use leadsman_intake::Region;
use leadsman_policy::{LoadedPolicy, PolicyErrors, PolicyFiles, Problem, Terms};
use leadsman_rules::{PrepareError, PreparedRulebook, RulebookError};

use crate::examine;
use crate::exit::{self, Exit};
use crate::ready::Readying;

/// What makes a folder that of a policy.
const POLICY_FILE: &str = "policy.toml";

/// A policy that was read and whose plugins take their configuration.
pub struct Checked {
    /// The policy as it was read.
    pub loaded: LoadedPolicy,
    /// The country of phone numbers that do not name theirs.
    pub region: Option<Region>,
    /// Its components, in the order of `Policy::sources`.
    pub components: Vec<Vec<u8>>,
    /// The digest that it has together with them.
    pub digest: Digest,
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

/// The most that any plugin of this installation may use up.
pub fn limits_max() -> Limits {
    Terms::default().limits_max
}

/// Where the components of policies come from, besides the policies' own folders: those that ship with
/// Leadsman, and those that a tenant uploaded, if it is known whose are meant.
#[derive(Clone, Copy)]
pub struct Shelf<'a> {
    uploads: Option<&'a Archive>,
}

impl<'a> Shelf<'a> {
    /// The plugins that ship with Leadsman.
    pub const BUILT_IN: Self = Self { uploads: None };

    /// These, and those that a tenant uploaded.
    pub fn of(tenant: &'a Archive) -> Self {
        Self { uploads: Some(tenant) }
    }

    fn uploads(self) -> Result<Option<Vec<Upload>>, PolicyErrors> {
        let listed = self.uploads.map(Archive::uploads).transpose();
        listed.map_err(|error| PolicyErrors::new(vec![Problem::of_file("policy.toml", error.to_string())]))
    }

    /// What a policy may ask for.
    fn terms(self) -> Result<Terms, PolicyErrors> {
        let built_in: BTreeSet<String> =
            leadsman_artifacts::BUILT_IN.iter().map(|component| component.name.to_owned()).collect();
        let labels =
            |uploads: Vec<Upload>| uploads.iter().map(|one| one.plugin.label().to_string()).collect();
        Ok(Terms { built_in: Some(built_in), uploaded: self.uploads()?.map(labels), ..Terms::default() })
    }

    fn component(self, loaded: &LoadedPolicy, source: &PluginSource) -> Result<Vec<u8>, String> {
        let missing = || format!("there is no component {:?}", source.as_str());
        match source {
            PluginSource::BuiltIn(name) => {
                leadsman_artifacts::built_in(name).map(<[u8]>::to_vec).ok_or_else(missing)
            }
            PluginSource::File(path) => loaded.components.get(path).cloned().ok_or_else(missing),
            PluginSource::Uploaded(label) => {
                let archive = self.uploads.ok_or_else(missing)?;
                let label = Label::parse(label).ok_or_else(missing)?;
                let upload = archive.upload(&label).map_err(|error| error.to_string())?;
                archive.component(&upload.ok_or_else(missing)?).map_err(|error| error.to_string())
            }
        }
    }
}

/// Reads and checks the policy in a folder.
pub fn check(readying: &Readying, folder: &Path, shelf: Shelf<'_>) -> Result<Checked, Exit> {
    if !folder.join(POLICY_FILE).exists() {
        let what = if folder.is_dir() { "holds no" } else { "is no folder with a" };
        let error = anyhow!("{} {what} {POLICY_FILE}: name the folder of a policy", folder.display());
        return Err(Exit { code: exit::INPUT, error });
    }
    let check = || Gathered::of(leadsman_policy::load(folder, &shelf.terms()?)?, shelf)?.ready(readying);
    check().map_err(|errors| problems(&errors))
}

/// Reads and checks a policy that somebody sent as text. It may use the plugins that ship with Leadsman
/// and those that were uploaded: it brings none along.
pub fn check_sent(
    readying: &Readying,
    files: &PolicyFiles,
    shelf: Shelf<'_>,
) -> Result<Checked, PolicyErrors> {
    let loaded = leadsman_policy::parse(files, &shelf.terms()?)?;
    let brought = loaded.policy.sources().into_iter().find_map(|source| match source {
        PluginSource::File(path) => Some(path.clone()),
        PluginSource::BuiltIn(_) | PluginSource::Uploaded(_) => None,
    });
    match brought {
        None => {
            let gathered = Gathered::of(loaded, shelf)?;
            gathered.ready_apart(readying, is_uploaded)?;
            gathered.ready(readying)
        }
        Some(path) => {
            let message = format!(
                "{path:?} is a component, and a policy that is sent brings none along; upload it first and \
                 name it with `upload`"
            );
            Err(PolicyErrors::new(vec![loaded.problem_at("", message)]))
        }
    }
}

/// Reads and checks a policy that somebody else made, with the components that it brings along: they are
/// compiled in a process of its own first.
pub fn check_foreign(
    readying: &Readying,
    files: &PolicyFiles,
    shelf: Shelf<'_>,
) -> Result<Checked, PolicyErrors> {
    let gathered = Gathered::of(leadsman_policy::parse(files, &shelf.terms()?)?, shelf)?;
    gathered
        .ready_apart(readying, |source| matches!(source, PluginSource::File(_)) || is_uploaded(source))?;
    gathered.ready(readying)
}

/// Reads and checks a policy from files in memory.
pub fn check_files(readying: &Readying, files: &PolicyFiles) -> Result<Checked, PolicyErrors> {
    let shelf = Shelf::BUILT_IN;
    Gathered::of(leadsman_policy::parse(files, &shelf.terms()?)?, shelf)?.ready(readying)
}

/// A policy that was read, with all its components; nothing was compiled yet.
struct Gathered {
    loaded: LoadedPolicy,
    components: Vec<Vec<u8>>,
    digest: Digest,
}

impl Gathered {
    fn of(loaded: LoadedPolicy, shelf: Shelf<'_>) -> Result<Self, PolicyErrors> {
        let whole = |cause: String| PolicyErrors::new(vec![loaded.problem_at("", cause)]);
        let sources = loaded.policy.sources().into_iter();
        let components: Result<Vec<_>, _> = sources.map(|source| shelf.component(&loaded, source)).collect();
        let components = components.map_err(whole)?;
        let digest = digest_of(&loaded.policy, &components).map_err(|cause| whole(cause.to_string()))?;
        Ok(Self { loaded, components, digest })
    }

    /// If strangers made plugins among them, compiles all in a process of its own first.
    fn ready_apart(
        &self,
        readying: &Readying,
        is_foreign: impl Fn(&PluginSource) -> bool,
    ) -> Result<(), PolicyErrors> {
        if !self.loaded.policy.sources().into_iter().any(is_foreign) || readying.is_ready(&self.digest) {
            return Ok(());
        }
        examine::policy(&self.loaded.policy, &self.components)
            .map_err(|refused| self.problem("", refused.sentence))
    }

    /// Makes the plugins ready.
    fn ready(self, readying: &Readying) -> Result<Checked, PolicyErrors> {
        let region =
            region_of(&self.loaded.policy).map_err(|invalid| self.problem("/region", invalid.to_string()))?;
        let rulebook = readying
            .policy(self.digest, &self.loaded.policy, &self.components)
            .map_err(|error| PolicyErrors::new(plugin_problems(&self.loaded, &error)))?;
        let Self { loaded, components, digest } = self;
        Ok(Checked { loaded, region, components, digest, rulebook })
    }

    fn problem(&self, pointer: &str, message: String) -> PolicyErrors {
        PolicyErrors::new(vec![self.loaded.problem_at(pointer, message)])
    }
}

impl Checked {
    /// Opens a desk with this policy.
    pub fn open(
        self,
        rules: Arc<dyn Rules>,
        ledger: Arc<dyn Ledger>,
        adopt: Adopt,
        warrant: &Warrant,
        instruments: Arc<dyn Instruments>,
    ) -> Result<Opened, Exit> {
        let Self { loaded, region, components, .. } = self;
        let desk = Desk::open_with(ledger, rules, &loaded.policy, &components, adopt, warrant)?;
        Ok(Opened { desk: Arc::new(desk.watched_by(instruments)), loaded, region })
    }
}

fn is_uploaded(source: &PluginSource) -> bool {
    matches!(source, PluginSource::Uploaded(_))
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
