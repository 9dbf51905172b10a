//! Cells: one field read as the type that the mapping says.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use chrono_tz::Tz;
use leadsman_domain::calendar::first_moment;
use leadsman_domain::mapping::ColumnKind;
use leadsman_domain::text::fold;
use leadsman_domain::{Timestamp, Value};

use super::rejected::Rejection;

/// Reads a field that is not blank.
pub(super) fn value(text: &str, kind: &ColumnKind, zone: Tz) -> Result<Value, Rejection> {
    Ok(match kind {
        ColumnKind::Text => Value::Text(text.to_owned()),
        ColumnKind::Number => Value::Number(number(text)?),
        ColumnKind::Flag => Value::Flag(flag(text)?),
        ColumnKind::Time(formats) => Value::Time(time(text, formats, zone)?),
        ColumnKind::Texts(separator) => {
            let parts = text.split(separator.as_str()).map(str::trim).filter(|part| !part.is_empty());
            Value::Texts(parts.map(str::to_owned).collect())
        }
    })
}

/// A decimal number. Neither thousands separators nor decimal commas, for what they mean differs from
/// country to country.
pub(super) fn number(text: &str) -> Result<f64, Rejection> {
    let has_only_known =
        text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
    let number = text.parse::<f64>().ok().filter(|number| has_only_known && number.is_finite());
    number.ok_or(Rejection::NotANumber)
}

fn flag(text: &str) -> Result<bool, Rejection> {
    match fold(text).as_str() {
        "yes" | "y" | "true" | "1" | "是" => Ok(true),
        "no" | "n" | "false" | "0" | "否" => Ok(false),
        _ => Err(Rejection::NotAFlag),
    }
}

/// A moment in one of the formats, or in RFC 3339 if there are none. A time without an offset is the
/// zone's; a date without a time is its midnight.
pub(super) fn time(text: &str, formats: &[String], zone: Tz) -> Result<Timestamp, Rejection> {
    if formats.is_empty() {
        let moment =
            DateTime::parse_from_rfc3339(text).map(|moment| Timestamp::from_ms(moment.timestamp_millis()));
        return moment.map_err(|_| Rejection::NotATime("2026-04-15T09:30:00+02:00".to_owned()));
    }
    let moment = formats.iter().find_map(|format| time_as(text, format, zone));
    moment.ok_or_else(|| Rejection::NotATime(formats.join(" or ")))
}

fn time_as(text: &str, format: &str, zone: Tz) -> Option<Timestamp> {
    if let Ok(moment) = DateTime::parse_from_str(text, format) {
        return Some(Timestamp::from_ms(moment.timestamp_millis()));
    }
    let local = NaiveDateTime::parse_from_str(text, format).ok().or_else(|| {
        let date = NaiveDate::parse_from_str(text, format).ok()?;
        Some(date.and_time(NaiveTime::MIN))
    })?;
    first_moment(zone, local)
}
