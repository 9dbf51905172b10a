//! Backwards from deals to leads, with the rates that leads have shown so far where none are given.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use leadsman_domain::life::LifeStage;
use leadsman_domain::plan::{Plan, Rate};
use serde::Serialize;

use super::stages::Conversions;
use super::{Fold, Span, Story};
use crate::error::FlowError;
use crate::history::{Archive, History};

/// What is to be planned.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlanTerms {
    /// How many deals there are to be; as many as in the span of time, or so much more, where it is not said.
    pub deals: Option<u64>,
    /// By how many percent more deals there are to be than in the span of time.
    pub growth: Option<u32>,
    /// The rates from lead to MQL, from MQL to SQL and from SQL to deal. What is not said was seen in the span.
    pub rates: [Option<Rate>; 3],
    /// The channels; those by which the leads of the span came, if there are none.
    pub mix: Vec<Mix>,
    /// The span of time.
    pub span: Span,
}

/// A channel's part in a plan, written as `fair=3:2500`.
#[derive(Debug, Clone, PartialEq)]
pub struct Mix {
    /// The channel, or a campaign.
    pub name: String,
    /// Its part of the leads, relative to the others.
    pub share: f64,
    /// What a lead of it costs, in minor units.
    pub cost_minor: Option<u64>,
}

/// What is no channel's part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "write it as fair=3 or fair=3:2500: a name without a comma, a share above 0, and what a lead costs in minor units"
)]
pub struct InvalidMix;

/// How many leads it takes to come to so many deals, each layer rounded up.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanReport {
    /// How many there have to be of each.
    #[serde(flatten)]
    pub plan: Plan,
    /// Which share goes on from each stage.
    pub rates: PlanRates,
    /// What each channel has to bring. Together they bring all leads.
    pub channels: Vec<PlanChannel>,
    /// What all leads cost, in minor units; none unless it is known of every channel.
    pub cost_minor: Option<u64>,
}

/// Which share goes on from each stage to the next, in percent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanRates {
    /// From lead to MQL.
    pub uql: String,
    /// From MQL to SQL.
    pub mql: String,
    /// From SQL to deal.
    pub sql: String,
}

/// What a channel has to bring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanChannel {
    /// The channel.
    pub channel: String,
    /// How many leads.
    pub leads: u64,
    /// What they cost, in minor units.
    pub cost_minor: Option<u64>,
}

impl FromStr for Mix {
    type Err = InvalidMix;

    fn from_str(text: &str) -> Result<Self, InvalidMix> {
        let (name, rest) = text.split_once('=').ok_or(InvalidMix)?;
        let (share, cost) = rest.split_once(':').map_or((rest, None), |(share, cost)| (share, Some(cost)));
        let share: f64 = share.parse().map_err(|_| InvalidMix)?;
        let cost_minor = cost.map(str::parse).transpose().map_err(|_| InvalidMix)?;
        if name.is_empty() || name.contains(',') || !share.is_finite() || share <= 0.0 {
            return Err(InvalidMix);
        }
        Ok(Self { name: name.to_owned(), share, cost_minor })
    }
}

impl fmt::Display for Mix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}={}", self.name, self.share)?;
        self.cost_minor.map_or(Ok(()), |cost| write!(formatter, ":{cost}"))
    }
}

impl Archive {
    /// Plans backwards from deals. Reads every journal.
    ///
    /// # Errors
    ///
    /// When a journal cannot be read, or a rate is neither given nor to be seen.
    pub fn plan(&self, terms: &PlanTerms) -> Result<PlanReport, FlowError> {
        let seen = self.report(&SeenFold { span: terms.span })?;
        let Conversions { uql, mql, sql, deal, .. } = seen.came;
        let rate = |given: Option<Rate>, (from, at): (&'static str, u64), (to, came): (&'static str, u64)| {
            let unknown = || FlowError::NoRate { from, to, leads: at };
            given.or_else(|| Rate::of(came, at)).ok_or_else(unknown)
        };
        let rates = [
            rate(terms.rates[0], ("uql", uql), ("mql", mql))?,
            rate(terms.rates[1], ("mql", mql), ("sql", sql))?,
            rate(terms.rates[2], ("sql", sql), ("deal", deal))?,
        ];
        let grown = |growth: u32| (deal.saturating_mul(100 + u64::from(growth))).div_ceil(100);
        let goal = terms.deals.or_else(|| terms.growth.map(grown)).unwrap_or(deal);
        let plan = Plan::backwards(goal, rates);
        let seen = seen.channels.into_iter();
        let seen = seen.map(|(name, leads)| Mix { name, share: leads as f64, cost_minor: None });
        let mix = if terms.mix.is_empty() { seen.collect() } else { terms.mix.clone() };
        let weights: Vec<f64> = mix.iter().map(|one| one.share).collect();
        // Without any weight there is nobody to bring anything.
        let leads = plan.leads_by(&weights).unwrap_or_default();
        let channel = |(one, leads): (Mix, u64)| {
            let cost_minor = one.cost_minor.map(|cost| cost.saturating_mul(leads));
            PlanChannel { channel: one.name, leads, cost_minor }
        };
        let channels: Vec<PlanChannel> = mix.into_iter().zip(leads).map(channel).collect();
        let costs: Option<Vec<u64>> = channels.iter().map(|channel| channel.cost_minor).collect();
        let costs = costs.filter(|costs| !costs.is_empty());
        let cost_minor = costs.map(|costs| costs.into_iter().fold(0, u64::saturating_add));
        let [uql, mql, sql] = rates.map(|rate| rate.to_string());
        Ok(PlanReport { plan, rates: PlanRates { uql, mql, sql }, channels, cost_minor })
    }
}

/// How far the leads of a span came, and by which channels they came.
#[derive(Debug, Clone, Copy)]
struct SeenFold {
    span: Span,
}

#[derive(Debug, Clone, Default, Serialize)]
struct Seen {
    came: Conversions,
    channels: BTreeMap<String, u64>,
}

impl Fold for SeenFold {
    type Sums = Seen;
    type Report = Seen;
    const JOURNALS: bool = true;

    fn begin(&self) -> Seen {
        Seen::default()
    }

    fn add(&self, seen: &mut Seen, history: &History) {
        let lead = &history.lead;
        if lead.is_part_of_another() || !self.span.has(lead.received) {
            return;
        }
        let story = Story::of(history, "");
        for stage in LifeStage::ALL {
            *seen.came.count(stage) += u64::from(story.reached.iter().any(|(reached, _)| *reached == stage));
        }
        if lead.source.is_none() {
            *seen.channels.entry(story.channel().to_owned()).or_default() += 1;
        }
    }

    fn finish(&self, seen: Seen) -> Seen {
        seen
    }

    fn adds_up_values(&self) -> bool {
        false
    }
}
