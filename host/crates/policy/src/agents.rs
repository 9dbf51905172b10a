//! Channel agents: `[[agents]]`, whose leads are theirs, and their contracts.

use chrono_tz::Tz;
use leadsman_domain::AgentId;
use leadsman_domain::agent::{Agent, Contract};
use leadsman_domain::plan::Rate;
use leadsman_domain::sources::Sources;

use crate::named::{Unique, id};
use crate::quotas::filters;
use crate::reader::{Node, Section};

/// The agents, in order. The channel of each is one of the sources, if the policy has a tree of them.
pub(crate) fn read(node: Option<Node<'_>>, zone: Tz, sources: &Sources) -> Vec<Agent> {
    let mut unique = Unique::default();
    let mut agents = Vec::new();
    for section in node.map(|node| node.sections()).unwrap_or_default() {
        if let Some((node, agent)) = agent(section, zone, sources) {
            unique.check(&node, agent.id.as_str());
            agents.push(agent);
        }
    }
    agents
}

fn agent<'a>(section: Section<'a>, zone: Tz, sources: &Sources) -> Option<(Node<'a>, Agent)> {
    let id = id(&section, AgentId::parse);
    let text = |key| section.get(key).and_then(|node: Node<'_>| node.text()).map(str::to_owned);
    let (name, campaign) = (text("name"), text("campaign"));
    let channel = section.get("channel").and_then(|node| {
        let channel = node.text()?;
        sources.check(channel).map_err(|error| node.problem(error.to_string(), None)).ok()?;
        Some(channel.to_owned())
    });
    let leads = filters(section.get("leads"));
    let says_whose = ["channel", "campaign", "leads"].iter().any(|key| section.get(key).is_some());
    if !says_whose {
        let help =
            "give the `channel` or the `campaign` of their first touch, or `leads` with their attributes";
        section.problem("nothing says which leads are the agent's".to_owned(), Some(help.to_owned()));
    }
    let contracts = contracts(section.require("contracts"), zone);
    section.close();
    let (node, id) = id?;
    let name = name.unwrap_or_else(|| id.to_string());
    Some((node, Agent { id, name, channel, campaign, leads, contracts }))
}

fn contracts(node: Option<Node<'_>>, zone: Tz) -> Vec<Contract> {
    let mut contracts: Vec<Contract> = Vec::new();
    for section in node.map(|node| node.sections()).unwrap_or_default() {
        let rate = section.require("rate").and_then(|node| node.parsed(str::parse::<Rate>));
        let moment = |key| section.get(key).and_then(|node: Node<'_>| node.moment(zone));
        let (from, until) = (moment("from"), moment("until"));
        if from.zip(until).is_some_and(|(from, until)| from >= until) {
            section.problem("this contract ends before it begins".to_owned(), None);
        }
        if let Some(rate) = rate {
            let contract = Contract { rate, from, until };
            if contracts.iter().any(|other| other.overlaps(&contract)) {
                let help = "let one end where the next begins: `until` is the first day after it".to_owned();
                section.problem("another contract is in force at the same time".to_owned(), Some(help));
            }
            contracts.push(contract);
        }
        section.close();
    }
    contracts
}
