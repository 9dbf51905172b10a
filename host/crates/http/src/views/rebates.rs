//! Rebates and what referrers brought about, as the command line prints them too.

use std::collections::BTreeMap;

use leadsman_flow::report::{RebateLine, RebateReport, RebateSums, ReferrerFigures, ReferrerReport};
use serde::Serialize;
use utoipa::ToSchema;

use crate::values::Moment;

/// The rebates of the conversions in that time, line by line, and what they come to.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = RebateReport)]
pub(crate) struct RebateReportView {
    /// What they come to, by agent and currency.
    agents: BTreeMap<String, BTreeMap<String, RebateSumsView>>,
    /// Every rebate, by when its deal was won.
    lines: Vec<RebateLineView>,
}

/// What an agent gets in one currency.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = RebateSums)]
pub(crate) struct RebateSumsView {
    /// Conversions with a rebate.
    conversions: u64,
    /// What these are worth, in minor units.
    value_minor: i64,
    /// What the agent gets of that, in minor units.
    rebate_minor: i64,
}

/// A rebate.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = RebateLine)]
pub(crate) struct RebateLineView {
    /// Of which conversion.
    conversion: String,
    /// The lead.
    lead: String,
    /// When it converted.
    at: Moment,
    /// Who gets it.
    agent: String,
    /// The contract's rate, such as `5.000 %`.
    rate: String,
    /// The currency.
    currency: String,
    /// What the conversion is worth, in minor units.
    value_minor: i64,
    /// What the agent gets of that, in minor units.
    rebate_minor: i64,
}

/// What referrers did in that time. A lead that several touched counts for each of them; credit adds up.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ReferrerReport)]
pub(crate) struct ReferrerReportView {
    /// By referrer.
    referrers: BTreeMap<String, ReferrerFiguresView>,
}

/// What a referrer did.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ReferrerFigures)]
pub(crate) struct ReferrerFiguresView {
    /// Touches in that time that the referrer brought about, as far as leads remember them.
    touches: u64,
    /// Leads that these touched.
    leads: u64,
    /// Of these: won at least once.
    won: u64,
    /// Conversions in that time that are credited to the referrer, at least in part.
    conversions: u64,
    /// What of these conversions is, in millionths.
    credited_millionths: i64,
    /// What of their value is, in minor units.
    credited_minor: i64,
}

impl From<RebateReport> for RebateReportView {
    fn from(report: RebateReport) -> Self {
        let sums = |(currency, sums): (String, RebateSums)| {
            let RebateSums { conversions, value_minor, rebate_minor } = sums;
            (currency, RebateSumsView { conversions, value_minor, rebate_minor })
        };
        let agents = report.agents.into_iter();
        let agents =
            agents.map(|(agent, of)| (agent.to_string(), of.into_iter().map(sums).collect())).collect();
        Self { agents, lines: report.lines.into_iter().map(Into::into).collect() }
    }
}

impl From<RebateLine> for RebateLineView {
    fn from(line: RebateLine) -> Self {
        let RebateLine { conversion, lead, at, agent, rate, currency, value_minor, rebate_minor } = line;
        Self {
            conversion: conversion.to_string(),
            lead: lead.to_string(),
            at: Moment(at),
            agent: agent.to_string(),
            rate,
            currency,
            value_minor,
            rebate_minor,
        }
    }
}

impl From<ReferrerReport> for ReferrerReportView {
    fn from(report: ReferrerReport) -> Self {
        let figures = |(referrer, figures): (String, ReferrerFigures)| {
            let ReferrerFigures { touches, leads, won, conversions, credited_millionths, credited_minor } =
                figures;
            let view =
                ReferrerFiguresView { touches, leads, won, conversions, credited_millionths, credited_minor };
            (referrer, view)
        };
        Self { referrers: report.referrers.into_iter().map(figures).collect() }
    }
}
