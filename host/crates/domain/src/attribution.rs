//! Attribution: which touches earned the deal? Weights in, money out, nothing lost.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::ConversionId;
use crate::money::{InvalidWeights, Minor, split};
use crate::time::Timestamp;

#[cfg(test)]
mod tests;

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

/// Which touches of a journey count. What they are worth is then the business of a model.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TouchRules {
    /// How long before the conversion a touch may be and still count, in milliseconds; however long if missing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lookback_ms: Option<i64>,
    /// How soon after a touch another one by the same channel belongs to the same session, in milliseconds. A
    /// session is one touch, of when it began.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub session_ms: Option<i64>,
    /// The channel of visits without a source. They count only where nothing else does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub direct: Option<String>,
}

impl TouchRules {
    /// Whether every touch counts.
    #[must_use]
    pub fn is_every(&self) -> bool {
        *self == Self::default()
    }

    /// The places of the touches that count for something that happened at a moment, in order; the touches are
    /// those before it, oldest first. Some touch always counts, if there is one: the last, where the look-back
    /// would leave none.
    #[must_use]
    pub fn counted<'t>(
        &self,
        at: Timestamp,
        touches: impl IntoIterator<Item = (Timestamp, &'t str)>,
    ) -> Vec<usize> {
        let touches: Vec<(Timestamp, &str)> = touches.into_iter().collect();
        let is_late = |(moment, _): &(Timestamp, &str)| {
            self.lookback_ms.is_none_or(|lookback| at.ms_since(*moment) <= lookback)
        };
        let first = touches.iter().position(is_late).unwrap_or(touches.len().saturating_sub(1));
        let mut last_of: BTreeMap<&str, Timestamp> = BTreeMap::new();
        let begins = |&place: &usize| {
            let (moment, channel) = touches[place];
            let before = last_of.insert(channel, moment);
            before.zip(self.session_ms).is_none_or(|(before, session)| moment.ms_since(before) > session)
        };
        let mut counted: Vec<usize> = (first..touches.len()).filter(begins).collect();
        let has_source = |&place: &usize| self.direct.as_deref() != Some(touches[place].1);
        if counted.iter().any(has_source) {
            counted.retain(has_source);
        }
        counted
    }
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
