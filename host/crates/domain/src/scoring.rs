//! Scoring: what is this lead worth? The score is the sum of its contributions, always.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Points, kept exactly to a thousandth so that sums do not depend on their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Points(i64);

/// No rule may give or take more than this many points.
pub const POINTS_MAX: f64 = 1_000_000.0;

/// The number is not points.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{0} points: points are finite and within plus or minus one million")]
pub struct InvalidPoints(pub f64);

impl Points {
    /// No points.
    pub const ZERO: Self = Self(0);

    /// Points from a number, rounded to a thousandth, halves away from zero.
    ///
    /// # Errors
    ///
    /// When the number is NaN, infinite or beyond one million.
    pub fn from_f64(points: f64) -> Result<Self, InvalidPoints> {
        if points.is_finite() && points.abs() <= POINTS_MAX {
            #[expect(clippy::cast_possible_truncation, reason = "at most 10^9")]
            Ok(Self((points * 1000.0).round() as i64))
        } else {
            Err(InvalidPoints(points))
        }
    }

    /// Points from thousandths.
    #[must_use]
    pub const fn from_thousandths(thousandths: i64) -> Self {
        Self(thousandths)
    }

    /// Thousandths of a point.
    #[must_use]
    pub const fn thousandths(self) -> i64 {
        self.0
    }

    /// The points as a number.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "scores stay far below 2^53 thousandths")]
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 1000.0
    }
}

impl std::ops::Add for Points {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::iter::Sum for Points {
    fn sum<I: Iterator<Item = Self>>(points: I) -> Self {
        points.fold(Self::ZERO, |sum, points| sum + points)
    }
}

impl fmt::Display for Points {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.as_f64())
    }
}

impl Serialize for Points {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.as_f64())
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[expect(clippy::cast_possible_truncation, reason = "written by Serialize, so within range")]
        f64::deserialize(deserializer).map(|points| Self((points * 1000.0).round() as i64))
    }
}

/// What points speak about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Axis {
    /// How well the lead fits: static facts.
    Fit,
    /// How engaged it is: what it did.
    Engagement,
    /// How probable it is that it converts, in percent. Beside the points: it is no part of their total.
    Probability,
}

/// A rule that a plugin declared. Its texts are shared by every contribution of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its name.
    pub name: Arc<str>,
    /// Which axis its points belong to.
    pub axis: Axis,
    /// One sentence for people.
    pub message: Arc<str>,
}

/// What one rule adds to the score, or takes from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution {
    /// The rule's name.
    pub rule: Arc<str>,
    /// Which axis the points belong to.
    pub axis: Axis,
    /// The points.
    pub points: Points,
    /// One sentence for people.
    pub message: Arc<str>,
}

impl Contribution {
    /// What a rule contributes to a lead's score; `detail` is said besides the rule's own sentence.
    #[must_use]
    pub fn of(rule: Rule, points: Points, detail: Option<&str>) -> Self {
        let Rule { name, axis, message } = rule;
        let message = match detail {
            Some(detail) => detailed(&message, detail).into(),
            None => message,
        };
        Self { rule: name, axis, points, message }
    }

    /// The attribute that it speaks about: its rule is called by it, and its sentence names it in backticks. What the
    /// lead had of it stands in the lead's facts, so a plugin need not repeat it for every lead.
    #[must_use]
    pub fn attribute(&self) -> Option<&str> {
        let mut named = self.message.split('`').skip(1).step_by(2);
        named.any(|named| named == &*self.rule).then_some(&*self.rule)
    }

    /// Its sentence, with a value of the attribute that it speaks about.
    #[must_use]
    pub fn message_about(&self, value: &str) -> String {
        detailed(&self.message, value)
    }
}

/// A sentence with something that is said besides.
fn detailed(message: &str, detail: &str) -> String {
    format!("{} ({detail}).", message.trim_end_matches('.'))
}

/// A lead's score: its contributions, and what they add up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// Fit and engagement together.
    pub total: Points,
    /// Points of the fit axis.
    pub fit: Points,
    /// Points of the engagement axis.
    pub engagement: Points,
    /// How probable it is that the lead converts, in percent from 0 to 100, where a plugin foretells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<Points>,
    /// The ledger of the score.
    pub contributions: Vec<Contribution>,
}

impl Score {
    /// Adds up contributions.
    #[must_use]
    pub fn of(contributions: Vec<Contribution>) -> Self {
        let on =
            |axis| contributions.iter().filter(|one| one.axis == axis).map(|one| one.points).sum::<Points>();
        let (fit, engagement) = (on(Axis::Fit), on(Axis::Engagement));
        let is_foretold = contributions.iter().any(|one| one.axis == Axis::Probability);
        let probability = is_foretold.then(|| on(Axis::Probability));
        Self { total: fit + engagement, fit, engagement, probability, contributions }
    }
}
