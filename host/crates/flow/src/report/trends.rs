//! What happened over time: leads that came, matured, were given out and won, period by period.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono_tz::Tz;
use leadsman_domain::{RepId, Timestamp};
use serde::Serialize;

use super::periods::Every;
use super::{Fold, Span, Stint, Story};
use crate::history::History;

/// What happened in a span of time, period by period, whenever the leads came in. Every lead counts by its own journal,
/// also one that became part of another later on, so what was told of a time stays so.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct TrendReport {
    /// How long the periods are.
    pub every: Every,
    /// What the parts are.
    pub by: By,
    /// By period, all together. Periods in which nothing happened are there as well.
    pub periods: BTreeMap<String, TrendFigures>,
    /// By part, and in it by period; they add up to all.
    pub parts: BTreeMap<String, BTreeMap<String, TrendFigures>>,
}

/// What happened in one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct TrendFigures {
    /// Leads that came in, and were no junk.
    pub new: u64,
    /// Leads whose score reached the line of maturity for the first time.
    pub matured: u64,
    /// How often a lead was given to a rep.
    pub assigned: u64,
    /// Deals.
    pub won: u64,
    /// What they are worth, in minor units.
    pub won_value_minor: i64,
}

/// Whose trends they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// Channels: that of the lead's first touch, or `unknown`.
    #[default]
    Channel,
    /// Reps: who had the lead as of then, or `nobody`; of a deal, who made it.
    Rep,
    /// Pools: where the lead was as of then, or whence its owner had it, or `nowhere`.
    Pool,
}

/// What trends cannot be told by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("trends cannot be told by {0:?}: write channel, rep or pool")]
pub struct UnknownBy(String);

impl fmt::Display for By {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Channel => "channel",
            Self::Rep => "rep",
            Self::Pool => "pool",
        })
    }
}

impl FromStr for By {
    type Err = UnknownBy;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = [Self::Channel, Self::Rep, Self::Pool];
        parts.into_iter().find(|one| one.to_string() == text).ok_or_else(|| UnknownBy(text.to_owned()))
    }
}

/// The report on trends: of what happened in a span of time.
#[derive(Debug, Clone, Copy)]
pub struct TrendFold {
    /// How long the periods are.
    pub every: Every,
    /// What the parts are.
    pub by: By,
    /// The tenant's zone.
    pub zone: Tz,
    /// The span.
    pub span: Span,
}

/// Trends in the making, with the first and the last moment at which something happened.
#[derive(Debug, Clone, Default)]
pub struct Course {
    report: TrendReport,
    range: Option<(Timestamp, Timestamp)>,
}

impl Fold for TrendFold {
    type Sums = Course;
    type Report = TrendReport;
    const JOURNALS: bool = true;

    fn begin(&self) -> Course {
        let report = TrendReport { every: self.every, by: self.by, ..TrendReport::default() };
        Course { report, range: None }
    }

    fn add(&self, course: &mut Course, history: &History) {
        let story = Story::of(history, "");
        let mut count = |at: Timestamp, part: String, count: fn(&mut TrendFigures, i64), value: i64| {
            if !self.span.has(at) {
                return;
            }
            let period = self.every.period(at, self.zone);
            let Course { report, range } = &mut *course;
            let in_part = report.parts.entry(part).or_default().entry(period.clone()).or_default();
            count(in_part, value);
            count(report.periods.entry(period).or_default(), value);
            let (first, last) = range.unwrap_or((at, at));
            *range = Some((first.min(at), last.max(at)));
        };
        let part = |at| self.part(&story, at, story.holder(at));
        let received = history.lead.received;
        count(received, part(received), |figures, _| figures.new += 1, 0);
        if let Some(at) = story.matured {
            count(at, part(at), |figures, _| figures.matured += 1, 0);
        }
        for Stint { since, .. } in &story.stints {
            count(*since, part(*since), |figures, _| figures.assigned += 1, 0);
        }
        for deal in story.deals.iter().filter(|deal| !deal.of_another) {
            let win = |figures: &mut TrendFigures, value: i64| {
                figures.won += 1;
                figures.won_value_minor = figures.won_value_minor.saturating_add(value);
            };
            count(deal.at, self.part(&story, deal.at, deal.rep.as_ref()), win, deal.value.0);
        }
    }

    fn finish(&self, course: Course) -> TrendReport {
        let Course { mut report, range } = course;
        let all = range.map(|(first, last)| self.every.between(first, last, self.zone)).unwrap_or_default();
        for periods in report.parts.values_mut().chain([&mut report.periods]) {
            for period in &all {
                periods.entry(period.clone()).or_default();
            }
        }
        report
    }
}

impl TrendFold {
    /// The part that something belongs to which happened to a lead that somebody had.
    fn part(&self, story: &Story, at: Timestamp, rep: Option<&RepId>) -> String {
        match self.by {
            By::Channel => story.channel().to_owned(),
            By::Rep => rep.map_or_else(|| "nobody".to_owned(), ToString::to_string),
            By::Pool => story.pool(at).map_or_else(|| "nowhere".to_owned(), ToString::to_string),
        }
    }
}
