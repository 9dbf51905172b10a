//! Accounts: what tells to which one a lead belongs, and how the scores of its leads become its own.

use leadsman_domain::AttributeName;
use leadsman_domain::roll_up::RollUp;

use crate::reader::Section;

/// Reads both, out of the top level.
pub(crate) fn read(top: &Section<'_>) -> (Option<AttributeName>, RollUp) {
    let (account, score) = (top.get("account"), top.get("account_score"));
    if let (None, Some(node)) = (&account, &score) {
        let help = "say which attribute tells the account: account = \"company.domain\"";
        node.problem_with_key("no lead belongs to an account", Some(help.to_owned()));
    }
    let words = RollUp::ALL.map(|roll_up| (roll_up.as_str(), roll_up));
    (
        account.and_then(|node| node.parsed(AttributeName::parse)),
        score.and_then(|node| node.choice(&words)).unwrap_or_default(),
    )
}
