//! Accounts: what their leads are worth together, who has them, and what came of them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use leadsman_domain::lead::Lead;
use leadsman_domain::policy::{Policy, account_of};
use leadsman_domain::roll_up::RollUp;
use leadsman_domain::scoring::Points;
use leadsman_domain::text::fold;
use leadsman_domain::{AttributeName, RepId};
use serde::Serialize;

use super::{Fold, Span};
use crate::error::FlowError;
use crate::history::{Archive, History};

/// The accounts of the leads that came in in a span of time, and that are no junk and known by name. A lead that
/// is part of another one is not counted again. One that was made out of another for a business line is a lead of
/// its own, but of the same person, whose score counts once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct AccountReport {
    /// The attribute that tells the account; none, and no account, if the policy does not say which.
    pub by: Option<AttributeName>,
    /// How the scores of leads become the score of their account.
    pub roll_up: RollUp,
    /// The accounts: the highest score first, then by name. Those without a score come last.
    pub accounts: Vec<AccountFigures>,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountFigures {
    /// What tells it, folded for comparison.
    pub account: String,
    /// Its leads.
    pub leads: u64,
    /// The scores of its leads, rolled up; none if none of them has one.
    pub score: Option<Points>,
    /// Who owns how many of its leads.
    pub owners: BTreeMap<RepId, u64>,
    /// Its deals.
    pub deals: u64,
    /// What they are worth, in minor units.
    pub deals_value_minor: i64,
}

/// An account whose leads are being counted, and their scores.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    leads: u64,
    scores: Vec<Points>,
    owners: BTreeMap<RepId, u64>,
    deals: u64,
    value_minor: i64,
}

impl AccountReport {
    /// Goes through all leads; only those of one account if one is named, in whatever case and width.
    ///
    /// # Errors
    ///
    /// When a lead cannot be read.
    pub fn of(
        archive: &Archive,
        policy: &Policy,
        span: Span,
        account: Option<&str>,
    ) -> Result<Self, FlowError> {
        archive.report(&AccountFold::new(policy, span, account))
    }
}

/// The report on accounts: of the leads that came in in a span of time.
#[derive(Debug, Clone)]
pub struct AccountFold {
    by: Option<AttributeName>,
    roll_up: RollUp,
    span: Span,
    asked: Option<String>,
}

impl AccountFold {
    /// All accounts, or the one that is named.
    #[must_use]
    pub fn new(policy: &Policy, span: Span, account: Option<&str>) -> Self {
        let (by, roll_up) = (policy.account.clone(), policy.account_score);
        Self { by, roll_up, span, asked: account.map(fold) }
    }
}

impl Fold for AccountFold {
    type Sums = BTreeMap<String, Counted>;
    type Report = AccountReport;
    const JOURNALS: bool = false;

    fn begin(&self) -> Self::Sums {
        BTreeMap::new()
    }

    fn add(&self, counted: &mut Self::Sums, history: &History) {
        let lead = &history.lead;
        if lead.is_part_of_another() || !self.span.has(lead.received) {
            return;
        }
        let account = account_of(self.by.as_ref(), &lead.facts);
        let is_asked = |account: &String| self.asked.as_ref().is_none_or(|asked| asked == account);
        if let Some(account) = account.filter(is_asked) {
            counted.entry(account).or_default().add(lead);
        }
    }

    fn finish(&self, counted: Self::Sums) -> AccountReport {
        let (by, roll_up) = (self.by.clone(), self.roll_up);
        let figures = counted.into_iter().map(|(account, counted)| counted.figures(account, roll_up));
        let mut accounts: Vec<AccountFigures> = figures.collect();
        accounts.sort_by_key(|account| Reverse(account.score));
        AccountReport { by, roll_up, accounts }
    }
}

impl Counted {
    fn add(&mut self, lead: &Lead) {
        self.leads += 1;
        if lead.source.is_none() {
            self.scores.extend(lead.score.as_ref().map(|score| score.total));
        }
        if let Some(owner) = lead.status.owner() {
            *self.owners.entry(owner.clone()).or_default() += 1;
        }
        self.deals += lead.won.len() as u64;
        let value = lead.won.iter().map(|won| won.conversion.value.0).fold(0, i64::saturating_add);
        self.value_minor = self.value_minor.saturating_add(value);
    }

    fn figures(self, account: String, roll_up: RollUp) -> AccountFigures {
        let Self { leads, scores, owners, deals, value_minor } = self;
        let score = roll_up.of(&scores);
        AccountFigures { account, leads, score, owners, deals, deals_value_minor: value_minor }
    }
}
