//! Durations as people write them in configurations, and the units that they are counted in.
//!
//! ```
//! use leadsman_sdk::duration::HOUR_MS;
//! use leadsman_sdk::prelude::*;
//!
//! #[derive(Deserialize, JsonSchema)]
//! #[serde(deny_unknown_fields)]
//! struct Settings {
//!     /// How long the owner has time.
//!     within: Duration,
//! }
//!
//! let settings: Settings = serde_json::from_str(r#"{"within": "24h"}"#)?;
//! assert_eq!(settings.within.millis(), Ok(24 * HOUR_MS));
//! # Ok::<(), serde_json::Error>(())
//! ```

use schemars::JsonSchema;
use serde::Deserialize;

#[cfg(test)]
mod tests;

/// A minute in milliseconds.
pub const MINUTE_MS: i64 = 60_000;
/// An hour in milliseconds.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// A day of 24 hours in milliseconds.
pub const DAY_MS: i64 = 24 * HOUR_MS;
/// The longest duration: a hundred years.
const LONGEST_MS: i64 = 36_500 * DAY_MS;

/// A whole number of minutes, hours or days of 24 hours, such as `90m`, `24h` or `15d`.
///
/// Any text is read; whether it is a duration is only said by [`millis`](Self::millis), which belongs in
/// [`Plugin::configure`](crate::Plugin::configure). There a wrong one is a problem among others, with
/// its place, where a failure to read would hide the rest.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(
    description = "A whole number of minutes, hours or days of 24 hours, such as `90m`, `24h` or `15d`."
)]
pub struct Duration(#[schemars(regex(pattern = "^[0-9]+[mhd]$"))] String);

impl Duration {
    /// The milliseconds: from a minute up to a hundred years.
    ///
    /// # Errors
    ///
    /// What is wrong with the text, for the people who wrote it.
    pub fn millis(&self) -> Result<i64, &'static str> {
        let (number, unit_ms) = self.parts().ok_or("must be a duration such as `90m`, `24h` or `15d`")?;
        match number.checked_mul(unit_ms) {
            Some(0) => Err("must be at least `1m`"),
            Some(millis) if millis <= LONGEST_MS => Ok(millis),
            _ => Err("must be at most `36500d`"),
        }
    }

    /// Whether it is written in days. Working time should not be: the days of a calendar differ in
    /// length.
    #[must_use]
    pub fn is_in_days(&self) -> bool {
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
