//! A tenant's policy: which plugin, configuration and limits serve each stage, and what they read.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::agent::Agent;
use crate::attribution::TouchRules;
use crate::filter::{Filter, all_fit};
use crate::grading::Grading;
use crate::identity::IdentityKey;
use crate::ids::{PoolId, RepId, TeamId};
use crate::life::LifeStage;
use crate::limits::Limits;
use crate::matching::Matching;
use crate::qualification::Qualification;
use crate::roll_up::RollUp;
use crate::ruling::Fallback;
use crate::scoring::{self, Points};
use crate::segments::Axis;
use crate::sources::Sources;
use crate::text::fold;
use crate::time::Timestamp;
use crate::value::{AttributeName, Facts};

/// Where a plugin's component comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PluginSource {
    /// A plugin that ships with Leadsman, by name.
    BuiltIn(String),
    /// A component file, as a path relative to the policy's folder.
    File(String),
    /// A plugin that the tenant uploaded, by name and version: `acme-scorer@1.2.0`.
    Uploaded(String),
}

impl PluginSource {
    /// The name, path, or name and version.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::BuiltIn(text) | Self::File(text) | Self::Uploaded(text) => text,
        }
    }
}

/// A plugin at work in a stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Binding {
    /// Which component.
    pub source: PluginSource,
    /// Its configuration, handed to `configure` as JSON.
    pub configuration: serde_json::Value,
    /// What it may use up.
    pub limits: Limits,
    /// What happens when it gives no usable answer.
    pub fallback: Fallback,
    /// The axis on which all that a scoring plugin contributes is put, whatever it says itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axis: Option<scoring::Axis>,
}

/// A place where leads wait, and how they leave it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pool {
    /// Its id.
    pub id: PoolId,
    /// Routing plugins that give its leads to reps, in order. Without one its leads wait.
    pub allocation: Vec<Binding>,
    /// Follow-up plugins for its leads and for those that were allocated from it; each is asked, after the
    /// policy's.
    #[serde(default)]
    pub follow_up: Vec<Binding>,
    /// Whether leads that wait are given out as soon as somebody has room. Else they wait for a person, or
    /// for something to happen to them.
    #[serde(default)]
    pub fill: bool,
    /// How many of a lead's last owners do not get it again as long as somebody else can.
    #[serde(default)]
    pub exclude_former: u32,
    /// What holds when reps take leads from it themselves.
    #[serde(default)]
    pub claims: Claims,
    /// What a lead must have to get into it.
    #[serde(default, skip_serializing_if = "Requirements::is_nothing")]
    pub requires: Requirements,
}

/// What a lead must have to get into a pool.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Requirements {
    /// Attributes that must be known.
    pub attributes: Vec<AttributeName>,
    /// The least score.
    pub score: Option<Points>,
    /// The least stage of life.
    pub stage: Option<LifeStage>,
    /// What its attributes must be.
    pub leads: Vec<Filter>,
    /// The pool to which rules send a lead that lacks some of this. Without one it is blocked until it is
    /// complete.
    pub otherwise: Option<PoolId>,
}

impl Requirements {
    /// Whether every lead may come.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// What holds when reps take leads from a pool themselves. Managers are not bound by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Claims {
    /// How many a rep may take in one day of the policy's zone; leads that were given back count.
    pub per_day: Option<u32>,
    /// How long somebody who owned a lead may not take it again, in milliseconds.
    pub cooldown_ms: i64,
    /// How long a lead that came to the pool is not for taking, in milliseconds.
    pub delay_ms: i64,
}

/// How many leads of a kind a rep may own, besides the rep's cap. What a lead counts for is settled when it
/// is given to the rep: a quota that is new, or a correction of the lead, changes nothing before that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quota {
    /// Its name, such as `vip`.
    pub name: String,
    /// Which leads count; every lead if there is no filter.
    pub leads: Vec<Filter>,
    /// Whom it binds, by attributes of the rep; every rep if there is no filter.
    pub reps: Vec<Filter>,
    /// How many.
    pub most: u32,
}

/// What a lead must have before it goes to sales.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Eligibility {
    /// The flag that says whether its party agreed to be contacted.
    pub consent: Option<AttributeName>,
    /// Attributes that must be known.
    pub attributes: Vec<AttributeName>,
    /// The least score.
    pub score: Option<Points>,
}

/// A time span in which a rep gets nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// First moment.
    pub from: Timestamp,
    /// First moment after it.
    pub until: Timestamp,
}

/// Somebody who can own leads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rep {
    /// The rep's id.
    pub id: RepId,
    /// How the rep is called.
    pub name: String,
    /// The teams of the rep, as the policy names them: reports count the rep in the first.
    pub teams: Vec<TeamId>,
    /// The pools from which the rep gets leads; every pool when empty.
    pub pools: BTreeSet<PoolId>,
    /// Share of turns, relative to the others; at least 1.
    pub weight: u32,
    /// How many leads the rep may own; no limit when missing.
    pub cap: Option<u32>,
    /// Whether the rep has left. Owns nothing new.
    pub dismissed: bool,
    /// When the rep is away.
    pub absences: Vec<Absence>,
    /// What routing rules may ask of the rep.
    pub attributes: Facts,
}

impl Rep {
    /// Whether the rep gets leads from a pool.
    #[must_use]
    pub fn serves(&self, pool: &PoolId) -> bool {
        self.pools.is_empty() || self.pools.contains(pool)
    }

    /// Whether the rep is away at a moment.
    #[must_use]
    pub fn is_absent(&self, at: Timestamp) -> bool {
        self.absences.iter().any(|absence| absence.from <= at && at < absence.until)
    }
}

