//! Finds blocked phones, mail addresses, domains and companies: whole entries of the policy's lists.
//!
//! ```toml
//! [[rules]]
//! attribute = "contact.phone.e164"
//! list = "blocked-phones"         # a list of the policy
//!
//! [[rules]]
//! attribute = "contact.email.normal"
//! list = "blocked-domains"
//! match = "domain"                # the domain and every domain above it; "entry" is the default
//! action = "flag"                 # "reject" is the default
//! ```
//!
//! With `match = "domain"` the attribute may be a mail address, a web address or a domain:
//! `info@mail.evil.com` is found by the entry `mail.evil.com` and by `evil.com`. The code is `blocked`;
//! the evidence is the entry.

#[cfg(test)]
mod tests;

use leadsman_sdk::lists;
use leadsman_sdk::prelude::*;

/// What is blocked, and where it is looked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The rules, all of which are applied.
    rules: Vec<Rule>,
}

/// An attribute that must not be in a list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Rule {
    /// The attribute, a text or a set of texts.
    attribute: String,
    /// The list of the policy.
    list: String,
    /// How the attribute is compared with the entries.
    #[serde(default, rename = "match")]
    by: Match,
    /// What happens to a lead that is found.
    #[serde(default)]
    action: Severity,
}

/// How an attribute is compared with the entries of a list.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Match {
    /// The whole text is an entry.
    #[default]
    Entry,
    /// Its domain, or one above it, is an entry.
    Domain,
}

/// The plugin, configured.
pub struct Blocklist {
    rules: Vec<Rule>,
}

impl Plugin for Blocklist {
    type Config = Config;
    type Facts = Values;

    fn configure(config: Config) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        for (index, rule) in config.rules.iter().enumerate() {
            for (key, name) in [("attribute", &rule.attribute), ("list", &rule.list)] {
                if name.trim().is_empty() {
                    problems.push(Problem::at(format!("/rules/{index}/{key}"), "must not be empty"));
                }
            }
        }
        if problems.is_empty() { Ok(Self { rules: config.rules }) } else { Err(problems) }
    }

    fn needs(&self) -> Needs {
        let lists = self.rules.iter().map(|rule| rule.list.as_str());
        let lists: std::collections::BTreeSet<&str> = lists.collect();
        Needs::none().attributes(self.rules.iter().map(|rule| rule.attribute.as_str())).lists(lists)
    }
}

impl Screening for Blocklist {
    fn screen(&self, lead: &Lead<Values>) -> Result<Verdict, Failure> {
        let mut verdict = Verdict::accept();
        for (rule, value) in self.rules.iter().zip(lead.facts.as_slice()) {
            let texts = match value {
                Some(Value::Text(text)) => std::slice::from_ref(text),
                Some(Value::Texts(texts)) => texts.as_slice(),
                _ => continue,
            };
            if let Some(entry) = texts.iter().find_map(|text| rule.entry_for(text)) {
                verdict = verdict.with(rule.action, rule.finding(entry));
            }
        }
        Ok(verdict)
    }
}

impl Rule {
    /// The part of the text that is an entry of the list.
    fn entry_for<'a>(&self, text: &'a str) -> Option<&'a str> {
        let is_listed = |part: &&str| lists::contains(&self.list, part);
        match self.by {
            Match::Entry => Some(text).filter(is_listed),
            Match::Domain => domains(text).find(is_listed),
        }
    }

    fn finding(&self, entry: &str) -> Finding {
        let message = format!("{} is blocked: \"{entry}\" is in the list {}.", self.attribute, self.list);
        Finding::new("blocked", message).attribute(&self.attribute).evidence(entry)
    }
}

/// The domain of a mail address, a web address or a domain, and every domain above it that still has a
/// dot.
fn domains(text: &str) -> impl Iterator<Item = &str> {
    let text = text.trim();
    let text = text.split_once("://").map_or(text, |(_, address)| address);
    let text = text.split(['/', '?', '#']).next().unwrap_or(text);
    let text = text.rsplit_once('@').map_or(text, |(_, domain)| domain);
    let host = text.split(':').next().unwrap_or(text).trim_end_matches('.');
    std::iter::successors(Some(host), |domain| domain.split_once('.').map(|(_, parent)| parent))
        .filter(|domain| domain.contains('.'))
}

leadsman_sdk::export!(Blocklist: screening);
