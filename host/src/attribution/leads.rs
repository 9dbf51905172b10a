//! The journeys of a tenant's own leads.

use std::collections::BTreeSet;

use anyhow::anyhow;
use leadsman_credit::{Journey, Journeys, Milestones, Step};
use leadsman_domain::attribution::{Conversion, Touch};
use leadsman_domain::lead::Lead;
use leadsman_domain::money::Minor;
use leadsman_flow::Archive;

use crate::exit::{self, Exit};

/// The journeys of the leads that have touches: to each conversion of a scenario, of every scenario if none is
/// named, from the conversion before on; and what came after the last one, which has ended in nothing so far. Leads
/// that are part of others go with those.
///
/// # Errors
///
/// When a lead cannot be read, or values are of several currencies.
pub fn journeys_of_leads(archive: &Archive, scenario: Option<&str>) -> Result<Journeys, Exit> {
    let mut journeys = Journeys::new(true);
    let mut currencies = BTreeSet::new();
    archive.each_lead(|lead| {
        if lead.is_part_of_another() {
            return;
        }
        let mut won: Vec<&Conversion> = lead.won.iter().map(|won| &won.conversion).collect();
        won.retain(|conversion| scenario.is_none_or(|scenario| conversion.scenario == scenario));
        won.sort_by_key(|conversion| conversion.at);
        currencies.extend(won.iter().map(|conversion| conversion.currency.clone()));
        let mut touches = lead.touches();
        for conversion in won {
            let rest = touches.split_off(touches.partition_point(|touch| touch.at <= conversion.at));
            add(&mut journeys, &lead, &touches, Some(conversion));
            touches = rest;
        }
        add(&mut journeys, &lead, &touches, None);
    })?;
    if currencies.len() > 1 {
        let currencies = currencies.into_iter().collect::<Vec<_>>().join(", ");
        let error = anyhow!(
            "the conversions are of several currencies, which do not add up: {currencies}; name a --scenario of one"
        );
        return Err(Exit { code: exit::INPUT, error });
    }
    Ok(journeys)
}

fn add(journeys: &mut Journeys, lead: &Lead, touches: &[Touch], conversion: Option<&Conversion>) {
    let Some(last) = touches.last() else { return };
    let steps = touches.iter().map(|touch| Step { at: touch.at, channel: journeys.channel(&touch.channel) });
    let steps = steps.collect();
    journeys.all.push(Journey {
        steps,
        ended: conversion.map_or(last.at, |conversion| conversion.at),
        conversions: u64::from(conversion.is_some()),
        value: conversion.map_or(Minor(0), |conversion| conversion.value),
        in_vain: u64::from(conversion.is_none()),
        milestones: Milestones {
            lead: Some(lead.received),
            deal: conversion.and_then(|conversion| conversion.deal_created),
        },
    });
}
