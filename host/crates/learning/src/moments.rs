//! Moments as tables write them. Only ways that cannot be mistaken: whether 3/4 is in March or in April
//! differs from country to country.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};

/// Ways to write a moment, as for `strftime`; the first, without one, is RFC 3339.
pub(crate) const FORMATS: [&str; 10] = [
    "",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
];

/// A moment written in this way, in milliseconds since the Unix epoch. Times without an offset are UTC.
pub(crate) fn read(text: &str, format: &str) -> Option<i64> {
    if format.is_empty() {
        return DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.timestamp_millis());
    }
    let moment = NaiveDateTime::parse_from_str(text, format).ok().or_else(|| {
        let date = NaiveDate::parse_from_str(text, format).ok()?;
        Some(date.and_time(NaiveTime::MIN))
    })?;
    Some(moment.and_utc().timestamp_millis())
}

/// The way in which all of these are written, if there is one.
pub(crate) fn format_of<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> Option<&'static str> {
    texts.clone().next()?;
    FORMATS.into_iter().find(|format| texts.clone().all(|text| read(text, format).is_some()))
}
