//! The report on accounts, as the command line prints it too.

use std::collections::BTreeMap;

use leadsman_flow::report::{AccountFigures, AccountReport};
use serde::Serialize;
use utoipa::ToSchema;

/// What the leads of accounts are worth together, who has them, and what came of them.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = AccountReport)]
pub(crate) struct AccountReportView {
    /// The attribute that tells the account; none, and no account, if the policy does not say which.
    #[schema(example = "company.domain")]
    by: Option<String>,
    /// How the scores of leads become the score of their account: `highest`, `sum` or `mean`.
    roll_up: &'static str,
    /// The accounts: the highest score first, then by name. Those without a score come last.
    accounts: Vec<AccountFiguresView>,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = AccountFigures)]
pub(crate) struct AccountFiguresView {
    /// What tells it, folded for comparison: in lower case, and without superfluous spaces.
    #[schema(example = "acme.com")]
    account: String,
    /// Its leads that came in in that time, and are no junk.
    leads: u64,
    /// The scores of these, rolled up; none if none of them has one. That of a lead for another business line is
    /// its source's.
    score: Option<f64>,
    /// Who owns how many of these.
    owners: BTreeMap<String, u64>,
    /// Deals that came of these.
    deals: u64,
    /// What they are worth, in minor units.
    deals_value_minor: i64,
}

impl From<AccountReport> for AccountReportView {
    fn from(report: AccountReport) -> Self {
        let AccountReport { by, roll_up, accounts } = report;
        Self {
            by: by.map(|attribute| attribute.to_string()),
            roll_up: roll_up.as_str(),
            accounts: accounts.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<AccountFigures> for AccountFiguresView {
    fn from(figures: AccountFigures) -> Self {
        let AccountFigures { account, leads, score, owners, deals, deals_value_minor } = figures;
        let score = score.map(|score| score.as_f64());
        let owners = owners.into_iter().map(|(rep, leads)| (rep.to_string(), leads)).collect();
        Self { account, leads, score, owners, deals, deals_value_minor }
    }
}
