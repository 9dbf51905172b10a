//! Adding up: what channels got, so that nothing is lost on the way.

use leadsman_domain::money::{InvalidWeights, Minor, split};

use crate::journeys::{Channel, Journey, Journeys, Step};

/// Millionths of a conversion in one.
pub const MILLIONTHS: i64 = 1_000_000;

/// What a channel got.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ChannelCredit {
    /// Its touches that counted, on journeys that converted.
    pub touches: u64,
    /// Its conversions, in millionths.
    pub conversion_millionths: i64,
    /// Its value, in minor units.
    pub value: Minor,
    /// How much less would convert without it, from 0 to 1; only for Markov models.
    pub removal_effect: Option<f64>,
}

/// What the channels got of some journeys.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    credits: Vec<ChannelCredit>,
}

impl Tally {
    /// A tally for so many channels, in which nobody has got anything.
    #[must_use]
    pub fn new(channels: usize) -> Self {
        Self { credits: vec![ChannelCredit::default(); channels] }
    }

    /// What each channel got, in the order of [`Journeys::channels`].
    #[must_use]
    pub fn credits(&self) -> &[ChannelCredit] {
        &self.credits
    }

    /// Adds what another tally of the same channels says.
    pub fn add(&mut self, other: &Self) {
        for (credit, more) in self.credits.iter_mut().zip(&other.credits) {
            credit.touches += more.touches;
            credit.get(more.conversion_millionths, more.value);
        }
    }

    /// Gives what a journey brought to its touches by weight.
    ///
    /// # Errors
    ///
    /// When the weights cannot split anything; nothing is given then.
    pub fn give(&mut self, journey: &Journey, steps: &[Step], weights: &[f64]) -> Result<(), InvalidWeights> {
        let channels = steps.iter().map(|step| step.channel);
        self.split(journey, channels, weights)?;
        self.count(journey, steps);
        Ok(())
    }

    /// Counts the touches of a journey that converted.
    pub(crate) fn count(&mut self, journey: &Journey, steps: &[Step]) {
        for step in steps {
            self.credits[step.channel.place()].touches += journey.conversions;
        }
    }

    /// Splits what a journey brought among channels.
    pub(crate) fn split(
        &mut self,
        journey: &Journey,
        channels: impl Iterator<Item = Channel>,
        weights: &[f64],
    ) -> Result<(), InvalidWeights> {
        let values = split(journey.value, weights)?;
        let conversions = split(millionths(journey.conversions), weights)?;
        for (channel, (value, conversions)) in channels.zip(values.into_iter().zip(conversions)) {
            self.credits[channel.place()].get(conversions.0, value);
        }
        Ok(())
    }

    pub(crate) fn note_removal_effects(&mut self, effects: &[f64]) {
        for (credit, effect) in self.credits.iter_mut().zip(effects) {
            credit.removal_effect = Some(*effect);
        }
    }

    /// The weights of the channels for a plugin that weighs the touches of one journey by their channels: their
    /// shares of the conversions, which sum to one. None for channels that got nothing.
    #[must_use]
    pub fn weights<'a>(&self, journeys: &'a Journeys) -> Vec<(&'a str, f64)> {
        let total: i64 = self.credits.iter().map(|credit| credit.conversion_millionths).sum();
        let named = journeys.channels.iter().map(String::as_str).zip(&self.credits);
        let got = named.filter(|(_, credit)| credit.conversion_millionths > 0);
        #[expect(clippy::cast_precision_loss, reason = "a share, not an amount")]
        let weight = |credit: &ChannelCredit| credit.conversion_millionths as f64 / total as f64;
        got.map(|(name, credit)| (name, weight(credit))).collect()
    }
}

impl ChannelCredit {
    fn get(&mut self, conversion_millionths: i64, value: Minor) {
        self.conversion_millionths = self.conversion_millionths.saturating_add(conversion_millionths);
        self.value = Minor(self.value.0.saturating_add(value.0));
    }
}

/// So many conversions, in millionths.
fn millionths(conversions: u64) -> Minor {
    Minor(i64::try_from(conversions).unwrap_or(i64::MAX).saturating_mul(MILLIONTHS))
}