/// An attribution plugin for one scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// The scenario's name, such as `new-business`.
    pub name: String,
    /// The plugin.
    pub binding: Binding,
    /// Which touches it is asked about.
    #[serde(default, skip_serializing_if = "TouchRules::is_every")]
    pub touches: TouchRules,
}

/// A working calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// IANA zone, such as `Asia/Shanghai`.
    pub zone: chrono_tz::Tz,
    /// Opening spans of each weekday, Monday first, as minutes since local midnight, sorted, not
    /// overlapping.
    pub week: [Vec<(u16, u16)>; 7],
    /// Days on which it is closed.
    pub holidays: BTreeSet<chrono::NaiveDate>,
}

/// Everything that decides over a tenant's leads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Screening plugins, in order; the strictest verdict wins.
    pub screening: Vec<Binding>,
    /// Scoring plugins; their contributions are added.
    pub scoring: Vec<Binding>,
    /// How scores become grades and maturity.
    pub grading: Grading,
    /// Routing plugins that choose the pool, in order.
    pub dispatch: Vec<Binding>,
    /// The pools.
    pub pools: Vec<Pool>,
    /// Where a lead goes that no dispatch rule sends elsewhere.
    pub default_pool: PoolId,
    /// The reps, sorted by id.
    pub reps: Vec<Rep>,
    /// Follow-up plugins for every lead; each is asked, before those of the lead's pool.
    #[serde(default)]
    pub follow_up: Vec<Binding>,
    /// Quotas besides the reps' caps.
    #[serde(default)]
    pub quotas: Vec<Quota>,
    /// What a lead must have before it goes to sales.
    #[serde(default)]
    pub eligibility: Eligibility,
    /// Where a lead goes that its owner gives back, by the word for why.
    #[serde(default)]
    pub returns: BTreeMap<String, PoolId>,
    /// The tenant's time zone, in which its days begin.
    #[serde(default = "utc")]
    pub zone: chrono_tz::Tz,
    /// Attribution by scenario.
    pub attribution: Vec<Scenario>,
    /// Partners who bring leads; a lead is that of the first whom it fits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agents: Vec<Agent>,
    /// When two submissions are the same person or company; any key that agrees is enough.
    pub identity: Vec<IdentityKey>,
    /// What happens with a submission that is known already.
    #[serde(default)]
    pub matching: Matching,
    /// On which terms leads become accounts, contacts and opportunities.
    #[serde(default)]
    pub qualification: Qualification,
    /// Kinds of activity that the tenant knows, beside the ones that Leadsman makes itself. An
    /// activity of another kind is refused. Every kind is known when empty.
    pub activities: BTreeSet<String>,
    /// The sources of leads: the channels that the tenant knows. A touch by another one is refused. Every
    /// channel is known when empty.
    #[serde(default, skip_serializing_if = "Sources::is_empty")]
    pub sources: Sources,
    /// The country of phone numbers that do not name theirs: a code of ISO 3166, such as `DE`.
    #[serde(default)]
    pub region: Option<String>,
    /// Which attribute tells the company, for affinity between leads of one account.
    pub account: Option<AttributeName>,
    /// How the scores of an account's leads become the score of the account.
    #[serde(default, skip_serializing_if = "RollUp::is_usual")]
    pub account_score: RollUp,
    /// Which parts of the market there are, by axis.
    #[serde(default)]
    pub segments: Vec<Axis>,
    /// Lists by name.
    pub lists: BTreeMap<String, Vec<String>>,
    /// Calendars by name.
    pub calendars: BTreeMap<String, Calendar>,
}

impl Policy {
    /// Every component that the policy uses, once each, in order.
    #[must_use]
    pub fn sources(&self) -> BTreeSet<&PluginSource> {
        let of_pools = self.pools.iter().flat_map(|pool| pool.allocation.iter().chain(&pool.follow_up));
        let attribution = self.attribution.iter().map(|scenario| &scenario.binding);
        let stages = self.screening.iter().chain(&self.scoring).chain(&self.dispatch);
        stages
            .chain(of_pools)
            .chain(&self.follow_up)
            .chain(attribution)
            .map(|binding| &binding.source)
            .collect()
    }

    /// The pool with an id.
    #[must_use]
    pub fn pool(&self, id: &PoolId) -> Option<&Pool> {
        self.pools.iter().find(|pool| pool.id == *id)
    }

    /// The rep with an id.
    #[must_use]
    pub fn rep(&self, id: &RepId) -> Option<&Rep> {
        self.reps.iter().find(|rep| rep.id == *id)
    }

    /// The place of the scenario that serves conversions of a scenario: its own, or that of the name `default`.
    #[must_use]
    pub fn scenario_of(&self, scenario: &str) -> Option<usize> {
        let place = |name: &str| self.attribution.iter().position(|scenario| scenario.name == name);
        place(scenario).or_else(|| place("default"))
    }

    /// The account that facts belong to, folded for comparison; none if the policy does not say how to tell, or
    /// they do not.
    #[must_use]
    pub fn account_of(&self, facts: &Facts) -> Option<String> {
        account_of(self.account.as_ref(), facts)
    }

    /// The quotas that count a lead, for a rep.
    pub fn quotas_on<'a>(&'a self, facts: &'a Facts, rep: &'a Rep) -> impl Iterator<Item = &'a Quota> {
        let counts = |quota: &&Quota| all_fit(&quota.leads, facts) && all_fit(&quota.reps, &rep.attributes);
        self.quotas.iter().filter(counts)
    }
}

/// The account that facts belong to, folded for comparison, if an attribute tells it and they have that.
#[must_use]
pub fn account_of(attribute: Option<&AttributeName>, facts: &Facts) -> Option<String> {
    let account = fold(facts.text(attribute?.as_str())?);
    (!account.is_empty()).then_some(account)
}

fn utc() -> chrono_tz::Tz {
    chrono_tz::UTC
}
