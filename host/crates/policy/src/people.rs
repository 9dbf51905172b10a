//! Reps and their absences.

use chrono_tz::Tz;
use leadsman_domain::ids::{InvalidId, PoolId, RepId, TeamId};
use leadsman_domain::policy::{Absence, Rep};
use leadsman_domain::{AttributeName, Facts, Timestamp, Value};
use toml::de::DeValue;

use crate::binding::BindingReader;
use crate::links::Target;
use crate::named::{Unique, id};
use crate::reader::{Node, Section};
use crate::values::parse_moment;

const WEIGHT_MAX: u64 = 10_000;

/// The reps, sorted by id.
pub(crate) fn reps<'a>(node: Option<Node<'a>>, zone: Tz, bindings: &mut BindingReader<'a>) -> Vec<Rep> {
    let mut unique = Unique::default();
    let mut reps = Vec::new();
    for section in node.map(|node| node.sections()).unwrap_or_default() {
        if let Some((node, rep)) = rep(section, zone, bindings) {
            unique.check(&node, rep.id.as_str());
            reps.push(rep);
        }
    }
    reps.sort_by(|one: &Rep, other| one.id.cmp(&other.id));
    reps
}

fn rep<'a>(section: Section<'a>, zone: Tz, bindings: &mut BindingReader<'a>) -> Option<(Node<'a>, Rep)> {
    let id = id(&section, RepId::parse);
    let name = section.get("name").and_then(|node| node.text());
    let teams = linked(section.get("teams"), TeamId::parse, Target::Team, bindings);
    let pools = linked(section.get("pools"), PoolId::parse, Target::Pool, bindings).into_iter().collect();
    let small = |key, bounds| section.get(key).and_then(|node: Node<'_>| node.whole(bounds));
    let weight = small("weight", 1..=WEIGHT_MAX);
    let cap = small("cap", 0..=u64::from(u32::MAX));
    let dismissed = section.get("dismissed").and_then(|node| node.flag()).unwrap_or(false);
    let absences = section.get("absent").map(|node| node.sections()).unwrap_or_default();
    let absences = absences.into_iter().filter_map(|section| absence(section, zone)).collect();
    let attributes = section.get("attributes").and_then(|node| node.section());
    let attributes = attributes.map(|section| attributes_of(&section, zone)).unwrap_or_default();
    section.close();
    let (node, id) = id?;
    let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let name = name.unwrap_or(id.as_str()).to_owned();
    let (weight, cap) = (weight.map_or(1, narrow), cap.map(narrow));
    Some((node, Rep { id, name, teams, pools, weight, cap, dismissed, absences, attributes }))
}

/// The names in a list, each once, of what is there.
fn linked<'a, T: PartialEq>(
    node: Option<Node<'a>>,
    parse: impl Fn(&str) -> Result<T, InvalidId>,
    target: Target,
    bindings: &mut BindingReader<'a>,
) -> Vec<T> {
    let items = node.map(|node| node.items()).unwrap_or_default();
    let read = |item: &Node<'a>| {
        let id = item.parsed(&parse)?;
        bindings.links.note(target, item);
        Some(id)
    };
    let mut named = Vec::with_capacity(items.len());
    for id in items.iter().filter_map(read) {
        if !named.contains(&id) {
            named.push(id);
        }
    }
    named
}

fn absence(section: Section<'_>, zone: Tz) -> Option<Absence> {
    let from = section.require("from").and_then(|node| node.moment(zone));
    let until = section.require("until").and_then(|node| node.moment(zone));
    let absence = Absence { from: from?, until: until? };
    if absence.from >= absence.until {
        let help = "`until` is the day, or moment, of the return".to_owned();
        section.problem("this absence ends before it begins".to_owned(), Some(help));
    }
    section.close();
    Some(absence)
}

fn attributes_of(section: &Section<'_>, zone: Tz) -> Facts {
    let mut facts = Facts::new();
    for (name, node) in section.entries() {
        match AttributeName::parse(name) {
            Err(error) => node.problem_with_key(error.to_string(), None),
            Ok(name) => {
                if let Some(value) = attribute(&node, zone) {
                    facts.set(name, value);
                }
            }
        }
    }
    facts
}

/// A value of whatever type a fact can have.
pub(crate) fn attribute(node: &Node<'_>, zone: Tz) -> Option<Value> {
    Some(match node.value() {
        DeValue::String(_) => Value::Text(node.text()?.to_owned()),
        DeValue::Integer(_) | DeValue::Float(_) => Value::Number(node.number()?),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(moment) => Value::Time(time(node, &moment.to_string(), zone)?),
        DeValue::Array(_) => Value::Texts(node.texts()),
        DeValue::Table(_) => {
            node.expected("a text, a number, true or false, a time, or an array of texts");
            return None;
        }
    })
}

fn time(node: &Node<'_>, text: &str, zone: Tz) -> Option<Timestamp> {
    let moment = parse_moment(text, zone);
    if moment.is_none() {
        node.problem("this is not a moment", None);
    }
    moment
}
