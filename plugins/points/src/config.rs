//! The configuration as it is written.

use std::collections::BTreeMap;

use leadsman_sdk::prelude::*;

/// Points for what a lead is and for what it did.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Points for attributes.
    #[serde(default)]
    pub rules: Vec<RuleConfig>,
    /// Points for activities.
    #[serde(default)]
    pub activities: Vec<ActivityConfig>,
    /// Points for the share that some activities have among others.
    #[serde(default)]
    pub ratios: Vec<RatioConfig>,
    /// Limits of the groups that the rules name.
    #[serde(default)]
    pub groups: BTreeMap<String, LimitConfig>,
    /// Limits of the whole score.
    #[serde(default)]
    pub total: LimitConfig,
}

/// Points for attributes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleConfig {
    /// The rule's name, unique in the configuration.
    pub name: String,
    /// Which axis the points belong to.
    #[serde(default = "fit")]
    pub axis: AxisConfig,
    /// Points, which may be negative.
    pub points: f64,
    /// For which leads.
    pub when: Condition,
    /// The group whose limits hold for the points.
    pub group: Option<String>,
    /// What to tell people; the condition in words if it is left out.
    pub message: Option<String>,
}

/// Points for activities.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityConfig {
    /// The rule's name, unique in the configuration.
    pub name: String,
    /// Which axis the points belong to.
    #[serde(default = "engagement")]
    pub axis: AxisConfig,
    /// The kind of activity, such as `email.reply`; `email.*` stands for every kind with that beginning.
    pub kind: String,
    /// Points, which may be negative.
    pub points: f64,
    /// For what the points are given.
    #[serde(default)]
    pub per: Per,
    /// How many activities it takes before any points are given.
    #[serde(default = "one")]
    pub at_least: u32,
    /// Activities that are longer ago do not count. Not together with `half_life_days`.
    pub within_days: Option<f64>,
    /// After so many days an activity is worth half. Not together with `within_days`.
    pub half_life_days: Option<f64>,
    /// The group whose limits hold for the points.
    pub group: Option<String>,
    /// What to tell people; the kind in words if it is left out. How often it happened is added.
    pub message: Option<String>,
}

/// Points for the share that some activities have among others.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RatioConfig {
    /// The rule's name, unique in the configuration.
    pub name: String,
    /// Which axis the points belong to.
    #[serde(default = "engagement")]
    pub axis: AxisConfig,
    /// The kinds whose share is taken.
    pub of: Vec<String>,
    /// The kinds of which it is the share; those of `of` are always among them.
    pub among: Vec<String>,
    /// The least share that gives the points, above 0 and at most 1.
    pub at_least: f64,
    /// Activities that are longer ago do not count.
    pub within_days: Option<f64>,
    /// Points, which may be negative.
    pub points: f64,
    /// The group whose limits hold for the points.
    pub group: Option<String>,
    /// What to tell people.
    pub message: Option<String>,
}

/// Limits of a sum of points.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitConfig {
    /// The sum is not less than this.
    pub min: Option<f64>,
    /// The sum is not more than this.
    pub max: Option<f64>,
}

/// What points speak about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AxisConfig {
    /// How well the lead fits.
    Fit,
    /// How engaged it is.
    Engagement,
}

/// For what the points of an activity are given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Per {
    /// For each activity.
    #[default]
    Each,
    /// Once, however often it happened; with a half-life, by the latest.
    Once,
    /// For each unit of quantity.
    Unit,
}

fn fit() -> AxisConfig {
    AxisConfig::Fit
}

fn engagement() -> AxisConfig {
    AxisConfig::Engagement
}

const fn one() -> u32 {
    1
}
