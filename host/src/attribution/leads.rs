//! The journeys of a tenant's own leads.

use std::collections::BTreeSet;

use anyhow::anyhow;
use leadsman_credit::{Journey, Journeys, Milestones, Step};
use leadsman_domain::attribution::{Conversion, Touch};
use leadsman_domain::lead::Lead;
use leadsman_domain::money::Minor;
use leadsman_flow::Archive;

use crate::exit::{self, Exit};

/// The journeys of a tenant's leads, and the currency of what they brought.
pub struct OwnJourneys {
    /// The journeys.
    pub journeys: Journeys,
    /// The currency, by its ISO 4217 code; none without conversions.
    pub currency: Option<String>,
}

/// Which conversions are meant.
#[derive(Clone, Copy)]
pub struct Meant<'a> {
    /// Those of this scenario; of every scenario if none is named.
    pub scenario: Option<&'a str>,
    /// Those in this currency; all have to be in one if none is named.
    pub currency: Option<&'a str>,
}

/// The journeys of the leads that have touches: to each conversion that is meant, from the one before on; and what came
/// after the last one, which has ended in nothing so far. What led to one in another currency did not end in nothing,
/// and is left out. Leads that are part of others go with those.
///
/// # Errors
///
/// When a lead cannot be read, no conversion is of the scenario, or values are of several currencies.
pub fn journeys_of_leads(archive: &Archive, meant: Meant<'_>) -> Result<OwnJourneys, Exit> {
    let mut journeys = Journeys::new(true);
    let (mut currencies, mut scenarios) = (BTreeSet::new(), BTreeSet::new());
    archive.each_lead(|lead| {
        if lead.is_part_of_another() {
            return;
        }
        let mut won: Vec<&Conversion> = lead.won.iter().map(|won| &won.conversion).collect();
        scenarios.extend(won.iter().map(|conversion| conversion.scenario.clone()));
        won.retain(|conversion| meant.scenario.is_none_or(|scenario| conversion.scenario == scenario));
        won.sort_by_key(|conversion| conversion.at);
        let is_meant = |conversion: &Conversion| meant.currency.is_none_or(|one| conversion.currency == one);
        let meant = won.iter().filter(|conversion| is_meant(conversion));
        currencies.extend(meant.map(|conversion| conversion.currency.clone()));
        let mut touches = lead.touches();
        for conversion in won {
            let rest = touches.split_off(touches.partition_point(|touch| touch.at <= conversion.at));
            if is_meant(conversion) {
                add(&mut journeys, &lead, &touches, Some(conversion));
            }
            touches = rest;
        }
        add(&mut journeys, &lead, &touches, None);
    })?;
    let listed = |names: BTreeSet<String>| names.into_iter().collect::<Vec<_>>().join(", ");
    if let Some(unknown) = meant.scenario.filter(|name| !scenarios.is_empty() && !scenarios.contains(*name)) {
        let error = anyhow!("no conversion is of the scenario {unknown:?}; there are: {}", listed(scenarios));
        return Err(Exit { code: exit::NOT_FOUND, error });
    }
    if currencies.len() > 1 {
        let error = anyhow!(
            "the conversions are of several currencies, which do not add up: {}; name one with --currency",
            listed(currencies)
        );
        return Err(Exit { code: exit::INPUT, error });
    }
    Ok(OwnJourneys { journeys, currency: currencies.pop_first() })
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
