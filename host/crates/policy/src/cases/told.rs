//! What a case tells: what came in, and what happened then.

use chrono_tz::Tz;
use leadsman_domain::attribution::Conversion;
use leadsman_domain::lead::Activity;
use leadsman_domain::money::Minor;
use leadsman_domain::order::Order;
use leadsman_domain::submission::{Origin, Submission};
use leadsman_domain::{AttributeName, ConversionId, Digest, Facts, Timestamp, Value};
use toml::de::DeValue;

use crate::reader::{Node, Section};

/// Something that happens in a case.
#[derive(Debug, Clone)]
pub enum Happening {
    /// Nothing but that time passes.
    Nothing,
    /// The lead does something, or something is done to it.
    Acted(Activity),
    /// What is known of it is corrected.
    Corrected(Facts),
    /// Somebody asks again, or asks who is not known to be the same.
    Submitted(Box<Submission>),
    /// A manager orders something.
    Ordered(Order),
    /// It converts.
    Converted(Conversion),
}

/// A submission, from the keys that tell of it.
pub(super) fn submission(section: &Section<'_>, key: Digest, received: Timestamp, zone: Tz) -> Submission {
    let facts = section.get("facts").map(|node| facts(&node, zone)).unwrap_or_default();
    let word = |key| section.get(key).and_then(|node| node.text().map(str::to_owned));
    let (channel, campaign) = (word("channel"), word("campaign"));
    let activities = section.get("activities").map(|node| node.sections()).unwrap_or_default();
    let activities = activities.into_iter().filter_map(|one| activity(one, received, zone)).collect();
    let origin = channel.map(|channel| Origin { channel, campaign });
    Submission { key, received, facts, origin, activities }
}

/// What happens at a moment: one of a few things, or nothing.
pub(super) fn happening(section: &Section<'_>, name: &str, at: Timestamp, zone: Tz) -> Happening {
    let told = [
        section.get("activity").map(|node| acted(&node, at, zone)),
        section.get("facts").map(|node| Some(Happening::Corrected(facts(&node, zone)))),
        section.get("submit").map(|node| {
            let key = Submission::key_of("case", name);
            let again = Submission {
                key,
                received: at,
                facts: facts(&node, zone),
                origin: None,
                activities: Vec::new(),
            };
            Some(Happening::Submitted(Box::new(again)))
        }),
        section.get("order").map(|node| ordered(&node)),
        section.get("conversion").map(|node| converted(&node, name, at)),
    ];
    let mut told = told.into_iter().flatten();
    let first = told.next();
    if told.next().is_some() {
        let help = "begin another [[case.then]] for what happens next".to_owned();
        section.problem("two things happen at once".to_owned(), Some(help));
    }
    first.flatten().unwrap_or(Happening::Nothing)
}

fn acted(node: &Node<'_>, at: Timestamp, zone: Tz) -> Option<Happening> {
    activity(node.section()?, at, zone).map(Happening::Acted)
}

/// An activity: at a moment, or some time before what is told.
fn activity(section: Section<'_>, told: Timestamp, zone: Tz) -> Option<Activity> {
    let kind = section.require("kind").and_then(|node| node.text().map(str::to_owned));
    let ago = section.get("ago").and_then(|node| node.span_ms()).unwrap_or(0);
    let at = section.get("at").and_then(|node| node.moment(zone)).unwrap_or(told.plus_ms(-ago));
    let quantity = section.get("quantity").and_then(|node| node.number()).unwrap_or(1.0);
    let word = |key| section.get(key).and_then(|node| node.text().map(str::to_owned));
    let (channel, campaign, by) = (word("channel"), word("campaign"), word("by"));
    section.close();
    Some(Activity { kind: kind?, at, quantity, channel, campaign, by })
}

/// An order in the words of the API, such as `{ order = "claim", rep = "ann" }`.
fn ordered(node: &Node<'_>) -> Option<Happening> {
    node.section()?;
    let order = serde_json::from_value::<Order>(node.json());
    order
        .map(Happening::Ordered)
        .map_err(|cause| node.problem(format!("this is not an order: {cause}"), None))
        .ok()
}

fn converted(node: &Node<'_>, name: &str, at: Timestamp) -> Option<Happening> {
    let section = node.section()?;
    let value = section.require("value").and_then(|node| node.whole(0..=1 << 53));
    let word =
        |key, otherwise: &str| section.get(key).and_then(|node| node.text()).unwrap_or(otherwise).to_owned();
    let (scenario, currency) = (word("scenario", "default"), word("currency", "EUR"));
    section.close();
    let id = ConversionId::parse(&format!("case-{}", &Digest::of(name.as_bytes()).to_string()[..16]));
    let id = id.map_err(|cause| node.problem(cause.to_string(), None)).ok()?;
    let value = Minor(i64::try_from(value?).ok()?);
    Some(Happening::Converted(Conversion { id, scenario, at, value, currency, deal_created: None }))
}

/// Attributes by name: texts, numbers, flags, moments and lists of texts.
fn facts(node: &Node<'_>, zone: Tz) -> Facts {
    let entries = node.section().map(|section| section.entries()).unwrap_or_default();
    let mut facts = Facts::new();
    for (name, node) in entries {
        match AttributeName::parse(name) {
            Ok(name) => {
                if let Some(value) = value(&node, zone) {
                    facts.set(name, value);
                }
            }
            Err(invalid) => {
                let help =
                    name.is_empty().then(|| "write the attribute in quotes: \"company.size\"".to_owned());
                node.problem_with_key(invalid.to_string(), help);
            }
        }
    }
    facts
}

fn value(node: &Node<'_>, zone: Tz) -> Option<Value> {
    match node.value() {
        DeValue::String(text) => Some(Value::Text(text.to_string())),
        DeValue::Integer(_) | DeValue::Float(_) => node.number().map(Value::Number),
        DeValue::Boolean(flag) => Some(Value::Flag(*flag)),
        DeValue::Datetime(_) => node.moment(zone).map(Value::Time),
        DeValue::Array(_) => Some(Value::Texts(node.texts())),
        DeValue::Table(_) => {
            let help = "an attribute with a dot in its name is written in quotes: \"company.size\" = 250";
            node.problem("a table is no value of an attribute", Some(help.to_owned()));
            None
        }
    }
}
