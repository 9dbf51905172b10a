//! The configuration as it is written.
//!
//! Keys that nothing is known of, sections that are missing and bounds of any type are read, so that they are
//! told together with every other problem.

use std::collections::BTreeMap;

use leadsman_sdk::prelude::*;
use serde::de::IgnoredAny;

/// Keys that nothing is known of.
pub(crate) type Unknown = BTreeMap<String, IgnoredAny>;

/// Scores for recency, frequency and monetary value.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Config {
    /// What people call that which is scored, such as `order`. Rules are named after it.
    #[serde(default = "activity")]
    pub(crate) object: String,
    /// The kinds of activity that count, such as `order.paid`; `order.*` stands for every kind with that
    /// beginning.
    #[serde(default)]
    pub(crate) activities: Vec<String>,
    /// Which leads are scored; all if it is left out.
    pub(crate) when: Option<Condition>,
    /// Which axis the points belong to.
    #[serde(default)]
    pub(crate) axis: AxisConfig,
    /// How recently it happened last.
    #[schemars(with = "RecencyConfig")]
    pub(crate) recency: Option<RecencyConfig>,
    /// How often it happened.
    #[schemars(with = "AmountConfig")]
    pub(crate) frequency: Option<AmountConfig>,
    /// How much it was worth.
    #[schemars(with = "AmountConfig")]
    pub(crate) monetary: Option<AmountConfig>,
    /// Points for the three scores together; the first that fits. If there are none, the points are the
    /// sum of the scores.
    #[serde(default)]
    pub(crate) cells: Vec<CellConfig>,
    #[serde(flatten)]
    #[schemars(skip)]
    pub(crate) unknown: Unknown,
}

/// Scores for a time that has passed.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct RecencyConfig {
    /// The attribute that is a time; the last activity if it is left out.
    pub(crate) attribute: Option<String>,
    /// The scores, in any order; of several that hold the highest.
    #[serde(default)]
    pub(crate) scores: Vec<ScoreConfig>,
    /// The score of what is missing, and of what no score is for.
    #[serde(default)]
    pub(crate) otherwise: Otherwise,
    #[serde(flatten)]
    #[schemars(skip)]
    pub(crate) unknown: Unknown,
}

/// Scores for a number.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct AmountConfig {
    /// The attribute that is the number; activities if it is left out.
    pub(crate) attribute: Option<String>,
    /// Activities that are longer ago do not count. Not together with `attribute`.
    pub(crate) within: Option<Duration>,
    /// The scores, in any order; of several that hold the highest.
    #[serde(default)]
    pub(crate) scores: Vec<ScoreConfig>,
    /// The score of what is missing, and of what no score is for.
    #[serde(default)]
    pub(crate) otherwise: Otherwise,
    #[serde(flatten)]
    #[schemars(skip)]
    pub(crate) unknown: Unknown,
}

/// A score, and the range that it is for: one end or both.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ScoreConfig {
    /// The score.
    pub(crate) score: f64,
    /// For this and more.
    pub(crate) at_least: Option<Bound>,
    /// For more than this.
    pub(crate) above: Option<Bound>,
    /// For this and less.
    pub(crate) at_most: Option<Bound>,
    /// For less than this.
    pub(crate) below: Option<Bound>,
    #[serde(flatten)]
    #[schemars(skip)]
    pub(crate) unknown: Unknown,
}

/// An end of a range: a duration such as `30d` for recency, a number for the others.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Bound {
    /// A number.
    Number(f64),
    /// A duration.
    Duration(Duration),
    /// Something that is no end of any range.
    #[schemars(skip)]
    Other(IgnoredAny),
}

/// Points for three scores together.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct CellConfig {
    /// The scores for recency, frequency and monetary value, a digit each; `*` is any score.
    #[schemars(regex(pattern = "^[0-9*]{3}$"))]
    pub(crate) cell: String,
    /// What people call leads of this cell, such as `champion`.
    pub(crate) label: String,
    /// Points, which may be negative.
    pub(crate) points: f64,
    #[serde(flatten)]
    #[schemars(skip)]
    pub(crate) unknown: Unknown,
}

/// What points speak about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AxisConfig {
    /// How well the lead fits.
    Fit,
    /// How engaged it is.
    #[default]
    Engagement,
}

/// The score of what is missing, and of what no score is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Otherwise {
    /// The lowest score of the list.
    #[default]
    Lowest,
    /// Zero.
    Zero,
}

fn activity() -> String {
    "activity".to_owned()
}
