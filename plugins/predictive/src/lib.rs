//! Foretells how probable it is that a lead converts, with a model that `leadsman train` learned from the
//! tenant's own history, and says what moved it.
//!
//! ```toml
//! [[scoring]]
//! plugin = "predictive"
//! axis = "probability"            # beside the points, which it does not touch
//! config_file = "models/predictive.json"      # `leadsman train --out` writes it
//!
//! [[scoring]]
//! plugin = "points"
//! config = { rules = [{ name = "large", points = 30, when = { attribute = "company.size", at_least = 100 } }] }
//!
//! [grading]                       # the policy says which of them decides
//! probability = [{ label = "C", below = 20 }, { label = "B", from = 20, below = 60 }, { label = "A", from = 60 }]
//! mature_from_probability = 30
//! ```
//!
//! The points are percent: the contribution `average lead`, then one for each attribute that moved the lead most,
//! those that moved it most first, then one for all others together. They sum to the probability, to a
//! thousandth of a percent. What an attribute contributes is what the answers to the questions about it added,
//! down every tree (path attribution), brought from log-odds to percent in proportion.
//!
//! An attribute that a lead does not have is a case that the model has learned, as is a text that is rare or
//! new. A text that reads as a number is one; what has another type otherwise is not known. Times are read as
//! days before the lead was received.

mod config;
#[cfg(test)]
mod tests;

use leadsman_sdk::model::{Model, Part, Seen};
use leadsman_sdk::prelude::*;

pub use config::Config;

/// The rule that stands for the average lead.
const AVERAGE: u32 = 0;
/// The rule that stands for all attributes that are not told.
const OTHERS: u32 = 1;
/// The rules of the attributes come after those.
const FIRST: usize = 2;

/// The plugin, configured.
pub struct Predictive {
    model: Model,
    reasons: usize,
    needs: Needs,
}

impl Plugin for Predictive {
    type Config = Config;
    type Facts = Values;

    fn configure(config: Config) -> Result<Self, Vec<Problem>> {
        config.compile()
    }

    fn needs(&self) -> Needs {
        self.needs.clone()
    }
}

impl Scoring for Predictive {
    fn score(&self, input: &ScoringInput<Values>) -> Result<Assessment, Failure> {
        let facts = &input.lead.facts;
        let bins = self.model.bins(input.lead.received.as_millis(), |place| seen(facts.get(place)));
        let explanation = self.model.explain(&bins);
        let mut parts = explanation.parts;
        parts.retain(|part| part.thousandths != 0);
        let mut others = 0;
        if parts.len() > self.reasons {
            parts.select_nth_unstable_by_key(self.reasons, largest_first);
            others = parts.drain(self.reasons..).map(|part| part.thousandths).sum();
        }
        parts.sort_unstable_by_key(largest_first);
        let mut assessment = Assessment { contributions: Vec::with_capacity(parts.len() + 2) };
        let mut contribute = |rule: u32, thousandths: i64| {
            let rule = RuleReference::Declared(rule);
            assessment.contributions.push(Contribution { rule, points: percent(thousandths), detail: None });
        };
        contribute(AVERAGE, explanation.base_thousandths);
        for part in parts {
            contribute(u32::try_from(part.attribute + FIRST).unwrap_or(OTHERS), part.thousandths);
        }
        if others != 0 {
            contribute(OTHERS, others);
        }
        Ok(assessment)
    }
}

/// Attributes that moved a lead as much come in the order of the model.
fn largest_first(part: &Part) -> (std::cmp::Reverse<i64>, usize) {
    (std::cmp::Reverse(part.thousandths.abs()), part.attribute)
}

/// Points are kept to a thousandth, so that nothing is lost.
#[expect(clippy::cast_precision_loss, reason = "at most a few hundred thousand")]
fn percent(thousandths: i64) -> f64 {
    thousandths as f64 / 1000.0
}

fn seen(value: Option<&Value>) -> Seen<'_> {
    match value {
        None => Seen::Missing,
        Some(Value::Number(number)) => Seen::Number(*number),
        Some(Value::Text(text)) => Seen::Text(text),
        Some(Value::Flag(flag)) => Seen::Flag(*flag),
        Some(Value::Time(at)) => Seen::Time(*at),
        // Of several texts none is the one that the model learned.
        Some(Value::Texts(texts)) => match texts.as_slice() {
            [text] => Seen::Text(text),
            [] => Seen::Missing,
            _ => Seen::Text("\u{1f}"),
        },
    }
}

leadsman_sdk::export!(Predictive: scoring);
