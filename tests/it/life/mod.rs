//! The life of a lead after intake, feature by feature, in simulated time.

mod accounts;
mod admission;
mod allocation;
mod behind;
mod broken;
mod campaigns;
mod cohorts;
mod currencies;
mod deadlines;
mod eligibility;
mod late;
mod lines;
mod nurture;
mod origins;
mod ownership;
mod rebates;
mod reports;
mod sources;
mod spending;
mod trends;
mod whatever;

use leadsman_domain::follow_up::Deed;
use leadsman_domain::journal::{Entry, Event};
use leadsman_domain::lead::{Activity, Lead};
use leadsman_domain::{LeadId, PoolId, Timestamp};
use leadsman_flow::Desk;

use crate::desk::act;
use crate::office::{MONDAY, submission, take_in};

pub const HOUR_MS: i64 = 60 * 60 * 1000;

/// Three reps who get leads in turns, must follow up within a day and every fifteen days, and close within
/// sixty.
pub const POLICY: &str = r#"
default_pool = "inbound"
activities = ["call.done", "note.written"]
[[pools]]
id = "inbound"
[[pools.allocation]]
plugin = "round-robin"
[[pools.follow_up]]
plugin = "follow-up"
[pools.follow_up.config]
counts = ["call.done"]
rules = [
  { name = "first-contact", since = "owned", within = "24h", met_by = "activity", warn = ["4h"], escalate = "1h", then = { recycle = true } },
  { name = "idle", since = "owned", within = "15d", extend = "15d", warn = ["1d"], then = { recycle = true } },
  { name = "no-deal", since = "owned", within = "60d", met_by = "deal", then = { recycle = { pool = "nurture" } } },
]
[[pools]]
id = "nurture"
[[pools]]
id = "sea"
claims = { per_day = 3, cooldown = "7d", delay = "1h" }
[returns]
not-ripe = "nurture"
public = "sea"
[[reps]]
id = "ann"
[[reps]]
id = "ben"
[[reps]]
id = "cyn"
"#;

pub fn lead_of(desk: &Desk, key: &str) -> LeadId {
    let email = format!("{key}@{key}.com");
    take_in(desk, submission(key, &[("contact.email", &email)])).lead
}

pub fn look(desk: &Desk, lead: &LeadId) -> Lead {
    desk.archive().lead(lead).unwrap()
}

pub fn owner(desk: &Desk, lead: &LeadId) -> Option<String> {
    look(desk, lead).status.owner().map(ToString::to_string)
}

pub fn entries(desk: &Desk, lead: &LeadId) -> Vec<Entry> {
    desk.archive().history(lead).unwrap().entries
}

/// What follow-up did: when, and what.
pub fn done(desk: &Desk, lead: &LeadId) -> Vec<(Timestamp, &'static str)> {
    let word = |deed: &Deed| match deed {
        Deed::Remind { .. } => "remind",
        Deed::Escalate { .. } => "escalate",
        Deed::Recycle { .. } => "recycle",
        Deed::Advance { .. } => "advance",
        Deed::Route => "route",
        Deed::Send { .. } => "send",
        Deed::Spawn { .. } => "spawn",
    };
    let did = |entry: Entry| match entry.event {
        Event::FollowedUp { action, .. } => Some((entry.at, word(&action.deed))),
        _ => None,
    };
    entries(desk, lead).into_iter().filter_map(did).collect()
}

/// Lets everything happen that falls due until a moment, each at its own.
pub fn until(desk: &Desk, moment: Timestamp) {
    desk.wake_until(moment, |_| Ok(())).unwrap();
}

pub fn after(ms: i64) -> Timestamp {
    MONDAY.plus_ms(ms)
}

pub fn call(desk: &Desk, lead: &LeadId, at: Timestamp) {
    desk.record(lead, Activity { at, ..act("call.done", 0) }, at).unwrap().wait().unwrap();
}

pub fn sound(desk: &Desk) {
    let mut problems = Vec::new();
    desk.archive().audit(|lead, cause| problems.push((lead.clone(), cause))).unwrap();
    assert_eq!(problems, []);
}

pub fn pool(pool: &str) -> PoolId {
    pool.parse().unwrap()
}
