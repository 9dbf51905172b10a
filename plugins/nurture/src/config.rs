//! The configuration as it is written.

use leadsman_sdk::prelude::*;

/// Tracks of messages for groups of leads.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Who is on which track; of several groups the first that matches. If it is left out, everybody is
    /// on the only track.
    pub(crate) groups: Option<Vec<GroupConfig>>,
    /// The tracks. If they are left out there is one, `wake-up`: `brand` on day 1, `product` on day 3,
    /// `case` on day 7 and `offer` on day 10.
    pub(crate) tracks: Option<Vec<TrackConfig>>,
    /// The kinds of activity that stop the track, such as `email.reply`; `call.*` stands for every kind
    /// with that beginning. What happened before the lead came to be nurtured does not matter.
    #[serde(default)]
    pub(crate) stop_on: Vec<String>,
    /// An attribute, which is a flag: if it is true, nothing is done.
    pub(crate) opt_out: Option<String>,
    /// The kinds of activity after which, whenever that was, nothing is done.
    #[serde(default)]
    pub(crate) opt_out_on: Vec<String>,
    /// How many messages a lead gets at most, whoever sends them.
    pub(crate) cap: Option<CapConfig>,
    /// The pools in which waiting leads are nurtured too.
    #[serde(default)]
    pub(crate) pools: Vec<String>,
    /// When messages are sent; at any time if it is left out.
    pub(crate) at: Option<AtConfig>,
    /// What is done with leads that became interesting. Of several the first that holds.
    #[serde(default)]
    pub(crate) upgrade: Vec<UpgradeConfig>,
}

/// A group of leads.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GroupConfig {
    /// The group's name, unique among the groups.
    pub(crate) name: String,
    /// Which leads; all if it is left out.
    pub(crate) when: Option<Condition>,
    /// The track that they are on, by its name.
    pub(crate) track: String,
}

/// A track of messages.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrackConfig {
    /// The track's name, unique among the tracks.
    pub(crate) name: String,
    /// The messages, in the order of their days.
    pub(crate) sends: Vec<SendConfig>,
}

/// A message of a track.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendConfig {
    /// On which day it is sent: so many times 24 hours after the lead came to be nurtured.
    pub(crate) day: u32,
    /// The template.
    pub(crate) template: String,
}

/// A cap on messages.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CapConfig {
    /// How many messages at most.
    pub(crate) sends: u32,
    /// In any period of this length.
    pub(crate) within: Duration,
}

/// When messages are sent.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AtConfig {
    /// While this calendar is open.
    pub(crate) calendar: String,
}

/// What is done with leads that became interesting.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpgradeConfig {
    /// The upgrade's name, unique among the upgrades; its number, from 1, if it is left out.
    pub(crate) name: Option<String>,
    /// Which leads.
    pub(crate) when: Condition,
    /// What is done, once.
    pub(crate) then: ThenConfig,
}

/// What is done: exactly one of these.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ThenConfig {
    /// The lead goes through dispatch and allocation at once.
    pub(crate) route: Option<bool>,
    /// The lead moves on to this stage of its life.
    pub(crate) advance: Option<LifeStage>,
    /// The lead goes to a pool.
    pub(crate) recycle: Option<PoolName>,
}

/// A pool.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PoolName {
    /// Its id in the policy.
    pub(crate) pool: String,
}
