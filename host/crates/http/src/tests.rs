//! Tests of the API as a whole: the router is called as a service, with no network under it, a store in
//! memory, a clock that stands still, and rules that are plain functions.

mod access;
mod bulk;
mod description;
mod idempotency;
mod leads;
mod lines;
mod orders;
mod plugins;
mod policy;
mod problems;
mod targets;
mod token_store;
mod webhooks;
mod world;
