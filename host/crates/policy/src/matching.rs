//! Matching: what happens when somebody who comes in is known already.

use leadsman_domain::matching::{Matching, OnMatch};

use crate::identity;
use crate::reader::Node;

const ON_LEAD: [(&str, OnMatch); 4] = [
    ("merge", OnMatch::Merge),
    ("link", OnMatch::Link),
    ("reject", OnMatch::Reject),
    ("route-to-owner", OnMatch::RouteToOwner),
];

/// A lead is not merged into a contact or an account.
const ON_TARGET: [(&str, OnMatch); 3] = [ON_LEAD[1], ON_LEAD[2], ON_LEAD[3]];

/// Reads the matching; without one a lead that is known gets one more touch, and nothing else is looked at.
pub(crate) fn read(node: Option<Node<'_>>) -> Matching {
    let Some(section) = node.and_then(|node| node.section()) else { return Matching::default() };
    let keys = section.get("account_keys");
    let accounts = section.get("accounts");
    if let (Some(node), None) = (&accounts, &keys) {
        let help = "say by which attributes an account is known: account_keys = [[\"company.domain\"]]";
        node.problem_with_key("no submission is found to belong to an account", Some(help.to_owned()));
    }
    let matching = Matching {
        leads: section.get("leads").and_then(|node| node.choice(&ON_LEAD)).unwrap_or_default(),
        contacts: section.get("contacts").and_then(|node| node.choice(&ON_TARGET)),
        accounts: accounts.and_then(|node| node.choice(&ON_TARGET)),
        account_keys: keys.map(|node| identity::keys(&node)).unwrap_or_default(),
    };
    section.close();
    matching
}
