//! The tests of the product through its public doors: the program, its HTTP API, the desk, the sandbox.
//! One binary, a module for each feature.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so by a panic")]

mod attribution;
mod author;
mod bad_input;
mod cases;
mod contracts;
mod desk;
mod hostile;
mod identity;
mod industries;
mod journey;
mod kill;
mod languages;
mod life;
mod merge;
mod models;
mod monday;
mod museum;
mod office;
mod outbox;
mod packs;
mod pages;
mod predictive;
mod program;
mod qualification;
mod raw;
mod real_data;
mod revisions;
mod sandbox;
mod scoring_rfm;
mod serve;
mod simulate;
mod tidy;
mod trial;
mod tutorial;
