//! The prepared plugins of one revision.

use std::collections::HashMap;
use std::sync::Arc;

use leadsman_domain::attribution::{Conversion, Touch};
use leadsman_domain::follow_up::NextSteps;
use leadsman_domain::lead::Lead;
use leadsman_domain::limits::Limits;
use leadsman_domain::policy::{Binding, PluginSource, Policy};
use leadsman_domain::routing::Proposal;
use leadsman_domain::ruling::{Fault, FaultClass, PluginStamp, Ruling, Stage};
use leadsman_domain::scoring::Contribution;
use leadsman_domain::screening::Verdict;
use leadsman_domain::{Digest, PoolId};
use leadsman_flow::rules::{Case, Inquiry, Rulebook, Step};

use crate::admission;
use crate::plugin::{self, Plugin, Preparation, PrepareError, Preparing};
use crate::sandbox::Sandbox;
use crate::state::Library;

/// Why a policy's plugins cannot be made ready.
#[derive(Debug, thiserror::Error)]
#[error("{plugin} at {}: {cause}", self.pointer())]
pub struct RulebookError {
    /// Where in the policy.
    pub step: Step,
    /// Which plugin.
    pub plugin: String,
    /// Why.
    pub cause: PrepareError,
}

impl RulebookError {
    /// The binding's place in the policy as a JSON pointer, such as `/pools/1/allocation/0`.
    #[must_use]
    pub fn pointer(&self) -> String {
        match self.step {
            Step::Screening(index) => format!("/screening/{index}"),
            Step::Scoring(index) => format!("/scoring/{index}"),
            Step::Dispatch(index) => format!("/dispatch/{index}"),
            Step::Allocation { pool, index } => format!("/pools/{pool}/allocation/{index}"),
            Step::FollowUp { pool: None, index } => format!("/follow_up/{index}"),
            Step::FollowUp { pool: Some(pool), index } => format!("/pools/{pool}/follow_up/{index}"),
            Step::Attribution(index) => format!("/attribution/{index}"),
        }
    }
}

/// The prepared plugins of a policy.
pub struct PreparedRulebook {
    screening: Vec<Arc<Plugin>>,
    scoring: Vec<Arc<Plugin>>,
    dispatch: Vec<Arc<Plugin>>,
    allocation: Vec<Vec<Arc<Plugin>>>,
    follow_up: Vec<Arc<Plugin>>,
    follow_up_of_pools: Vec<Vec<Arc<Plugin>>>,
    attribution: Vec<Arc<Plugin>>,
    /// Where follow-up may send leads.
    pools: Vec<PoolId>,
}

/// Finds the bytes of a component.
pub type ComponentSource<'a> = dyn Fn(&PluginSource) -> Result<Vec<u8>, String> + 'a;

struct Preparer<'a> {
    sandbox: &'a Sandbox,
    components: &'a ComponentSource<'a>,
    plan: Limits,
    preparation: Preparation,
    policy: &'a Policy,
    library: Library,
    /// By component, configuration and limits: two bindings share a plugin only if they grant it the same.
    ready: HashMap<(Digest, Digest, Limits), Arc<Plugin>>,
}

impl PreparedRulebook {
    /// Makes every plugin of a policy ready. The limits of a binding are cut to the plan's.
    ///
    /// # Errors
    ///
    /// When a component is missing, may not come in, or refuses its configuration.
    pub fn prepare(
        sandbox: &Sandbox,
        policy: &Policy,
        components: &ComponentSource<'_>,
        plan: Limits,
        preparation: Preparation,
    ) -> Result<Self, Box<RulebookError>> {
        let library = plugin::library(policy);
        let ready = HashMap::new();
        let mut preparer = Preparer { sandbox, components, plan, preparation, policy, library, ready };
        let screening = preparer.all(Stage::Screening, &policy.screening, Step::Screening)?;
        let scoring = preparer.all(Stage::Scoring, &policy.scoring, Step::Scoring)?;
        let dispatch = preparer.all(Stage::Routing, &policy.dispatch, Step::Dispatch)?;
        let step = |index| Step::FollowUp { pool: None, index };
        let follow_up = preparer.all(Stage::FollowUp, &policy.follow_up, step)?;
        let mut allocation = Vec::with_capacity(policy.pools.len());
        let mut follow_up_of_pools = Vec::with_capacity(policy.pools.len());
        for (pool, declared) in policy.pools.iter().enumerate() {
            let step = |index| Step::Allocation { pool, index };
            allocation.push(preparer.all(Stage::Routing, &declared.allocation, step)?);
            let step = |index| Step::FollowUp { pool: Some(pool), index };
            follow_up_of_pools.push(preparer.all(Stage::FollowUp, &declared.follow_up, step)?);
        }
        let pools = policy.pools.iter().map(|pool| pool.id.clone()).collect();
        let scenarios: Vec<Binding> =
            policy.attribution.iter().map(|scenario| scenario.binding.clone()).collect();
        let attribution = preparer.all(Stage::Attribution, &scenarios, Step::Attribution)?;
        Ok(Self {
            screening,
            scoring,
            dispatch,
            allocation,
            follow_up,
            follow_up_of_pools,
            attribution,
            pools,
        })
    }

