//! Days, weeks and months on the calendar of a zone, by their names.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use leadsman_domain::Timestamp;
use serde::Serialize;

use super::story::UNKNOWN;

/// How long the periods are that something is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Every {
    /// Days, such as `2026-03-09`.
    Day,
    /// Weeks of ISO 8601, which begin on Mondays, such as `2026-W11`.
    #[default]
    Week,
    /// Months, such as `2026-03`.
    Month,
}

/// What is no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no period: write day, week or month")]
pub struct UnknownPeriod(String);

/// More days than this are not filled in where nothing happened.
const FILLED_DAYS_MAX: i64 = 4_000;

impl Every {
    /// The period of a moment.
    #[must_use]
    pub fn period(self, at: Timestamp, zone: Tz) -> String {
        date(at, zone).map_or_else(|| UNKNOWN.to_owned(), |date| self.period_of(date))
    }

    fn period_of(self, date: NaiveDate) -> String {
        let format = match self {
            Self::Day => "%Y-%m-%d",
            Self::Week => "%G-W%V",
            Self::Month => "%Y-%m",
        };
        date.format(format).to_string()
    }

    /// Every period from one moment to another, in order; none if they lie ten years apart.
    pub(super) fn between(self, first: Timestamp, last: Timestamp, zone: Tz) -> Vec<String> {
        let (Some(first), Some(last)) = (date(first, zone), date(last, zone)) else { return Vec::new() };
        if (last - first).num_days() > FILLED_DAYS_MAX {
            return Vec::new();
        }
        let days = first.iter_days().take_while(|day| *day <= last);
        let mut periods: Vec<String> = days.map(|day| self.period_of(day)).collect();
        periods.dedup();
        periods
    }
}

impl fmt::Display for Every {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        })
    }
}

impl FromStr for Every {
    type Err = UnknownPeriod;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let every = [Self::Day, Self::Week, Self::Month];
        every.into_iter().find(|one| one.to_string() == text).ok_or_else(|| UnknownPeriod(text.to_owned()))
    }
}

/// The day of a moment on the calendar of a zone.
fn date(at: Timestamp, zone: Tz) -> Option<NaiveDate> {
    Some(DateTime::from_timestamp_millis(at.as_ms())?.with_timezone(&zone).date_naive())
}
