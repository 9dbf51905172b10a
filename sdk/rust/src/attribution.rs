//! Attribution: which touches earned the deal?

use crate::bindings::attribution::exports::leadsman::rules::attribution as wit;
use crate::{Failure, Plugin, Timestamp};

/// A plugin that weighs the touches of a conversion.
pub trait Attribution: Plugin {
    /// Weighs the touches, which come oldest first and are at least one: one finite weight of at least
    /// zero for each, in order, not all of them zero. They need not sum to one.
    ///
    /// # Errors
    ///
    /// A [`Failure`] makes the host take the fallback that the policy names.
    fn credit(&self, conversion: &Conversion, touches: &[Touch]) -> Result<Vec<f64>, Failure>;
}

/// A lead that became something worth money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion {
    /// The conversion's id.
    pub id: String,
    /// For which question credit is given, such as `new-business`.
    pub scenario: String,
    /// When it happened; no touch is later.
    pub at: Timestamp,
    /// When the lead was created, if known.
    pub lead_created: Option<Timestamp>,
    /// When the deal was opened, if known.
    pub deal_created: Option<Timestamp>,
}

/// A marketing activity on the way to a conversion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// When it happened.
    pub at: Timestamp,
    /// Its channel, such as `paid-search`; `direct` is a visit without a source.
    pub channel: String,
    /// Its campaign, if it belongs to one.
    pub campaign: Option<String>,
}

impl From<wit::Conversion> for Conversion {
    fn from(conversion: wit::Conversion) -> Self {
        Self {
            id: conversion.id,
            scenario: conversion.scenario,
            at: Timestamp::from_millis(conversion.at_ms),
            lead_created: conversion.lead_created_ms.map(Timestamp::from_millis),
            deal_created: conversion.deal_created_ms.map(Timestamp::from_millis),
        }
    }
}

impl From<wit::Touch> for Touch {
    fn from(touch: wit::Touch) -> Self {
        Self { at: Timestamp::from_millis(touch.at_ms), channel: touch.channel, campaign: touch.campaign }
    }
}
