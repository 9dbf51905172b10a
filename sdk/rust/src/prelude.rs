//! Everything that a plugin usually names: `use leadsman_sdk::prelude::*;`.

pub use crate::condition::Condition;
pub use crate::{
    Acquaintance, Action, Activity, Assessment, Attribution, Axis, Candidate, Choice, Contribution,
    Conversion, Counter, Deadline, Deed, Disposition, Duration, Facts, Failure, Finding, FollowUp, Lead,
    LifeStage, Matter, NamedText, Needs, NextSteps, PassedOver, Plugin, Pool, Problem, Proposal, Question,
    Ranked, Reason, Relation, Request, Routing, Rule, RuleReference, Scoring, ScoringInput, Screening,
    Severity, Standing, Timestamp, Touch, Value, Values, Verdict,
};
pub use schemars::JsonSchema;
pub use serde::Deserialize;
