//! Finds the words of the tenant's lists in the texts of a lead.
//!
//! ```toml
//! lists = ["sensitive"]           # lists of the policy
//! attributes = "*"                # every text (the default), or names: ["message", "company.name"]
//! action = "reject"               # the default, or "flag"
//! ```
//!
//! The host searches: width, case, and white space inside a word do not hide it. Each word is reported
//! once per attribute, with code `sensitive-word`, the attribute and the word as the list has it.

use std::fmt;

use leadsman_sdk::lists;
use leadsman_sdk::prelude::*;
use serde::de::{Deserializer, SeqAccess, Visitor, value::SeqAccessDeserializer};

/// How many findings one lead can have.
const FINDINGS_MAX: usize = 32;

/// Words that a lead's texts must not have.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The lists of the policy that have the words.
    lists: Vec<String>,
    /// The attributes to search: `*` for every text, or their names.
    #[serde(default)]
    attributes: Attributes,
    /// What happens to a lead with such a word.
    #[serde(default)]
    action: Severity,
}

#[derive(Debug, Default, JsonSchema)]
#[schemars(with = "AttributesSchema")]
enum Attributes {
    #[default]
    All,
    Named(Vec<String>),
}

/// `*` for every text, or names of attributes.
#[derive(JsonSchema)]
#[schemars(untagged, rename = "Attributes")]
#[expect(dead_code, reason = "only its schema is used")]
enum AttributesSchema {
    All(String),
    Named(Vec<String>),
}

/// The plugin, configured.
pub struct SensitiveWords {
    config: Config,
}

impl Plugin for SensitiveWords {
    type Config = Config;
    type Facts = Values;

    fn configure(config: Config) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        if config.lists.is_empty() {
            problems.push(Problem::at("/lists", "must name at least one list"));
        }
        if matches!(&config.attributes, Attributes::Named(names) if names.is_empty()) {
            problems.push(Problem::at("/attributes", "must be `*` or name at least one attribute"));
        }
        if problems.is_empty() { Ok(Self { config }) } else { Err(problems) }
    }

    fn needs(&self) -> Needs {
        let needs = Needs::none().lists(&self.config.lists);
        match &self.config.attributes {
            Attributes::All => needs.all_texts(),
            Attributes::Named(names) => needs.attributes(names),
        }
    }
}

impl Screening for SensitiveWords {
    fn screen(&self, lead: &Lead<Values>) -> Result<Verdict, Failure> {
        let mut verdict = Verdict::accept();
        match &self.config.attributes {
            Attributes::All => {
                for text in &lead.texts {
                    verdict = self.search(verdict, &text.name, &text.text);
                }
            }
            Attributes::Named(names) => {
                for (name, value) in names.iter().zip(lead.facts.as_slice()) {
                    verdict = match value {
                        Some(Value::Text(text)) => self.search(verdict, name, text),
                        Some(Value::Texts(texts)) => {
                            texts.iter().fold(verdict, |verdict, text| self.search(verdict, name, text))
                        }
                        _ => verdict,
                    };
                }
            }
        }
        Ok(verdict)
    }
}

impl SensitiveWords {
    fn search(&self, mut verdict: Verdict, attribute: &str, text: &str) -> Verdict {
        for list in &self.config.lists {
            for hit in lists::find(list, text) {
                if verdict.findings.len() < FINDINGS_MAX && !is_known(&verdict, attribute, &hit.entry) {
                    let message = format!("{attribute} has the word \"{}\" of the list {list}.", hit.entry);
                    let finding =
                        Finding::new("sensitive-word", message).attribute(attribute).evidence(hit.entry);
                    verdict = verdict.with(self.config.action, finding);
                }
            }
        }
        verdict
    }
}

fn is_known(verdict: &Verdict, attribute: &str, word: &str) -> bool {
    verdict.findings.iter().any(|finding| {
        finding.attribute.as_deref() == Some(attribute) && finding.evidence.as_deref() == Some(word)
    })
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AttributesVisitor)
    }
}

struct AttributesVisitor;

impl<'de> Visitor<'de> for AttributesVisitor {
    type Value = Attributes;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("`*` or a list of attribute names")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Attributes, E> {
        match text {
            "*" => Ok(Attributes::All),
            other => Err(E::invalid_value(serde::de::Unexpected::Str(other), &self)),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, names: A) -> Result<Attributes, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(names)).map(Attributes::Named)
    }
}

leadsman_sdk::export!(SensitiveWords: screening);

#[cfg(test)]
mod tests;
