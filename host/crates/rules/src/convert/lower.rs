//! From the domain to the contracts: only what the plugin needs, borrowed, never copied.

use std::cmp::Ordering;

use leadsman_domain::attribution::{Conversion, Touch};
use leadsman_domain::lead::{Lead, Status};
use leadsman_domain::routing::{Question, Relation};
use leadsman_domain::ruling::{Fault, FaultClass};
use leadsman_domain::{Facts, PoolId, RepId, TeamId, Value};
use leadsman_flow::rules::{Case, Inquiry};

use crate::bindings::exports::leadsman::rules::{attribution, follow_up, routing, scoring};
use crate::bindings::leadsman::rules::types;
use crate::plugin::Readings;

/// Every activity that a plugin reads is told in so many bytes.
const ACTIVITY_BYTES: usize = 24;

/// What a call gave for what it was shown, or why it was not made.
type Asked<R> = wasmtime::Result<Result<R, Fault>>;

/// What a plugin is shown: no more than it reads, and no more than so many bytes of one lead.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub readings: &'a Readings,
    pub bytes_max: usize,
}

impl Shown<'_> {
    /// Calls with the leads of cases.
    pub(crate) fn leads<R>(
        self,
        cases: &[Case<'_>],
        call: impl FnOnce(&[types::Lead<'_>]) -> wasmtime::Result<R>,
    ) -> Asked<R> {
        let needs = &self.readings.needs;
        let width = needs.attributes.len();
        let mut found = vec![None; width * cases.len()];
        let mut texts = Vec::new();
        let mut ends = Vec::with_capacity(cases.len());
        for (index, case) in cases.iter().enumerate() {
            let found = &mut found[index * width..(index + 1) * width];
            find_all(self.readings, &case.lead.facts, found);
            let start = texts.len();
            if needs.all_texts {
                texts.extend(named_texts(&case.lead.facts));
            }
            let activities = if needs.activities.is_empty() { 0 } else { case.lead.activities.len() };
            if let Err(fault) = self.fits(found, &texts[start..], activities) {
                return Ok(Err(fault));
            }
            ends.push(texts.len());
        }
        let sets = text_sets(&found);
        let values = values(&found, &sets);
        let mut leads = Vec::with_capacity(cases.len());
        let mut start = 0;
        for (index, case) in cases.iter().enumerate() {
            leads.push(types::Lead {
                id: case.lead.id.as_str(),
                received_ms: case.lead.received.as_ms(),
                values: &values[index * width..(index + 1) * width],
                texts: &texts[start..ends[index]],
            });
            start = ends[index];
        }
        call(&leads).map(Ok)
    }

    /// Whether what is shown of a lead is small enough.
    fn fits(
        self,
        found: &[Option<&Value>],
        texts: &[types::NamedText<'_>],
        activities: usize,
    ) -> Result<(), Fault> {
        let values: usize = found.iter().flatten().map(|value| value_bytes(value)).sum();
        let texts: usize = texts.iter().map(|one| 16 + one.name.len() + one.text.len()).sum();
        let bytes = values + texts + ACTIVITY_BYTES * activities;
        if bytes <= self.bytes_max {
            return Ok(());
        }
        let sentence =
            format!("the lead's facts have {bytes} bytes; the plugin may be shown {}", self.bytes_max);
        Err(Fault::new(FaultClass::InputTooLarge, sentence))
    }

    /// Calls with the scoring inputs of cases.
    pub(crate) fn scoring_inputs<R>(
        self,
        cases: &[Case<'_>],
        call: impl FnOnce(&[scoring::ScoringInput<'_>]) -> wasmtime::Result<R>,
    ) -> Asked<R> {
        let mut activities = Vec::new();
        let mut ends = Vec::with_capacity(cases.len());
        for case in cases {
            activities.extend(activities_until(self.readings, case));
            ends.push(activities.len());
        }
        self.leads(cases, |leads| {
            let mut inputs = Vec::with_capacity(cases.len());
            for (index, (lead, case)) in leads.iter().zip(cases).enumerate() {
                let start = if index == 0 { 0 } else { ends[index - 1] };
                let activities = &activities[start..ends[index]];
                inputs.push(scoring::ScoringInput {
                    lead: lead.clone(),
                    activities,
                    now_ms: case.now.as_ms(),
                });
            }
            call(&inputs)
        })
    }

    /// Calls with the request of an inquiry.
    pub(crate) fn request<R>(
        self,
        inquiry: &Inquiry<'_>,
        call: impl FnOnce(routing::Request<'_>) -> wasmtime::Result<R>,
    ) -> Asked<R> {
        let lead = inquiry.case.lead;
        let none = Facts::new();
        let attributes = inquiry
            .candidates
            .iter()
            .map(|candidate| self.readings.reps.get(&candidate.rep).unwrap_or(&none));
        let names = &self.readings.needs.rep_attributes;
        let found: Vec<Option<&Value>> =
            attributes.flat_map(|facts| names.iter().map(|name| facts.get(name))).collect();
        let sets = text_sets(&found);
        let values = values(&found, &sets);
        let teams: Vec<Vec<&str>> = inquiry
            .candidates
            .iter()
            .map(|candidate| candidate.teams.iter().map(TeamId::as_str).collect())
            .collect();
        let mut candidates = Vec::with_capacity(inquiry.candidates.len());
        for (index, candidate) in inquiry.candidates.iter().enumerate() {
            candidates.push(routing::Candidate {
                rep: candidate.rep.as_str(),
                teams: &teams[index],
                weight: candidate.weight,
                load: candidate.load,
                cap: candidate.cap,
                values: &values[index * names.len()..(index + 1) * names.len()],
            });
        }
        let pools: Vec<_> = inquiry
            .pools
            .iter()
            .map(|(id, waiting)| routing::Pool { id: id.as_str(), waiting: *waiting })
            .collect();
        let acquaintances: Vec<_> = inquiry
            .acquaintances
            .iter()
            .map(|known| routing::Acquaintance {
                rep: known.rep.as_str(),
                relation: relation(known.relation),
                since_ms: known.since.as_ms(),
            })
            .collect();
        let counters: Vec<_> = inquiry
            .counters
            .iter()
            .map(|counter| routing::CounterParam { key: &counter.key, value: counter.value })
            .collect();
        self.leads(&[inquiry.case], |leads| {
            call(routing::Request {
                question: question(inquiry.question),
                lead: leads[0].clone(),
                standing: types::Standing { mature: inquiry.as_mature || is_mature(lead), ..standing(lead) },
                pool: inquiry.pool.map(PoolId::as_str),
                pools: &pools,
                candidates: &candidates,
                acquaintances: &acquaintances,
                counters: &counters,
                now_ms: inquiry.case.now.as_ms(),
            })
        })
    }

    /// Calls with what a plugin may know of a lead's way.
    pub(crate) fn matter<R>(
        self,
        case: Case<'_>,
        plugin: &str,
        call: impl FnOnce(follow_up::Matter<'_>) -> wasmtime::Result<R>,
    ) -> Asked<R> {
        let lead = case.lead;
        let activities: Vec<_> = activities_until(self.readings, &case).collect();
        let done: Vec<&str> = lead.follow_up.done_for(plugin).collect();
        self.leads(&[case], |leads| {
            call(follow_up::Matter {
                lead: leads[0].clone(),
                activities: &activities,
                standing: standing(lead),
                stage: lead.stage.as_str(),
                stage_since_ms: lead.stage_since.as_ms(),
                pool: lead.status.pool().map(PoolId::as_str),
                owner: lead.status.owner().map(RepId::as_str),
                nurtured: lead.status == Status::Nurtured,
                since_ms: lead.since.as_ms(),
                done: &done,
            })
        })
    }
}

fn value_bytes(value: &Value) -> usize {
    match value {
        Value::Text(text) => 16 + text.len(),
        Value::Texts(texts) => 16 + texts.iter().map(|text| 8 + text.len()).sum::<usize>(),
        Value::Number(_) | Value::Flag(_) | Value::Time(_) => 16,
    }
}

/// The activities that the plugin reads and that are not later than the case, oldest first.
fn activities_until<'a>(
    readings: &'a Readings,
    case: &'a Case<'_>,
) -> impl Iterator<Item = types::Activity> + 'a {
    let known = case.lead.activities.iter().filter(|activity| activity.at <= case.now);
    known.filter_map(|activity| {
        let kind = readings.activity_kind(&activity.kind)?;
        Some(types::Activity { kind, at_ms: activity.at.as_ms(), quantity: activity.quantity })
    })
}

/// The touches of a conversion.
pub(crate) fn touches(touches: &[Touch]) -> Vec<attribution::Touch<'_>> {
    touches
        .iter()
        .map(|Touch { at, channel, campaign, by: _ }| attribution::Touch {
            at_ms: at.as_ms(),
            channel,
            campaign: campaign.as_deref(),
        })
        .collect()
}

/// The conversion of a lead.
pub(crate) fn conversion<'a>(lead: &Lead, conversion: &'a Conversion) -> attribution::Conversion<'a> {
    attribution::Conversion {
        id: conversion.id.as_str(),
        scenario: &conversion.scenario,
        at_ms: conversion.at.as_ms(),
        lead_created_ms: Some(lead.received.as_ms()),
        deal_created_ms: conversion.deal_created.map(leadsman_domain::Timestamp::as_ms),
    }
}

/// So many facts for each attribute are gone through sooner than the attribute is looked up.
const FACTS_PASSED_MAX: usize = 4;

/// Finds the attributes that a plugin needs, each at its place. Both are in the order of their names, so that mostly
/// one way through the facts finds all.
fn find_all<'a>(readings: &Readings, facts: &'a Facts, found: &mut [Option<&'a Value>]) {
    let names = &readings.needs.attributes;
    if readings.by_name.is_empty() || facts.len() > FACTS_PASSED_MAX * names.len() {
        found.iter_mut().zip(names).for_each(|(found, name)| *found = facts.get(name));
        return;
    }
    let mut facts = facts.iter();
    let mut next = facts.next();
    for place in &readings.by_name {
        while let Some((name, value)) = next {
            let order = name.as_str().cmp(&names[*place]);
            if order == Ordering::Greater {
                break;
            }
            next = facts.next();
            if order == Ordering::Equal {
                found[*place] = Some(value);
                break;
            }
        }
    }
}

/// The members of every set of texts that will be sent, in the order in which [`values`] meets them.
fn text_sets<'a>(found: &[Option<&'a Value>]) -> Vec<Vec<&'a str>> {
    let texts = |value: &Option<&'a Value>| match value {
        Some(Value::Texts(texts)) => Some(texts.iter().map(String::as_str).collect()),
        _ => None,
    };
    found.iter().filter_map(texts).collect()
}

