//! Attribution of many journeys at once, by a plugin in the sandbox or by a model that is learned from them.

mod leads;
mod weighed;

use leadsman_credit::{ChannelCredit, Journeys, Learned, Tally};
use leadsman_domain::attribution::TouchRules;
use leadsman_domain::money::Minor;
use leadsman_rules::Plugin;
use serde::Serialize;

use crate::exit::{self, Exit};

pub use leads::{Meant, OwnJourneys, journeys_of_leads};

/// What says how much a channel did.
pub enum Model {
    /// A plugin, which weighs the touches of each journey.
    Plugin(Box<Plugin>),
    /// All journeys together.
    Learned(Learned),
}

/// What channels did for the conversions of some journeys. Conversions and values of the channels add up to those of
/// the journeys.
#[derive(Debug, Serialize)]
pub struct Attribution {
    /// The model's name.
    pub model: String,
    /// How many journeys there are.
    pub journeys: u64,
    /// How many of them ended in nothing.
    pub in_vain: u64,
    /// How many ended in a conversion.
    pub conversions: u64,
    /// What these are worth, in minor units.
    pub value_minor: i64,
    /// Their currency, by its ISO 4217 code, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// How many decimals the values have, in whole units.
    pub decimals: u32,
    /// The channels, those with most conversions first.
    pub channels: Vec<ChannelFigures>,
    /// Rows that could not be read, and are not in these figures.
    pub bad_rows: u64,
    /// Which touches counted; all of them if nothing is said.
    pub touches: Vec<Counted>,
}

/// A rule for which touches count.
#[derive(Debug, Serialize)]
pub struct Counted {
    /// Which: `lookback`, `session` or `direct`.
    pub rule: &'static str,
    /// What it says.
    pub value: String,
    /// Whence it is: the flag, or the scenario of the policy.
    pub from: String,
}

/// What a channel did.
#[derive(Debug, Serialize)]
pub struct ChannelFigures {
    /// Its name.
    pub channel: String,
    /// Its touches that counted, on journeys that converted.
    pub touches: u64,
    /// Its conversions, in millionths.
    pub conversion_millionths: i64,
    /// Its value, in minor units.
    pub value_minor: i64,
    /// How much less would convert without it, from 0 to 1; only by Markov models.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removal_effect: Option<f64>,
}

impl Model {
    /// What each channel did.
    ///
    /// # Errors
    ///
    /// When nothing can be learned from the journeys, or the plugin fails over one of them.
    pub fn credit(&self, journeys: &Journeys, rules: &TouchRules) -> Result<Tally, Exit> {
        match self {
            Self::Plugin(plugin) => weighed::credit(plugin, journeys, rules),
            Self::Learned(learned) => Ok(learned.credit(journeys, rules).map_err(Exit::with(exit::INPUT))?),
        }
    }
}

impl Attribution {
    /// The figures of a tally of journeys whose values have so many decimals.
    pub fn of(model: String, journeys: &Journeys, tally: &Tally, decimals: u32) -> Self {
        let (conversions, Minor(value_minor)) = journeys.brought();
        let in_vain = journeys.all.iter().map(|journey| journey.in_vain).sum();
        let figures = |(channel, credit): (&String, &ChannelCredit)| ChannelFigures {
            channel: channel.clone(),
            touches: credit.touches,
            conversion_millionths: credit.conversion_millionths,
            value_minor: credit.value.0,
            removal_effect: credit.removal_effect,
        };
        let mut channels: Vec<ChannelFigures> =
            journeys.channels.iter().zip(tally.credits()).map(figures).collect();
        channels.sort_by(|one, other| {
            let by_conversions = other.conversion_millionths.cmp(&one.conversion_millionths);
            by_conversions.then_with(|| one.channel.cmp(&other.channel))
        });
        let journeys = conversions + in_vain;
        Self {
            model,
            journeys,
            in_vain,
            conversions,
            value_minor,
            currency: None,
            decimals,
            channels,
            bad_rows: 0,
            touches: Vec::new(),
        }
    }
}
