//! What to call a failed call: from Wasmtime's errors to a class and a sentence for the author.

use leadsman_domain::limits::Limits;
use leadsman_domain::ruling::{Fault, FaultClass};
use wasmtime::Trap;

use crate::state::GuestState;

/// Wasmtime says this when a guest hands the host more data than it may; the error has no type.
const HOST_CALL_FUEL_SPENT: &str = "fuel allocated for hostcalls has been exhausted";

/// Names the class of a failed call and says what happened, with the guest's last words if it left any.
pub(crate) fn classify(error: &wasmtime::Error, state: &GuestState, limits: &Limits) -> Fault {
    let log = state.log();
    let with_last_words = |sentence: String| match last_words(&log) {
        words if words.is_empty() => sentence,
        words => format!("{sentence}; its last words: {words}"),
    };
    if let Some(exit) = error.downcast_ref::<wasmtime_wasi::I32Exit>() {
        return Fault::new(
            FaultClass::Trap,
            with_last_words(format!("the plugin exited with code {}", exit.0)),
        );
    }
    if state.refused_memory {
        let sentence = format!(
            "the plugin asked for more than its {} KiB of memory or its 10000 table elements",
            limits.memory_bytes >> 10
        );
        return Fault::new(FaultClass::Memory, with_last_words(sentence));
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => {
            Fault::new(FaultClass::Fuel, format!("the plugin used up its {} units of fuel", limits.fuel))
        }
        Some(Trap::Interrupt) => Fault::new(
            FaultClass::Time,
            format!("the plugin took more than {} ms of the processor", limits.time_ms),
        ),
        Some(Trap::StackOverflow) => Fault::new(FaultClass::Stack, "the plugin overflowed its stack"),
        Some(trap) => Fault::new(FaultClass::Trap, with_last_words(format!("the plugin trapped: {trap}"))),
        None if format!("{error:#}").contains(HOST_CALL_FUEL_SPENT) => Fault::new(
            FaultClass::OutputTooLarge,
            "the plugin handed the host more data than it may in one call",
        ),
        None => Fault::new(FaultClass::Trap, with_last_words(format!("the call failed: {error:#}"))),
    }
}

/// The last two lines of a guest's log: a panic takes two, one for the place and one for the message.
/// The advice that Rust prints below them is of no use here.
fn last_words(log: &str) -> String {
    let lines =
        log.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("note: run with"));
    let mut last: Vec<&str> = lines.rev().take(2).collect();
    last.reverse();
    last.join(" ")
}

/// A fault of an answer that breaks the contract.
pub(crate) fn malformed(sentence: impl Into<String>) -> Fault {
    Fault::new(FaultClass::Malformed, sentence)
}
