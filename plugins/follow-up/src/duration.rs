//! Durations as people write them.

use leadsman_sdk::prelude::*;

/// A minute in milliseconds.
pub(crate) const MINUTE_MS: i64 = 60_000;
/// An hour in milliseconds.
pub(crate) const HOUR_MS: i64 = 60 * MINUTE_MS;
/// A day of 24 hours in milliseconds.
pub(crate) const DAY_MS: i64 = 24 * HOUR_MS;
/// The longest duration: a hundred years.
const LONGEST_MS: i64 = 36_500 * DAY_MS;

/// A whole number of minutes, hours or days of 24 hours, such as `90m`, `24h` or `15d`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct Duration(#[schemars(regex(pattern = "^[0-9]+[mhd]$"))] String);

impl Duration {
    /// The milliseconds, or what is wrong with the text.
    pub(crate) fn millis(&self) -> Result<i64, &'static str> {
        let (number, unit_ms) = self.parts().ok_or("must be a duration such as `90m`, `24h` or `15d`")?;
        match number.checked_mul(unit_ms) {
            Some(0) => Err("must be at least `1m`"),
            Some(millis) if millis <= LONGEST_MS => Ok(millis),
            _ => Err("must be at most `36500d`"),
        }
    }

    /// Whether it is written in days.
    pub(crate) fn is_in_days(&self) -> bool {
        self.0.ends_with('d')
    }

    fn parts(&self) -> Option<(i64, i64)> {
        let (number, unit) = self.0.split_at_checked(self.0.len().checked_sub(1)?)?;
        let unit_ms = match unit {
            "m" => MINUTE_MS,
            "h" => HOUR_MS,
            "d" => DAY_MS,
            _ => return None,
        };
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| (number.parse().unwrap_or(i64::MAX), unit_ms))
    }
}
