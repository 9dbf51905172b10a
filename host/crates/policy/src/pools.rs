//! Pools: how leads leave them, by plugins and by people, and which one a lead goes back to.

use std::collections::BTreeMap;

use leadsman_domain::ids::PoolId;
use leadsman_domain::life::LifeStage;
use leadsman_domain::policy::{Claims, Pool, Requirements};
use leadsman_domain::ruling::Fallback;

use crate::binding::BindingReader;
use crate::eligibility;
use crate::grading::points;
use crate::links::Target;
use crate::named::{Unique, id};
use crate::quotas::filters;
use crate::reader::{Node, Section};

/// Whoever owned a lead last does not get it again at once, if the policy says nothing.
const EXCLUDE_FORMER: u64 = 1;

/// The pools, in order.
pub(crate) fn read<'a>(node: Option<Node<'a>>, bindings: &mut BindingReader<'a>) -> Vec<Pool> {
    let mut unique = Unique::default();
    let mut pools = Vec::new();
    for section in node.map(|node| node.sections()).unwrap_or_default() {
        let id = id(&section, PoolId::parse);
        let allocation = bindings.stage(section.get("allocation"), Fallback::Next);
        let follow_up = bindings.follow_up(section.get("follow_up"));
        let fill = section.get("fill").and_then(|node| node.flag()).unwrap_or(false);
        let exclude = section.get("exclude_former").and_then(|node| node.whole(0..=50));
        let claims = section.get("claims").and_then(|node| node.section()).map(claims).unwrap_or_default();
        let requires = section.get("requires").and_then(|node| node.section());
        let requires = requires.map(|section| requirements(section, bindings)).unwrap_or_default();
        section.close();
        if let Some((node, id)) = id {
            unique.check(&node, id.as_str());
            let exclude_former = u32::try_from(exclude.unwrap_or(EXCLUDE_FORMER)).unwrap_or(u32::MAX);
            pools.push(Pool { id, allocation, follow_up, fill, exclude_former, claims, requires });
        }
    }
    pools
}

fn requirements<'a>(section: Section<'a>, bindings: &mut BindingReader<'a>) -> Requirements {
    let stages = LifeStage::ALL.map(|stage| (stage.as_str(), stage));
    let otherwise = section.get("otherwise");
    if let Some(node) = &otherwise {
        bindings.links.note(Target::Pool, node);
    }
    let requirements = Requirements {
        attributes: eligibility::attributes(section.get("attributes")),
        score: section.get("score").and_then(|node| points(&node)),
        stage: section.get("stage").and_then(|node| node.choice(&stages)),
        leads: filters(section.get("leads")),
        otherwise: otherwise.and_then(|node| node.parsed(PoolId::parse)),
    };
    section.close();
    requirements
}

fn claims(section: Section<'_>) -> Claims {
    let span = |key| section.get(key).and_then(|node: Node<'_>| node.span_ms()).unwrap_or(0);
    let per_day = section.get("per_day").and_then(|node| node.whole(0..=u64::from(u32::MAX)));
    let (cooldown_ms, delay_ms) = (span("cooldown"), span("delay"));
    section.close();
    Claims { per_day: per_day.and_then(|number| u32::try_from(number).ok()), cooldown_ms, delay_ms }
}

/// Where leads go that are given back, by the word for why.
pub(crate) fn returns<'a>(
    node: Option<Node<'a>>,
    bindings: &mut BindingReader<'a>,
) -> BTreeMap<String, PoolId> {
    let Some(section) = node.and_then(|node| node.section()) else { return BTreeMap::new() };
    let mut returns = BTreeMap::new();
    for (word, node) in section.entries() {
        if let Some(pool) = node.parsed(PoolId::parse) {
            bindings.links.note(Target::Pool, &node);
            returns.insert(word.to_owned(), pool);
        }
    }
    returns
}
