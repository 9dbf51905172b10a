//! Moments, as the host gives them.

use crate::duration::DAY_MS;

/// A moment: milliseconds since 1970-01-01T00:00:00Z. Always given by the host; a plugin has no clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment this many milliseconds after the Unix epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Milliseconds from `earlier` to this moment; negative if `earlier` is later.
    #[must_use]
    pub const fn millis_since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Days of 24 hours from `earlier` to this moment, with fractions.
    #[must_use]
    pub fn days_since(self, earlier: Timestamp) -> f64 {
        self.millis_since(earlier) as f64 / DAY_MS as f64
    }

    /// The moment this many milliseconds later.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// The moment this many days of 24 hours later, to the millisecond.
    #[must_use]
    pub fn plus_days(self, days: f64) -> Self {
        self.plus_millis((days * DAY_MS as f64).round() as i64)
    }
}
