//! Accounts: what their leads are worth together, who has them, and what came of them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use leadsman_domain::lead::{Lead, Status};
use leadsman_domain::policy::Policy;
use leadsman_domain::roll_up::RollUp;
use leadsman_domain::scoring::Points;
use leadsman_domain::text::fold;
use leadsman_domain::{AttributeName, RepId};
use serde::Serialize;

use super::Span;
use crate::error::FlowError;
use crate::history::Archive;

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
#[derive(Default)]
struct Counted {
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
        let asked = account.map(fold);
        let mut counted: BTreeMap<String, Counted> = BTreeMap::new();
        archive.each_lead(|lead| {
            if !span.has(lead.received) || !counts(&lead) {
                return;
            }
            let account = policy.account_of(&lead.facts);
            if let Some(account) =
                account.filter(|account| asked.as_ref().is_none_or(|asked| asked == account))
            {
                counted.entry(account).or_default().add(&lead);
            }
        })?;
        let (by, roll_up) = (policy.account.clone(), policy.account_score);
        let figures = counted.into_iter().map(|(account, counted)| counted.figures(account, roll_up));
        let mut accounts: Vec<AccountFigures> = figures.collect();
        accounts.sort_by_key(|account| Reverse(account.score));
        Ok(Self { by, roll_up, accounts })
    }
}

fn counts(lead: &Lead) -> bool {
    !matches!(lead.status, Status::Rejected | Status::Anonymous | Status::Merged { .. })
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
