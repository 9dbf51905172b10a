//! Routing: which pool (dispatch), and which rep of it (allocation)?

use serde::{Deserialize, Serialize};

use crate::ids::{PoolId, RepId, TeamId};
use crate::time::Timestamp;

/// What is asked of a routing plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// Which pool shall the lead go to?
    Dispatch,
    /// Which candidate shall own it?
    Allocation,
}

/// How a rep knows a lead, closest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// Owns, or owned, this lead.
    Owner,
    /// Owns another lead of the same company.
    AccountOwner,
    /// Was the last to work with it.
    LastWorker,
}

/// A rep who knows the lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acquaintance {
    /// Who.
    pub rep: RepId,
    /// How.
    pub relation: Relation,
    /// Since when.
    pub since: Timestamp,
}

/// A rep who could own the lead, with the load on which the decision is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Who.
    pub rep: RepId,
    /// The teams of the rep.
    pub teams: Vec<TeamId>,
    /// Share of turns, relative to the others.
    pub weight: u32,
    /// Leads owned now.
    pub load: u32,
    /// Leads that may be owned.
    pub cap: Option<u32>,
}

/// A number that a plugin keeps between decisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    /// Its name, unique within the pool.
    pub key: String,
    /// Its value.
    pub value: i64,
}

/// What a plugin proposes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// No opinion: ask the next plugin.
    Pass,
    /// This pool.
    Pool(PoolId),
    /// This rep.
    Rep(RepId),
    /// Only these candidates are left for the next plugin.
    Narrow(Vec<RepId>),
    /// Nothing before this moment.
    HoldUntil(Timestamp),
    /// Marketing keeps it.
    Nurture,
}

/// A candidate in the order of preference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ranked {
    /// Who.
    pub rep: RepId,
    /// Why here.
    pub message: String,
}

/// A rep who was not chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedOver {
    /// Who.
    pub rep: RepId,
    /// A short stable word, such as `full`, `absent`, `wrong-team`.
    pub code: String,
    /// Why not.
    pub message: String,
}

/// Why something was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// A short stable word for programs.
    pub code: String,
    /// One sentence for people.
    pub message: String,
    /// The attribute that it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub attribute: Option<String>,
}

/// A routing plugin's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// What is proposed.
    pub choice: Choice,
    /// The candidates, best first.
    pub ranking: Vec<Ranked>,
    /// Who is passed over, and why.
    pub passed_over: Vec<PassedOver>,
    /// The counters that changed.
    pub counters: Vec<Counter>,
    /// Why.
    pub reasons: Vec<Reason>,
}
