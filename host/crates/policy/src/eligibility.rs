//! Eligibility: what a lead must have before it goes to sales.

use leadsman_domain::AttributeName;
use leadsman_domain::policy::Eligibility;

use crate::grading::points;
use crate::reader::Node;

/// Reads the eligibility; without one every lead may go.
pub(crate) fn read(node: Option<Node<'_>>) -> Eligibility {
    let Some(section) = node.and_then(|node| node.section()) else { return Eligibility::default() };
    let eligibility = Eligibility {
        consent: section.get("consent").and_then(|node| node.parsed(AttributeName::parse)),
        attributes: attributes(section.get("attributes")),
        score: section.get("score").and_then(|node| points(&node)),
    };
    section.close();
    eligibility
}

/// The attributes that an array names.
pub(crate) fn attributes(node: Option<Node<'_>>) -> Vec<AttributeName> {
    let items = node.map(|node| node.items()).unwrap_or_default();
    items.iter().filter_map(|item| item.parsed(AttributeName::parse)).collect()
}
