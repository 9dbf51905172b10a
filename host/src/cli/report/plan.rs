//! `leadsman report plan`: backwards from deals to leads.

use anyhow::anyhow;
use clap::Args;
use leadsman_domain::plan::Rate;
use leadsman_flow::FlowError;
use leadsman_flow::report::{Mix, PlanTerms};

use super::{Records, refused};
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

impl Plan {
    pub fn run(self) -> Result<(), Exit> {
        let rates = [self.uql_to_mql, self.mql_to_sql, self.sql_to_deal];
        let names = ["uql_to_mql", "mql_to_sql", "sql_to_deal"];
        let rates_asked = names.into_iter().zip(rates.iter().map(|rate| rate.map(|rate| rate.to_string())));
        let mix = self.channels.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let query = rates_asked.chain([
            ("deals", self.deals.map(|deals| deals.to_string())),
            ("growth", self.growth.map(|growth| growth.to_string())),
            ("channels", Some(mix).filter(|mix| !mix.is_empty())),
        ]);
        let (deals, growth, mix) = (self.deals, self.growth, self.channels.clone());
        let plan = self.records.ask("plan", query, |archive, _, span| {
            archive.plan(&PlanTerms { deals, growth, rates, mix, span }).map_err(|error| match error {
                FlowError::NoRate { from, to, .. } => {
                    Exit { code: exit::INPUT, error: anyhow!("{error}: give --{from}-to-{to}") }
                }
                error => refused(error),
            })
        })?;
        self.records.show("Plan", &plan, sheets::plan)
    }
}
