//! Runs a plugin natively, in ordinary tests, the way the host would: the configuration goes through
//! JSON, the lead is reduced to what the plugin needs, lists and calendars are those of the harness.
//!
//! ```
//! use leadsman_sdk::harness::{Harness, sample};
//! use leadsman_sdk::prelude::*;
//! use serde_json::json;
//! # #[derive(Facts)]
//! # struct Seen { #[attribute("company.size")] size: Option<f64> }
//! # #[derive(Deserialize, JsonSchema)]
//! # struct Settings { big: f64 }
//! # struct Size(Settings);
//! # impl Plugin for Size {
//! #     type Config = Settings;
//! #     type Facts = Seen;
//! #     fn configure(settings: Settings) -> Result<Self, Vec<Problem>> { Ok(Size(settings)) }
//! # }
//! # impl Scoring for Size {
//! #     fn score(&self, input: &ScoringInput<Seen>) -> Result<Assessment, Failure> {
//! #         let big = input.lead.facts.size.is_some_and(|size| size >= self.0.big);
//! #         Ok(if big { Assessment::new().fit("big", 20.0, "Big.") } else { Assessment::new() })
//! #     }
//! # }
//!
//! let harness = Harness::<Size>::configure(json!({ "big": 100 })).unwrap();
//! let score = harness.score(&sample().with("company.size", 250.0)).unwrap();
//! assert_eq!(score.total(), 20.0);
//! ```
//!
//! The lists of the harness fold case, width of ASCII and white space, not the whole of NFKC.

mod allocation;
pub(crate) mod calendar;
pub(crate) mod host;
pub(crate) mod lists;
mod sample;
mod score;
mod situation;

#[cfg(test)]
mod tests;

pub use allocation::{Ask, Rep, allocation, dispatch, rep};
pub use sample::{Sample, sample};
pub use score::{Score, Scored};
pub use situation::{Situation, nurtured, owned, pooled};

use crate::bindings::scoring::exports::leadsman::rules::scoring as scoring_wit;
use crate::{
    Attribution, Conversion, Failure, FollowUp, Matter, Needs, NextSteps, Plugin, Problem, Proposal, Request,
    Routing, Scoring, ScoringInput, Screening, Timestamp, Touch, Verdict, configuration,
};
use host::Host;

/// A configured plugin with the lists, calendars and the moment that it sees.
pub struct Harness<P> {
    plugin: P,
    needs: Needs,
    host: Host,
    now: Timestamp,
}

impl<P: Plugin> Harness<P> {
    /// Configures the plugin. The moment is the start of 2024 until [`at`](Self::at) says another.
    ///
    /// # Errors
    ///
    /// The problems of the configuration, those that its type finds included.
    pub fn configure(config: serde_json::Value) -> Result<Self, Vec<Problem>> {
        let plugin = configuration::parse(&config.to_string()).and_then(P::configure)?;
        let needs = plugin.needs();
        Ok(Self { plugin, needs, host: Host::default(), now: Timestamp::from_millis(1_704_067_200_000) })
    }

    /// Gives the plugin lists by name.
    #[must_use]
    pub fn lists<'a>(mut self, lists: impl IntoIterator<Item = (&'a str, &'a [&'a str])>) -> Self {
        for (name, entries) in lists {
            let entries = entries.iter().map(|&entry| entry.to_owned()).collect();
            self.host.lists.insert(name.to_owned(), entries);
        }
        self
    }

    /// Closes a calendar from one moment until, exclusively, another. Calendars are open otherwise.
    #[must_use]
    pub fn closed(mut self, calendar: &str, from: Timestamp, until: Timestamp) -> Self {
        let hours = self.host.closed.entry(calendar.to_owned()).or_default();
        hours.push((from.as_millis(), until.as_millis()));
        hours.sort_unstable();
        self
    }

    /// Sets the moment of the following calls.
    #[must_use]
    pub fn at(mut self, now: Timestamp) -> Self {
        self.now = now;
        self
    }

    /// The moment of the calls.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// What the plugin, so configured, will read.
    #[must_use]
    pub fn needs(&self) -> &Needs {
        &self.needs
    }

    /// The JSON Schema of the configuration, as the host would show it.
    ///
    /// # Errors
    ///
    /// If the schema is not JSON, which would be a defect of the SDK.
    pub fn schema(&self) -> Result<serde_json::Value, serde_json::Error> {
        serde_json::from_str(&configuration::schema::<P::Config>())
    }

    /// The plugin itself.
    #[must_use]
    pub fn plugin(&self) -> &P {
        &self.plugin
    }
}

impl<P> std::fmt::Debug for Harness<P> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Harness").field("needs", &self.needs).finish_non_exhaustive()
    }
}

impl<P: Screening> Harness<P> {
    /// Screens a lead.
    ///
    /// # Errors
    ///
    /// The failure of the plugin or of reading its facts.
    pub fn screen(&self, lead: &Sample) -> Result<Verdict, Failure> {
        self.host.install();
        self.plugin.screen(&crate::Lead::read(lead.lead(&self.needs, self.now))?)
    }
}

impl<P: Scoring> Harness<P> {
    /// Scores a lead, and spells the rules out as the host does.
    ///
    /// # Errors
    ///
    /// The failure of the plugin or of reading its facts.
    pub fn score(&self, lead: &Sample) -> Result<Score, Failure> {
        self.host.install();
        let input = scoring_wit::ScoringInput {
            lead: lead.lead(&self.needs, self.now),
            activities: lead.activities(&self.needs),
            now_ms: self.now.as_millis(),
        };
        let assessment = self.plugin.score(&ScoringInput::read(input)?)?;
        Ok(Score::of(assessment, &self.needs))
    }
}

impl<P: Routing> Harness<P> {
    /// Asks a question of routing.
    ///
    /// # Errors
    ///
    /// The failure of the plugin or of reading its facts.
    pub fn route(&self, ask: &Ask) -> Result<Proposal, Failure> {
        self.host.install();
        self.plugin.route(&Request::read(ask.request(&self.needs, self.now))?)
    }
}

impl<P: FollowUp> Harness<P> {
    /// Reviews a lead.
    ///
    /// # Errors
    ///
    /// The failure of the plugin or of reading its facts.
    pub fn review(&self, situation: &Situation) -> Result<NextSteps, Failure> {
        self.host.install();
        let now = self.now;
        self.plugin.review(&Matter::read(situation.matter(&self.needs, now), now.as_millis())?)
    }
}

impl<P: Attribution> Harness<P> {
    /// Credits the touches of a conversion.
    ///
    /// # Errors
    ///
    /// The failure of the plugin.
    pub fn credit(&self, conversion: &Conversion, touches: &[Touch]) -> Result<Vec<f64>, Failure> {
        self.host.install();
        self.plugin.credit(conversion, touches)
    }
}
