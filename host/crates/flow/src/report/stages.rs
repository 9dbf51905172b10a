//! How far leads came: from one stage of life to the next, up to the deal.

use leadsman_domain::life::LifeStage;
use serde::Serialize;

use super::team::share;
use super::{Fold, Span, Story};
use crate::error::FlowError;
use crate::history::{Archive, History};

/// How far leads came, seen in two ways.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct StageReport {
    /// The leads that came in in the span of time, and how far they came by now.
    pub cohort: Conversions,
    /// What happened in the span of time, whenever the leads came in.
    pub period: Conversions,
    /// Where the leads of the cohort stand now: unqualified, MQL, SQL, deal. Together they are the cohort.
    pub standing: [u64; 4],
}

/// How many leads came to each stage or a later one for the first time, and the share that each step is of the
/// one before, from 0 to 1; none of nothing. Who leaps over a stage came to it as well.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Conversions {
    /// Came in.
    pub uql: u64,
    /// Came to be MQL.
    pub mql: u64,
    /// Came to be SQL.
    pub sql: u64,
    /// Won.
    pub deal: u64,
    /// MQL of those that came in.
    pub uql_to_mql: Option<f64>,
    /// SQL of the MQL.
    pub mql_to_sql: Option<f64>,
    /// Deals of the SQL: the conversion in the narrow sense.
    pub sql_to_deal: Option<f64>,
    /// Deals of those that came in.
    pub uql_to_deal: Option<f64>,
}

impl StageReport {
    /// Folds the journals of all leads.
    ///
    /// # Errors
    ///
    /// When a journal cannot be read.
    pub fn of(archive: &Archive, span: Span) -> Result<Self, FlowError> {
        archive.report(&StageFold { span })
    }
}

/// The report on stages: of the leads that came in in a span of time, and of what happened in it.
#[derive(Debug, Clone, Copy)]
pub struct StageFold {
    /// The span.
    pub span: Span,
}

impl Fold for StageFold {
    type Sums = StageReport;
    type Report = StageReport;
    const JOURNALS: bool = true;

    fn begin(&self) -> StageReport {
        StageReport::default()
    }

    fn add(&self, report: &mut StageReport, history: &History) {
        if history.lead.is_part_of_another() {
            return;
        }
        let came = self.span.has(history.lead.received);
        for (stage, at) in Story::of(history, "").reached {
            *report.cohort.count(stage) += u64::from(came);
            *report.period.count(stage) += u64::from(self.span.has(at));
        }
        let place = LifeStage::ALL.into_iter().position(|stage| stage == history.lead.stage);
        if let Some(count) = place.and_then(|place| report.standing.get_mut(place)) {
            *count += u64::from(came);
        }
    }

    fn finish(&self, report: StageReport) -> StageReport {
        let StageReport { cohort, period, standing } = report;
        StageReport { cohort: cohort.with_shares(), period: period.with_shares(), standing }
    }

    fn adds_up_values(&self) -> bool {
        false
    }
}

impl Conversions {
    pub(super) fn count(&mut self, stage: LifeStage) -> &mut u64 {
        match stage {
            LifeStage::Uql => &mut self.uql,
            LifeStage::Mql => &mut self.mql,
            LifeStage::Sql => &mut self.sql,
            LifeStage::Deal => &mut self.deal,
        }
    }

    pub(super) fn with_shares(self) -> Self {
        Self {
            uql_to_mql: share(self.mql, self.uql),
            mql_to_sql: share(self.sql, self.mql),
            sql_to_deal: share(self.deal, self.sql),
            uql_to_deal: share(self.deal, self.uql),
            ..self
        }
    }
}
