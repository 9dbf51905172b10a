//! What became of leads by channel, in cohorts: those that came in in one month by one channel.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use leadsman_domain::life::LifeStage;
use serde::Serialize;

use super::team::share;
use super::{Every, Fold, Span, Story};
use crate::error::FlowError;
use crate::history::{Archive, History};

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
        archive.report(&ChannelFold { zone, span })
    }
}

/// The report on channels: of the leads that came in in a span of time.
#[derive(Debug, Clone, Copy)]
pub struct ChannelFold {
    /// The tenant's zone.
    pub zone: Tz,
    /// The span.
    pub span: Span,
}

impl Fold for ChannelFold {
    type Sums = ChannelReport;
    type Report = ChannelReport;
    const JOURNALS: bool = true;

    fn begin(&self) -> ChannelReport {
        ChannelReport::default()
    }

    fn add(&self, report: &mut ChannelReport, history: &History) {
        let lead = &history.lead;
        if lead.is_part_of_another() || lead.source.is_some() || !self.span.has(lead.received) {
            return;
        }
        let story = Story::of(history, "");
        let channel = story.channel().to_owned();
        let cohort = report.cohorts.entry(Every::Month.period(lead.received, self.zone)).or_default();
        cohort.entry(channel.clone()).or_default().add(&story);
        report.channels.entry(channel).or_default().add(&story);
    }

    fn finish(&self, report: ChannelReport) -> ChannelReport {
        report
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
