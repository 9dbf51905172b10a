//! Accepts no configuration, and says where and why.

use leadsman_sdk::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Config {
    /// Any number; none is right.
    size: f64,
}

pub struct Guest;

impl Plugin for Guest {
    type Config = Config;
    type Facts = Values;
    fn configure(config: Config) -> Result<Self, Vec<Problem>> {
        Err(vec![Problem {
            pointer: "/size".to_owned(),
            message: format!("{} is the wrong size", config.size),
        }])
    }
    fn needs(&self) -> Needs {
        Needs::none()
    }
}

impl Scoring for Guest {
    fn score(&self, _: &ScoringInput<Values>) -> Result<Assessment, Failure> {
        Ok(Assessment::new())
    }
}

leadsman_sdk::export!(Guest: scoring);
