//! Working time: when a calendar is open, when it opens next, and how much of it lies between two
//! moments. Pure arithmetic on [`Calendar`].
//!
//! A span opens, and closes, at the first moment at which the clock on the wall shows that time or a
//! later one. So a time that daylight saving skips is the moment of the skip, and of a time that the
//! clock shows twice the first counts; spans that meet on the clock meet in time as well.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};

use crate::policy::{Calendar, Policy};
use crate::time::Timestamp;

#[cfg(test)]
mod tests;

/// How far ahead of a moment working time is looked for and counted, in days: about ten years. It
/// bounds the work that one question can cause.
pub const HORIZON_DAYS: usize = 3_660;

const MINUTES_OF_DAY: u16 = 24 * 60;

/// The calendar that says what working time is where none is named.
const OFFICE: &str = "office";

/// A calendar that the policy does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the policy has no calendar `{calendar}`{}", instead(.known))]
pub struct UnknownCalendar {
    /// What was named.
    pub calendar: String,
    /// Those that it has.
    pub known: Vec<String>,
}

fn instead(known: &[String]) -> String {
    match known {
        [] => " and no other one".to_owned(),
        known => format!("; it has `{}`", known.join("`, `")),
    }
}

impl Policy {
    /// The hours in which people work, for figures in working time: the calendar that is named, or `office`
    /// if none is; no hours if the policy has no such calendar.
    ///
    /// # Errors
    ///
    /// When the policy has no calendar of the name.
    pub fn hours(&self, calendar: Option<&str>) -> Result<Option<&Calendar>, UnknownCalendar> {
        let hours = self.calendars.get(calendar.unwrap_or(OFFICE));
        match calendar.filter(|_| hours.is_none()) {
            Some(unknown) => Err(UnknownCalendar {
                calendar: unknown.to_owned(),
                known: self.calendars.keys().cloned().collect(),
            }),
            None => Ok(hours),
        }
    }
}

impl Calendar {
    /// A calendar that is open all the time, in UTC.
    #[must_use]
    pub fn always_open() -> Self {
        Self {
            zone: chrono_tz::UTC,
            week: std::array::from_fn(|_| vec![(0, MINUTES_OF_DAY)]),
            holidays: std::collections::BTreeSet::new(),
        }
    }

    /// Whether it is open at a moment. The moment of closing is no longer open.
    #[must_use]
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.spans_from(at).next().is_some_and(|span| span.opens <= at)
    }

    /// The moment itself if the calendar is open then, else the next moment at which it opens; the
    /// moment itself also if it does not open within [`HORIZON_DAYS`].
    #[must_use]
    pub fn next_opening(&self, at: Timestamp) -> Timestamp {
        self.spans_from(at).next().map_or(at, |span| span.opens.max(at))
    }

    /// The first moment at which so much working time has passed since a moment. If that lies beyond
    /// [`HORIZON_DAYS`], the last moment of working time before that; if there is none, `since`.
    #[must_use]
    pub fn add_working_ms(&self, since: Timestamp, working_ms: u64) -> Timestamp {
        let mut left = working_ms;
        let mut reached = since;
        if left == 0 {
            return since;
        }
        for span in self.spans_from(since) {
            let start = span.opens.max(since);
            let length = length_ms(start, span.closes);
            if left <= length {
                return start.plus_ms(i64::try_from(left).unwrap_or(i64::MAX));
            }
            left -= length;
            reached = span.closes;
        }
        reached
    }

    /// How much working time lies between two moments, in milliseconds; zero if the second is not
    /// later. Counts at most [`HORIZON_DAYS`] from the first.
    #[must_use]
    pub fn working_ms_between(&self, since: Timestamp, until: Timestamp) -> u64 {
        self.spans_from(since)
            .take_while(|span| span.opens < until)
            .map(|span| length_ms(span.opens.max(since), span.closes.min(until)))
            .sum()
    }

    /// The opening spans that close after a moment, in order.
    fn spans_from(&self, at: Timestamp) -> impl Iterator<Item = Span> {
        let ever_open = self.week.iter().any(|day| !day.is_empty());
        let first_day = self.local_date(at).filter(|_| ever_open);
        std::iter::successors(first_day, NaiveDate::succ_opt)
            .take(HORIZON_DAYS)
            .filter(|day| !self.holidays.contains(day))
            .flat_map(|day| self.spans_of(day))
            .filter(move |span| span.closes > at)
    }

    fn local_date(&self, at: Timestamp) -> Option<NaiveDate> {
        let moment = DateTime::from_timestamp_millis(at.as_ms())?;
        // A day of room at both ends, so that no zone's offset can leave the range of dates.
        let room = Days::new(1);
        moment.checked_add_days(room)?;
        moment.checked_sub_days(room)?;
        Some(moment.with_timezone(&self.zone).date_naive())
    }

    fn spans_of(&self, day: NaiveDate) -> impl Iterator<Item = Span> {
        let weekday = chrono::Datelike::weekday(&day).num_days_from_monday() as usize;
        let spans = self.week.get(weekday).map(Vec::as_slice).unwrap_or_default();
        spans.iter().filter_map(move |&(from, until)| {
            let span = Span { opens: self.moment(day, from)?, closes: self.moment(day, until)? };
            (span.opens < span.closes).then_some(span)
        })
    }

    /// The first moment at which the clock shows this minute of this day, or a later one.
    fn moment(&self, day: NaiveDate, minute: u16) -> Option<Timestamp> {
        first_moment(self.zone, wall_time(day, minute)?)
    }
}

/// The first moment at which the clock on the wall of a zone shows this time, or a later one: of a time
/// that it shows twice the first, for a time that it skips the moment of the skip. None beyond the
/// years that the zone's rules can tell.
#[must_use]
pub fn first_moment(zone: chrono_tz::Tz, local: NaiveDateTime) -> Option<Timestamp> {
    let moment = match zone.from_local_datetime(&local).earliest() {
        Some(moment) => moment,
        None => chrono_tz::GapInfo::new(&local, &zone)?.end?,
    };
    Some(Timestamp::from_ms(moment.timestamp_millis()))
}

/// The day of a moment in a zone, as the number of days since 1970-01-01; zero before that.
#[must_use]
pub fn day_number(zone: chrono_tz::Tz, at: Timestamp) -> u64 {
    let moment = DateTime::from_timestamp_millis(at.as_ms()).unwrap_or_default();
    let date = moment.with_timezone(&zone).date_naive();
    u64::try_from(date.signed_duration_since(NaiveDate::default()).num_days()).unwrap_or(0)
}

/// A stretch of working time: from `opens` to just before `closes`.
struct Span {
    opens: Timestamp,
    closes: Timestamp,
}

fn wall_time(day: NaiveDate, minute: u16) -> Option<NaiveDateTime> {
    if minute >= MINUTES_OF_DAY {
        return Some(day.succ_opt()?.and_time(NaiveTime::MIN));
    }
    let time = NaiveTime::from_hms_opt(u32::from(minute / 60), u32::from(minute % 60), 0)?;
    Some(day.and_time(time))
}

fn length_ms(from: Timestamp, until: Timestamp) -> u64 {
    u64::try_from(until.ms_since(from)).unwrap_or(0)
}
