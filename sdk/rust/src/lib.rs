//! Write plugins for Leadsman, the rules engine for sales leads.
//!
//! A plugin decides about leads at one or more stages: [`Screening`] (is it junk?), [`Scoring`] (what
//! is it worth?), [`Routing`] (who gets it?), [`FollowUp`] (what if nobody calls?) and [`Attribution`]
//! (which touches earned the deal?). It is a WebAssembly component without clock, network or files: it
//! gets facts, and gives a proposal with reasons.
//!
//! ```
//! use leadsman_sdk::prelude::*;
//!
//! #[derive(Facts)]
//! pub struct Seen {
//!     #[attribute("company.size")]
//!     size: Option<f64>,
//! }
//!
//! #[derive(Deserialize, JsonSchema)]
//! #[serde(deny_unknown_fields)]
//! pub struct Settings {
//!     /// From how many employees on a company is big.
//!     big: f64,
//! }
//!
//! pub struct Size(Settings);
//!
//! impl Plugin for Size {
//!     type Config = Settings;
//!     type Facts = Seen;
//!     fn configure(settings: Settings) -> Result<Self, Vec<Problem>> {
//!         Ok(Size(settings))
//!     }
//! }
//!
//! impl Scoring for Size {
//!     fn score(&self, input: &ScoringInput<Seen>) -> Result<Assessment, Failure> {
//!         Ok(match input.lead.facts.size {
//!             Some(size) if size >= self.0.big => Assessment::new().fit("big", 20.0, "A big company."),
//!             _ => Assessment::new(),
//!         })
//!     }
//! }
//!
//! leadsman_sdk::export!(Size: scoring);
//! # fn main() {}
//! ```
//!
//! Build it with `cargo build --target wasm32-wasip2 --release`; test it natively with [`harness`].
//! The crate's `README.md` has the settings that keep a component small and quick.
//!
//! # What configurations are made of
//!
//! Types that the configurations of the built-in plugins share, with their JSON Schema: a [`condition`] on
//! leads, a [`Duration`] such as `90m`, a [`LifeStage`]; and [`kinds`] of activity such as `email.*`. With the
//! feature `model`, trained models as well.
//!
//! # What a plugin must not do
//!
//! The host keeps the instance's memory as it is after `configure`, and starts every later call from
//! there. What a stage remembers is lost. Do not build lookup tables lazily in a stage, build them in
//! `configure`; and prefer `BTreeMap` to `HashMap`, whose random seed is asked from the host.

#![deny(missing_docs)]

extern crate self as leadsman_sdk;

/// What a component allocates with; `default-features = false` leaves the choice to the author.
#[cfg(all(target_arch = "wasm32", feature = "allocator"))]
#[global_allocator]
static MEMORY: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

mod answers;
mod attribution;
mod bindings;
pub mod calendar;
pub mod condition;
mod configuration;
pub mod duration;
mod export;
mod facts;
mod follow_up;
#[cfg(not(target_arch = "wasm32"))]
pub mod harness;
pub mod kinds;
mod lead;
mod life_stage;
pub mod lists;
mod needs;
pub mod numbers;
mod plugin;
pub mod prelude;
mod routing;
mod scoring;
mod screening;
pub mod text;
mod timestamp;

/// Trained models and the one way in which they are evaluated, as `leadsman train` writes them.
#[cfg(feature = "model")]
pub use leadsman_model as model;

pub use attribution::{Attribution, Conversion, Touch};
pub use bindings::base::leadsman::rules::types::{Axis, Failure, NamedText, Reason, Rule, Standing, Value};
pub use configuration::Problem;
pub use duration::Duration;
pub use facts::{Attribute, Facts, Values};
pub use follow_up::{Action, Deadline, Deed, FollowUp, Matter, NextSteps, Opportunity};
pub use lead::{Activity, Lead};
pub use leadsman_sdk_macros::Facts;
pub use life_stage::LifeStage;
pub use needs::Needs;
pub use plugin::Plugin;
pub use routing::{
    Acquaintance, Candidate, Choice, Counter, PassedOver, Pool, Proposal, Question, Ranked, Relation,
    Request, Routing,
};
pub use scoring::{Assessment, Contribution, RuleReference, Scoring, ScoringInput};
pub use screening::{Disposition, Finding, Screening, Severity, Verdict};
pub use timestamp::Timestamp;

#[doc(hidden)]
pub mod __private {
    //! What the macros refer to. Not part of the interface.
    pub use crate::bindings::{attribution, base, follow_up, routing, rt, scoring, screening};
    pub use crate::export::{
        Description, Slot, answer_credit, answer_review, answer_route, answer_score, answer_screen,
        configure, describe,
    };
    pub use crate::facts::take;
    pub use std::result::Result::{self, Ok};
    pub use std::vec::Vec;
}
