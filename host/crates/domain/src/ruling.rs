//! What comes back from a plugin: an answer or a fault, with the evidence of the call.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// One of the decision points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Is it junk?
    Screening,
    /// What is it worth?
    Scoring,
    /// Who gets it?
    Routing,
    /// What happens if nobody calls?
    FollowUp,
    /// Which campaign earned the deal?
    Attribution,
}

impl Stage {
    /// Every stage, in the order in which a lead meets them.
    pub const ALL: [Self; 5] =
        [Self::Screening, Self::Scoring, Self::Routing, Self::FollowUp, Self::Attribution];

    /// The stage's name, as in WIT and in policies.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Screening => "screening",
            Self::Scoring => "scoring",
            Self::Routing => "routing",
            Self::FollowUp => "follow-up",
            Self::Attribution => "attribution",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Which code and which configuration decided.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PluginStamp {
    /// The plugin's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Digest of the component.
    pub digest: Digest,
    /// Digest of the configuration.
    pub configuration: Digest,
}

/// Why a plugin's call gave no usable answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultClass {
    /// It used up its fuel.
    Fuel,
    /// It took more of the processor's time than it may.
    Time,
    /// It asked for more memory or table space than it may have.
    Memory,
    /// It overflowed its stack.
    Stack,
    /// It trapped: a panic, an unreachable instruction, an access out of bounds.
    Trap,
    /// Its answer breaks the contract: NaN, a wrong count, an unknown rep, a negative weight.
    Malformed,
    /// The input is larger than the limit.
    InputTooLarge,
    /// The answer, or the data of its host calls, is larger than the limit.
    OutputTooLarge,
    /// It said itself that the input does not fit.
    BadInput,
    /// It said itself that it broke.
    Internal,
    /// The host could not run it: no free slot, a failed instantiation.
    Host,
}

impl FaultClass {
    /// The class's name, as in journals and metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fuel => "fuel",
            Self::Time => "time",
            Self::Memory => "memory",
            Self::Stack => "stack",
            Self::Trap => "trap",
            Self::Malformed => "malformed",
            Self::InputTooLarge => "input-too-large",
            Self::OutputTooLarge => "output-too-large",
            Self::BadInput => "bad-input",
            Self::Internal => "internal",
            Self::Host => "host",
        }
    }
}

/// A call without a usable answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}: {message}", class.as_str())]
pub struct Fault {
    /// What kind of fault.
    pub class: FaultClass,
    /// A sentence that the plugin's author understands.
    pub message: String,
}

impl Fault {
    /// A fault.
    pub fn new(class: FaultClass, message: impl Into<String>) -> Self {
        Self { class, message: message.into() }
    }
}

/// An answer or a fault, and what it cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Ruling<T> {
    /// What the plugin said, checked; or why that cannot be used.
    pub outcome: Result<T, Fault>,
    /// Fuel that the call used; in a batch, the lead's even share.
    pub fuel: u64,
    /// What the plugin wrote to its standard output and error, if anything: escaped, and cut at a limit. In
    /// a batch, it is the first lead's.
    pub log: Option<Box<str>>,
}

/// What happens when a plugin gives no usable answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fallback {
    /// The lead is held for a person to look at.
    Hold,
    /// The next plugin is asked, as if this one had no opinion.
    Next,
    /// The lead goes to the default pool.
    DefaultPool,
    /// The lead is rejected.
    Reject,
}

impl Fallback {
    /// The fallback's name, as in policies.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Next => "next",
            Self::DefaultPool => "default-pool",
            Self::Reject => "reject",
        }
    }
}
