//! Scores the use of a product: whether it grows, becomes a habit, spreads over features, and nears what the
//! plan allows. Points for single activities cannot tell a trial that takes off from one that fades away.
//!
//! ```toml
//! kinds = ["product.*"]           # activities that are use; their quantities are added up
//! window = "7d"                   # the last week is held against the week before
//! least = 10                      # with less use than that in either, nothing is said about growth
//! grows = { times = 1.5, points = 20 }        # half as much again as the week before
//! fades = { times = 0.5, points = -15 }       # half as much, or less
//! habit = { days = 4, points = 15 }           # used on four days of the last window
//! breadth = { kinds = 3, points = 10 }        # three kinds of use, each named in `kinds` or apart in `features`
//! features = ["product.report", "product.invite", "product.api"]
//! ceiling = { share = 0.8, points = 20 }      # of the seats that the plan has
//! ```
//!
//! Every part can be left out. Seats are the attributes `plan.seats` and `plan.seats-used`. All points are on the
//! axis engagement but those of `ceiling`, which is what the account is.

mod config;
mod usage;

use leadsman_sdk::kinds::{KindSet, Kinds};
use leadsman_sdk::prelude::*;

use config::{Breadth, Ceiling, Change, Config, Habit};
use usage::Usage;

/// What is known of the account's plan.
#[derive(Debug, Facts)]
pub struct Plan {
    #[attribute("plan.seats")]
    seats: Option<f64>,
    #[attribute("plan.seats-used")]
    used: Option<f64>,
}

/// The plugin as configured.
pub struct Momentum {
    kinds: Kinds,
    counted: KindSet,
    features: Vec<usize>,
    window_ms: i64,
    least: f64,
    grows: Option<Change>,
    fades: Option<Change>,
    habit: Option<Habit>,
    breadth: Option<Breadth>,
    ceiling: Option<Ceiling>,
}

impl Plugin for Momentum {
    type Config = Config;
    type Facts = Plan;

    fn configure(config: Config) -> Result<Self, Vec<Problem>> {
        config::check(config)
    }

    fn needs(&self) -> Needs {
        Needs::of::<Plan>().activities(self.kinds.names())
    }
}

impl Scoring for Momentum {
    fn score(&self, input: &ScoringInput<Plan>) -> Result<Assessment, Failure> {
        let usage = Usage::of(self, &input.activities, input.now);
        let assessment = self.growth(Assessment::new(), &usage);
        let assessment = self.spread(assessment, &usage);
        Ok(self.room(assessment, &input.lead.facts))
    }
}

impl Momentum {
    fn growth(&self, assessment: Assessment, usage: &Usage) -> Assessment {
        let Usage { recent, earlier, .. } = *usage;
        if recent.max(earlier) < self.least {
            return assessment;
        }
        let message =
            |what: &str| format!("Use {what}: {recent:.0} after {earlier:.0} in the window before.");
        if let Some(grows) = self.grows.as_ref().filter(|grows| recent >= grows.times * earlier) {
            return assessment.engagement("use-grows", grows.points, message("grows"));
        }
        match self.fades.as_ref().filter(|fades| recent <= fades.times * earlier) {
            Some(fades) => assessment.engagement("use-fades", fades.points, message("fades")),
            None => assessment,
        }
    }

    fn spread(&self, mut assessment: Assessment, usage: &Usage) -> Assessment {
        if let Some(habit) = self.habit.as_ref().filter(|habit| usage.days >= habit.days as usize) {
            let message = format!("Used on {} days of the last window.", usage.days);
            assessment = assessment.engagement("habit", habit.points, message);
        }
        if let Some(breadth) =
            self.breadth.as_ref().filter(|breadth| usage.features >= breadth.kinds as usize)
        {
            let message = format!("Uses {} of the features that matter.", usage.features);
            assessment = assessment.engagement("breadth", breadth.points, message);
        }
        assessment
    }

    fn room(&self, assessment: Assessment, plan: &Plan) -> Assessment {
        let (Some(ceiling), Some(seats), Some(used)) = (&self.ceiling, plan.seats, plan.used) else {
            return assessment;
        };
        if seats <= 0.0 || used < ceiling.share * seats {
            return assessment;
        }
        assessment.fit("plan-is-full", ceiling.points, format!("{used:.0} of {seats:.0} seats are taken."))
    }
}

leadsman_sdk::export!(Momentum: scoring);

#[cfg(test)]
mod tests;
