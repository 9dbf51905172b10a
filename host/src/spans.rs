//! Spans of time as policies and cases have them.

use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);

/// A span as it is written, such as `89d 12h 30m`: in days and what is left, as no month is as long as another.
pub fn written(span: Duration) -> String {
    let days = span.as_secs() / DAY.as_secs();
    let rest = span.saturating_sub(Duration::from_secs(days * DAY.as_secs()));
    match (days, rest) {
        (0, rest) => humantime::format_duration(rest).to_string(),
        (days, Duration::ZERO) => format!("{days}d"),
        (days, rest) => format!("{days}d {}", humantime::format_duration(rest)),
    }
}
