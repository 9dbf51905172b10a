//! A component's exports, and calling them with the domain's types.

use leadsman_domain::PoolId;
use leadsman_domain::attribution::{Conversion, Touch};
use leadsman_domain::follow_up::NextSteps;
use leadsman_domain::lead::Lead;
use leadsman_domain::limits::Limits;
use leadsman_domain::routing::Proposal;
use leadsman_domain::ruling::{Fault, Stage};
use leadsman_domain::scoring::{Contribution, Rule};
use leadsman_domain::screening::Verdict;
use leadsman_flow::rules::{Case, Inquiry};
use serde::{Deserialize, Serialize};
use wasmtime::Store;
use wasmtime::component::{Instance, InstancePre};

use super::lower::Shown;
use super::{lift, lower};
use crate::bindings::exports::leadsman::rules::{
    attribution, follow_up, plugin, routing, scoring, screening,
};
use crate::plugin::{ConfigurationProblem, Readings};
use crate::state::GuestState;

/// Who a plugin says that it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it does.
    pub summary: String,
    /// JSON Schema of its configuration.
    pub configuration_schema: String,
}

/// What a configured plugin will read, and the rules that it will speak of.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Needs {
    /// Names of lead attributes, in the order of the values that are sent.
    pub attributes: Vec<String>,
    /// Whether every text attribute is sent.
    pub all_texts: bool,
    /// Kinds of activity.
    pub activities: Vec<String>,
    /// Names of rep attributes.
    pub rep_attributes: Vec<String>,
    /// Names of lists.
    pub lists: Vec<String>,
    /// The rules that contributions name by their place.
    pub rules: Vec<Rule>,
}

/// Where a component's exports are, found once.
#[derive(Clone)]
pub(crate) struct Exports {
    plugin: plugin::GuestIndices,
    screening: Option<screening::GuestIndices>,
    scoring: Option<scoring::GuestIndices>,
    routing: Option<routing::GuestIndices>,
    follow_up: Option<follow_up::GuestIndices>,
    attribution: Option<attribution::GuestIndices>,
}

impl Exports {
    /// Finds the exports; the stages that the component does not have stay empty.
    pub(crate) fn find(component: &InstancePre<GuestState>) -> wasmtime::Result<Self> {
        Ok(Self {
            plugin: plugin::GuestIndices::new(component)?,
            screening: screening::GuestIndices::new(component).ok(),
            scoring: scoring::GuestIndices::new(component).ok(),
            routing: routing::GuestIndices::new(component).ok(),
            follow_up: follow_up::GuestIndices::new(component).ok(),
            attribution: attribution::GuestIndices::new(component).ok(),
        })
    }

    /// The stages that the component serves.
    pub(crate) fn stages(&self) -> Vec<Stage> {
        let has = |stage| match stage {
            Stage::Screening => self.screening.is_some(),
            Stage::Scoring => self.scoring.is_some(),
            Stage::Routing => self.routing.is_some(),
            Stage::Attribution => self.attribution.is_some(),
            Stage::FollowUp => self.follow_up.is_some(),
        };
        Stage::ALL.into_iter().filter(|stage| has(*stage)).collect()
    }
}

/// An instance whose exports can be called.
pub(crate) struct Loaded<'a> {
    pub exports: &'a Exports,
    pub instance: Instance,
    /// How much of a lead it is shown, and how much it may answer.
    pub limits: &'a Limits,
}

type Answers<T> = wasmtime::Result<Result<Vec<Result<T, Fault>>, Fault>>;

