//! Reports: what reps made of their leads, how far leads came and whence, as folds of the journals by way of one
//! [`Story`] for each lead; and what stands in the leads themselves, by account and by campaign. Each is a [`Fold`],
//! and so every [`Figure`] leads back to its leads.

mod accounts;
mod campaigns;
mod channels;
mod currency;
mod figure;
mod fold;
mod forecast;
mod members;
mod periods;
mod pick;
mod plan;
mod rebates;
mod referrers;
mod same;
mod sources;
mod stages;
mod story;
mod team;
mod trends;
mod waits;

use leadsman_domain::Timestamp;

pub use accounts::{AccountFigures, AccountFold, AccountReport};
pub use campaigns::{Brought, CampaignFigures, CampaignFold, CampaignReport, Shares};
pub use channels::{ChannelFigures, ChannelFold, ChannelReport};
pub use currency::{Currency, InCurrency, InvalidCurrency};
pub use figure::{Figure, InvalidFigure};
pub use fold::{Behind, Fold, Part, Priced};
pub use forecast::{Forecast, ForecastFold, StepChange};
pub use members::Member;
pub use periods::{Every, UnknownPeriod};
pub use plan::{InvalidMix, Mix, PlanChannel, PlanRates, PlanReport, PlanTerms};
pub use rebates::{RebateFold, RebateLine, RebateReport, RebateSums};
pub use referrers::{ReferrerFigures, ReferrerFold, ReferrerReport};
pub use sources::{SourceFigures, SourceFold, SourceReport};
pub use stages::{Conversions, StageFold, StageReport};
pub use story::{Deal, Stint, Story};
pub use team::{NobodysDeals, RepWork, TeamFold, TeamReport, TeamWork};
pub use trends::{By, TrendFigures, TrendFold, TrendReport, UnknownBy};
pub use waits::{Response, Waits};

/// A span of time, open at its ends where nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// The first moment.
    pub from: Option<Timestamp>,
    /// The first moment after it.
    pub until: Option<Timestamp>,
}

impl Span {
    /// Whether a moment is in it.
    #[must_use]
    pub fn has(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}
