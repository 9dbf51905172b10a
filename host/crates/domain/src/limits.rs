//! What a plugin may use up in one call.

use serde::{Deserialize, Serialize};

/// What a component may have in bytes besides, for an interpreter that it carries, such as those of JavaScript and Python.
pub const INTERPRETER_BYTES: usize = 23 << 20;

/// The largest memory that the sandbox can give one instance, in bytes: room for interpreted guests.
pub const MEMORY_BYTES_MAX: usize = 64 << 20;

/// The limits of one call. The effective limit is the smaller of what the plan and the policy allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Fuel for one call, in Wasmtime's units (about one for each instruction). A batch of leads that
    /// takes more together is asked again in halves.
    pub fuel: u64,
    /// What the processor may spend on one call, in milliseconds: the backstop behind the fuel. A machine that
    /// is busy with others costs a guest nothing.
    pub time_ms: u64,
    /// All memories of an instance together, in bytes.
    pub memory_bytes: usize,
    /// The component itself, in bytes. In a policy without the interpreter that it carries, if it does: that may take
    /// up to [`INTERPRETER_BYTES`] more.
    pub component_bytes: usize,
    /// The input of a call for one lead, in bytes.
    pub input_bytes: usize,
    /// The answer for one lead, in bytes.
    pub output_bytes: usize,
    /// Data that host calls may copy into or out of the host in one call, in bytes.
    pub host_call_bytes: usize,
    /// What is kept of a plugin's standard output and error in one call, in bytes.
    pub log_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fuel: 20_000_000,
            time_ms: 50,
            memory_bytes: 16 << 20,
            component_bytes: 1 << 20,
            input_bytes: 128 << 10,
            output_bytes: 32 << 10,
            host_call_bytes: 1 << 20,
            log_bytes: 8 << 10,
        }
    }
}

impl Limits {
    /// The smaller of two limits, field by field.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Self {
            fuel: self.fuel.min(other.fuel),
            time_ms: self.time_ms.min(other.time_ms),
            memory_bytes: self.memory_bytes.min(other.memory_bytes),
            component_bytes: self.component_bytes.min(other.component_bytes),
            input_bytes: self.input_bytes.min(other.input_bytes),
            output_bytes: self.output_bytes.min(other.output_bytes),
            host_call_bytes: self.host_call_bytes.min(other.host_call_bytes),
            log_bytes: self.log_bytes.min(other.log_bytes),
        }
    }
}
