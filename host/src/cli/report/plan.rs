//! `leadsman report plan`: backwards from deals to leads.

use std::str::FromStr;

use anyhow::{Context as _, anyhow};
use clap::Args;
use leadsman_domain::plan::{self, Rate};
use leadsman_flow::report::{ChannelFold, StageFold};
use serde_json::{Value, json};

use super::Records;
use crate::exit::{self, Exit};
use crate::sheets;

/// How many leads it takes to come to so many deals, each layer rounded up. What is not said of the way is what it
/// was for the leads that came in in the span of time; the channels are those that these came by.
#[derive(Args)]
pub struct Plan {
    /// How many deals there are to be.
    #[arg(long, value_name = "N", required_unless_present = "growth", conflicts_with = "growth")]
    deals: Option<u64>,
    /// By how many percent more deals there are to be than in the span of time.
    #[arg(long, value_name = "PERCENT")]
    growth: Option<u32>,
    /// How many percent of the leads become marketing-qualified.
    #[arg(long, value_name = "PERCENT")]
    uql_to_mql: Option<Rate>,
    /// How many percent of these become sales-qualified.
    #[arg(long, value_name = "PERCENT")]
    mql_to_sql: Option<Rate>,
    /// How many percent of these become deals.
    #[arg(long, value_name = "PERCENT")]
    sql_to_deal: Option<Rate>,
    /// A channel or campaign, its share of the leads relative to the others, and what a lead of it costs in minor
    /// units, as in `fair=3:2500`; may be given several times.
    #[arg(long = "channel", value_name = "NAME=SHARE[:COST]")]
    channels: Vec<Mix>,
    #[command(flatten)]
    records: Records,
}

/// A channel's part in a plan.
#[derive(Debug, Clone)]
struct Mix {
    name: String,
    share: f64,
    cost_minor: Option<u64>,
}

impl FromStr for Mix {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong =
            || "write it as fair=3 or fair=3:2500: a name, a share above 0, and what a lead costs".to_owned();
        let (name, rest) = text.split_once('=').ok_or_else(wrong)?;
        let (share, cost) = rest.split_once(':').map_or((rest, None), |(share, cost)| (share, Some(cost)));
        let share: f64 = share.parse().map_err(|_| wrong())?;
        let cost_minor = cost.map(str::parse).transpose().map_err(|_| wrong())?;
        if name.is_empty() || !share.is_finite() || share <= 0.0 {
            return Err(wrong());
        }
        Ok(Self { name: name.to_owned(), share, cost_minor })
    }
}

impl Plan {
    pub fn run(self) -> Result<(), Exit> {
        let stages = self.records.report("stages", [], |_, _, span| Ok(StageFold { span }))?;
        let counted = |stage: &str| stages["cohort"][stage].as_u64().unwrap_or(0);
        let rate = |given: Option<Rate>, from: &str, to: &str| {
            let seen = || Rate::of(counted(to), counted(from));
            given.or_else(seen).ok_or_else(|| {
                let error = anyhow!(
                    "none of the {} leads at {from} came to {to}, so there is no rate to plan with: give --{from}-to-{to}",
                    counted(from)
                );
                Exit { code: exit::INPUT, error }
            })
        };
        let rates = [
            rate(self.uql_to_mql, "uql", "mql")?,
            rate(self.mql_to_sql, "mql", "sql")?,
            rate(self.sql_to_deal, "sql", "deal")?,
        ];
        let plan = plan::Plan::backwards(self.goal(counted("deal")), rates);
        let mix = self.mix()?;
        let weights: Vec<f64> = mix.iter().map(|one| one.share).collect();
        let leads = if mix.is_empty() { Vec::new() } else { plan.leads_by(&weights).context("--channel")? };
        let channels: Vec<Value> = mix
            .iter()
            .zip(&leads)
            .map(|(one, leads)| {
                let cost = one.cost_minor.map(|cost| cost.saturating_mul(*leads));
                json!({ "channel": one.name, "leads": leads, "cost_minor": cost })
            })
            .collect();
        let costs: Option<Vec<u64>> = channels.iter().map(|channel| channel["cost_minor"].as_u64()).collect();
        let cost = costs.filter(|costs| !costs.is_empty()).map(|costs| costs.iter().sum::<u64>());
        let [uql, mql, sql] = rates.map(|rate| rate.to_string());
        let told = json!({
            "standard": stages["standard"], "deals": plan.deals, "sql": plan.sql, "mql": plan.mql, "uql": plan.uql,
            "rates": { "uql": uql, "mql": mql, "sql": sql }, "channels": channels, "cost_minor": cost,
        });
        self.records.show("Plan", &told, sheets::plan)
    }

    fn goal(&self, deals: u64) -> u64 {
        let grown = |growth: u32| (deals.saturating_mul(100 + u64::from(growth))).div_ceil(100);
        self.deals.or_else(|| self.growth.map(grown)).unwrap_or(deals)
    }

    /// The channels: those that were given, or else those by which leads came.
    fn mix(&self) -> Result<Vec<Mix>, Exit> {
        if !self.channels.is_empty() {
            return Ok(self.channels.clone());
        }
        let report = self
            .records
            .report("channels", [], |_, policy, span| Ok(ChannelFold { zone: policy.zone, span }))?;
        let mix = report["channels"].as_object().into_iter().flatten().filter_map(|(channel, figures)| {
            let share = figures["leads"].as_f64().filter(|leads| *leads > 0.0)?;
            Some(Mix { name: channel.clone(), share, cost_minor: None })
        });
        Ok(mix.collect())
    }
}
