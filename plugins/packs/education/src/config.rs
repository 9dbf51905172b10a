//! The configuration, and what can be wrong with it.

use leadsman_sdk::kinds::{self, Kinds};
use leadsman_sdk::prelude::*;

use crate::Planner;
use crate::offer::Promise;

/// How long courses take, and what follows from the weeks that are left.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// So many weeks to spare, or fewer, and time presses.
    tight_weeks: f64,
    /// How long each course takes.
    courses: Vec<Course>,
    /// Points by runway.
    #[serde(default)]
    points: Points,
    /// How soon a demo lesson must be offered, in working time.
    offer: Offer,
    /// The calendar whose working time counts.
    clock: String,
    /// The kinds of activity that are an offer.
    met_by: Vec<String>,
}

/// How long a course takes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Course {
    /// Its name, as leads say it.
    pub(crate) course: String,
    /// What a step is, such as half a band.
    pub(crate) step: f64,
    /// How many weeks a step takes.
    pub(crate) weeks_a_step: f64,
    /// How many weeks it takes however small the step is.
    #[serde(default)]
    pub(crate) weeks_min: f64,
}

/// Points by runway.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Points {
    /// For those who can make it, but only just.
    pub(crate) urgent: f64,
    /// For those who have time.
    pub(crate) ample: f64,
    /// For those who cannot make it.
    pub(crate) late: f64,
}

/// How soon a demo lesson must be offered.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// To those who can make it, but only just.
    pub(crate) urgent: Duration,
    /// To those who have time.
    pub(crate) ample: Duration,
    /// To those who cannot make it.
    pub(crate) late: Duration,
    /// To those of whom it is not known.
    pub(crate) open: Duration,
}

/// Checks a configuration and prepares what the stages use.
pub fn check(config: Config) -> Result<Planner, Vec<Problem>> {
    let mut problems = Vec::new();
    let Config { tight_weeks, courses, points, offer, clock, met_by } = config;
    if !(tight_weeks.is_finite() && tight_weeks >= 0.0) {
        problems.push(Problem::at("/tight_weeks", "must be zero weeks or more"));
    }
    for (place, course) in courses.iter().enumerate() {
        let at = |key: &str| format!("/courses/{place}/{key}");
        if course.step <= 0.0 {
            problems.push(Problem::at(at("step"), "must be above zero"));
        }
        if course.weeks_a_step <= 0.0 {
            problems.push(Problem::at(at("weeks_a_step"), "must be above zero"));
        }
        if courses[..place].iter().any(|earlier| earlier.course == course.course) {
            problems.push(Problem::at(at("course"), "is there already"));
        }
    }
    let mut known = Kinds::new();
    for (place, kind) in met_by.iter().enumerate() {
        if let Err(message) = kinds::check(kind) {
            problems.push(Problem::at(format!("/met_by/{place}"), message));
        }
        known.add(kind);
    }
    if met_by.is_empty() {
        problems.push(Problem::at("/met_by", "must name a kind of activity: nothing else ends the clock"));
    }
    let promise = Promise::of(&offer, clock, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    let set = known.covered_by(&met_by);
    Ok(Planner { tight_weeks, courses, points, promise, kinds: known, met_by: set })
}
