//! Conversions: a lead became something worth money, and its touches share the credit.

use std::ops::ControlFlow;

use leadsman_domain::attribution::{Conversion, Touch, TouchRules, credit};
use leadsman_domain::journal::{Decision, Event, Outcome};
use leadsman_domain::lead::Lead;
use leadsman_domain::ruling::{Fault, FaultClass, Stage};
use leadsman_domain::{LeadId, Timestamp};

use crate::change::Change;
use crate::desk::{Desk, Pending};
use crate::error::FlowError;
use crate::keys;
use crate::ledger::Batch;
use crate::revision::Revision;
use crate::rules::Step;

/// The lead after its conversion.
pub type Converted = Lead;

impl Desk {
    /// Records a conversion that is reported now and gives credit for it, once: the same conversion again
    /// changes nothing.
    ///
    /// # Errors
    ///
    /// When there is no such lead, the conversion's id belongs to another one, or the ledger fails.
    pub fn convert(
        &self,
        lead: &LeadId,
        conversion: &Conversion,
        now: Timestamp,
    ) -> Result<Pending<Converted>, FlowError> {
        let key = keys::conversion(&conversion.id);
        let converted = self.work_on(lead, now, |work, change| {
            if let Some(bytes) = self.ledger().get(&key)? {
                let other = self.archive().now_part_of(owner(&bytes)?)?;
                let id = conversion.id.to_string();
                return if other == change.lead().id {
                    Ok(ControlFlow::Break(change.lead().clone()))
                } else {
                    Err(FlowError::ConversionElsewhere { conversion: id, lead: other })
                };
            }
            work.catch_up(change)?;
            change.happened(now, Event::Converted { conversion: conversion.clone() });
            attribute(work.revision, change, conversion, now);
            self.rebate(work.revision, change, conversion, now)?;
            work.follow_up(change, now)?;
            let lead = change.lead().id.as_str().as_bytes().to_vec();
            let (expects, puts) = (vec![(key.clone(), None)], vec![(key.clone(), lead)]);
            change.along_with(Batch { expects, puts, ..Batch::default() });
            Ok(ControlFlow::Continue(()))
        })?;
        match converted {
            ControlFlow::Continue(pending) => Ok(pending),
            ControlFlow::Break(known) => Ok(Pending::unwritten(known, self.ledger().barrier()?)),
        }
    }
}

/// The lead of a conversion.
fn owner(bytes: &[u8]) -> Result<LeadId, FlowError> {
    LeadId::parse(&String::from_utf8_lossy(bytes))
        .map_err(|cause| FlowError::Damaged { place: "a conversion".to_owned(), cause: cause.to_string() })
}

/// The touches that can have earned a conversion, oldest first.
pub(crate) fn touches_before(lead: &Lead, conversion: &Conversion, rules: &TouchRules) -> Vec<Touch> {
    let mut touches = lead.touches();
    touches.retain(|touch| touch.at <= conversion.at);
    let told = touches.iter().map(|touch| (touch.at, touch.channel.as_str()));
    let counted = rules.counted(conversion.at, told);
    counted.into_iter().map(|place| touches[place].clone()).collect()
}

/// Asks the plugin of the conversion's scenario and turns its weights into money.
fn attribute(revision: &Revision, change: &mut Change, conversion: &Conversion, now: Timestamp) {
    let scenarios = &revision.policy.attribution;
    let Some(place) = revision.policy.scenario_of(&conversion.scenario) else { return };
    let touches = touches_before(change.lead(), conversion, &scenarios[place].touches);
    if touches.is_empty() {
        return;
    }
    let step = Step::Attribution(place);
    let ruling = revision.rulebook.credit(step, change.lead(), conversion, &touches);
    let credits = ruling.outcome.and_then(|weights| {
        let credits = credit(conversion.value, &touches, &weights);
        let credits = credits.map_err(|cause| Fault::new(FaultClass::Malformed, cause.to_string()))?;
        Ok((weights, credits))
    });
    let (outcome, credits) = match credits {
        Ok((weights, credits)) => (Outcome::Weights(weights), Some(credits)),
        Err(fault) => (Outcome::Fault { fault, fallback: scenarios[place].binding.fallback.clone() }, None),
    };
    let decision = Decision {
        stage: Stage::Attribution,
        plugin: revision.rulebook.stamp(step).clone(),
        revision: revision.number,
        fuel: ruling.fuel,
        situation: None,
        outcome,
    };
    change.happened(now, Event::Decided(Box::new(decision)));
    if let Some(credits) = credits {
        change.happened(now, Event::Credited { conversion: conversion.id.clone(), credits });
    }
}
