//! What campaigns brought, each by itself and with its parts.

use std::collections::{BTreeMap, BTreeSet};

use leadsman_domain::TargetId;
use leadsman_domain::campaign::{Campaign, Campaigns};
use leadsman_domain::lead::Lead;
use leadsman_domain::target::{Counterpart, Link};
use serde::Serialize;

use super::team::share;
use super::{Figure, Fold, Span};
use crate::error::FlowError;
use crate::history::{Archive, History};

/// What campaigns brought. A lead counts for every campaign that touched it, and once for a campaign with parts of
/// which several did. What deals are worth is split among their touches by attribution, so it adds up.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct CampaignReport {
    /// By campaign: those of which something is known, and those that touched leads.
    pub campaigns: BTreeMap<String, CampaignFigures>,
}

/// What one campaign brought.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct CampaignFigures {
    /// How people call it, if otherwise.
    pub name: Option<String>,
    /// The campaign that it is part of.
    pub parent: Option<String>,
    /// It by itself.
    pub own: Brought,
    /// It and its parts, and theirs.
    pub whole: Brought,
}

/// What a campaign cost and brought, step by step.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Brought {
    /// What it has cost so far, in minor units, whatever the span of time.
    pub cost_minor: i64,
    /// How often it was shown so far, as far as that is known.
    pub impressions: u64,
    /// How often it was followed so far, as far as that is known.
    pub clicks: u64,
    /// Leads that it touched first in the span of time, and that are no junk.
    pub leads: u64,
    /// Of these: belonged to a contact or an account that was known already.
    pub known_customers: u64,
    /// Accounts that these became, or became part of; one that was won and never qualified is one of its own.
    pub customers: u64,
    /// Opportunities that these became, counted likewise.
    pub opportunities: u64,
    /// Of these: won at least once by now.
    pub orders: u64,
    /// The conversions in the span of time that are credited to it, in millionths.
    pub credited_millionths: i64,
    /// What of their value is credited to it, in minor units.
    pub credited_minor: i64,
    /// Each step as a share of the one before; none of nothing.
    pub shares: Shares,
    /// What a lead cost, in minor units; none without leads, or if no cost is known.
    pub cost_of_lead_minor: Option<f64>,
    /// What is credited to it beyond what it cost, as a multiple of that; none if it cost nothing.
    pub return_on_investment: Option<f64>,
    #[serde(skip)]
    became: Became,
}

/// What leads became, each once.
#[derive(Debug, Clone, PartialEq, Default)]
struct Became {
    accounts: BTreeSet<TargetId>,
    opportunities: BTreeSet<TargetId>,
    won: BTreeSet<TargetId>,
    /// Leads that were won and never qualified.
    won_at_once: u64,
}

/// Each step as a share of the one before, from 0 on; none of nothing.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Shares {
    /// Clicks of the impressions.
    pub clicks: Option<f64>,
    /// Leads of the clicks.
    pub leads: Option<f64>,
    /// Customers of the leads.
    pub customers: Option<f64>,
    /// Opportunities of the customers.
    pub opportunities: Option<f64>,
    /// Orders of the opportunities.
    pub orders: Option<f64>,
    /// Known customers of the leads; the others are new.
    pub known_customers: Option<f64>,
}

impl CampaignReport {
    /// Goes through all leads and campaigns.
    ///
    /// # Errors
    ///
    /// When one of them cannot be read.
    pub fn of(archive: &Archive, span: Span) -> Result<Self, FlowError> {
        archive.report(&CampaignFold { campaigns: archive.campaigns()?, span })
    }

    fn figures(&mut self, campaign: &str) -> &mut CampaignFigures {
        self.campaigns.entry(campaign.to_owned()).or_default()
    }

    fn add_campaign(&mut self, campaigns: &Campaigns, id: &str, campaign: &Campaign) {
        let spent = |brought: &mut Brought| {
            brought.cost_minor = brought.cost_minor.saturating_add(campaign.cost.0);
            brought.impressions += campaign.impressions.unwrap_or(0);
            brought.clicks += campaign.clicks.unwrap_or(0);
        };
        let figures = self.figures(id);
        (figures.name, figures.parent) = (campaign.name.clone(), campaign.parent.clone());
        spent(&mut figures.own);
        campaigns.with_parents(id).into_iter().for_each(|above| spent(&mut self.figures(above).whole));
    }

