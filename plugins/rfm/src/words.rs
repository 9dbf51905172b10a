//! Counts and durations in words, for the people who ask why.

use leadsman_sdk::duration::{DAY_MS, HOUR_MS, MINUTE_MS};

/// The units of durations, the largest first.
const UNITS: [(i64, &str); 3] = [(DAY_MS, "day"), (HOUR_MS, "hour"), (MINUTE_MS, "minute")];

/// So many of something.
pub(crate) fn counted(count: usize, unit: &str) -> String {
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// How long ago, in the whole units that have passed.
pub(crate) fn ago(age_ms: i64) -> String {
    let unit = UNITS.into_iter().find(|(unit_ms, _)| age_ms >= *unit_ms);
    unit.map_or("just now".to_owned(), |unit| format!("{} ago", whole(age_ms, unit)))
}

/// A duration, in the largest unit that it is a whole number of.
pub(crate) fn duration(millis: i64) -> String {
    let [.., smallest] = UNITS;
    whole(millis, UNITS.into_iter().find(|(unit_ms, _)| millis % unit_ms == 0).unwrap_or(smallest))
}

fn whole(millis: i64, (unit_ms, unit): (i64, &str)) -> String {
    counted(usize::try_from(millis / unit_ms).unwrap_or(usize::MAX), unit)
}