impl Loaded<'_> {
    /// What it is shown of leads.
    fn shown<'b>(&self, readings: &'b Readings) -> Shown<'b> {
        Shown { readings, bytes_max: self.limits.input_bytes }
    }

    pub(crate) fn describe(&self, store: &mut Store<GuestState>) -> wasmtime::Result<Description> {
        let guest = self.exports.plugin.load(&mut *store, &self.instance)?;
        let said = guest.call_describe(store)?;
        Ok(Description {
            name: said.name,
            version: said.version,
            summary: said.summary,
            configuration_schema: said.configuration_schema,
        })
    }

    pub(crate) fn configure(
        &self,
        store: &mut Store<GuestState>,
        configuration: &str,
    ) -> wasmtime::Result<Result<Needs, Vec<ConfigurationProblem>>> {
        let guest = self.exports.plugin.load(&mut *store, &self.instance)?;
        let said = guest.call_configure(store, configuration)?;
        Ok(said
            .map(|needs| Needs {
                attributes: needs.attributes,
                all_texts: needs.all_texts,
                activities: needs.activities,
                rep_attributes: needs.rep_attributes,
                lists: needs.lists,
                rules: needs.rules.into_iter().map(lift::rule).collect(),
            })
            .map_err(|problems| {
                let problem = |one: plugin::Problem| ConfigurationProblem {
                    pointer: one.pointer,
                    message: one.message,
                };
                problems.into_iter().map(problem).collect()
            }))
    }

    pub(crate) fn screen(
        &self,
        store: &mut Store<GuestState>,
        readings: &Readings,
        cases: &[Case<'_>],
    ) -> Answers<Verdict> {
        let guest = stage(&self.exports.screening)?.load(&mut *store, &self.instance)?;
        let shown = self.shown(readings);
        let said = shown.leads(cases, |leads| guest.call_screen(store, leads))?;
        Ok(said.and_then(|said| lift::each(said, cases.len(), self.limits.output_bytes, lift::verdict)))
    }

    pub(crate) fn score(
        &self,
        store: &mut Store<GuestState>,
        readings: &Readings,
        cases: &[Case<'_>],
    ) -> Answers<Vec<Contribution>> {
        let guest = stage(&self.exports.scoring)?.load(&mut *store, &self.instance)?;
        let shown = self.shown(readings);
        let said = shown.scoring_inputs(cases, |inputs| guest.call_score(store, inputs))?;
        let lift = |said| lift::assessment(said, &readings.needs.rules);
        Ok(said.and_then(|said| lift::each(said, cases.len(), self.limits.output_bytes, lift)))
    }

    pub(crate) fn route(
        &self,
        store: &mut Store<GuestState>,
        readings: &Readings,
        inquiry: &Inquiry<'_>,
    ) -> wasmtime::Result<Result<Proposal, Fault>> {
        let guest = stage(&self.exports.routing)?.load(&mut *store, &self.instance)?;
        let shown = self.shown(readings);
        let said = shown.request(inquiry, |request| guest.call_route(store, request))?;
        let said = said.and_then(|said| lift::one(said, self.limits.output_bytes));
        Ok(said.and_then(|proposal| lift::proposal(proposal, inquiry)))
    }

    pub(crate) fn review(
        &self,
        store: &mut Store<GuestState>,
        readings: &Readings,
        case: Case<'_>,
        pools: &[PoolId],
        plugin: &str,
    ) -> wasmtime::Result<Result<NextSteps, Fault>> {
        let guest = stage(&self.exports.follow_up)?.load(&mut *store, &self.instance)?;
        let shown = self.shown(readings);
        let said = shown.matter(case, plugin, |matter| guest.call_review(store, matter, case.now.as_ms()))?;
        let said = said.and_then(|said| lift::one(said, self.limits.output_bytes));
        Ok(said.and_then(|steps| lift::next_steps(steps, case, pools)))
    }

    pub(crate) fn credit(
        &self,
        store: &mut Store<GuestState>,
        lead: &Lead,
        conversion: &Conversion,
        touches: &[Touch],
    ) -> wasmtime::Result<Result<Vec<f64>, Fault>> {
        let guest = stage(&self.exports.attribution)?.load(&mut *store, &self.instance)?;
        let lowered = lower::touches(touches);
        let said = guest.call_credit(store, lower::conversion(lead, conversion), &lowered)?;
        Ok(said.map_err(lift::failure).and_then(|weights| lift::weights(weights, touches.len())))
    }
}

fn stage<T>(indices: &Option<T>) -> wasmtime::Result<&T> {
    indices.as_ref().ok_or_else(|| wasmtime::Error::msg("the component does not serve this stage"))
}
