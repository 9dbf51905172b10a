//! Money in minor units, and splitting it so that nothing is lost.

use serde::{Deserialize, Serialize};

/// An amount in the smallest unit of its currency (cents, fen, yen).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Minor(pub i64);

/// The weights cannot split anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWeights {
    /// There is no weight.
    #[error("there are no weights to split by")]
    None,
    /// A weight is negative, NaN or infinite.
    #[error("weight {index} is {problem}; weights are finite and at least zero")]
    Improper {
        /// Which one, from 0.
        index: usize,
        /// What it is.
        problem: &'static str,
    },
    /// All weights are zero.
    #[error("all weights are zero")]
    AllZero,
}

/// Splits an amount in proportion to weights, so that the parts add up to the amount exactly: each
/// part is rounded towards zero, and what is left goes to the largest remainders, ties to the
/// earliest (largest-remainder or Hare-Niemeyer method).
///
/// # Errors
///
/// When there are no weights, one is negative or not finite, or all are zero.
pub fn split(amount: Minor, weights: &[f64]) -> Result<Vec<Minor>, InvalidWeights> {
    let shares = whole_weights(weights)?;
    let total: u128 = shares.iter().map(|&share| u128::from(share)).sum();
    let size = u128::from(amount.0.unsigned_abs());
    let mut parts: Vec<u64> = Vec::with_capacity(shares.len());
    let mut remainders: Vec<(u128, usize)> = Vec::with_capacity(shares.len());
    let mut given: u128 = 0;
    for (index, &share) in shares.iter().enumerate() {
        let product = size * u128::from(share);
        let part = product / total;
        given += part;
        parts.push(u64::try_from(part).unwrap_or(u64::MAX));
        remainders.push((product % total, index));
    }
    remainders.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
    let left = usize::try_from(size - given).unwrap_or(usize::MAX);
    for &(_, index) in remainders.iter().take(left) {
        parts[index] += 1;
    }
    Ok(parts
        .into_iter()
        .map(|part| {
            let part = i64::try_from(part).unwrap_or(i64::MAX);
            Minor(if amount.0 < 0 { -part } else { part })
        })
        .collect())
}

/// Weights as whole numbers in proportion, small enough that products with any amount fit.
fn whole_weights(weights: &[f64]) -> Result<Vec<u64>, InvalidWeights> {
    const SCALE: f64 = (1_u64 << 52) as f64;
    if weights.is_empty() {
        return Err(InvalidWeights::None);
    }
    for (index, weight) in weights.iter().enumerate() {
        let problem = match weight {
            weight if weight.is_nan() => "not a number",
            weight if weight.is_infinite() => "infinite",
            weight if *weight < 0.0 => "negative",
            _ => continue,
        };
        return Err(InvalidWeights::Improper { index, problem });
    }
    let largest = weights.iter().copied().fold(0.0, f64::max);
    if largest == 0.0 {
        return Err(InvalidWeights::AllZero);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 2^52")]
    Ok(weights.iter().map(|weight| (weight / largest * SCALE).round() as u64).collect())
}
