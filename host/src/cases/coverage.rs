//! Coverage: which rules no case made fire. A rule is what a scorer declares, and whatever has a `name` in a
//! plugin's configuration; it fired if a decision of that plugin contributed by it or spoke of it.

use std::collections::{BTreeMap, BTreeSet};

use leadsman_domain::Digest;
use leadsman_domain::journal::{Entry, Event, Outcome};
use leadsman_domain::policy::Policy;
use leadsman_flow::rules::{Rulebook, Step};
use leadsman_rules::PreparedRulebook;
use serde_json::Value;

use super::compare::sentences;

/// The rules of one plugin as it is configured, and which of them fired.
#[derive(Debug, Default)]
struct Rules {
    plugin: String,
    all: BTreeSet<String>,
    fired: BTreeSet<String>,
}

/// Which rules fired, over many cases.
#[derive(Debug, Default)]
pub struct Coverage {
    /// By component and configuration.
    plugins: BTreeMap<(Digest, Digest), Rules>,
}

impl Coverage {
    /// The rules of a policy's plugins, none of which fired yet.
    pub fn of(policy: &Policy, rulebook: &PreparedRulebook) -> Self {
        let mut coverage = Self::default();
        for step in Step::all(policy) {
            let stamp = rulebook.stamp(step);
            let rules = coverage.plugins.entry((stamp.digest, stamp.configuration)).or_default();
            rules.plugin.clone_from(&stamp.name);
            if let Some(binding) = step.binding(policy) {
                names(&binding.configuration, &mut rules.all);
            }
        }
        for plugin in rulebook.plugins() {
            let stamp = plugin.stamp();
            if let Some(rules) = coverage.plugins.get_mut(&(stamp.digest, stamp.configuration)) {
                rules.all.extend(plugin.readings().needs.rules.iter().map(|rule| rule.name.to_string()));
            }
        }
        coverage
    }

    /// Notes which rules fired in a journal.
    pub fn note(&mut self, entries: &[Entry]) {
        for entry in entries {
            let Event::Decided(decision) = &entry.event else { continue };
            let stamp = &decision.plugin;
            let Some(rules) = self.plugins.get_mut(&(stamp.digest, stamp.configuration)) else { continue };
            let by_name: BTreeSet<&str> = match &decision.outcome {
                Outcome::Assessment(contributions) => contributions.iter().map(|one| &*one.rule).collect(),
                Outcome::NextSteps(steps) => steps.countdown.iter().map(|one| one.rule.as_str()).collect(),
                _ => BTreeSet::new(),
            };
            let said = sentences(&decision.outcome);
            let speaks_of = |name: &str| said.iter().any(|sentence| mentions(sentence, name));
            let fired = rules.all.iter().filter(|name| by_name.contains(name.as_str()) || speaks_of(name));
            rules.fired.extend(fired.cloned());
        }
    }

    /// How many rules fired, of how many.
    pub fn count(&self) -> (usize, usize) {
        let count = |(fired, all), rules: &Rules| (fired + rules.fired.len(), all + rules.all.len());
        self.plugins.values().fold((0, 0), count)
    }

    /// The rules that never fired, by plugin.
    pub fn never(&self) -> Vec<(String, Vec<String>)> {
        let never = |rules: &Rules| {
            let never: Vec<String> = rules.all.difference(&rules.fired).cloned().collect();
            (!never.is_empty()).then(|| (rules.plugin.clone(), never))
        };
        self.plugins.values().filter_map(never).collect()
    }
}

/// Whether a sentence has a name as a word of its own.
fn mentions(sentence: &str, name: &str) -> bool {
    let is_part = |one: char| one.is_alphanumeric() || one == '-' || one == '_';
    sentence.match_indices(name).any(|(start, found)| {
        let before = sentence[..start].chars().next_back();
        let after = sentence[start + found.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

/// Whatever has a name in a configuration.
fn names(configuration: &Value, found: &mut BTreeSet<String>) {
    match configuration {
        Value::Object(members) => {
            found.extend(members.get("name").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| names(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, found)),
        _ => {}
    }
}
