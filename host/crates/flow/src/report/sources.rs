//! Whence leads came, rolled up along the tree of sources.

use std::collections::BTreeMap;

use leadsman_domain::sources::Sources;
use serde::Serialize;

use super::{Fold, Span, Story};
use crate::error::FlowError;
use crate::history::{Archive, History};

/// Whence the leads came that came in in a span of time: by the channel of their first touch. What was made out
/// of a lead for another business line came from that lead, and is not counted again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct SourceReport {
    /// All of them.
    pub all: SourceFigures,
    /// By source. Branches stand for everything below them, and are written with what is above them:
    /// `market`, `market/paid`, `market/paid/sem`. `unknown` is where no channel is known.
    pub sources: BTreeMap<String, SourceFigures>,
}

/// What came from a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct SourceFigures {
    /// Leads that were no junk.
    pub leads: u64,
    /// Of these: won at least once.
    pub won: u64,
    /// What that is worth, in minor units.
    pub won_value_minor: i64,
}

impl SourceReport {
    /// Folds the journals of all leads.
    ///
    /// # Errors
    ///
    /// When a journal cannot be read.
    pub fn of(archive: &Archive, tree: &Sources, span: Span) -> Result<Self, FlowError> {
        archive.report(&SourceFold { tree: tree.clone(), span })
    }

    fn add(&mut self, story: &Story, tree: &Sources) {
        self.all.add(story);
        let leaf = story.channel();
        let mut path = String::new();
        for branch in tree.above(leaf).iter().map(String::as_str).chain([leaf]) {
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(branch);
            self.sources.entry(path.clone()).or_default().add(story);
        }
    }
}

/// The report on sources: of the leads that came in in a span of time.
#[derive(Debug, Clone)]
pub struct SourceFold {
    /// The policy's tree.
    pub tree: Sources,
    /// The span.
    pub span: Span,
}

impl Fold for SourceFold {
    type Sums = SourceReport;
    type Report = SourceReport;
    const JOURNALS: bool = true;

    fn begin(&self) -> SourceReport {
        SourceReport::default()
    }

    fn add(&self, report: &mut SourceReport, history: &History) {
        let lead = &history.lead;
        if !lead.is_part_of_another() && lead.source.is_none() && self.span.has(lead.received) {
            report.add(&Story::of(history, ""), &self.tree);
        }
    }

    fn finish(&self, report: SourceReport) -> SourceReport {
        report
    }
}

impl SourceFigures {
    fn add(&mut self, story: &Story) {
        self.leads += 1;
        self.won += u64::from(!story.deals.is_empty());
        self.won_value_minor = self.won_value_minor.saturating_add(story.won_value_minor());
    }
}
