//! Gives touches less than nothing.

use leadsman_guests::Nothing;
use leadsman_sdk::prelude::*;

pub struct Guest;

impl Plugin for Guest {
    type Config = Nothing;
    type Facts = Values;
    fn configure(_: Nothing) -> Result<Self, Vec<Problem>> {
        Ok(Self)
    }
    fn needs(&self) -> Needs {
        Needs::none()
    }
}

impl Attribution for Guest {
    fn credit(&self, _: &Conversion, touches: &[Touch]) -> Result<Vec<f64>, Failure> {
        Ok(vec![-1.0; touches.len()])
    }
}

leadsman_sdk::export!(Guest: attribution);
