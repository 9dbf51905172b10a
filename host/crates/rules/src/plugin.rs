//! A plugin bound to a configuration: admitted, described, configured, and frozen if it can be.

use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use leadsman_domain::limits::Limits;
use leadsman_domain::ruling::{Fault, FaultClass, PluginStamp, Ruling, Stage};
use leadsman_domain::scoring::Contribution;
use leadsman_domain::screening::Verdict;
use leadsman_domain::{Digest, Facts, RepId};
use leadsman_flow::rules::Case;
use serde::{Deserialize, Serialize};
use wasmtime::Store;
use wasmtime::component::InstancePre;

use crate::admission::{Inspection, Refusal, admit};
use crate::convert::{Description, Exports, Needs};
use crate::instance::{Instance, configuring_store};
use crate::introduction::{Introduction, Terms, host_fault, introduce};
use crate::sandbox::Sandbox;
use crate::snapshot;
use crate::state::{GuestState, Library, Occasion};
use crate::workshop::Workshop;

/// What is wrong with one place of a plugin's configuration, in the plugin's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("at {}: {message}", if pointer.is_empty() { "the top" } else { pointer })]
pub struct ConfigurationProblem {
    /// JSON pointer to the place.
    pub pointer: String,
    /// What is wrong there.
    pub message: String,
}

/// Why a plugin cannot be made ready.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrepareError {
    /// It may not come in.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It refused its configuration.
    #[error("the plugin refuses its configuration:{}", .0.iter().map(|one| format!("\n  {one}")).collect::<String>())]
    Configuration(Vec<ConfigurationProblem>),
    /// It broke while it was described or configured.
    #[error("the plugin broke while it was being configured: {0}")]
    Broke(Fault),
}

/// When a plugin's configured state is frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preparation {
    /// At once: every call starts from the snapshot.
    Frozen,
    /// Never: every instance is configured. For quiet tenants, who then share compiled code.
    Shared,
}

/// What a configured plugin reads, made ready for projecting leads.
#[derive(Debug, Default)]
pub struct Readings {
    /// What it said that it needs.
    pub needs: Needs,
    /// The attributes of reps.
    pub reps: BTreeMap<RepId, Facts>,
    /// The places of the needed attributes, in the order of their names; empty if one is there twice.
    pub(crate) by_name: Vec<usize>,
    kinds: HashMap<String, u32>,
    kind_prefixes: Vec<(String, u32)>,
}

impl Readings {
    fn new(needs: Needs, reps: BTreeMap<RepId, Facts>) -> Self {
        let mut kinds = HashMap::new();
        let mut kind_prefixes = Vec::new();
        for (index, kind) in (0_u32..).zip(&needs.activities) {
            match kind.strip_suffix('*') {
                Some(prefix) => kind_prefixes.push((prefix.to_owned(), index)),
                None => drop(kinds.insert(kind.clone(), index)),
            }
        }
        kind_prefixes.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
        let mut by_name: Vec<usize> = (0..needs.attributes.len()).collect();
        by_name.sort_by_key(|place| &needs.attributes[*place]);
        if by_name.windows(2).any(|pair| needs.attributes[pair[0]] == needs.attributes[pair[1]]) {
            by_name.clear();
        }
        Self { needs, reps, by_name, kinds, kind_prefixes }
    }

    /// Which of the needed kinds an activity's kind is, if any: the kind itself before a beginning, and
    /// a longer beginning before a shorter one.
    #[must_use]
    pub fn activity_kind(&self, kind: &str) -> Option<u32> {
        let by_prefix = || self.kind_prefixes.iter().find(|(prefix, _)| kind.starts_with(prefix.as_str()));
        self.kinds.get(kind).copied().or_else(|| by_prefix().map(|(_, index)| *index))
    }
}

/// Code that can be instantiated, and whether it is configured already.
pub(crate) struct Code {
    pub linked: InstancePre<GuestState>,
    pub exports: Exports,
    pub configured: bool,
}

/// A plugin at work.
pub struct Plugin {
    sandbox: Sandbox,
    stamp: PluginStamp,
    description: Description,
    inspection: Inspection,
    readings: Readings,
    limits: Limits,
    library: Library,
    configuration: String,
    code: Code,
    /// How many leads are shown to it together at most.
    batch_leads: usize,
}

/// What [`Plugin::prepare`] takes.
pub(crate) struct Preparing<'a> {
    pub bytes: &'a [u8],
    pub configuration: &'a serde_json::Value,
    pub limits: Limits,
    pub library: Library,
    pub reps: BTreeMap<RepId, Facts>,
    pub preparation: Preparation,
}

impl Plugin {
    /// Makes a component ready with a configuration and nothing else: no lists, no calendars, no reps.
    ///
    /// # Errors
    ///
    /// When it may not come in, refuses the configuration or breaks over it.
    pub fn load(
        sandbox: &Sandbox,
        bytes: &[u8],
        configuration: &serde_json::Value,
        limits: Limits,
        preparation: Preparation,
    ) -> Result<Self, PrepareError> {
        let library = Library::default();
        Self::prepare(
            sandbox,
            Preparing { bytes, configuration, limits, library, reps: BTreeMap::new(), preparation },
        )
    }

