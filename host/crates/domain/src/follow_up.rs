//! Follow-up: what is done when nobody does anything, and what falls due.

use serde::{Deserialize, Serialize};

use crate::ids::{LineId, PoolId};
use crate::life::LifeStage;
use crate::routing::Reason;
use crate::time::Timestamp;

/// Something to be done about a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "do")]
pub enum Deed {
    /// The owner is reminded.
    Remind {
        /// Of what.
        text: String,
    },
    /// The owner's manager is told.
    Escalate {
        /// What.
        text: String,
    },
    /// The lead is taken from its owner and goes back to a pool, where the next member gets it.
    Recycle {
        /// Which pool; the one that it came from if missing.
        pool: Option<PoolId>,
    },
    /// The lead moves to another stage of its life.
    Advance {
        /// Which.
        stage: LifeStage,
    },
    /// The lead goes through dispatch and allocation, unless somebody owns it.
    Route,
    /// The lead is sent something.
    Send {
        /// Which template.
        template: String,
    },
    /// A lead for another business line is made out of this one.
    Spawn {
        /// Which line.
        line: LineId,
        /// The pool where the new lead begins.
        pool: PoolId,
    },
}

/// A deed with the key that keeps it from being done twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// Unique for the lead, the plugin and the occasion.
    pub key: String,
    /// What to do.
    pub deed: Deed,
    /// Why.
    pub reason: Reason,
}

/// Something that will be done if nothing happens before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// The rule that sets it.
    pub rule: String,
    /// When.
    pub at: Timestamp,
    /// What will be done then.
    pub consequence: String,
}

/// A follow-up plugin's answer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NextSteps {
    /// What to do now, in order.
    pub actions: Vec<Action>,
    /// When to look again if nothing happens before.
    pub next: Option<Timestamp>,
    /// What falls due when, soonest first.
    pub countdown: Vec<Deadline>,
}

/// What follow-up keeps of a lead.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FollowUp {
    /// What falls due when, soonest first: the countdown that people see.
    pub countdown: Vec<Deadline>,
    /// When the lead is looked at again if nothing happens before.
    pub next: Option<Timestamp>,
    /// What was done, oldest first: the newest [`DONE_MAX`] of each plugin.
    pub done: Vec<Done>,
}

/// How many actions of each plugin a lead's state remembers; older ones stay in its journal.
pub const DONE_MAX: usize = 300;

/// An action that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The plugin that wanted it.
    pub plugin: String,
    /// Its key.
    pub key: String,
}

impl FollowUp {
    /// The keys of a plugin's actions that were done, oldest first.
    pub fn done_for<'a>(&'a self, plugin: &'a str) -> impl Iterator<Item = &'a str> {
        self.done.iter().filter(move |done| done.plugin == plugin).map(|done| done.key.as_str())
    }

    /// Whether a plugin's action was done.
    #[must_use]
    pub fn is_done(&self, plugin: &str, key: &str) -> bool {
        self.done_for(plugin).any(|done| done == key)
    }

    pub(crate) fn remember(&mut self, done: Done) {
        let of_plugin = |known: &&Done| known.plugin == done.plugin;
        if self.done.iter().filter(of_plugin).count() >= DONE_MAX
            && let Some(oldest) = self.done.iter().position(|known| known.plugin == done.plugin)
        {
            self.done.remove(oldest);
        }
        self.done.push(done);
    }
}
