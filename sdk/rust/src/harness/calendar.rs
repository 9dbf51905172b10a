//! Calendars as the host would reckon them: open, apart from the hours that the harness closed.

use super::host;

pub(crate) fn add_working_ms(calendar: &str, since: i64, working_ms: u64) -> i64 {
    let mut left = i64::try_from(working_ms).unwrap_or(i64::MAX);
    let mut now = next_opening(calendar, since);
    for (from, until) in closed(calendar).into_iter().filter(|(_, until)| *until > since) {
        if from > now {
            let open = from - now;
            if left <= open {
                return now.saturating_add(left);
            }
            left -= open;
        }
        now = now.max(until);
    }
    now.saturating_add(left)
}

pub(crate) fn working_ms_between(calendar: &str, since: i64, until: i64) -> u64 {
    let closed: i64 = closed(calendar)
        .into_iter()
        .map(|(from, to)| to.min(until).saturating_sub(from.max(since)).max(0))
        .sum();
    u64::try_from(until.saturating_sub(since).saturating_sub(closed)).unwrap_or(0)
}

pub(crate) fn next_opening(calendar: &str, at: i64) -> i64 {
    let hours = closed(calendar);
    hours.into_iter().fold(at, |now, (from, until)| if (from..until).contains(&now) { until } else { now })
}

/// The closed hours, sorted; they are expected not to overlap.
fn closed(calendar: &str) -> Vec<(i64, i64)> {
    host::with(|host| host.closed.get(calendar).cloned().unwrap_or_default())
}
