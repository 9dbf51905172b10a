//! `policy.toml`: its top level, and what makes the parts one whole.

use std::collections::BTreeSet;

use chrono_tz::Tz;
use leadsman_domain::attribution::TouchRules;
use leadsman_domain::ids::{PoolId, TeamId};
use leadsman_domain::mapping::ColumnMapping;
use leadsman_domain::policy::{Policy, Scenario};
use leadsman_domain::ruling::Fallback;
use leadsman_domain::{AttributeName, text::fold};

use crate::binding::BindingReader;
use crate::files::PolicyFiles;
use crate::links::{Declared, Links, Target};
use crate::problem::{PolicyErrors, Problem};
use crate::reader::{Desk, Node, Report, Section};
use crate::source::SourceText;
use crate::{
    LoadedPolicy, Terms, accounts, agents, calendars, digest, eligibility, grading, identity, import, lists,
    matching, people, pools, qualification, quotas, segments, sources,
};

const FILE: &str = "policy.toml";

/// Reads a policy from its files.
pub(crate) fn load(files: &PolicyFiles, terms: &Terms) -> Result<LoadedPolicy, PolicyErrors> {
    let report = Report::default();
    let content = files.get(FILE).ok_or_else(|| Problem::of_file(FILE, "there is no such file"))?;
    let text = std::str::from_utf8(content).map_err(|_| Problem::of_file(FILE, "the file is not UTF-8"))?;
    let source = SourceText::new(FILE, text);
    let desk = Desk { source: &source, report: &report };
    let document = desk.parse();
    let lists = lists::read(files, &report);
    let calendars = calendars::read(files, &report);
    let mut draft = document.as_ref().and_then(|document| {
        let bindings =
            BindingReader { terms, files, components: Default::default(), links: Links::default() };
        // By their files, so that a calendar that has problems is not missing as well.
        let named = files.below("calendars", "toml").map(|(_, name, _)| name.to_owned()).collect();
        read(desk.section(document), bindings, (lists.keys().cloned().collect(), named))
    });
    if let Some(draft) = &mut draft {
        (draft.policy.lists, draft.policy.calendars) = (lists, calendars);
    }
    drop(document);
    match draft {
        Some(draft) if report.is_empty() => finish(draft, source.clone()),
        _ => Err(PolicyErrors::new(report.into_problems())),
    }
}

/// A policy that may still have problems.
struct Draft {
    policy: Policy,
    mapping: Option<ColumnMapping>,
    components: std::collections::BTreeMap<String, Vec<u8>>,
}

fn finish(draft: Draft, text: SourceText) -> Result<LoadedPolicy, PolicyErrors> {
    let Draft { policy, mapping, components } = draft;
    let digest = digest::digest(&policy, mapping.as_ref(), &components)
        .map_err(|error| Problem::of_file(FILE, format!("the policy cannot be written as JSON: {error}")))?;
    Ok(LoadedPolicy { policy, mapping, components, digest, text })
}

