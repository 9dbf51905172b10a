//! Clocks, and the stretches of time that they measure.

use leadsman_sdk::calendar;
use leadsman_sdk::prelude::*;

use crate::words;

/// What counts as time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Clock {
    /// All of it.
    Wall,
    /// The working time of this calendar.
    Calendar(String),
}

impl Clock {
    /// The moment at which this much time has passed.
    pub(crate) fn after(&self, from: Timestamp, millis: i64) -> Timestamp {
        match self {
            Clock::Wall => from.plus_millis(millis),
            Clock::Calendar(name) => calendar::add_working_ms(name, from, millis.unsigned_abs()),
        }
    }

    /// The time between two moments, in words.
    pub(crate) fn between(&self, from: Timestamp, until: Timestamp) -> String {
        match self {
            Clock::Wall => words::length(until.millis_since(from)),
            Clock::Calendar(name) => {
                let millis = calendar::working_ms_between(name, from, until);
                format!("{} of working time", words::length(i64::try_from(millis).unwrap_or(i64::MAX)))
            }
        }
    }
}

/// The time from the start, or from the follow-up that extended it, to the deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) from: Timestamp,
    pub(crate) millis: i64,
    pub(crate) deadline: Timestamp,
}

impl Stretch {
    pub(crate) fn new(clock: &Clock, from: Timestamp, millis: i64) -> Self {
        Self { from, millis, deadline: clock.after(from, millis) }
    }

    /// The moment at which so much of it is left.
    pub(crate) fn with_left(&self, clock: &Clock, left_ms: i64) -> Timestamp {
        clock.after(self.from, (self.millis - left_ms).max(0))
    }

    /// Whichever ends later; this one if both end together.
    pub(crate) fn or_later(self, other: Self) -> Self {
        if other.deadline > self.deadline { other } else { self }
    }

    /// Whichever ends sooner; this one if both end together.
    pub(crate) fn or_sooner(self, other: Self) -> Self {
        if other.deadline < self.deadline { other } else { self }
    }
}
