//! Quotas: how many leads of a kind a rep may own; and the filters that say which leads and which reps.

use std::collections::BTreeSet;

use leadsman_domain::AttributeName;
use leadsman_domain::filter::{Filter, Test};
use leadsman_domain::policy::Quota;
use leadsman_domain::text::fold;
use toml::de::DeValue;

use crate::reader::{Node, Section};

/// The quotas, in order.
pub(crate) fn read(node: Option<Node<'_>>) -> Vec<Quota> {
    let mut names = BTreeSet::new();
    let sections = node.map(|node| node.sections()).unwrap_or_default();
    sections.into_iter().filter_map(|section| quota(section, &mut names)).collect()
}

fn quota(section: Section<'_>, names: &mut BTreeSet<String>) -> Option<Quota> {
    let node = section.require("name");
    let name = node.as_ref().and_then(Node::text);
    if let (Some(node), Some(name)) = (&node, name)
        && !names.insert(name.to_owned())
    {
        node.problem(format!("the quota `{name}` is there already"), None);
    }
    let most = section.require("most").and_then(|node| node.whole(0..=u64::from(u32::MAX)));
    let (leads, reps) = (filters(section.get("leads")), filters(section.get("reps")));
    section.close();
    Some(Quota { name: name?.to_owned(), leads, reps, most: u32::try_from(most?).ok()? })
}

/// Filters, all of which have to fit.
pub(crate) fn filters(node: Option<Node<'_>>) -> Vec<Filter> {
    let sections = node.map(|node| node.sections()).unwrap_or_default();
    sections.into_iter().filter_map(filter).collect()
}

fn filter(section: Section<'_>) -> Option<Filter> {
    let attribute = section.require("attribute").and_then(|node| node.parsed(AttributeName::parse));
    let is = section.get("is").map(|node| words(&node));
    let number = |key| section.get(key).and_then(|node: Node<'_>| node.number());
    let (at_least, below) = (number("at_least"), number("below"));
    let test = match (is, at_least, below) {
        (Some(words), None, None) => Some(Test::OneOf(words)),
        (None, None, None) => {
            section.problem("nothing is compared: give `is`, `at_least` or `below`".to_owned(), None);
            None
        }
        (None, at_least, below) => Some(Test::Between { at_least, below }),
        (Some(_), ..) => {
            section.problem("`is` does not go together with `at_least` and `below`".to_owned(), None);
            None
        }
    };
    section.close();
    Some(Filter { attribute: attribute?, test: test? })
}

fn words(node: &Node<'_>) -> Vec<String> {
    let texts = match node.value() {
        DeValue::Array(_) => node.texts(),
        DeValue::Boolean(flag) => vec![if *flag { "yes" } else { "no" }.to_owned()],
        _ => node.text().map(str::to_owned).into_iter().collect(),
    };
    texts.iter().map(|text| fold(text)).collect()
}
