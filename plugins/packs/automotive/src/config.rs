//! The configuration, and what can be wrong with it.

use leadsman_sdk::prelude::*;

use crate::Territory;
use crate::place::Place;

/// What is near, and where postal codes are.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Dealers no further than that are near.
    near_km: f64,
    /// So are those that are hardly further than the nearest.
    #[serde(default)]
    tie_km: f64,
    /// Nobody is sent further.
    far_km: f64,
    /// From which share of their cap on a dealer is full, while others have room.
    #[serde(default = "whole")]
    full_at: f64,
    /// Where postal codes are.
    areas: Vec<AreaConfig>,
}

/// Where the postal codes with a beginning are.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AreaConfig {
    /// The beginning of the postal codes; of several that fit the longest holds.
    begins: String,
    /// Degrees to the north.
    latitude: f64,
    /// Degrees to the east.
    longitude: f64,
}

/// An area.
pub struct Area {
    /// The beginning of its postal codes.
    pub begins: String,
    /// Its middle.
    pub place: Place,
}

/// Checks a configuration.
pub fn check(config: Config) -> Result<Territory, Vec<Problem>> {
    let Config { near_km, tie_km, far_km, full_at, areas } = config;
    let mut problems = Vec::new();
    if near_km <= 0.0 {
        problems.push(Problem::at("/near_km", "must be above zero"));
    }
    if tie_km < 0.0 {
        problems.push(Problem::at("/tie_km", "must be zero or more"));
    }
    if far_km < near_km {
        problems.push(Problem::at("/far_km", "must be `near_km` or more"));
    }
    if !(full_at > 0.0 && full_at <= 1.0) {
        problems.push(Problem::at("/full_at", "must be above 0 and at most 1"));
    }
    for (place, area) in areas.iter().enumerate() {
        if area.begins.trim().is_empty() {
            problems.push(Problem::at(
                format!("/areas/{place}/begins"),
                "must be the beginning of a postal code",
            ));
        }
        if areas[..place].iter().any(|earlier| earlier.begins == area.begins) {
            problems.push(Problem::at(format!("/areas/{place}/begins"), "is there already"));
        }
        if !(-90.0..=90.0).contains(&area.latitude) {
            problems.push(Problem::at(format!("/areas/{place}/latitude"), "must be from -90 to 90"));
        }
        if !(-180.0..=180.0).contains(&area.longitude) {
            problems.push(Problem::at(format!("/areas/{place}/longitude"), "must be from -180 to 180"));
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let area =
        |AreaConfig { begins, latitude, longitude }| Area { begins, place: Place { latitude, longitude } };
    Ok(Territory { near_km, tie_km, far_km, full_at, areas: areas.into_iter().map(area).collect() })
}

const fn whole() -> f64 {
    1.0
}
