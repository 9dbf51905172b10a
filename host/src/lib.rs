//! The binary's rooms: the commands, and the wiring that gives them a store, a policy and its plugins.
//! Knows no business rule.

#![forbid(unsafe_code)]

mod cli;
mod clock;
mod demo;
mod exit;
mod import;
mod installation;
mod policies;
mod print;

pub use cli::main;