    /// Makes a component ready with a configuration.
    ///
    /// # Errors
    ///
    /// When it may not come in, refuses the configuration or breaks over it.
    pub(crate) fn prepare(sandbox: &Sandbox, preparing: Preparing<'_>) -> Result<Self, PrepareError> {
        let Preparing { bytes, configuration, limits, library, reps, preparation } = preparing;
        let configuration = configuration.to_string();
        let inspection = admit(bytes, &limits)?;
        let terms = Terms {
            inspection: &inspection,
            configuration: &configuration,
            library: &library,
            limits: &limits,
        };
        let frozen = match preparation {
            Preparation::Frozen => freeze(sandbox, bytes, &terms)?,
            Preparation::Shared => None,
        };
        let (introduction, code) = match frozen {
            Some(ready) => ready,
            None => share(sandbox, bytes, &terms)?,
        };
        let Introduction { description, needs } = introduction;
        let stamp = PluginStamp {
            name: description.name.clone(),
            version: description.version.clone(),
            digest: inspection.digest,
            configuration: Digest::of(configuration.as_bytes()),
        };
        let readings = Readings::new(needs, reps);
        let sandbox = sandbox.clone();
        let mut plugin = Self {
            sandbox,
            stamp,
            description,
            inspection,
            readings,
            limits,
            library,
            configuration,
            code,
            batch_leads: 1,
        };
        plugin.batch_leads = plugin.leads_of_a_batch();
        if !plugin.is_batched() {
            let (name, digest) = (&plugin.stamp.name, plugin.stamp.digest);
            tracing::warn!(name, %digest, "its answers depend on more than the lead, or take most of its fuel; it is never batched");
        }
        Ok(plugin)
    }

    /// Which code and configuration this is.
    #[must_use]
    pub fn stamp(&self) -> &PluginStamp {
        &self.stamp
    }

    /// Who the plugin says that it is.
    #[must_use]
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// What can be said of its component.
    #[must_use]
    pub fn inspection(&self) -> &Inspection {
        &self.inspection
    }

    /// What it reads.
    #[must_use]
    pub fn readings(&self) -> &Readings {
        &self.readings
    }

    /// Whether calls start from a snapshot.
    #[must_use]
    pub fn is_frozen(&self) -> bool {
        self.code.configured
    }

    /// Whether leads are shown to it together in bulk work: not if its answers were seen to depend on
    /// more than the lead, or to take most of its fuel.
    #[must_use]
    pub fn is_batched(&self) -> bool {
        self.batch_leads > 1
    }

