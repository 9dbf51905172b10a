//! What is different between two policies, place by place, in the words of the rules.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::digest::Digest;
use crate::policy::{PluginSource, Policy};

/// One difference.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Where: `reps[ana.souza].cap`, `screening[blocklist].configuration.phones`.
    pub place: String,
    /// What is different there.
    #[serde(flatten)]
    pub change: Change,
}

/// What is different at a place.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It is new.
    Added(Value),
    /// It is gone.
    Removed(Value),
    /// It has another value.
    Replaced {
        /// The value before.
        was: Value,
        /// The value after.
        is: Value,
    },
    /// It has other entries.
    Entries {
        /// Those that came.
        added: Vec<String>,
        /// Those that went.
        removed: Vec<String>,
    },
    /// Its entries stand in another order, and the order counts.
    Reordered {
        /// The order before.
        was: Vec<String>,
        /// The order after.
        is: Vec<String>,
    },
}

/// A policy with the digests of its components, in the order of [`Policy::sources`].
#[derive(Debug, Clone, Copy)]
pub struct Edition<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// The digests of its components.
    pub components: &'a [Digest],
}

/// The differences between two policies, sorted by place.
#[must_use]
pub fn between(old: Edition<'_>, new: Edition<'_>) -> Vec<Difference> {
    let mut found = Vec::new();
    // A policy is made of maps with text keys, lists, texts and numbers: all of it is JSON.
    let [was, is] = [old, new].map(|one| serde_json::to_value(one.policy).unwrap_or_default());
    compare("", &was, &is, &mut found);
    let [was, is] = [old, new].map(components);
    compare("plugins", &was, &is, &mut found);
    found.sort_by(|one, other| one.place.cmp(&other.place));
    found
}

/// The components by name, each as its digest.
fn components(edition: Edition<'_>) -> Value {
    let name = |source: &PluginSource| source.as_str().to_owned();
    let digests = edition.components.iter().map(|digest| Value::String(digest.to_string()));
    edition.policy.sources().into_iter().map(name).zip(digests).collect::<Map<_, _>>().into()
}

fn compare(place: &str, was: &Value, is: &Value, found: &mut Vec<Difference>) {
    match (was, is) {
        _ if was == is => {}
        (Value::Object(was), Value::Object(is)) => {
            let within = |key: &str| if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") };
            compare_named(was.iter(), is.iter(), &within, found);
        }
        (Value::Array(was), Value::Array(is)) => compare_lists(place, was, is, found),
        (Value::Null, is) => note(place, Change::Added(is.clone()), found),
        (was, Value::Null) => note(place, Change::Removed(was.clone()), found),
        (was, is) => note(place, Change::Replaced { was: was.clone(), is: is.clone() }, found),
    }
}

fn compare_lists(place: &str, was: &[Value], is: &[Value], found: &mut Vec<Difference>) {
    if let (Some(was), Some(is)) = (texts(was), texts(is)) {
        let [before, after] = [&was, &is].map(|texts| texts.iter().cloned().collect::<BTreeSet<_>>());
        let less = |one: &BTreeSet<String>, other| one.difference(other).cloned().collect::<Vec<_>>();
        let (added, removed) = (less(&after, &before), less(&before, &after));
        let change = if added.is_empty() && removed.is_empty() {
            Change::Reordered { was, is }
        } else {
            Change::Entries { added, removed }
        };
        note(place, change, found);
        return;
    }
    let (was, is) = (named(was), named(is));
    let [before, after] = [&was, &is].map(|named| named.iter().map(|(name, _)| name.clone()).collect());
    let within = |name: &str| format!("{place}[{name}]");
    compare_named(
        was.iter().map(|(name, value)| (name, *value)),
        is.iter().map(|(name, value)| (name, *value)),
        &within,
        found,
    );
    let (before, after): (Vec<String>, Vec<String>) = (before, after);
    let common = |one: &[String], other: &[String]| -> Vec<String> {
        one.iter().filter(|name| other.contains(name)).cloned().collect()
    };
    let (was, is) = (common(&before, &after), common(&after, &before));
    if was != is {
        note(place, Change::Reordered { was, is }, found);
    }
}

fn compare_named<'a>(
    was: impl Iterator<Item = (&'a String, &'a Value)>,
    is: impl Iterator<Item = (&'a String, &'a Value)>,
    within: &dyn Fn(&str) -> String,
    found: &mut Vec<Difference>,
) {
    let (was, is): (BTreeMap<_, _>, BTreeMap<_, _>) = (was.collect(), is.collect());
    for (name, before) in &was {
        match is.get(name) {
            Some(after) => compare(&within(name), before, after, found),
            None => note(&within(name), Change::Removed((*before).clone()), found),
        }
    }
    for (name, after) in is.iter().filter(|(name, _)| !was.contains_key(*name)) {
        note(&within(name), Change::Added((*after).clone()), found);
    }
}

/// The entries of a list with what people call them: their id, name or plugin; else their place.
fn named(list: &[Value]) -> Vec<(String, &Value)> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let name = |(place, value): (usize, &Value)| {
        let source = value.get("source").and_then(Value::as_object).and_then(|source| source.values().next());
        let called = value.get("id").or_else(|| value.get("name")).or(source).and_then(Value::as_str);
        called.map_or_else(|| (place + 1).to_string(), str::to_owned)
    };
    let mut named = Vec::with_capacity(list.len());
    for (place, value) in list.iter().enumerate() {
        let name = name((place, value));
        let times = seen.entry(name.clone()).and_modify(|times| *times += 1).or_insert(1);
        let name = if *times > 1 { format!("{name} {times}") } else { name };
        named.push((name, value));
    }
    named
}

fn texts(list: &[Value]) -> Option<Vec<String>> {
    list.iter().map(|value| value.as_str().map(str::to_owned)).collect()
}

fn note(place: &str, change: Change, found: &mut Vec<Difference>) {
    found.push(Difference { place: place.to_owned(), change });
}

#[cfg(test)]
mod tests;
