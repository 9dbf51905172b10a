//! Follows up by clocks, signals and triggers: what happens if nobody calls?
//!
//! ```toml
//! counts = ["call.*", "meeting"]    # activities that are follow-up; no other kind counts
//!
//! [[rules]]                         # called within a day, or back to the pool
//! name = "first-contact"
//! since = "owned"
//! within = "24h"
//! met_by = "activity"
//! warn = ["4h", "1h"]
//! escalate = "30m"
//! then = { recycle = true }
//!
//! [[rules]]                         # not left alone for 15 days
//! name = "idle"
//! since = "owned"
//! within = "15d"
//! extend = "15d"
//! warn = ["1d"]
//! then = { recycle = true }
//!
//! [[rules]]                         # followed, but never won
//! name = "no-deal"
//! since = "owned"
//! within = "60d"
//! met_by = "deal"
//! then = { recycle = { pool = "nurture" } }
//!
//! [[rules]]                         # protected for ten days, for three after each call, for 20 at most
//! name = "protected"
//! since = "owned"
//! within = "10d"
//! extend = "3d"
//! most = "20d"
//! then = { recycle = true }
//!
//! [[rules]]                         # a stage has a deadline, in working time
//! name = "mql-stands"
//! since = "stage"
//! stages = ["mql"]
//! within = "8h"
//! clock = "office"
//! then = { escalate = "An MQL waits." }
//!
//! [[rules]]
//! name = "waits"
//! since = "pooled"
//! within = "2d"
//! when = { attribute = "company.size", at_least = 100 }
//! then = { recycle = { pool = "key" } }
//!
//! [[signals]]                       # told at once, but once a day at most
//! name = "saved-phone"
//! on = ["phone.saved"]
//! every = "1d"
//! then = { remind = "The lead saved your number: call now." }
//!
//! [[signals]]                       # five minutes on one page: to sales at once
//! name = "dwelled"
//! on = ["page.dwell"]
//! at_least = 300
//! then = { route = true }
//!
//! [[triggers]]                      # a lead for another business line, once
//! name = "overseas"
//! when = { attribute = "message", contains = "study abroad" }
//! then = { spawn = { line = "study-abroad", pool = "overseas" } }
//! ```
//!
//! Durations are whole numbers of minutes, hours or days of 24 hours: `90m`, `24h`, `15d`. With
//! `clock = "office"` those of a rule are working time of that calendar, and are written in minutes or
//! hours.
//!
//! # Rules
//!
//! A rule's clock starts when somebody got the lead (`owned`), when it came into the pool where it waits
//! (`pooled`), when marketing began to nurture it (`nurtured`), or when it reached its stage (`stage`).
//! It runs as long as that lasts, in the stages that `stages` names (every stage but `deal` otherwise: a
//! won lead is not recycled), and as long as `when` holds. Conditions are tested at each review; besides
//! the lead's attributes they can read `lead.score`, `lead.fit`, `lead.engagement` (numbers),
//! `lead.grade`, `lead.stage` (texts) and `lead.mature` (a flag). A rule does not run for a lead that is
//! already in the pool, or at the stage, to which the rule would bring it.
//!
//! The time is up `within` so long after the start. A follow-up, which is an activity of a kind in
//! `counts`, is in time if it comes before that very moment, and not if it comes at it. With `extend`,
//! each follow-up in time moves the deadline to so long after itself, unless it was later already; with
//! `most`, never further than so long after the start. `met_by` stops the clock for good: the first
//! follow-up in time (`"activity"`), the deal (`"deal"`), or a stage or a later one
//! (`{ stage = "sql" }`).
//!
//! Before the deadline the owner is reminded (`warn`) and the owner's manager is told (`escalate`), once
//! for each deadline and each time; a deadline that moves takes with it what was not said yet. If the
//! moment was missed it is said at the next review, as long as the deadline is ahead. The texts can be
//! changed with `say = { warn = "…", escalate = "…" }`, in which `{rule}`, `{left}`, `{deadline}` (in
//! UTC) and `{consequence}` are filled in.
//!
//! At the deadline `then` is done, once: exactly one of `recycle = true` (back to the pool that the lead
//! came from), `recycle = { pool = "…" }`, `escalate = "text"`, `remind = "text"`, `advance = "stage"`,
//! `route = true`, `send = "template"` and `spawn = { line = "…", pool = "…" }`.
//!
//! # Signals
//!
//! A signal is given by an activity of its kinds whose quantity is `at_least` so much, unless one was
//! given less than `every` before or after it. What is older than a day raises no alarm, so that history
//! can be imported.
//!
//! # Triggers
//!
//! A trigger acts as soon as its condition holds, once for each lead, however often the lead is corrected
//! afterwards. `spawn` makes a lead for another business line, which begins in the pool of that line, while
//! this one stays where it is: one lead for each line. Clocks and signals may spawn as well.
//!
//! # Together
//!
//! In one review the lead is moved (recycled, advanced or routed) once at most: by the rule whose time
//! was up first, else by the first signal. Whatever must wait is looked at again a minute later, when it
//! is clear where the lead is. Rules, signals and triggers have names of at most 63 bytes, without
//! slashes, and there are at most 50 of each.

mod clock;
mod compile;
mod config;
mod deeds;
mod names;
mod rule;
mod signal;
mod steps;
#[cfg(test)]
mod tests;
mod trigger;
mod words;

use leadsman_sdk::kinds::KindSet;
use leadsman_sdk::prelude::*;

pub use config::Config;
use rule::Rule;
use signal::Signal;
use steps::Steps;
use trigger::Trigger;

/// The plugin, configured.
pub struct Clocks {
    /// The kinds that count as follow-up.
    counts: KindSet,
    rules: Vec<Rule>,
    signals: Vec<Signal>,
    triggers: Vec<Trigger>,
    needs: Needs,
}

/// What the rules see of a lead.
struct Seen<'a> {
    matter: &'a Matter<Values>,
    /// What conditions read.
    values: Values,
    /// The moments of the follow-ups, oldest first.
    followed: Vec<Timestamp>,
}

impl Plugin for Clocks {
    type Config = Config;
    type Facts = Values;

    fn configure(config: Config) -> Result<Self, Vec<Problem>> {
        compile::compile(&config)
    }

    fn needs(&self) -> Needs {
        self.needs.clone()
    }
}

impl FollowUp for Clocks {
    fn review(&self, matter: &Matter<Values>) -> Result<NextSteps, Failure> {
        let followed = matter.activities.iter().filter(|activity| self.counts.contains(activity));
        let followed = followed.map(|activity| activity.at).collect();
        let seen = Seen { matter, values: matter.values(), followed };
        let mut steps = Steps::new(matter.now);
        for rule in &self.rules {
            rule.review(&seen, &mut steps);
        }
        for signal in &self.signals {
            signal.review(matter, &mut steps);
        }
        for trigger in &self.triggers {
            trigger.review(&seen, &mut steps);
        }
        Ok(steps.finish())
    }
}

leadsman_sdk::export!(Clocks: follow_up);
