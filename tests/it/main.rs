//! The tests of the product through its public doors: the program, its HTTP API, the desk, the sandbox.
//! One binary, a module for each feature.

mod author;
mod bad_input;
mod desk;
mod journey;
mod kill;
mod office;
mod program;
mod real_data;
mod sandbox;
mod serve;
mod tidy;
