//! Moments and durations in words.

use leadsman_sdk::duration::{DAY_MS, HOUR_MS, MINUTE_MS};
use leadsman_sdk::prelude::*;

/// A moment to the minute, such as `2019-04-04 10:00 UTC`. A plugin knows no time zone.
pub(crate) fn moment(at: Timestamp) -> String {
    let minutes = at.as_millis().div_euclid(MINUTE_MS);
    let (year, month, day) = date(minutes.div_euclid(1_440));
    let minute = minutes.rem_euclid(1_440);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", minute / 60, minute % 60)
}

/// A duration in its two greatest units, such as `3 hours 20 minutes`.
pub(crate) fn length(millis: i64) -> String {
    let units = [
        (millis / DAY_MS, "day"),
        (millis % DAY_MS / HOUR_MS, "hour"),
        (millis % HOUR_MS / MINUTE_MS, "minute"),
    ];
    let mut parts = units.into_iter().skip_while(|(count, _)| *count <= 0).take(2);
    let Some(first) = parts.next() else { return "less than a minute".to_owned() };
    let second = parts.next().filter(|(count, _)| *count > 0);
    second.map_or_else(|| part(first), |second| format!("{} {}", part(first), part(second)))
}

fn part((count, unit): (i64, &str)) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// Year, month and day of a day since 1970-01-01, in the Gregorian calendar. Years are taken to begin
/// in March, so that the leap day is their last, and come in eras of 400, which all have the same length.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + later, month, day)
}
