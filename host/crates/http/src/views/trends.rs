//! What happened over time, as the command line prints it too.

use std::collections::BTreeMap;

use leadsman_flow::report::{TrendFigures, TrendReport};
use serde::Serialize;
use utoipa::ToSchema;

/// What happened in that time, period by period, whenever the leads came in.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = TrendReport)]
pub(crate) struct TrendReportView {
    /// How long the periods are: `day`, `week` or `month`.
    every: String,
    /// What the parts are: `channel`, `rep` or `pool`.
    by: String,
    /// By period, all together. Periods in which nothing happened are there as well.
    periods: BTreeMap<String, TrendFiguresView>,
    /// By part, and in it by period; they add up to all.
    parts: BTreeMap<String, BTreeMap<String, TrendFiguresView>>,
}

/// What happened in one period.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = TrendFigures)]
pub(crate) struct TrendFiguresView {
    /// Leads that came in, and were no junk.
    new: u64,
    /// Leads whose score reached the line of maturity for the first time.
    matured: u64,
    /// How often a lead was given to a rep.
    assigned: u64,
    /// Deals.
    won: u64,
    /// What they are worth, in minor units.
    won_value_minor: i64,
}

impl From<TrendReport> for TrendReportView {
    fn from(report: TrendReport) -> Self {
        let TrendReport { every, by, periods, parts } = report;
        let parts = parts.into_iter().map(|(part, periods)| (part, views(periods))).collect();
        Self { every: every.to_string(), by: by.to_string(), periods: views(periods), parts }
    }
}

fn views(periods: BTreeMap<String, TrendFigures>) -> BTreeMap<String, TrendFiguresView> {
    let view = |(period, figures): (String, TrendFigures)| {
        let TrendFigures { new, matured, assigned, won, won_value_minor } = figures;
        (period, TrendFiguresView { new, matured, assigned, won, won_value_minor })
    };
    periods.into_iter().map(view).collect()
}
