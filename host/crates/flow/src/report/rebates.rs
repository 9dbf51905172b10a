//! What agents get of the deals that became of their leads.

use std::collections::BTreeMap;

use leadsman_domain::attribution::Conversion;
use leadsman_domain::{AgentId, ConversionId, LeadId, Timestamp};
use serde::{Serialize, Serializer};

use super::{Fold, Span};
use crate::history::History;

/// The rebates of the conversions in a span of time, line by line, and what they come to.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct RebateReport {
    /// What they come to, by agent and currency.
    pub agents: BTreeMap<AgentId, BTreeMap<String, RebateSums>>,
    /// Every rebate, by when its deal was won.
    pub lines: Vec<RebateLine>,
}

/// What an agent gets in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct RebateSums {
    /// Conversions with a rebate.
    pub conversions: u64,
    /// What these are worth, in minor units.
    pub value_minor: i64,
    /// What the agent gets of that, in minor units.
    pub rebate_minor: i64,
}

/// A rebate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RebateLine {
    /// Of which conversion.
    pub conversion: ConversionId,
    /// The lead.
    pub lead: LeadId,
    /// When it converted; as text in JSON, such as `2026-03-02T09:30:00Z`.
    #[serde(serialize_with = "as_text")]
    pub at: Timestamp,
    /// Who gets it.
    pub agent: AgentId,
    /// The contract's rate, such as `5.000 %`.
    pub rate: String,
    /// The currency.
    pub currency: String,
    /// What the conversion is worth, in minor units.
    pub value_minor: i64,
    /// What the agent gets of that, in minor units.
    pub rebate_minor: i64,
}

/// The report on rebates: of the conversions in a span of time.
#[derive(Debug, Clone, Copy)]
pub struct RebateFold {
    /// The span.
    pub span: Span,
}

impl Fold for RebateFold {
    type Sums = RebateReport;
    type Report = RebateReport;
    const JOURNALS: bool = false;

    fn begin(&self) -> RebateReport {
        RebateReport::default()
    }

    fn add(&self, report: &mut RebateReport, history: &History) {
        let lead = &history.lead;
        if lead.is_part_of_another() {
            return;
        }
        for won in lead.won.iter().filter(|won| self.span.has(won.conversion.at)) {
            let Some(rebate) = &won.rebate else { continue };
            let Conversion { id, at, value, currency, .. } = won.conversion.clone();
            let sums =
                report.agents.entry(rebate.agent.clone()).or_default().entry(currency.clone()).or_default();
            sums.conversions += 1;
            sums.value_minor = sums.value_minor.saturating_add(value.0);
            sums.rebate_minor = sums.rebate_minor.saturating_add(rebate.value.0);
            report.lines.push(RebateLine {
                conversion: id,
                lead: lead.id.clone(),
                at,
                agent: rebate.agent.clone(),
                rate: rebate.rate.to_string(),
                currency,
                value_minor: value.0,
                rebate_minor: rebate.value.0,
            });
        }
    }

    fn finish(&self, mut report: RebateReport) -> RebateReport {
        report.lines.sort_by(|one, other| (one.at, &one.conversion).cmp(&(other.at, &other.conversion)));
        report
    }

    fn adds_up_values(&self) -> bool {
        false
    }
}

fn as_text<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}
