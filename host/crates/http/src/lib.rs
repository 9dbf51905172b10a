//! The HTTP API: thin routes over the desks of the tenants.
//!
//! A request comes in through `layers`, which give it a number, a span and a time limit; `access`
//! finds out whose token it carries; a route reads it, makes one call into the flow and wraps the
//! answer. Whatever goes wrong leaves as a `problem`. This crate knows no plugin, no store and no
//! wall clock: the host hands all of these in with [`Service`].

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod access;
mod arrivals;
mod blocking;
mod bodies;
mod extract;
mod failure;
mod gate;
mod govern;
mod idempotency;
mod json;
mod layers;
mod limits;
mod lines;
mod multipart;
mod openapi;
mod problem;
mod router;
mod routes;
mod serve;
mod service;
mod streams;
pub mod tokens;
mod values;
mod views;

pub use limits::Limits;
pub use router::{document, router};
pub use serve::{Drained, serve, serve_metrics};
pub use service::{
    Backtest, BacktestOrder, CheckAddress, Clock, Derive, Draft, DraftProblem, Drafted, Examine, Lent,
    LogEntry, Looked, PluginLog, Random, Refused, Service, Untold,
};

#[cfg(test)]
mod tests;
