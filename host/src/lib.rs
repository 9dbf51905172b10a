//! The binary's rooms: the commands, and the wiring that gives them a store, a policy and its plugins.
//! Knows no business rule.

#![forbid(unsafe_code)]

mod attribution;
mod backtests;
mod beginning;
mod bench;
mod cases;
mod chores;
mod cli;
mod clock;
mod contracts;
mod courier;
mod demo;
mod examine;
mod exit;
mod import;
mod inspected;
mod installation;
mod lent;
mod logs;
mod look;
mod metrics;
mod model_folder;
mod pack_folder;
mod packs;
mod policies;
mod print;
mod project;
mod randomness;
mod ready;
mod reasons;
mod registry;
mod remote;
mod scrape;
mod sheets;
mod simulation;
mod spans;
mod watch;
mod whole_folder;

pub use cli::main;

/// A lead takes hundreds of small allocations on its way, most of them freed by another thread's side of
/// a queue: a tenth of all time with the C library's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
