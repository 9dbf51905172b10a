//! A plan, as the command line prints it too.

use leadsman_flow::report::{PlanChannel, PlanRates, PlanReport};
use serde::Serialize;
use utoipa::ToSchema;

/// How many leads it takes to come to so many deals, each layer rounded up.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = PlanReport)]
pub(crate) struct PlanReportView {
    /// Deals.
    deals: u64,
    /// Leads that sales finds worth selling to.
    sql: u64,
    /// Leads that reach the line of marketing.
    mql: u64,
    /// Leads that come in.
    uql: u64,
    /// Which share goes on from each stage.
    rates: PlanRatesView,
    /// What each channel has to bring. Together they bring all leads.
    channels: Vec<PlanChannelView>,
    /// What all leads cost, in minor units; none unless it is known of every channel.
    cost_minor: Option<u64>,
}

/// Which share goes on from each stage to the next, in percent.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = PlanRates)]
pub(crate) struct PlanRatesView {
    /// From lead to MQL.
    #[schema(example = "25.000 %")]
    uql: String,
    /// From MQL to SQL.
    mql: String,
    /// From SQL to deal.
    sql: String,
}

/// What a channel has to bring.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = PlanChannel)]
pub(crate) struct PlanChannelView {
    /// The channel.
    channel: String,
    /// How many leads.
    leads: u64,
    /// What they cost, in minor units.
    cost_minor: Option<u64>,
}

impl From<PlanReport> for PlanReportView {
    fn from(report: PlanReport) -> Self {
        let PlanReport { plan, rates: PlanRates { uql, mql, sql }, channels, cost_minor } = report;
        Self {
            deals: plan.deals,
            sql: plan.sql,
            mql: plan.mql,
            uql: plan.uql,
            rates: PlanRatesView { uql, mql, sql },
            channels: channels.into_iter().map(Into::into).collect(),
            cost_minor,
        }
    }
}

impl From<PlanChannel> for PlanChannelView {
    fn from(part: PlanChannel) -> Self {
        let PlanChannel { channel, leads, cost_minor } = part;
        Self { channel, leads, cost_minor }
    }
}
