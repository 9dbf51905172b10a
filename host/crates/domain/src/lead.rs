//! A lead: the fold of its journal.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::agent::Rebate;
use crate::attribution::{Conversion, Credit, Touch};
use crate::follow_up::FollowUp;
use crate::grading::Standing;
use crate::ids::{LeadId, LineId, PoolId, RepId};
use crate::life::LifeStage;
use crate::order::Parting;
use crate::scoring::Score;
use crate::screening::Finding;
use crate::target::{Link, Qualified};
use crate::time::Timestamp;
use crate::value::{Facts, ValueKind};

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
    /// Who brought it about, such as an employee whose link was followed: the referrer of the touch.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub by: Option<String>,
}

impl Activity {
    /// The activity seen as marketing, if it has a channel.
    #[must_use]
    pub fn touch(&self) -> Option<Touch> {
        let channel = self.channel.clone()?;
        Some(Touch { at: self.at, channel, campaign: self.campaign.clone(), by: self.by.clone() })
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
    /// It may not go to sales yet.
    Blocked {
        /// What it lacks.
        lacks: Vec<Lack>,
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
        /// The quotas that count it, besides the owner's cap.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        quotas: Vec<String>,
    },
    /// Marketing nurtures it.
    Nurtured,
    /// Nobody knows who it is: it is what a visitor did so far.
    Anonymous,
    /// It is part of another lead.
    Merged {
        /// Which.
        into: LeadId,
        /// Where it was before.
        was: Box<Status>,
        /// Since when it was there.
        since: Timestamp,
    },
}

impl Status {
    /// Its name: `rejected`, `held`, `blocked`, `pooled`, `assigned`, `nurtured`, `anonymous` or `merged`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Held { .. } => "held",
            Self::Blocked { .. } => "blocked",
            Self::Pooled { .. } => "pooled",
            Self::Assigned { .. } => "assigned",
            Self::Nurtured => "nurtured",
            Self::Anonymous => "anonymous",
            Self::Merged { .. } => "merged",
        }
    }

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

/// What keeps a lead from sales.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "lacks")]
pub enum Lack {
    /// Its party has not agreed to be contacted, or has withdrawn that.
    Consent,
    /// An attribute is not known.
    Attribute {
        /// Which.
        name: String,
    },
    /// It has not come so far yet.
    Stage {
        /// The stage that it must have reached.
        least: LifeStage,
    },
    /// An attribute is of another kind than the field that takes it over.
    Kind {
        /// Which.
        name: String,
        /// The kind that it must be of.
        kind: ValueKind,
    },
    /// Its score is below the line for dispatch.
    Score {
        /// The line.
        line: crate::scoring::Points,
    },
    /// An attribute is not what a pool requires.
    Value {
        /// Which.
        name: String,
    },
}

impl Lack {
    /// The lack in words, to follow a colon.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::Consent => "its party has not agreed to be contacted".to_owned(),
            Self::Attribute { name } => format!("{name} is not known"),
            Self::Stage { least } => format!("it is not a lead of stage {least} yet"),
            Self::Kind { name, kind } => format!("{name} is not of the kind {}", kind.as_str()),
            Self::Score { line } => format!("its score is below {line}"),
            Self::Value { name } => format!("{name} is not as the pool requires"),
        }
    }
}

/// Somebody who owned a lead before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerOwner {
    /// Who.
    pub rep: RepId,
    /// Until when.
    pub until: Timestamp,
    /// How that ended.
    pub parting: Parting,
}

/// How many former owners a lead's state keeps; older ones stay in its journal.
pub const FORMER_OWNERS_MAX: usize = 50;

/// Something that somebody is to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Its number among the lead's tasks, from 1.
    pub number: u32,
    /// What is to be done.
    pub text: String,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub due: Option<Timestamp>,
}

/// How many tasks of a lead can be open.
pub const TASKS_MAX: usize = 50;

/// A conversion with its credits and its rebate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Won {
    /// The conversion.
    pub conversion: Conversion,
    /// What each touch earned; empty when there was no touch, or no answer.
    pub credits: Vec<Credit>,
    /// What the agent gets whose lead it was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rebate: Option<Rebate>,
}

/// What a lead for another business line was made out of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The lead of whoever may buy; it keeps what identifies them.
    pub lead: LeadId,
    /// The line.
    pub line: LineId,
    /// The pool of the line.
    pub pool: PoolId,
}

/// How many leads for other business lines are made out of one lead at most.
pub const CHILDREN_MAX: usize = 20;

