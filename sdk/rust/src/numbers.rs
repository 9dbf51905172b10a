//! What the languages of the SDKs do differently with numbers, decided once: so that a plugin says the same in
//! each of them.

/// The nearest whole number; of two that are as near, the one farther from zero.
#[must_use]
pub fn round(number: f64) -> f64 {
    number.round() + 0.0
}

/// A number as text: the shortest digits that stand for it, without exponent, without a fraction of zero and
/// without a sign of zero: `250`, `0.1`, `1000000000000000000000`.
///
/// ```
/// use leadsman_sdk::numbers::format;
/// assert_eq!([250.0, 0.1, -0.0, 1e21].map(format), ["250", "0.1", "0", "1000000000000000000000"]);
/// ```
#[must_use]
pub fn format(number: f64) -> String {
    (number + 0.0).to_string()
}