fn values<'a>(found: &[Option<&'a Value>], sets: &'a [Vec<&'a str>]) -> Vec<Option<types::Value<'a>>> {
    let mut sets = sets.iter();
    let mut value = |value: &'a Value| match value {
        Value::Text(text) => types::Value::Text(text),
        Value::Number(number) => types::Value::Number(*number),
        Value::Flag(flag) => types::Value::Flag(*flag),
        Value::Time(moment) => types::Value::Time(moment.as_ms()),
        Value::Texts(_) => types::Value::Texts(sets.next().map_or(&[], Vec::as_slice)),
    };
    found.iter().map(|found| found.map(&mut value)).collect()
}

fn named_texts(facts: &Facts) -> impl Iterator<Item = types::NamedText<'_>> {
    facts.iter().filter_map(|(name, value)| {
        let text = value.as_text()?;
        Some(types::NamedText { name: name.as_str(), text })
    })
}

fn standing(lead: &Lead) -> types::Standing<'_> {
    let score = lead.score.as_ref();
    let standing = lead.standing.as_ref();
    types::Standing {
        score: score.map_or(0.0, |score| score.total.as_f64()),
        fit: score.map_or(0.0, |score| score.fit.as_f64()),
        engagement: score.map_or(0.0, |score| score.engagement.as_f64()),
        grade: standing.map_or("", |standing| &standing.grade),
        mature: is_mature(lead),
    }
}

fn is_mature(lead: &Lead) -> bool {
    lead.standing.as_ref().is_some_and(|standing| standing.mature)
}

fn question(question: Question) -> routing::Question {
    match question {
        Question::Dispatch => routing::Question::Dispatch,
        Question::Allocation => routing::Question::Allocation,
    }
}

fn relation(relation: Relation) -> routing::Relation {
    match relation {
        Relation::Owner => routing::Relation::Owner,
        Relation::AccountOwner => routing::Relation::AccountOwner,
        Relation::LastWorker => routing::Relation::LastWorker,
    }
}
