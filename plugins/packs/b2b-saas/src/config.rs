//! The configuration, and what can be wrong with it.

use leadsman_sdk::kinds::{self, Kinds};
use leadsman_sdk::prelude::*;

use crate::Momentum;

/// What use of the product is worth.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The kinds of activity that are use; `product.*` stands for every kind with that beginning.
    kinds: Vec<String>,
    /// The last so long is held against as long before that.
    window: Duration,
    /// With less use than that in either, nothing is said about growth.
    #[serde(default)]
    least: f64,
    /// Use grows so many times, or more.
    grows: Option<Change>,
    /// Use fades to so many times, or less.
    fades: Option<Change>,
    /// It is used on so many days of the last window.
    habit: Option<Habit>,
    /// So many of the features are used.
    breadth: Option<Breadth>,
    /// The features that `breadth` counts.
    #[serde(default)]
    features: Vec<String>,
    /// So much of the plan's seats is taken.
    ceiling: Option<Ceiling>,
}

/// How use changes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// How many times as much.
    pub(crate) times: f64,
    /// Points.
    pub(crate) points: f64,
}

/// Use day by day.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Habit {
    /// On how many days.
    pub(crate) days: u32,
    /// Points.
    pub(crate) points: f64,
}

/// Use of several features.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Breadth {
    /// How many.
    pub(crate) kinds: u32,
    /// Points.
    pub(crate) points: f64,
}

/// How full the plan is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ceiling {
    /// From which share of its seats on, above 0 and at most 1.
    pub(crate) share: f64,
    /// Points.
    pub(crate) points: f64,
}

/// Checks a configuration and prepares what scoring uses.
pub fn check(config: Config) -> Result<Momentum, Vec<Problem>> {
    let Config { kinds: counted, window, least, grows, fades, habit, breadth, features, ceiling } = config;
    let mut problems = Vec::new();
    let mut known = Kinds::new();
    for (list, names) in [("kinds", &counted), ("features", &features)] {
        for (place, kind) in names.iter().enumerate() {
            if let Err(message) = kinds::check(kind) {
                problems.push(Problem::at(format!("/{list}/{place}"), message));
            }
            known.add(kind);
        }
    }
    if counted.is_empty() {
        problems.push(Problem::at("/kinds", "must name a kind of activity: nothing else is use"));
    }
    let window_ms = window.millis();
    if let Err(message) = window_ms {
        problems.push(Problem::at("/window", message));
    }
    if let (Some(grows), Some(fades)) = (&grows, &fades)
        && fades.times >= grows.times
    {
        problems.push(Problem::at("/fades/times", "must be less than `grows.times`"));
    }
    if let Some(breadth) = breadth.as_ref().filter(|breadth| breadth.kinds as usize > features.len()) {
        let message = format!("must be at most {}, as many `features` as there are", features.len());
        problems.push(Problem::at("/breadth/kinds", format!("{message}; it is {}", breadth.kinds)));
    }
    if ceiling.as_ref().is_some_and(|ceiling| !(ceiling.share > 0.0 && ceiling.share <= 1.0)) {
        problems.push(Problem::at("/ceiling/share", "must be above 0 and at most 1"));
    }
    let (true, Ok(window_ms)) = (problems.is_empty(), window_ms) else { return Err(problems) };
    let counted = known.covered_by(&[counted, features.clone()].concat());
    let features = features.iter().filter_map(|one| known.names().iter().position(|name| name == one));
    let features = features.collect();
    Ok(Momentum { kinds: known, counted, features, window_ms, least, grows, fades, habit, breadth, ceiling })
}
