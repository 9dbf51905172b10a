//! Sets the weeks until an exam against the weeks that a course takes, and says how soon a demo lesson must be
//! offered. Whoever can still make it, but only just, is worth most and waits least.
//!
//! ```toml
//! tight_weeks = 4                 # so many weeks to spare, or fewer, and time presses
//! courses = [
//!   { course = "ielts", step = 0.5, weeks_a_step = 5, weeks_min = 3 },
//! ]
//! points = { urgent = 25, ample = 10, late = -10 }
//! offer = { urgent = "10m", ample = "1h", late = "8h", open = "4h" }
//! clock = "office"                # whose working time `offer` counts
//! met_by = ["lesson.offer", "call.*"]
//! ```
//!
//! A lead says its `course`, where it stands (`level.now`), where it wants to be (`level.goal`), and when the
//! exam or the deadline is (`exam.date`). The weeks needed are those of the steps between both levels, and
//! `weeks_min` at least; they stand against the weeks left:
//!
//! | runway | when |
//! |---|---|
//! | `urgent` | at most `tight_weeks` to spare |
//! | `ample` | more than that |
//! | `late` | fewer weeks left than needed: another date has to be sold first |
//! | `open` | no date, or a course that is not in the table |
//!
//! # Scoring
//!
//! One contribution on the fit axis, `runway`, with its arithmetic; none for `open`.
//!
//! # Follow-up
//!
//! The clock begins when somebody gets the lead, with the runway of that moment, and ends with an activity of
//! `met_by`. The owner is reminded at half of the time; when it is up the lead goes back to its pool.

mod config;
mod offer;
mod runway;

use leadsman_sdk::kinds::{KindSet, Kinds};
use leadsman_sdk::prelude::*;

use config::{Config, Course};
use offer::Promise;
pub use runway::Runway;

/// What a lead says of its plans.
#[derive(Debug, Facts)]
pub struct Plans {
    course: Option<String>,
    #[attribute("level.now")]
    now: Option<f64>,
    #[attribute("level.goal")]
    goal: Option<f64>,
    #[attribute("exam.date")]
    exam: Option<Timestamp>,
}

/// The plugin as configured.
pub struct Planner {
    tight_weeks: f64,
    courses: Vec<Course>,
    points: config::Points,
    promise: Promise,
    kinds: Kinds,
    met_by: KindSet,
}

impl Plugin for Planner {
    type Config = Config;
    type Facts = Plans;

    fn configure(config: Config) -> Result<Self, Vec<Problem>> {
        config::check(config)
    }

    fn needs(&self) -> Needs {
        Needs::of::<Plans>().activities(self.kinds.names())
    }
}

impl Scoring for Planner {
    fn score(&self, input: &ScoringInput<Plans>) -> Result<Assessment, Failure> {
        let runway = Runway::of(self, &input.lead.facts, input.now);
        let points = match runway {
            Runway::Urgent { .. } => self.points.urgent,
            Runway::Ample { .. } => self.points.ample,
            Runway::Late { .. } => self.points.late,
            Runway::Open => return Ok(Assessment::new()),
        };
        Ok(Assessment::new().fit("runway", points, runway.sentence()))
    }
}

impl FollowUp for Planner {
    fn review(&self, matter: &Matter<Plans>) -> Result<NextSteps, Failure> {
        let is_met = |activity: &Activity| activity.at >= matter.since && self.met_by.contains(activity);
        if matter.owner.is_none() || matter.activities.iter().any(is_met) {
            return Ok(NextSteps::nothing());
        }
        let runway = Runway::of(self, &matter.lead.facts, matter.since);
        Ok(self.promise.review(matter, &runway))
    }
}

leadsman_sdk::export!(Planner: scoring, follow_up);

#[cfg(test)]
mod tests;
