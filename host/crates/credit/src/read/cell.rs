//! Single cells.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use leadsman_domain::Timestamp;
use leadsman_domain::money::Minor;

/// A moment of RFC 3339, or one without an offset, or a day; these are of UTC.
pub(super) fn moment(text: &str) -> Result<Timestamp, String> {
    let with_offset = || DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.timestamp_millis());
    let in_utc = |moment: NaiveDateTime| moment.and_utc().timestamp_millis();
    let without = || {
        let formats = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"];
        formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok()).map(in_utc)
    };
    let day = || text.parse::<NaiveDate>().ok().map(|day| in_utc(day.and_time(NaiveTime::MIN)));
    let ms = with_offset().or_else(without).or_else(day);
    ms.map(Timestamp::from_ms).ok_or_else(|| {
        format!("{text:?} is no moment; write it as 2026-12-24T18:00:00Z or 2026-12-24 18:00:00")
    })
}

/// Whether a touch converted; not if nothing is said.
pub(super) fn flag(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" => Ok(true),
        "0" | "false" | "no" | "" => Ok(false),
        _ => Err(format!("{text:?} is neither 1 nor 0")),
    }
}

/// How many.
pub(super) fn count(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("{text:?} is no whole number"))
}

/// An amount with so many decimals at most, exactly; nothing where nothing is said.
pub(super) fn minor(text: &str, decimals: u32) -> Result<Minor, String> {
    if text.is_empty() {
        return Ok(Minor(0));
    }
    let no_amount = || format!("{text:?} is no amount; write it as 1234.50");
    let (is_negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(part) {
        return Err(no_amount());
    }
    let part = part.trim_end_matches('0');
    let kept = decimals as usize;
    if part.len() > kept {
        return Err(format!(
            "{text:?} has more than {decimals} decimals; say how many there are with --decimals"
        ));
    }
    let size: i64 = format!("{whole}{part:0<kept$}").parse().map_err(|_| no_amount())?;
    Ok(Minor(if is_negative { -size } else { size }))
}
