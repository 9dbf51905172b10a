//! The report on campaigns, as the command line prints it too.

use std::collections::BTreeMap;

use leadsman_flow::report::{Brought, CampaignFigures, CampaignReport, Shares};
use serde::Serialize;
use utoipa::ToSchema;

/// What campaigns brought. A lead counts for every campaign that touched it, and once for a campaign with parts of
/// which several did.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = CampaignReport)]
pub(crate) struct CampaignReportView {
    /// By campaign: those of which something is known, and those that touched leads.
    campaigns: BTreeMap<String, CampaignFiguresView>,
}

/// What one campaign brought.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = CampaignFigures)]
pub(crate) struct CampaignFiguresView {
    /// How people call it, if otherwise.
    name: Option<String>,
    /// The campaign that it is part of.
    parent: Option<String>,
    /// It by itself.
    own: BroughtView,
    /// It and its parts, and theirs.
    whole: BroughtView,
}

/// What a campaign cost and brought, step by step.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Brought)]
pub(crate) struct BroughtView {
    /// What it has cost so far, in minor units, whatever the span of time.
    cost_minor: i64,
    /// How often it was shown so far, as far as that is known.
    impressions: u64,
    /// How often it was followed so far, as far as that is known.
    clicks: u64,
    /// Leads that it touched in that time, and that are no junk.
    leads: u64,
    /// Of these: belonged to a contact or an account that was known already.
    known_customers: u64,
    /// Accounts that these became, or became part of; one that was won and never qualified is one of its own.
    customers: u64,
    /// Opportunities that these became, counted likewise.
    opportunities: u64,
    /// Of these: won at least once by now.
    orders: u64,
    /// The conversions in that time that are credited to it, in millionths.
    credited_millionths: i64,
    /// What of their value is credited to it, in minor units.
    credited_minor: i64,
    /// Each step as a share of the one before; none of nothing.
    shares: SharesView,
    /// What a lead cost, in minor units; none without leads, or if no cost is known.
    cost_of_lead_minor: Option<f64>,
    /// What is credited to it beyond what it cost, as a multiple of that; none if it cost nothing.
    return_on_investment: Option<f64>,
}

/// Each step as a share of the one before, from 0 on; none of nothing.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Shares)]
pub(crate) struct SharesView {
    /// Clicks of the impressions.
    clicks: Option<f64>,
    /// Leads of the clicks.
    leads: Option<f64>,
    /// Customers of the leads.
    customers: Option<f64>,
    /// Opportunities of the customers.
    opportunities: Option<f64>,
    /// Orders of the opportunities.
    orders: Option<f64>,
    /// Known customers of the leads; the others are new.
    known_customers: Option<f64>,
}

impl From<CampaignReport> for CampaignReportView {
    fn from(report: CampaignReport) -> Self {
        let figures = report.campaigns.into_iter();
        Self { campaigns: figures.map(|(campaign, figures)| (campaign, figures.into())).collect() }
    }
}

impl From<CampaignFigures> for CampaignFiguresView {
    fn from(figures: CampaignFigures) -> Self {
        let CampaignFigures { name, parent, own, whole } = figures;
        Self { name, parent, own: own.into(), whole: whole.into() }
    }
}

impl From<Brought> for BroughtView {
    fn from(brought: Brought) -> Self {
        Self {
            cost_minor: brought.cost_minor,
            impressions: brought.impressions,
            clicks: brought.clicks,
            leads: brought.leads,
            known_customers: brought.known_customers,
            customers: brought.customers,
            opportunities: brought.opportunities,
            orders: brought.orders,
            credited_millionths: brought.credited_millionths,
            credited_minor: brought.credited_minor,
            shares: brought.shares.into(),
            cost_of_lead_minor: brought.cost_of_lead_minor,
            return_on_investment: brought.return_on_investment,
        }
    }
}

impl From<Shares> for SharesView {
    fn from(shares: Shares) -> Self {
        let Shares { clicks, leads, customers, opportunities, orders, known_customers } = shares;
        Self { clicks, leads, customers, opportunities, orders, known_customers }
    }
}
