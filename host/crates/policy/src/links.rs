//! Links: names that one part of a policy uses and another declares. Noted while reading, checked when
//! all is read.

use std::collections::BTreeSet;

use toml::de::DeValue;

use crate::reader::Node;
use crate::suggestion;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Pool,
    Rep,
    Team,
    List,
    Calendar,
    Activity,
}

/// The names that were used, and where.
#[derive(Default)]
pub(crate) struct Links<'a>(Vec<(Target, &'a str, Node<'a>)>);

/// The names that are declared.
#[derive(Default)]
pub(crate) struct Declared {
    pub pools: BTreeSet<String>,
    pub reps: BTreeSet<String>,
    pub teams: BTreeSet<String>,
    pub lists: BTreeSet<String>,
    pub calendars: BTreeSet<String>,
    /// Every kind is known when empty.
    pub activities: BTreeSet<String>,
}

impl<'a> Links<'a> {
    /// Notes that a text names something.
    pub fn note(&mut self, target: Target, node: &Node<'a>) {
        if let DeValue::String(name) = node.value() {
            self.0.push((target, name.as_ref(), node.clone()));
        }
    }

    /// Notes what the configuration of a built-in plugin names: lists, wherever `list`, `lists` or a key
    /// such as `in_list` says so, and where `to` of a rule table, or what is due by follow-up, leads.
    pub fn note_configuration(&mut self, plugin: &str, node: &Node<'a>) {
        match node.value() {
            DeValue::Array(_) => node.items().iter().for_each(|item| self.note_configuration(plugin, item)),
            DeValue::Table(_) => {
                for (key, value) in node.section().map(|section| section.entries()).unwrap_or_default() {
                    match (key, value.value()) {
                        (key, DeValue::String(_)) if key == "list" || key.ends_with("_list") => {
                            self.note(Target::List, &value);
                        }
                        ("lists", DeValue::Array(_)) => {
                            value.items().iter().for_each(|item| self.note(Target::List, item));
                        }
                        ("to" | "otherwise", DeValue::Table(_)) if plugin == "rule-table" => {
                            self.note_destination(&value)
                        }
                        ("recycle" | "spawn", DeValue::Table(_)) => self.note_destination(&value),
                        _ => self.note_configuration(plugin, &value),
                    }
                }
            }
            _ => {}
        }
    }

    fn note_destination(&mut self, to: &Node<'a>) {
        for (key, value) in to.section().map(|section| section.entries()).unwrap_or_default() {
            match key {
                "pool" => self.note(Target::Pool, &value),
                "rep" => self.note(Target::Rep, &value),
                "team" => self.note(Target::Team, &value),
                "hold_until_opening" => self.note(Target::Calendar, &value),
                _ => {}
            }
        }
    }

    /// Every name that nothing declares is a problem.
    pub fn check(&self, declared: &Declared) {
        for (target, name, node) in &self.0 {
            let (kind, names) = match target {
                Target::Pool => ("pool", &declared.pools),
                Target::Rep => ("rep", &declared.reps),
                Target::Team => ("team", &declared.teams),
                Target::List => ("list", &declared.lists),
                Target::Calendar => ("calendar", &declared.calendars),
                Target::Activity if declared.activities.is_empty() => continue,
                Target::Activity => ("kind of activity", &declared.activities),
            };
            if !names.contains(*name) {
                let help = suggestion::help(name, names.iter().map(String::as_str));
                let help = help.or_else(|| remedy(*target, name));
                node.problem(format!("there is no {kind} `{name}`"), help);
            }
        }
    }
}

fn remedy(target: Target, name: &str) -> Option<String> {
    match target {
        Target::List => Some(format!("add the file lists/{name}.txt")),
        Target::Calendar => Some(format!("add the file calendars/{name}.toml")),
        Target::Team => Some("a team is there when a rep names it in `teams`".to_owned()),
        Target::Pool | Target::Rep | Target::Activity => None,
    }
}
