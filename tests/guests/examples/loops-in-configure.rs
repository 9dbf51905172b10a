//! Never ends configuring.

use leadsman_guests::Nothing;
use leadsman_sdk::prelude::*;

pub struct Guest;

impl Plugin for Guest {
    type Config = Nothing;
    type Facts = Values;
    fn configure(_: Nothing) -> Result<Self, Vec<Problem>> {
        let mut count = 0_u64;
        loop {
            count = std::hint::black_box(count.wrapping_add(1));
        }
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