    fn add_lead(&mut self, campaigns: &Campaigns, lead: &Lead, span: Span) {
        let mut touched: BTreeSet<&str> = BTreeSet::new();
        for activity in &lead.activities {
            if let Some(campaign) = activity.campaign.as_deref()
                && !touched.contains(campaign)
                && span.has(activity.at)
            {
                touched.insert(campaign);
            }
        }
        let whole: BTreeSet<&str> = touched.iter().flat_map(|one| campaigns.with_parents(one)).collect();
        touched.iter().for_each(|campaign| self.figures(campaign).own.add(lead));
        whole.into_iter().for_each(|campaign| self.figures(campaign).whole.add(lead));
        for won in lead.won.iter().filter(|won| span.has(won.conversion.at)) {
            for credit in &won.credits {
                let Some(campaign) = credit.touch.campaign.as_deref() else { continue };
                let get = |brought: &mut Brought| {
                    brought.credited_millionths += credit.share_millionths;
                    brought.credited_minor = brought.credited_minor.saturating_add(credit.value.0);
                };
                get(&mut self.figures(campaign).own);
                let above = campaigns.with_parents(campaign);
                above.into_iter().for_each(|above| get(&mut self.figures(above).whole));
            }
        }
    }
}

/// The report on campaigns: of the leads that they touched in a span of time, and of the conversions in it.
#[derive(Debug, Clone)]
pub struct CampaignFold {
    /// What is known of campaigns.
    pub campaigns: Campaigns,
    /// The span.
    pub span: Span,
}

impl Fold for CampaignFold {
    type Sums = CampaignReport;
    type Report = CampaignReport;
    const JOURNALS: bool = false;

    fn begin(&self) -> CampaignReport {
        let mut report = CampaignReport::default();
        for (id, campaign) in &self.campaigns.0 {
            report.add_campaign(&self.campaigns, id, campaign);
        }
        report
    }

    fn add(&self, report: &mut CampaignReport, history: &History) {
        if !history.lead.is_part_of_another() {
            report.add_lead(&self.campaigns, &history.lead, self.span);
        }
    }

    fn finish(&self, mut report: CampaignReport) -> CampaignReport {
        report.campaigns.values_mut().for_each(|figures| {
            figures.own.finish();
            figures.whole.finish();
        });
        report
    }

    fn only(&self, figure: &Figure) -> Self {
        let shows = |campaign: &str| match figure.way()[..] {
            ["campaigns", name, ..] => self.campaigns.with_parents(campaign).contains(&name),
            _ => false,
        };
        let mut campaigns = self.campaigns.clone();
        campaigns.0.retain(|campaign, _| shows(campaign));
        Self { campaigns, span: self.span }
    }
}

impl Brought {
    fn add(&mut self, lead: &Lead) {
        self.leads += 1;
        let is_customer = |link: &Link| !matches!(link.to, Counterpart::Lead(_));
        self.known_customers += u64::from(lead.links.iter().any(is_customer));
        let is_won = !lead.won.is_empty();
        match &lead.qualified {
            Some(became) => {
                self.became.accounts.insert(became.account.clone());
                self.became.opportunities.insert(became.opportunity.clone());
                self.became.won.extend(is_won.then(|| became.opportunity.clone()));
            }
            None => self.became.won_at_once += u64::from(is_won),
        }
    }

    fn finish(&mut self) {
        let Became { accounts, opportunities, won, won_at_once } = &self.became;
        let together = |of: &BTreeSet<TargetId>| of.len() as u64 + won_at_once;
        (self.customers, self.opportunities) = (together(accounts), together(opportunities));
        self.orders = together(won);
        self.shares = Shares {
            clicks: share(self.clicks, self.impressions),
            leads: share(self.leads, self.clicks),
            customers: share(self.customers, self.leads),
            opportunities: share(self.opportunities, self.customers),
            orders: share(self.orders, self.opportunities),
            known_customers: share(self.known_customers, self.leads),
        };
        let (cost, credited) = (self.cost_minor as f64, self.credited_minor as f64);
        let is_known = self.leads > 0 && self.cost_minor > 0;
        self.cost_of_lead_minor = is_known.then(|| cost / self.leads as f64);
        self.return_on_investment = (self.cost_minor > 0).then(|| (credited - cost) / cost);
    }
}
