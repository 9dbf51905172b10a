//! What conditions of routing and of follow-up can read of a lead besides its attributes: the reserved
//! names, and the values that belong to them.

use super::Scope;
use crate::{Matter, Request, Standing, Value, Values};

#[cfg(test)]
mod tests;

/// What scoring said.
const STANDING: [&str; 5] = ["lead.score", "lead.fit", "lead.engagement", "lead.grade", "lead.mature"];
/// Where the lead is in its life.
const STAGE: [&str; 1] = ["lead.stage"];

impl Scope {
    /// A scope for the conditions of a [`Routing`](crate::Routing) plugin, which can also read
    /// `lead.score`, `lead.fit`, `lead.engagement` (numbers), `lead.grade` (a text, absent in a policy
    /// without grades) and `lead.mature` (a flag). What it compiles is tested against
    /// [`Request::values`].
    #[must_use]
    pub fn for_routing() -> Self {
        Self::with_reserved(&STANDING)
    }

    /// A scope for the conditions of a [`FollowUp`](crate::FollowUp) plugin, which can read what those
    /// of [routing](Self::for_routing) can, and `lead.stage` (a text). What it compiles is tested
    /// against [`Matter::values`].
    #[must_use]
    pub fn for_follow_up() -> Self {
        Self::with_reserved(&[STANDING.as_slice(), &STAGE].concat())
    }
}

impl Request<Values> {
    /// What conditions can read, in the order of [`Scope::for_routing`]: what scoring said, then the
    /// lead's attributes.
    #[must_use]
    pub fn values(&self) -> Values {
        let attributes = self.lead.facts.as_slice().iter().cloned();
        Values::new(said(&self.standing).into_iter().chain(attributes).collect())
    }
}

impl Matter<Values> {
    /// What conditions can read, in the order of [`Scope::for_follow_up`]: what scoring said, the stage
    /// of life, then the lead's attributes.
    #[must_use]
    pub fn values(&self) -> Values {
        let stage: [Option<Value>; STAGE.len()] = [Some(self.stage.as_str().into())];
        let attributes = self.lead.facts.as_slice().iter().cloned();
        Values::new(said(&self.standing).into_iter().chain(stage).chain(attributes).collect())
    }
}

fn said(standing: &Standing) -> [Option<Value>; STANDING.len()] {
    let grade = Some(&standing.grade).filter(|grade| !grade.is_empty());
    [
        Some(standing.score.into()),
        Some(standing.fit.into()),
        Some(standing.engagement.into()),
        grade.map(|grade| grade.as_str().into()),
        Some(standing.mature.into()),
    ]
}
