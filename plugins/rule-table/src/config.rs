//! The configuration as it is written.

use leadsman_sdk::prelude::*;

/// A table of rules, of which the first that matches wins.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The rules, in order.
    pub(crate) rules: Vec<RuleConfig>,
    /// What is done if no rule matches.
    pub(crate) otherwise: Option<TargetConfig>,
    /// The segments that the rules divide among themselves: for each combination of these exactly one rule must
    /// hold, else the table has a gap or an overlap and is refused.
    #[serde(default)]
    pub(crate) covers: Vec<AxisConfig>,
}

/// What divides leads into segments: exactly one of `cuts` and `values`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AxisConfig {
    /// The attribute.
    pub(crate) attribute: String,
    /// The numbers at which a segment ends and the next one begins, rising.
    #[serde(default)]
    pub(crate) cuts: Vec<f64>,
    /// The texts, each a segment.
    #[serde(default)]
    pub(crate) values: Vec<String>,
}

/// One row of the table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleConfig {
    /// The rule's name, unique in the table.
    pub(crate) name: String,
    /// For which leads.
    pub(crate) when: Condition,
    /// Which question the rule answers; the one that fits its target if left out.
    pub(crate) question: Option<QuestionName>,
    /// Where the lead goes.
    pub(crate) to: TargetConfig,
}

/// Where a lead goes: exactly one of these.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TargetConfig {
    /// A pool, by its id in the policy.
    pub(crate) pool: Option<String>,
    /// A rep, by their id in the policy.
    pub(crate) rep: Option<String>,
    /// Whoever of this team is next.
    pub(crate) team: Option<String>,
    /// Marketing keeps it, as it is not ripe for sales.
    pub(crate) nurture: Option<bool>,
    /// Nothing is decided before this calendar opens.
    pub(crate) hold_until_opening: Option<String>,
}

/// A question of routing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum QuestionName {
    /// Which pool?
    Dispatch,
    /// Which rep?
    Allocation,
}
