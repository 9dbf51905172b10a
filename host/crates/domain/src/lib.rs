//! The words of Leadsman as types: ids, units, leads, verdicts, scores, routes, credits, the journal
//! and the policy. Pure values and pure functions; no I/O, no async, no clock.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

pub mod agent;
pub mod attribution;
pub mod calendar;
pub mod campaign;
pub mod difference;
pub mod digest;
pub mod filter;
pub mod follow_up;
pub mod grading;
pub mod identity;
pub mod ids;
pub mod journal;
pub mod lead;
pub mod life;
pub mod limits;
pub mod mapping;
pub mod matching;
pub mod membership;
pub mod merge;
pub mod money;
pub mod order;
pub mod plan;
pub mod policy;
pub mod qualification;
pub mod roll_up;
pub mod routing;
pub mod ruling;
pub mod scoring;
pub mod screening;
pub mod segments;
pub mod sources;
pub mod standard;
pub mod submission;
pub mod target;
pub mod text;
pub mod time;
pub mod value;

pub use digest::Digest;
pub use ids::{
    AgentId, ConversionId, LeadId, LineId, PoolId, ReceiverId, RepId, TargetId, TeamId, TenantId, VisitorId,
};
pub use time::Timestamp;
pub use value::{AttributeName, Facts, Value};
