//! Simulation: a team works through made-up weeks under a policy. Leads come in, reps call them in their
//! hours, deadlines pass at their moments; nothing looks at a clock, so the same seed tells the same story.

mod chance;
mod crowd;
mod groups;
pub mod market;
mod play;
mod report;
mod world;

pub use chance::Chance;
pub use groups::GroupReport;
pub use play::play;
pub use report::{RepReport, Report};
pub use world::World;
