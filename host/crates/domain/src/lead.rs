//! A lead: the fold of its journal.

use serde::{Deserialize, Serialize};

use crate::attribution::{Conversion, Credit, Touch};
use crate::grading::Standing;
use crate::ids::{LeadId, PoolId, RepId};
use crate::scoring::Score;
use crate::screening::Finding;
use crate::time::Timestamp;
use crate::value::Facts;

/// Something the lead did, or that was done to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    /// Its kind, such as `email.reply`.
    pub kind: String,
    /// When it happened.
    pub at: Timestamp,
    /// How much of it, in the unit of its kind.
    pub quantity: f64,
    /// Its marketing channel, if it is a touch.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub channel: Option<String>,
    /// Its campaign.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub campaign: Option<String>,
}

impl Activity {
    /// The activity seen as marketing, if it has a channel.
    #[must_use]
    pub fn touch(&self) -> Option<Touch> {
        let channel = self.channel.clone()?;
        Some(Touch { at: self.at, channel, campaign: self.campaign.clone() })
    }
}

/// Where a lead is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Status {
    /// Screening turned it away.
    Rejected,
    /// It waits for a moment, or for a person when there is none.
    Held {
        /// When it goes on.
        until: Option<Timestamp>,
        /// Why it waits.
        reason: String,
    },
    /// It waits in a pool for an owner.
    Pooled {
        /// Which pool.
        pool: PoolId,
    },
    /// It has an owner.
    Assigned {
        /// The pool that it came from.
        pool: PoolId,
        /// The owner.
        owner: RepId,
        /// Since when.
        since: Timestamp,
    },
    /// Marketing nurtures it.
    Nurtured,
}

impl Status {
    /// The owner, if there is one.
    #[must_use]
    pub fn owner(&self) -> Option<&RepId> {
        match self {
            Self::Assigned { owner, .. } => Some(owner),
            _ => None,
        }
    }

    /// The pool that it waits in or came from.
    #[must_use]
    pub fn pool(&self) -> Option<&PoolId> {
        match self {
            Self::Pooled { pool } | Self::Assigned { pool, .. } => Some(pool),
            _ => None,
        }
    }
}

/// A conversion with its credits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Won {
    /// The conversion.
    pub conversion: Conversion,
    /// What each touch earned; empty when there was no touch, or no answer.
    pub credits: Vec<Credit>,
}

/// A person or company that may buy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lead {
    /// Its id.
    pub id: LeadId,
    /// When it was first received.
    pub received: Timestamp,
    /// What is known of it. What was known first stays.
    pub facts: Facts,
    /// What it did and what was done to it, oldest first; the newest thousand.
    pub activities: Vec<Activity>,
    /// How often it was submitted.
    pub submissions: u32,
    /// What screening found.
    pub findings: Vec<Finding>,
    /// Its score, once scored.
    pub score: Option<Score>,
    /// What the score means.
    pub standing: Option<Standing>,
    /// Whether it ever matured.
    pub matured: bool,
    /// Where it is.
    pub status: Status,
    /// What it became.
    pub won: Vec<Won>,
}

/// How many activities a lead's state keeps; older ones stay in its journal.
pub const ACTIVITIES_MAX: usize = 1_000;

impl Lead {
    /// Its marketing touches, oldest first.
    #[must_use]
    pub fn touches(&self) -> Vec<Touch> {
        self.activities.iter().filter_map(Activity::touch).collect()
    }

    /// Adds an activity in the order of time.
    pub(crate) fn add_activity(&mut self, activity: Activity) {
        let place = self.activities.partition_point(|known| known.at <= activity.at);
        self.activities.insert(place, activity);
        if self.activities.len() > ACTIVITIES_MAX {
            self.activities.remove(0);
        }
    }
}