/// A lead for another business line that was made out of a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Child {
    /// The line.
    pub line: LineId,
    /// The lead.
    pub lead: LeadId,
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
    /// What it did and what was done to it, oldest first: a thousand at most, of which the oldest of the most
    /// frequent kind is forgotten first.
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
    /// The segments that it is in, by axis.
    pub segments: BTreeMap<String, String>,
    /// The stage of its life.
    pub stage: LifeStage,
    /// Since when it is in that stage.
    pub stage_since: Timestamp,
    /// Where it is.
    pub status: Status,
    /// Since when it is there.
    pub since: Timestamp,
    /// Who owned it before, oldest first; the newest [`FORMER_OWNERS_MAX`].
    pub former_owners: Vec<FormerOwner>,
    /// What follow-up keeps of it.
    pub follow_up: FollowUp,
    /// The deals that came of it.
    pub won: Vec<Won>,
    /// Known records that it was found to be the same as, or to belong to, and was not merged with.
    pub links: Vec<Link>,
    /// The leads that are part of it, in the order in which they were merged into it.
    pub absorbed: Vec<LeadId>,
    /// What is still to be done about it.
    pub tasks: Vec<Task>,
    /// The number of its last task, done or not.
    pub tasks_so_far: u32,
    /// The account, contact and opportunity that it became.
    pub qualified: Option<Qualified>,
    /// What it was made out of, if it is a lead for another business line.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source: Option<Source>,
    /// The leads for other business lines that were made out of it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub children: Vec<Child>,
}

/// How many activities a lead's state keeps; older ones stay in its journal.
pub const ACTIVITIES_MAX: usize = 1_000;

impl Lead {
    /// Its marketing touches, oldest first.
    #[must_use]
    pub fn touches(&self) -> Vec<Touch> {
        self.activities.iter().filter_map(Activity::touch).collect()
    }

    /// When something about it falls due: its hold ends, or follow-up looks at it again.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        let hold = match &self.status {
            Status::Held { until, .. } => *until,
            _ => None,
        };
        [hold, self.follow_up.next].into_iter().flatten().min()
    }

    /// How a rep came to be one who does not get it again by any rule: the rep refused it, or has left.
    #[must_use]
    pub fn turned_away(&self, rep: &RepId) -> Option<Parting> {
        let partings = self.former_owners.iter().filter(|former| former.rep == *rep);
        partings.map(|former| former.parting).find(|how| matches!(how, Parting::Rejected | Parting::Left))
    }

    /// Whether it is part of another lead by now.
    #[must_use]
    pub fn is_part_of_another(&self) -> bool {
        matches!(self.status, Status::Merged { .. })
    }

    /// Whether it counts against its owner's cap and quotas: a deal does not.
    #[must_use]
    pub fn takes_room(&self) -> bool {
        self.stage != LifeStage::Deal
    }

    /// Forgets the oldest activity of the kind of which there are most, so that much of one kind does not
    /// hide the little of another.
    fn forget_noise(&mut self) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for activity in &self.activities {
            *counts.entry(&activity.kind).or_default() += 1;
        }
        let most = counts.into_iter().max_by_key(|(_, count)| *count).map(|(kind, _)| kind);
        let oldest = self.activities.iter().position(|activity| Some(activity.kind.as_str()) == most);
        self.activities.remove(oldest.unwrap_or(0));
    }

    /// Puts it somewhere. Whoever owned it and does not any longer is remembered.
    pub(crate) fn put(&mut self, status: Status, at: Timestamp, parting: Parting) {
        if self.status == status {
            return;
        }
        let before = std::mem::replace(&mut self.status, status);
        if let Status::Assigned { owner: rep, .. } = before
            && self.status.owner() != Some(&rep)
        {
            self.former_owners.push(FormerOwner { rep, until: at, parting });
            if self.former_owners.len() > FORMER_OWNERS_MAX {
                self.former_owners.remove(0);
            }
        }
        self.since = at;
    }

    /// Moves it to a stage of its life.
    pub(crate) fn enter(&mut self, stage: LifeStage, at: Timestamp) {
        if stage != self.stage {
            (self.stage, self.stage_since) = (stage, at);
        }
    }

    /// Adds an activity in the order of time.
    pub(crate) fn add_activity(&mut self, activity: Activity) {
        let place = self.activities.partition_point(|known| known.at <= activity.at);
        self.activities.insert(place, activity);
        if self.activities.len() > ACTIVITIES_MAX {
            self.forget_noise();
        }
    }
}
