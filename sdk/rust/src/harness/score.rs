//! What the host makes of an assessment.

use crate::{Assessment, Axis, Needs, Rule, RuleReference};

/// A score as the host keeps it: every contribution with its rule spelled out.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// What the rules contributed, in order.
    pub contributions: Vec<Scored>,
}

/// What one rule contributed.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// The rule's name.
    pub rule: String,
    /// Which axis the points belong to.
    pub axis: Axis,
    /// The points.
    pub points: f64,
    /// The rule's sentence, with what was said of this lead.
    pub message: String,
}

impl Score {
    /// Spells an assessment out.
    ///
    /// # Panics
    ///
    /// When a contribution names a rule that was not declared; the host makes a fault of that.
    #[must_use]
    pub fn of(assessment: Assessment, needs: &Needs) -> Self {
        let spell = |one: crate::Contribution| {
            let Rule { name, axis, message } = match one.rule {
                RuleReference::Spelled(rule) => rule,
                RuleReference::Declared(place) => needs.rules[place as usize].clone(),
            };
            let message = match one.detail {
                Some(detail) => format!("{} ({detail}).", message.trim_end_matches('.')),
                None => message,
            };
            Scored { rule: name, axis, points: one.points, message }
        };
        Self { contributions: assessment.contributions.into_iter().map(spell).collect() }
    }

    /// The sum of the contributions.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.contributions.iter().map(|one| one.points).sum()
    }
}
