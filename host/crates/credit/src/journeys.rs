//! Journeys: the touches on the way to a conversion, or to nothing.

use std::collections::HashMap;

use leadsman_domain::Timestamp;
use leadsman_domain::attribution::TouchRules;
use leadsman_domain::money::Minor;

/// A channel, by its place in [`Journeys::channels`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Channel(pub u32);

impl Channel {
    /// Its place.
    #[must_use]
    pub const fn place(self) -> usize {
        self.0 as usize
    }
}

/// One touch of a journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// By which channel.
    pub channel: Channel,
}

/// A way that was gone, by one person or by many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journey {
    /// Its touches, oldest first; at least one.
    pub steps: Vec<Step>,
    /// When it ended, in a conversion or not.
    pub ended: Timestamp,
    /// How many conversions it ended in.
    pub conversions: u64,
    /// What these are worth together.
    pub value: Minor,
    /// How often it was gone and ended in nothing.
    pub in_vain: u64,
    /// When its lead came in, and when its deal was opened, as far as that is known.
    pub milestones: Milestones,
}

/// Moments on a journey that some models look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Milestones {
    /// When the lead came in.
    pub lead: Option<Timestamp>,
    /// When the deal was opened.
    pub deal: Option<Timestamp>,
}

/// Journeys, and the channels that they went by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Journeys {
    /// The names of the channels, as they were told first.
    pub channels: Vec<String>,
    /// The journeys.
    pub all: Vec<Journey>,
    /// Whether it is known when touches happened, and not only in which order.
    pub timed: bool,
    /// The places of the channels, by name.
    places: HashMap<String, Channel>,
}

impl Journeys {
    /// No journeys yet, of which it will be known when touches happened, or only in which order.
    #[must_use]
    pub fn new(timed: bool) -> Self {
        Self { timed, ..Self::default() }
    }

    /// The channel of a name.
    pub fn channel(&mut self, name: &str) -> Channel {
        if let Some(known) = self.places.get(name) {
            return *known;
        }
        let channel = Channel(u32::try_from(self.channels.len()).unwrap_or(u32::MAX));
        self.places.insert(name.to_owned(), channel);
        self.channels.push(name.to_owned());
        channel
    }

    /// The name of a channel.
    #[must_use]
    pub fn name(&self, channel: Channel) -> &str {
        &self.channels[channel.place()]
    }

    /// How many conversions there are, and what they are worth.
    #[must_use]
    pub fn brought(&self) -> (u64, Minor) {
        let conversions = self.all.iter().map(|journey| journey.conversions).sum();
        (conversions, Minor(self.all.iter().map(|journey| journey.value.0).sum()))
    }

    /// The journeys with the touches that count only.
    pub(crate) fn counted(&self, rules: &TouchRules) -> Vec<Journey> {
        let counted =
            |journey: &Journey| Journey { steps: self.counted_of(journey, rules), ..journey.clone() };
        self.all.iter().map(counted).collect()
    }

    /// The touches of a journey that count, oldest first.
    #[must_use]
    pub fn counted_of(&self, journey: &Journey, rules: &TouchRules) -> Vec<Step> {
        if rules.is_every() {
            return journey.steps.clone();
        }
        let told = journey.steps.iter().map(|step| (step.at, self.name(step.channel)));
        rules.counted(journey.ended, told).into_iter().map(|place| journey.steps[place]).collect()
    }
}
