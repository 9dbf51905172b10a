//! The working calendars of the tenant's policy: hours, holidays and time zone. A calendar that the
//! policy does not have is open all the time.

use crate::Timestamp;
#[cfg(target_arch = "wasm32")]
use crate::bindings::base::leadsman::rules::calendar as source;
#[cfg(not(target_arch = "wasm32"))]
use crate::harness::calendar as source;

/// The moment at which this much working time has passed since a moment.
#[must_use]
pub fn add_working_ms(calendar: &str, since: Timestamp, working_ms: u64) -> Timestamp {
    Timestamp::from_millis(source::add_working_ms(calendar, since.as_millis(), working_ms))
}

/// How much working time lies between two moments, in milliseconds; zero if the second is not later.
#[must_use]
pub fn working_ms_between(calendar: &str, since: Timestamp, until: Timestamp) -> u64 {
    source::working_ms_between(calendar, since.as_millis(), until.as_millis())
}

/// The moment itself if the calendar is open then, else the next moment at which it opens.
#[must_use]
pub fn next_opening(calendar: &str, at: Timestamp) -> Timestamp {
    Timestamp::from_millis(source::next_opening(calendar, at.as_millis()))
}
