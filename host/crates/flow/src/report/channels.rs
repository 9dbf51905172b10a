//! What became of leads by channel, in cohorts: those that came in in one month by one channel.

use std::collections::BTreeMap;

use chrono::Datelike as _;
use chrono_tz::Tz;
use leadsman_domain::Timestamp;
use leadsman_domain::life::LifeStage;
use serde::Serialize;

use super::story::UNKNOWN;
use super::team::share;
use super::{Span, Story, each_whole_lead};
use crate::error::FlowError;
use crate::history::Archive;

/// How good channels are: what became by now of the leads that came in in a span of time, by the channel of their
/// first touch and by the month in which they came. What was made out of a lead for another business line is not
/// counted again.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ChannelReport {
    /// By channel; `unknown` is where none is known.
    pub channels: BTreeMap<String, ChannelFigures>,
    /// By month of the tenant's zone, such as `2026-03`, and in it by channel. They add up to the channels.
    pub cohorts: BTreeMap<String, BTreeMap<String, ChannelFigures>>,
}

/// What became of some leads.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct ChannelFigures {
    /// They: no junk.
    pub leads: u64,
    /// Of these: were marketing-qualified, or more.
    pub mql: u64,
    /// Of these: were sales-qualified, or more.
    pub sql: u64,
    /// Of these: won at least once.
    pub won: u64,
    /// What that is worth, in minor units.
    pub won_value_minor: i64,
    /// Won, as a share of the leads, from 0 to 1.
    pub won_share: Option<f64>,
}

impl ChannelReport {
    /// Folds the journals of all leads.
    ///
    /// # Errors
    ///
    /// When a journal cannot be read.
    pub fn of(archive: &Archive, zone: Tz, span: Span) -> Result<Self, FlowError> {
        let mut report = Self::default();
        each_whole_lead(archive, |history| {
            let lead = &history.lead;
            if lead.source.is_none() && span.has(lead.received) {
                let story = Story::of(history, "");
                let channel = story.channel().to_owned();
                let cohort = report.cohorts.entry(month(lead.received, zone)).or_default();
                cohort.entry(channel.clone()).or_default().add(&story);
                report.channels.entry(channel).or_default().add(&story);
            }
        })?;
        Ok(report)
    }
}

impl ChannelFigures {
    fn add(&mut self, story: &Story) {
        let reached = |stage: LifeStage| story.reached.iter().any(|(reached, _)| *reached == stage);
        self.leads += 1;
        self.mql += u64::from(reached(LifeStage::Mql));
        self.sql += u64::from(reached(LifeStage::Sql));
        self.won += u64::from(!story.deals.is_empty());
        self.won_value_minor = self.won_value_minor.saturating_add(story.won_value_minor());
        self.won_share = share(self.won, self.leads);
    }
}

/// The month of a moment on the calendar of a zone.
fn month(at: Timestamp, zone: Tz) -> String {
    match chrono::DateTime::from_timestamp_millis(at.as_ms()) {
        Some(moment) => {
            let there = moment.with_timezone(&zone);
            format!("{:04}-{:02}", there.year(), there.month())
        }
        None => UNKNOWN.to_owned(),
    }
}
