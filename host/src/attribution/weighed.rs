//! Journeys weighed by a plugin, each in a fresh sandbox, on all processors.

use std::num::NonZero;
use std::thread;

use anyhow::anyhow;
use leadsman_credit::{Journey, Journeys, Tally};
use leadsman_domain::attribution::{Conversion, Touch, TouchRules};
use leadsman_domain::{ConversionId, Digest, Facts, LeadId, journal};
use leadsman_flow::rules::Case;
use leadsman_rules::Plugin;

use crate::exit::{self, Exit};

pub(super) fn credit(plugin: &Plugin, journeys: &Journeys, rules: &TouchRules) -> Result<Tally, Exit> {
    let converted: Vec<&Journey> = journeys.all.iter().filter(|journey| journey.conversions > 0).collect();
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let share = converted.len().div_ceil(processors).max(1);
    let tallies: Vec<Result<Tally, Exit>> = thread::scope(|scope| {
        let weigh = |share| scope.spawn(move || weigh(plugin, journeys, share, rules));
        let under_way: Vec<_> = converted.chunks(share).map(weigh).collect();
        under_way
            .into_iter()
            .map(|one| one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let mut whole = Tally::new(journeys.channels.len());
    for tally in tallies {
        whole.add(&tally?);
    }
    Ok(whole)
}

fn weigh(
    plugin: &Plugin,
    journeys: &Journeys,
    share: &[&Journey],
    rules: &TouchRules,
) -> Result<Tally, Exit> {
    let mut tally = Tally::new(journeys.channels.len());
    for journey in share {
        let steps = journeys.counted_of(journey, rules);
        let touch = |step: &leadsman_credit::Step| Touch {
            at: step.at,
            channel: journeys.name(step.channel).to_owned(),
            campaign: None,
            by: None,
        };
        let touches: Vec<Touch> = steps.iter().map(touch).collect();
        let weights = weights(plugin, journey, &touches)?;
        tally.give(journey, &steps, &weights).map_err(|cause| failed(plugin, journey, &touches, &cause))?;
    }
    Ok(tally)
}

/// What the plugin says of one journey, as if a lead had gone it and converted at its end.
fn weights(plugin: &Plugin, journey: &Journey, touches: &[Touch]) -> Result<Vec<f64>, Exit> {
    let id = Digest::of(b"a journey");
    let lead = journal::begin(
        LeadId::of_submission(&id),
        journey.milestones.lead.unwrap_or(journey.ended),
        Facts::new(),
    );
    let conversion = Conversion {
        id: ConversionId::parse("journey")?,
        scenario: "default".to_owned(),
        at: journey.ended,
        value: journey.value,
        currency: String::new(),
        deal_created: journey.milestones.deal,
    };
    let opened = plugin.open(Case { lead: &lead, now: journey.ended });
    let said = opened.and_then(|mut instance| instance.credit(&lead, &conversion, touches).outcome);
    said.map_err(|fault| failed(plugin, journey, touches, &fault))
}

fn failed(plugin: &Plugin, journey: &Journey, touches: &[Touch], cause: &dyn std::fmt::Display) -> Exit {
    let way: Vec<&str> = touches.iter().map(|touch| touch.channel.as_str()).collect();
    let (name, ended) = (&plugin.stamp().name, journey.ended);
    let error = anyhow!(
        "the plugin {name} fails over the journey {} that ended at {ended}: {cause}",
        way.join(" > ")
    );
    Exit { code: exit::POLICY, error }
}
