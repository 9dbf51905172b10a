//! Gives points to companies from a certain size on.

use leadsman_sdk::prelude::*;

#[derive(Facts)]
pub struct Company {
    #[attribute("company.size")]
    size: Option<f64>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// From how many employees on a company is big.
    big: f64,
}

impl Plugin for Size {
    type Config = Size;
    type Facts = Company;
    fn configure(config: Size) -> Result<Self, Vec<Problem>> {
        Ok(config)
    }
}

impl Scoring for Size {
    fn score(&self, input: &ScoringInput<Company>) -> Result<Assessment, Failure> {
        let big = input.lead.facts.size.is_some_and(|size| size >= self.big);
        Ok(if big { Assessment::new().fit("big", 20.0, "A big company.") } else { Assessment::new() })
    }
}

leadsman_sdk::export!(Size: scoring);

#[cfg(test)]
mod tests;
