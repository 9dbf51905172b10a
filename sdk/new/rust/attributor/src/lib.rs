//! Shares the credit among all touches, and gives those of campaigns more.

use leadsman_sdk::prelude::*;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Campaigns {
    /// How much more a touch of a campaign earns than one without; 1 is as much.
    factor: f64,
}

impl Plugin for Campaigns {
    type Config = Campaigns;
    type Facts = ();
    fn configure(config: Campaigns) -> Result<Self, Vec<Problem>> {
        if !config.factor.is_finite() || config.factor < 0.0 {
            return Err(vec![Problem::at("/factor", "must be a number of at least 0")]);
        }
        Ok(config)
    }
}

impl Attribution for Campaigns {
    fn credit(&self, _: &Conversion, touches: &[Touch]) -> Result<Vec<f64>, Failure> {
        let weight = |touch: &Touch| if touch.campaign.is_some() { self.factor } else { 1.0 };
        Ok(touches.iter().map(weight).collect())
    }
}

leadsman_sdk::export!(Campaigns: attribution);

#[cfg(test)]
mod tests;