    /// Where follow-up may send leads.
    pub(crate) fn pools(&self) -> &[PoolId] {
        &self.pools
    }

    pub(crate) fn plugin(&self, step: Step) -> &Plugin {
        match step {
            Step::Screening(index) => &self.screening[index],
            Step::Scoring(index) => &self.scoring[index],
            Step::Dispatch(index) => &self.dispatch[index],
            Step::Allocation { pool, index } => &self.allocation[pool][index],
            Step::FollowUp { pool: None, index } => &self.follow_up[index],
            Step::FollowUp { pool: Some(pool), index } => &self.follow_up_of_pools[pool][index],
            Step::Attribution(index) => &self.attribution[index],
        }
    }

    /// Every plugin, in the order of the stages.
    pub fn plugins(&self) -> impl Iterator<Item = &Plugin> {
        let routing = self.dispatch.iter().chain(self.allocation.iter().flatten());
        let follow_up = self.follow_up.iter().chain(self.follow_up_of_pools.iter().flatten());
        let before = self.screening.iter().chain(&self.scoring).chain(routing);
        before.chain(follow_up).chain(&self.attribution).map(Arc::as_ref)
    }
}

impl Preparer<'_> {
    fn all(
        &mut self,
        stage: Stage,
        bindings: &[Binding],
        step: impl Fn(usize) -> Step,
    ) -> Result<Vec<Arc<Plugin>>, Box<RulebookError>> {
        let one = |(index, binding): (usize, &Binding)| {
            self.one(stage, binding).map_err(|cause| {
                let plugin = binding.source.as_str().to_owned();
                Box::new(RulebookError { step: step(index), plugin, cause })
            })
        };
        bindings.iter().enumerate().map(one).collect()
    }

    fn one(&mut self, stage: Stage, binding: &Binding) -> Result<Arc<Plugin>, PrepareError> {
        let bytes = (self.components)(&binding.source)
            .map_err(|cause| PrepareError::Broke(Fault::new(FaultClass::Host, cause)))?;
        let component_bytes = admission::bytes_max(&bytes, binding.limits.component_bytes);
        let limits = Limits { component_bytes, ..binding.limits }.min(self.plan);
        let configuration = Digest::of(binding.configuration.to_string().as_bytes());
        let key = (Digest::of(&bytes), configuration, limits);
        let plugin = match self.ready.get(&key) {
            Some(known) => Arc::clone(known),
            None => {
                let preparing = Preparing {
                    bytes: &bytes,
                    configuration: &binding.configuration,
                    limits,
                    library: self.library.clone(),
                    reps: plugin::rep_attributes(&self.policy.reps),
                    preparation: self.preparation,
                };
                let plugin = Arc::new(Plugin::prepare(self.sandbox, preparing)?);
                self.ready.insert(key, Arc::clone(&plugin));
                plugin
            }
        };
        plugin.serves(stage)?;
        Ok(plugin)
    }
}

impl Rulebook for PreparedRulebook {
    fn stamp(&self, step: Step) -> &PluginStamp {
        self.plugin(step).stamp()
    }

    fn screen(&self, step: Step, cases: &[Case<'_>]) -> Vec<Ruling<Verdict>> {
        self.plugin(step).screen(cases)
    }

    fn score(&self, step: Step, cases: &[Case<'_>]) -> Vec<Ruling<Vec<Contribution>>> {
        self.plugin(step).score(cases)
    }

    fn route(&self, step: Step, inquiry: &Inquiry<'_>) -> Ruling<Proposal> {
        let plugin = self.plugin(step);
        plugin.open(inquiry.case).map_or_else(refused, |mut instance| instance.route(inquiry))
    }

    fn review(&self, step: Step, case: Case<'_>) -> Ruling<NextSteps> {
        let plugin = self.plugin(step);
        plugin.open(case).map_or_else(refused, |mut instance| instance.review(case, &self.pools))
    }

    fn credit(
        &self,
        step: Step,
        lead: &Lead,
        conversion: &Conversion,
        touches: &[Touch],
    ) -> Ruling<Vec<f64>> {
        let case = Case { lead, now: conversion.at };
        let opened = self.plugin(step).open(case);
        opened.map_or_else(refused, |mut instance| instance.credit(lead, conversion, touches))
    }
}

fn refused<T>(fault: Fault) -> Ruling<T> {
    Ruling { outcome: Err(fault), fuel: 0, log: None }
}
