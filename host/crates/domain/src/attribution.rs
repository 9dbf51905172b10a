//! Attribution: which touches earned the deal? Weights in, money out, nothing lost.

use serde::{Deserialize, Serialize};

use crate::ids::ConversionId;
use crate::money::{InvalidWeights, Minor, split};
use crate::time::Timestamp;

/// A marketing activity on the way to a conversion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touch {
    /// When it happened.
    pub at: Timestamp,
    /// Its channel.
    pub channel: String,
    /// Its campaign, if any.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub campaign: Option<String>,
    /// Its referrer: who brought it about, and is credited with it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub by: Option<String>,
}

/// A lead that became something worth money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversion {
    /// Its id, unique within the tenant.
    pub id: ConversionId,
    /// For which question credit is given, such as `new-business`.
    pub scenario: String,
    /// When it happened.
    pub at: Timestamp,
    /// What it is worth, in minor units.
    pub value: Minor,
    /// ISO 4217 code of the currency, such as `EUR`.
    pub currency: String,
    /// When the deal was opened, if known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub deal_created: Option<Timestamp>,
}

/// What one touch earned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// The touch.
    pub touch: Touch,
    /// Its share of the conversion's value, in minor units.
    pub value: Minor,
    /// Its share of the conversion, in millionths.
    pub share_millionths: i64,
}

/// Turns weights into credits. Values add up to the conversion's value, and shares to one million.
///
/// # Errors
///
/// When the weights cannot split anything; see [`InvalidWeights`].
pub fn credit(value: Minor, touches: &[Touch], weights: &[f64]) -> Result<Vec<Credit>, InvalidWeights> {
    let values = split(value, weights)?;
    let shares = split(Minor(1_000_000), weights)?;
    let parts = touches.iter().zip(values).zip(shares);
    Ok(parts
        .map(|((touch, value), share)| Credit { touch: touch.clone(), value, share_millionths: share.0 })
        .collect())
}
