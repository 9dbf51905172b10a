//! Recency, frequency and monetary value of one lead: what is found, and the score for it.

use leadsman_sdk::kinds::KindSet;
use leadsman_sdk::prelude::*;

use crate::scale::{Scale, to_a_thousandth};
use crate::words;

/// One of the three, as configured.
pub(crate) struct Measure {
    pub(crate) dimension: Dimension,
    pub(crate) source: Source,
    pub(crate) scale: Scale,
}

/// Which of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dimension {
    Recency,
    Frequency,
    Monetary,
}

/// Where the value is found.
pub(crate) enum Source {
    /// Activities of some kinds, none longer ago than that.
    Activities { kinds: KindSet, within_ms: Option<i64> },
    /// An attribute, by its position and with its name.
    Attribute { position: usize, name: String },
}

/// The score of one of the three, and why, for people.
pub(crate) struct Found {
    pub(crate) score: f64,
    pub(crate) words: String,
}

impl Dimension {
    /// In the order of cells.
    pub(crate) const ALL: [Self; 3] = [Self::Recency, Self::Frequency, Self::Monetary];

    /// The key in the configuration, which rules are named after too.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Dimension::Recency => "recency",
            Dimension::Frequency => "frequency",
            Dimension::Monetary => "monetary",
        }
    }

    /// The sentence of its rule.
    pub(crate) const fn sentence(self) -> &'static str {
        match self {
            Dimension::Recency => "Recency.",
            Dimension::Frequency => "Frequency.",
            Dimension::Monetary => "Monetary value.",
        }
    }
}

impl Measure {
    pub(crate) fn find(&self, input: &ScoringInput<Values>, object: &str) -> Found {
        let (value, what) = match &self.source {
            Source::Activities { kinds, within_ms } => {
                let ages = input.activities.iter().filter(|activity| kinds.contains(activity));
                let ages = ages.map(|activity| (input.now.millis_since(activity.at), activity.quantity));
                self.of_activities(ages, *within_ms, object)
            }
            Source::Attribute { position, name } => {
                self.of_attribute(input.lead.facts.get(*position), input.now, name)
            }
        };
        let fitting = value.and_then(|value| self.scale.highest(value));
        let score = fitting.unwrap_or(self.scale.otherwise);
        let why = if value.is_some() && fitting.is_none() { ", which no score is for" } else { "" };
        Found { score, words: format!("{what}{why}, score {score}") }
    }

    /// The value of activities, given by age and quantity, and in words.
    fn of_activities(
        &self,
        activities: impl Iterator<Item = (i64, f64)>,
        within_ms: Option<i64>,
        object: &str,
    ) -> (Option<f64>, String) {
        let longest = within_ms.unwrap_or(i64::MAX);
        let counted = activities.filter(|(age_ms, _)| (0..=longest).contains(age_ms));
        let period = within_ms.map(|millis| format!(" in the last {}", words::duration(millis)));
        let period = period.unwrap_or_default();
        match self.dimension {
            Dimension::Recency => match counted.map(|(age_ms, _)| age_ms).min() {
                Some(age_ms) => (Some(age_ms as f64), format!("last {object} {}", words::ago(age_ms))),
                None => (None, format!("no {object}")),
            },
            Dimension::Frequency => {
                let count = counted.count();
                let times = words::counted(count, "time");
                (Some(count as f64), format!("{object} {times}{period}"))
            }
            Dimension::Monetary => {
                // Prices are decimal: 0.7 and 0.1, added as they are kept, are less than 0.8.
                let sum = to_a_thousandth(counted.map(|(_, quantity)| quantity).sum());
                (Some(sum), format!("{object} worth {sum}{period}"))
            }
        }
    }

    /// The value of an attribute, and in words.
    fn of_attribute(&self, value: Option<&Value>, now: Timestamp, name: &str) -> (Option<f64>, String) {
        let Some(value) = value else {
            return (None, format!("{name} is missing"));
        };
        match (self.dimension, value) {
            (Dimension::Recency, Value::Time(at)) => {
                let age_ms = now.millis_since(Timestamp::from_millis(*at));
                if age_ms < 0 {
                    return (None, format!("{name} is yet to come"));
                }
                (Some(age_ms as f64), format!("{name} was {}", words::ago(age_ms)))
            }
            (Dimension::Recency, _) => (None, format!("{name} is not a time")),
            (_, Value::Number(number)) => (Some(*number), format!("{name} is {number}")),
            _ => (None, format!("{name} is not a number")),
        }
    }
}