    /// A fresh instance for a lead and a moment. The caller may keep it for more calls; what the
    /// guest remembers between them is the caller's risk.
    ///
    /// # Errors
    ///
    /// When the instance cannot be started.
    pub fn open(&self, case: Case<'_>) -> Result<Instance<'_>, Fault> {
        Instance::open(self, Occasion::of(case.lead.id.as_str(), case.now))
    }

    /// Screens leads, each in a fresh sandbox when it is alone, else in batches.
    pub fn screen(&self, cases: &[Case<'_>]) -> Vec<Ruling<Verdict>> {
        self.in_batches(cases, &|instance: &mut Instance<'_>, cases: &[Case<'_>]| instance.screen(cases))
    }

    /// Scores leads, each in a fresh sandbox when it is alone, else in batches.
    pub fn score(&self, cases: &[Case<'_>]) -> Vec<Ruling<Vec<Contribution>>> {
        self.in_batches(cases, &|instance: &mut Instance<'_>, cases: &[Case<'_>]| instance.score(cases))
    }

    fn in_batches<T>(&self, cases: &[Case<'_>], call: &BatchCall<'_, T>) -> Vec<Ruling<T>> {
        let mut rulings = Vec::with_capacity(cases.len());
        cases.chunks(self.batch_leads).for_each(|batch| self.ask(batch, call, &mut rulings));
        rulings
    }

    /// Asks about leads together. A batch that breaks, takes more than one lead may, or has a lead in it that is too
    /// large, is halved, so that no lead costs the others their answer.
    fn ask<T>(&self, batch: &[Case<'_>], call: &BatchCall<'_, T>, rulings: &mut Vec<Ruling<T>>) {
        match batch {
            [] => {}
            [case] => rulings.push(self.one_case(case, call)),
            _ => match self.one_batch(batch, call) {
                Ok(answers) => rulings.extend(answers),
                Err(_) => {
                    let (left, right) = batch.split_at(batch.len() / 2);
                    self.ask(left, call, rulings);
                    self.ask(right, call, rulings);
                }
            },
        }
    }

    fn one_batch<T>(&self, batch: &[Case<'_>], call: &BatchCall<'_, T>) -> Result<Vec<Ruling<T>>, Fault> {
        let mut instance = self.open(batch[0])?;
        let ruling = call(&mut instance, batch);
        let fuel = ruling.fuel / batch.len() as u64;
        let mut log = ruling.log;
        Ok(ruling.outcome?.into_iter().map(|outcome| Ruling { outcome, fuel, log: log.take() }).collect())
    }

    fn one_case<T>(&self, case: &Case<'_>, call: &BatchCall<'_, T>) -> Ruling<T> {
        let mut instance = match self.open(*case) {
            Ok(instance) => instance,
            Err(fault) => return Ruling { outcome: Err(fault), fuel: 0, log: None },
        };
        let ruling = call(&mut instance, std::slice::from_ref(case));
        let outcome = ruling.outcome.and_then(|answers| {
            let only = answers.into_iter().next();
            only.unwrap_or_else(|| Err(Fault::new(FaultClass::Malformed, "the plugin gave no answer")))
        });
        Ruling { outcome, fuel: ruling.fuel, log: ruling.log }
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    pub(crate) fn code(&self) -> &Code {
        &self.code
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn library(&self) -> &Library {
        &self.library
    }

    pub(crate) fn configuration(&self) -> &str {
        &self.configuration
    }

    /// Whether the plugin serves a stage.
    pub(crate) fn serves(&self, stage: Stage) -> Result<(), Refusal> {
        if self.inspection.stages.contains(&stage) {
            return Ok(());
        }
        let serves =
            self.inspection.stages.iter().map(|stage| stage.as_str()).collect::<Vec<_>>().join(" and ");
        Err(Refusal::WrongStage { serves, stage })
    }
}

type BatchCall<'f, T> = dyn for<'i> Fn(&mut Instance<'i>, &[Case<'_>]) -> Ruling<Vec<Result<T, Fault>>> + 'f;

/// Configures a component once and freezes it; none if its shape does not allow that, so that every
/// instance must be configured, which is slower and gives the same answers.
fn freeze(
    sandbox: &Sandbox,
    bytes: &[u8],
    terms: &Terms<'_>,
) -> Result<Option<(Introduction, Code)>, PrepareError> {
    // Wizer panics over some shapes that it does not know, and components are anybody's.
    let tried = || catch_unwind(AssertUnwindSafe(|| snapshot::freeze(sandbox, bytes, terms)));
    let tried = sandbox.apart(tried).map_err(|cause| host_fault(&cause.into()))?;
    let frozen = match tried {
        Ok(Ok(frozen)) => frozen?,
        Ok(Err(cause)) => {
            tracing::info!("not frozen: {cause:#}");
            return Ok(None);
        }
        Err(_) => {
            tracing::warn!(component = %terms.inspection.digest, "not frozen: the snapshot panicked");
            return Ok(None);
        }
    };
    let code = Code {
        exports: find_exports(&frozen.linked, &terms.inspection.stages)?,
        linked: frozen.linked,
        configured: true,
    };
    Ok(Some((frozen.introduction, code)))
}

/// Compiles a component as it is.
fn share(sandbox: &Sandbox, bytes: &[u8], terms: &Terms<'_>) -> Result<(Introduction, Code), PrepareError> {
    let _slot = sandbox.take_slot();
    let (mut store, linked, exports) = start(sandbox.running(), bytes, terms)?;
    let (_, introduction) = introduce(&mut store, &linked, &exports, terms)?;
    Ok((introduction, Code { linked, exports, configured: false }))
}

/// Compiles a component as it is, and makes a store to meet it in.
pub(crate) fn start(
    workshop: &Workshop,
    bytes: &[u8],
    terms: &Terms<'_>,
) -> Result<(Store<GuestState>, InstancePre<GuestState>, Exports), PrepareError> {
    let component = workshop.compile_shared(bytes);
    let component = component.map_err(|cause| Refusal::Invalid(format!("{cause:#}")))?;
    let linked = workshop.link(&component).map_err(|cause| Refusal::WrongTypes(format!("{cause:#}")))?;
    let exports = find_exports(&linked, &terms.inspection.stages)?;
    let store = configuring_store(workshop, terms).map_err(|cause| host_fault(&cause))?;
    Ok((store, linked, exports))
}

/// Finds the exports; each stage that the component names must have the shape of its contract.
fn find_exports(linked: &InstancePre<GuestState>, named: &[Stage]) -> Result<Exports, Refusal> {
    let exports = Exports::find(linked).map_err(|cause| Refusal::WrongTypes(format!("{cause:#}")))?;
    let found = exports.stages();
    let strange = named.iter().find(|stage| !found.contains(stage));
    match strange {
        Some(stage) => Err(Refusal::WrongTypes(format!("its export of {stage} has another shape"))),
        None => Ok(exports),
    }
}

/// The reps' attributes as routing plugins may read them.
pub(crate) fn rep_attributes(reps: &[leadsman_domain::policy::Rep]) -> BTreeMap<RepId, Facts> {
    reps.iter().map(|rep| (rep.id.clone(), rep.attributes.clone())).collect()
}

/// The lists and calendars of a policy, ready for reading.
pub(crate) fn library(policy: &leadsman_domain::policy::Policy) -> Library {
    Library {
        lists: Arc::new(crate::lists::ListLibrary::new(&policy.lists)),
        calendars: Arc::new(policy.calendars.clone()),
    }
}