/// Reads the document; the lists and the calendars that are there are given by name.
fn read<'a>(
    top: Section<'a>,
    mut bindings: BindingReader<'a>,
    files: (BTreeSet<String>, BTreeSet<String>),
) -> Option<Draft> {
    let zone = top.get("zone").and_then(|node| node.zone()).unwrap_or(Tz::UTC);
    let default_pool = top.require("default_pool");
    let mapping = import::read(top.get("import"), zone, &mut bindings.links);
    let (account, account_score) = accounts::read(&top);
    let sources = top.get("sources").map(|node| sources::read(&node)).unwrap_or_default();
    let policy = Policy {
        screening: bindings.stage(top.get("screening"), Fallback::Hold),
        scoring: bindings.scoring(top.get("scoring")),
        grading: grading::read(top.get("grading")),
        dispatch: bindings.stage(top.get("dispatch"), Fallback::DefaultPool),
        pools: pools::read(top.require("pools"), &mut bindings),
        default_pool: default_pool.as_ref().and_then(|node| node.parsed(PoolId::parse)).unwrap_or(no_pool()?),
        reps: people::reps(top.get("reps"), zone, &mut bindings),
        follow_up: bindings.follow_up(top.get("follow_up")),
        quotas: quotas::read(top.get("quotas")),
        eligibility: eligibility::read(top.get("eligibility")),
        returns: pools::returns(top.get("returns"), &mut bindings),
        zone,
        attribution: attribution(top.get("attribution"), &mut bindings),
        identity: identity::read(top.get("identity")),
        matching: matching::read(top.get("matching")),
        qualification: qualification::read(top.get("qualification"), mapping.as_ref()),
        activities: top.get("activities").map(|node| kinds(&node)).unwrap_or_default(),
        agents: agents::read(top.get("agents"), zone, &sources),
        sources,
        region: top.get("region").and_then(|node| region(&node)),
        account,
        account_score,
        segments: segments::read(top.get("segments")),
        lists: Default::default(),
        calendars: Default::default(),
    };
    if let Some(node) = &default_pool {
        bindings.links.note(Target::Pool, node);
    }
    let teams = top.get("teams").map(|node| teams(&node));
    top.close();
    bindings.links.check(&declared(&policy, teams, files));
    Some(Draft { policy, mapping, components: bindings.components })
}

/// Stands in for the default pool while problems are gathered.
fn no_pool() -> Option<PoolId> {
    PoolId::parse("none").ok()
}

/// Teams are those that the policy lists, or else those that reps name.
fn declared(
    policy: &Policy,
    teams: Option<BTreeSet<String>>,
    (lists, calendars): (BTreeSet<String>, BTreeSet<String>),
) -> Declared {
    let of_reps =
        || policy.reps.iter().flat_map(|rep| &rep.teams).map(|team| team.as_str().to_owned()).collect();
    Declared {
        pools: policy.pools.iter().map(|pool| pool.id.as_str().to_owned()).collect(),
        reps: policy.reps.iter().map(|rep| rep.id.as_str().to_owned()).collect(),
        teams: teams.unwrap_or_else(of_reps),
        lists,
        calendars,
        activities: policy.activities.clone(),
    }
}

fn region(node: &Node<'_>) -> Option<String> {
    let text = node.text()?;
    if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Some(text.to_owned());
    }
    node.problem("this is not a country", Some("write its code of ISO 3166, such as \"DE\"".to_owned()));
    None
}

fn teams(node: &Node<'_>) -> BTreeSet<String> {
    let team = |item: &Node<'_>| item.parsed(TeamId::parse).map(|team| team.as_str().to_owned());
    node.items().iter().filter_map(team).collect()
}

fn kinds(node: &Node<'_>) -> BTreeSet<String> {
    let kind = |item: &Node<'_>| item.parsed(AttributeName::parse).map(|kind| kind.as_str().to_owned());
    node.items().iter().filter_map(kind).collect()
}

fn attribution<'a>(node: Option<Node<'a>>, bindings: &mut BindingReader<'a>) -> Vec<Scenario> {
    let mut scenarios: Vec<Scenario> = Vec::new();
    for section in node.map(|node| node.sections()).unwrap_or_default() {
        let node = section.require("scenario");
        let name = node.as_ref().and_then(Node::text);
        let binding = bindings.binding(&section, Fallback::Next);
        let touches = section.get("touches").and_then(|node| node.section()).map(touch_rules);
        section.close();
        let (Some(node), Some(name), Some(binding)) = (node, name, binding) else { continue };
        if scenarios.iter().any(|known| fold(&known.name) == fold(name)) {
            node.problem(format!("the scenario `{name}` is there already"), None);
        }
        scenarios.push(Scenario { name: name.to_owned(), binding, touches: touches.unwrap_or_default() });
    }
    scenarios
}

fn touch_rules(section: Section<'_>) -> TouchRules {
    let span = |key| section.get(key).and_then(|node: Node<'_>| node.span_ms());
    let direct = section.get("direct").and_then(|node| node.text().map(str::to_owned));
    let rules = TouchRules { lookback_ms: span("lookback"), session_ms: span("session"), direct };
    section.close();
    rules
}
