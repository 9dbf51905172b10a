//! Reports on channels and on the way to the deal, as the command line prints them too.

use std::collections::BTreeMap;

use leadsman_flow::report::{ChannelFigures, ChannelReport, Forecast, StepChange};
use serde::Serialize;
use utoipa::ToSchema;

/// How good channels are: what became by now of the leads that came in in that time.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ChannelReport)]
pub(crate) struct ChannelReportView {
    /// By the channel of their first touch; `unknown` is where none is known.
    channels: BTreeMap<String, ChannelFiguresView>,
    /// By the month in which they came, such as `2026-03`, and in it by channel. They add up to the channels.
    cohorts: BTreeMap<String, BTreeMap<String, ChannelFiguresView>>,
}

/// What became of some leads.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ChannelFigures)]
pub(crate) struct ChannelFiguresView {
    /// They: no junk.
    leads: u64,
    /// Of these: were marketing-qualified, or more.
    mql: u64,
    /// Of these: were sales-qualified, or more.
    sql: u64,
    /// Of these: won at least once.
    won: u64,
    /// What that is worth, in minor units.
    won_value_minor: i64,
    /// Won, as a share of the leads, from 0 to 1.
    won_share: Option<f64>,
}

/// Which step of the way to the deal fell off most, and what the leads that are on it may bring.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Forecast)]
pub(crate) struct ForecastView {
    /// The steps from stage to stage.
    steps: [StepChangeView; 3],
    /// The step whose share fell most against before; where nothing was before, the one with the least share.
    weakest: Option<&'static str>,
    /// Leads that are on their way now, by stage: `uql`, `mql`, `sql`.
    stock: [u64; 3],
    /// These together.
    on_their_way: u64,
    /// Leads so far that came to a deal.
    won: u64,
    /// The share that came from each of these stages to a deal, of all leads so far.
    to_deal: [Option<f64>; 3],
    /// Deals that may come of the stock; none if there were no deals to learn from.
    deals: Option<f64>,
    /// What a deal was worth on average, in minor units.
    deal_value_mean_minor: Option<i64>,
    /// What the deals that may come are worth, in minor units.
    value_minor: Option<i64>,
}

/// How a step went, for the leads of that time, and for those that came in before it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[schema(as = StepChange)]
pub(crate) struct StepChangeView {
    /// Which: `uql_to_mql`, `mql_to_sql` or `sql_to_deal`.
    step: &'static str,
    /// The share that took it before, from 0 to 1.
    before: Option<f64>,
    /// The share that takes it now.
    now: Option<f64>,
    /// By how much the share grew.
    change: Option<f64>,
}

impl From<ChannelReport> for ChannelReportView {
    fn from(report: ChannelReport) -> Self {
        let views = |figures: BTreeMap<String, ChannelFigures>| {
            figures.into_iter().map(|(channel, figures)| (channel, figures.into())).collect()
        };
        let cohorts = report.cohorts.into_iter().map(|(month, figures)| (month, views(figures))).collect();
        Self { channels: views(report.channels), cohorts }
    }
}

impl From<ChannelFigures> for ChannelFiguresView {
    fn from(figures: ChannelFigures) -> Self {
        let ChannelFigures { leads, mql, sql, won, won_value_minor, won_share } = figures;
        Self { leads, mql, sql, won, won_value_minor, won_share }
    }
}

impl From<Forecast> for ForecastView {
    fn from(forecast: Forecast) -> Self {
        Self {
            steps: forecast.steps.map(Into::into),
            weakest: forecast.weakest,
            stock: forecast.stock,
            on_their_way: forecast.on_their_way,
            won: forecast.won,
            to_deal: forecast.to_deal,
            deals: forecast.deals,
            deal_value_mean_minor: forecast.deal_value_mean_minor,
            value_minor: forecast.value_minor,
        }
    }
}

impl From<StepChange> for StepChangeView {
    fn from(change: StepChange) -> Self {
        let StepChange { step, before, now, change } = change;
        Self { step, before, now, change }
    }
}
