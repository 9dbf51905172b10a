//! The configuration as it is written.

use leadsman_sdk::prelude::*;

/// Clocks that run for leads, and signals that call for something at once.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The kinds of activity that count as follow-up, such as `call.answered`; `call.*` stands for every
    /// kind with that beginning. Other kinds neither meet a rule nor extend it.
    #[serde(default)]
    pub(crate) counts: Vec<String>,
    /// The clocks. Several may run at once.
    #[serde(default)]
    pub(crate) rules: Vec<RuleConfig>,
    /// What the lead does that calls for something at once.
    #[serde(default)]
    pub(crate) signals: Vec<SignalConfig>,
    /// What is known of the lead that calls for something, once.
    #[serde(default)]
    pub(crate) triggers: Vec<TriggerConfig>,
}

/// A clock: what is done when its time is up.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleConfig {
    /// The rule's name, unique among rules, signals and triggers.
    pub(crate) name: String,
    /// What starts the clock; it runs as long as that lasts.
    pub(crate) since: Since,
    /// The stages of life in which the clock runs; every stage but `deal` if it is left out.
    pub(crate) stages: Option<Vec<LifeStage>>,
    /// For which leads; all if it is left out.
    pub(crate) when: Option<Condition>,
    /// `wall` (the default), or the name of a calendar, whose working time is then what all durations
    /// of the rule count.
    pub(crate) clock: Option<String>,
    /// How long after the start the time is up.
    pub(crate) within: Duration,
    /// How long after a follow-up in time the time is up, if that is later than it would be otherwise.
    pub(crate) extend: Option<Duration>,
    /// How long after the start the time is up however often it is extended.
    pub(crate) most: Option<Duration>,
    /// What makes the clock stop for good, if it happens in time.
    pub(crate) met_by: Option<MetBy>,
    /// How long before the time is up the owner is reminded.
    #[serde(default)]
    pub(crate) warn: Vec<Duration>,
    /// How long before the time is up the owner's manager is told.
    pub(crate) escalate: Option<Duration>,
    /// What is done when the time is up.
    pub(crate) then: ThenConfig,
    /// What `warn` and `escalate` say.
    #[serde(default)]
    pub(crate) say: SayConfig,
}

/// What starts a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Since {
    /// Somebody got the lead.
    Owned,
    /// The lead came into its pool, where it waits without an owner.
    Pooled,
    /// Marketing began to nurture it.
    Nurtured,
    /// It reached the stage that it is in, wherever it is.
    Stage,
}

/// What stops a clock for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum MetBy {
    /// A follow-up, which is an activity that counts.
    Activity,
    /// The deal.
    Deal,
    /// This stage or a later one.
    Stage(LifeStage),
}

/// What is done: exactly one of these.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ThenConfig {
    /// The lead goes from its owner back to the pool that it came from (`true`), or to another pool.
    pub(crate) recycle: Option<Recycle>,
    /// The owner's manager is told this text.
    pub(crate) escalate: Option<String>,
    /// The owner is reminded with this text.
    pub(crate) remind: Option<String>,
    /// The lead moves on to this stage of its life.
    pub(crate) advance: Option<LifeStage>,
    /// The lead goes through dispatch and allocation at once, unless somebody owns it.
    pub(crate) route: Option<bool>,
    /// The lead is sent this template.
    pub(crate) send: Option<String>,
    /// A lead for another business line is made out of it.
    pub(crate) spawn: Option<SpawnConfig>,
}

/// A lead for another business line.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SpawnConfig {
    /// The line.
    pub(crate) line: String,
    /// The pool in which the new lead begins.
    pub(crate) pool: String,
}

/// Where a recycled lead goes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected `true`, or a pool as in `{ pool = \"key\" }`")]
pub(crate) enum Recycle {
    /// Back to the pool that it came from.
    Back(bool),
    /// To this pool.
    To(PoolName),
}

/// A pool.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PoolName {
    /// Its id in the policy.
    pub(crate) pool: String,
}

/// Texts in which `{rule}`, `{left}`, `{deadline}` and `{consequence}` are filled in.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SayConfig {
    /// What the owner is reminded with.
    pub(crate) warn: Option<String>,
    /// What the owner's manager is told.
    pub(crate) escalate: Option<String>,
}

/// Something that the lead does and that calls for something at once.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignalConfig {
    /// The signal's name, unique among rules, signals and triggers.
    pub(crate) name: String,
    /// The kinds of activity, such as `phone.saved`; `page.*` stands for every kind with that beginning.
    pub(crate) on: Vec<String>,
    /// The least quantity of an activity that is a signal; any if it is left out.
    pub(crate) at_least: Option<f64>,
    /// For how long after a signal no other is given; every one is given if it is left out.
    pub(crate) every: Option<Duration>,
    /// What is done.
    pub(crate) then: ThenConfig,
}

/// Something that is known of the lead and that calls for something, once for each lead.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TriggerConfig {
    /// The trigger's name, unique among rules, signals and triggers.
    pub(crate) name: String,
    /// What is known, such as `{ attribute = "message", contains = "study abroad" }`.
    pub(crate) when: Condition,
    /// What is done, as soon as that is known.
    pub(crate) then: ThenConfig,
}
