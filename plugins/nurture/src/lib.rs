//! Nurtures leads that are not ripe for sales: tracks of messages on days, until they reply.
//!
//! ```toml
//! stop_on = ["email.reply", "call.answered"]    # whoever replies is left to people
//! opt_out = "consent.opt-out"                   # an attribute, which is a flag
//! opt_out_on = ["email.unsubscribe"]
//! cap = { sends = 2, within = "7d" }            # of all messages, whoever sends them
//! pools = ["nurture"]                           # leads that wait there are nurtured too
//! at = { calendar = "office" }                  # only while it is open
//!
//! [[groups]]                                    # the first that matches
//! name = "warm"
//! when = { attribute = "lead.score", at_least = 40 }
//! track = "warm"
//!
//! [[groups]]
//! name = "cold"
//! track = "cold"
//!
//! [[tracks]]
//! name = "warm"
//! sends = [{ day = 1, template = "brand" }, { day = 3, template = "product" },
//!          { day = 7, template = "case" }, { day = 10, template = "offer" }]
//!
//! [[tracks]]
//! name = "cold"
//! sends = [{ day = 7, template = "brand" }, { day = 30, template = "case" }]
//!
//! [[upgrade]]                                   # sudden interest: to sales at once
//! name = "interested"
//! when = { attribute = "lead.score", at_least = 60 }
//! then = { route = true }
//! ```
//!
//! Everything can be left out. There is one track then, `wake-up`, with `brand` on day 1, `product` on
//! day 3, `case` on day 7 and `offer` on day 10, and everybody is on it.
//!
//! # Who
//!
//! Leads without an owner that marketing nurtures, or that wait in one of `pools`. Nothing is done for a
//! lead whose attribute `opt_out` is true, or after an activity of the kinds in `opt_out_on`, however
//! long ago it was; a value of `opt_out` that is not a flag is a failure. An activity of the kinds in
//! `stop_on` stops the track until the lead comes to be nurtured anew.
//!
//! # When
//!
//! Day n is n times 24 hours after the lead came to be nurtured, or into the pool. A message's moment is
//! the first from then on at which the cap allows it and the calendar is open. The cap counts activities
//! of kind `message.sent`: every message to the lead, from whichever track or plugin. A message that must
//! wait keeps its place: it comes before those of later days.
//!
//! A lead is on one track at a time. When its group changes, the days of the new track count from when
//! the lead came to be nurtured as well, and what is past is not made up for: a message whose moment is
//! more than 24 hours ago is skipped. If the calendar is closed when those hours end, the message can
//! still be sent when it opens.
//!
//! # Upgrades
//!
//! `upgrade` does something, once, with a lead that became interesting: `route = true` (through dispatch
//! and allocation), `advance = "stage"` or `recycle = { pool = "…" }`. Nothing is sent in the same
//! review. Replies do not stop upgrades, opting out does.
//!
//! Conditions can read, besides the lead's attributes, `lead.score`, `lead.fit`, `lead.engagement`
//! (numbers), `lead.grade`, `lead.stage` (texts) and `lead.mature` (a flag).

mod compile;
mod config;
mod pace;
#[cfg(test)]
mod tests;
mod track;
mod upgrade;

use leadsman_sdk::condition::Compiled;
use leadsman_sdk::kinds::KindSet;
use leadsman_sdk::prelude::*;

pub use config::Config;
use pace::Pace;
use track::{Group, Track};
use upgrade::Upgrade;

/// The kind of activity that the host records for every message to a lead.
const SENT: &str = "message.sent";

/// The plugin, configured.
pub struct Nurture {
    groups: Vec<Group>,
    tracks: Vec<Track>,
    stops: KindSet,
    /// The attribute and its position among the values.
    opt_out: Option<(String, usize)>,
    opts_out: KindSet,
    sent: KindSet,
    pace: Pace,
    pools: Vec<String>,
    upgrades: Vec<Upgrade>,
    needs: Needs,
}

impl Plugin for Nurture {
    type Config = Config;
    type Facts = Values;

    fn configure(config: Config) -> Result<Self, Vec<Problem>> {
        compile::compile(&config)
    }

    fn needs(&self) -> Needs {
        self.needs.clone()
    }
}

impl FollowUp for Nurture {
    fn review(&self, matter: &Matter<Values>) -> Result<NextSteps, Failure> {
        let values = matter.values();
        if !self.nurtures(matter) || self.has_opted_out(matter, &values)? {
            return Ok(NextSteps::nothing());
        }
        if let Some(steps) = upgrade::review(&self.upgrades, matter, &values) {
            return Ok(steps);
        }
        let holds = |when: &Compiled| when.holds(values.as_slice(), matter.now);
        let matches = |group: &&Group| group.when.as_ref().is_none_or(holds);
        Ok(match self.groups.iter().find(matches) {
            Some(group) if !self.has_stopped(matter) => {
                self.tracks[group.track].review(group, &self.pace, self.sent(matter), matter)
            }
            _ => NextSteps::nothing(),
        })
    }
}

impl Nurture {
    fn nurtures(&self, matter: &Matter<Values>) -> bool {
        let waits = || matter.pool.as_ref().is_some_and(|pool| self.pools.contains(pool));
        matter.owner.is_none() && (matter.nurtured || waits())
    }

    fn has_opted_out(&self, matter: &Matter<Values>, values: &Values) -> Result<bool, Failure> {
        let flag = match &self.opt_out {
            None => false,
            Some((name, position)) => match values.get(*position) {
                Some(Value::Flag(flag)) => *flag,
                Some(_) => return Err(Failure::BadInput(format!("attribute `{name}` must be a flag"))),
                None => false,
            },
        };
        Ok(flag || matter.activities.iter().any(|activity| self.opts_out.contains(activity)))
    }

    fn has_stopped(&self, matter: &Matter<Values>) -> bool {
        let mut since = matter.activities.iter().filter(|activity| activity.at >= matter.since);
        since.any(|activity| self.stops.contains(activity))
    }

    /// The moments of all messages, oldest first.
    fn sent(&self, matter: &Matter<Values>) -> Vec<Timestamp> {
        let sent = matter.activities.iter().filter(|activity| self.sent.contains(activity));
        sent.map(|activity| activity.at).collect()
    }
}

leadsman_sdk::export!(Nurture: follow_up);
