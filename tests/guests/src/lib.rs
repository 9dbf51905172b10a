//! What the guests share. Each guest is a component of its own, in `examples/`, and misbehaves in one
//! way; the tests use every one of them.

use leadsman_sdk::prelude::*;

/// No configuration.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// A plugin without configuration that needs what the expression says.
#[macro_export]
macro_rules! guest {
    ($needs:expr) => {
        use leadsman_sdk::prelude::*;

        struct Guest;

        impl Plugin for Guest {
            type Config = leadsman_guests::Nothing;
            type Facts = Values;
            fn configure(_: leadsman_guests::Nothing) -> Result<Self, Vec<Problem>> {
                Ok(Self)
            }
            fn needs(&self) -> Needs {
                $needs
            }
        }
    };
}

/// A scorer that does what the expression says.
#[macro_export]
macro_rules! scorer {
    ($score:expr) => {
        leadsman_guests::guest!(leadsman_guests::needs_trigger());

        impl Scoring for Guest {
            fn score(&self, input: &ScoringInput<Values>) -> Result<Assessment, Failure> {
                let score: fn(&ScoringInput<Values>) -> Result<Assessment, Failure> = $score;
                score(input)
            }
        }

        leadsman_sdk::export!(Guest: scoring);
    };
}

/// A router that proposes what the expression says.
#[macro_export]
macro_rules! router {
    ($route:expr) => {
        leadsman_guests::guest!(Needs::none());

        impl Routing for Guest {
            fn route(&self, request: &Request<Values>) -> Result<Proposal, Failure> {
                let route: fn(&Request<Values>) -> Result<Proposal, Failure> = $route;
                route(request)
            }
        }

        leadsman_sdk::export!(Guest: routing);
    };
}

/// A follow-up plugin that wants what the expression says.
#[macro_export]
macro_rules! follower {
    ($review:expr) => {
        leadsman_guests::guest!(Needs::none());

        impl FollowUp for Guest {
            fn review(&self, matter: &Matter<Values>) -> Result<NextSteps, Failure> {
                let review: fn(&Matter<Values>) -> Result<NextSteps, Failure> = $review;
                review(matter)
            }
        }

        leadsman_sdk::export!(Guest: follow_up);
    };
}

/// The attribute `trigger`, by which a guest can be told to misbehave for some leads only.
#[must_use]
pub fn needs_trigger() -> Needs {
    Needs::none().attributes(["trigger"])
}

/// Whether the lead's attribute `trigger` is set.
#[must_use]
pub fn triggered(values: &Values) -> bool {
    values.text(0).is_some()
}
