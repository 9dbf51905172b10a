//! Masking personal data in a case: of every text only what some rule speaks of is kept, and of numbers and moments
//! those that some rule may look at, so that the decisions stay what they were; e-mail addresses and phone numbers keep
//! their shape.

use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, MatchKind};
use leadsman_domain::policy::Policy;
use leadsman_domain::{AttributeName, Digest, Facts, Timestamp, Value};
use leadsman_flow::rules::Step;
use serde_json::Value as Json;

/// Words of fewer characters say nothing, and are everywhere.
const WORD_CHARACTERS_MIN: usize = 2;

/// Stands for every moment that is not kept.
const EPOCH: Timestamp = Timestamp::from_ms(0);

/// How many digits of a phone number are not kept: those at its end.
const DIGITS_MASKED: usize = 6;

/// What is kept of texts.
pub struct Mask {
    /// What rules speak of; none if they speak of nothing.
    spoken_of: Option<AhoCorasick>,
    /// Domains of addresses that are kept: those of providers, and those that lists name.
    words: BTreeSet<String>,
    /// Attributes of which numbers and moments are kept.
    named: BTreeSet<String>,
}

impl Mask {
    /// A mask that keeps what the rules of a policy speak of, and of numbers and moments those that its plugins read or
    /// the policy names.
    pub fn of<'a>(policy: &Policy, read: impl IntoIterator<Item = &'a str>) -> Self {
        let mut words = BTreeSet::new();
        for binding in Step::all(policy).filter_map(|step| step.binding(policy)) {
            texts(&binding.configuration, &mut words);
        }
        words.extend(policy.lists.values().flat_map(|list| list.iter().map(|entry| entry.to_lowercase())));
        words.retain(|word| word.chars().count() >= WORD_CHARACTERS_MIN);
        let mut builder = AhoCorasick::builder();
        builder.match_kind(MatchKind::LeftmostLongest).ascii_case_insensitive(true);
        let mut named: BTreeSet<String> = read.into_iter().map(str::to_owned).collect();
        texts(&serde_json::to_value(policy).unwrap_or_default(), &mut named);
        Self { spoken_of: builder.build(&words).ok().filter(|_| !words.is_empty()), words, named }
    }

    /// Facts without what is personal.
    pub fn facts(&self, facts: &Facts, is_free_mail: bool) -> Facts {
        let masked = |(name, value): (&AttributeName, &Value)| {
            let value = match (name.as_str(), value) {
                ("contact.email", Value::Text(text)) => Value::Text(self.email(text, is_free_mail)),
                ("contact.phone", Value::Text(text)) => Value::Text(phone(text)),
                (_, Value::Text(text)) => Value::Text(self.text(text)),
                (_, Value::Texts(texts)) => Value::Texts(texts.iter().map(|text| self.text(text)).collect()),
                (name, Value::Number(_)) if !self.named.contains(name) => Value::Number(0.0),
                (name, Value::Time(_)) if !self.named.contains(name) => Value::Time(EPOCH),
                (_, other) => other.clone(),
            };
            (name.clone(), value)
        };
        facts.iter().map(masked).collect()
    }

    /// A text of which letters and digits are crossed out where no rule speaks of them.
    pub fn text(&self, text: &str) -> String {
        let mut masked = String::with_capacity(text.len());
        let mut end = 0;
        let found = self.spoken_of.iter().flat_map(|words| words.find_iter(text));
        for word in found {
            masked.extend(text[end..word.start()].chars().map(crossed_out));
            masked.push_str(&text[word.start()..word.end()]);
            end = word.end();
        }
        masked.extend(text[end..].chars().map(crossed_out));
        masked
    }

    fn email(&self, text: &str, is_free_mail: bool) -> String {
        let Some((local, domain)) = text.trim().rsplit_once('@') else { return self.text(text) };
        let is_kept = is_free_mail || self.words.contains(&domain.to_lowercase());
        let short = |text: &str| Digest::of(text.to_lowercase().as_bytes()).to_string()[..6].to_owned();
        let domain = if is_kept { domain.to_owned() } else { format!("company-{}.com", short(domain)) };
        format!("person-{}@{domain}", short(local))
    }
}

fn crossed_out(one: char) -> char {
    match one {
        _ if one.is_uppercase() => 'X',
        _ if one.is_alphanumeric() => 'x',
        _ => one,
    }
}

/// A phone number of which the last digits are others.
fn phone(text: &str) -> String {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let mut others = Digest::of(text.as_bytes()).to_string().into_bytes().into_iter();
    let mut seen = 0;
    let other = |one: char| {
        seen += usize::from(one.is_ascii_digit());
        if !one.is_ascii_digit() || seen + DIGITS_MASKED <= digits {
            return one;
        }
        char::from(b'0' + others.next().unwrap_or(0) % 10)
    };
    text.chars().map(other).collect()
}

/// Every text of a configuration.
fn texts(configuration: &Json, found: &mut BTreeSet<String>) {
    match configuration {
        Json::String(text) => drop(found.insert(text.to_lowercase())),
        Json::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Json::Object(members) => members.values().for_each(|member| texts(member, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by a panic")]

    use leadsman_policy::{PolicyFiles, Terms};

    use super::*;

    #[test]
    fn numbers_and_moments_are_kept_only_where_some_rule_may_look_at_them() {
        let policy = "default_pool = \"sea\"\n[[pools]]\nid = \"sea\"\n[[segments]]\naxis = \"size\"\nname = \"large\"\n\
                      when = [{ attribute = \"company.size\", at_least = 5 }]\n";
        let files = PolicyFiles::new().with("policy.toml", policy.as_bytes());
        let policy = leadsman_policy::parse(&files, &Terms::default()).unwrap().policy;
        let mask = Mask::of(&policy, ["asked.at"]);
        let facts: Facts = [
            ("company.size", Value::Number(7.0)),
            ("person.ssn", Value::Number(123_456_789.0)),
            ("asked.at", Value::Time(Timestamp::from_ms(5))),
            ("person.born", Value::Time(Timestamp::from_ms(6))),
        ]
        .into_iter()
        .map(|(name, value)| (AttributeName::parse(name).unwrap(), value))
        .collect();
        let masked = mask.facts(&facts, false);
        let of = |name: &str| masked.get(name).cloned();
        assert_eq!(of("company.size"), Some(Value::Number(7.0)));
        assert_eq!(of("person.ssn"), Some(Value::Number(0.0)));
        assert_eq!(of("asked.at"), Some(Value::Time(Timestamp::from_ms(5))));
        assert_eq!(of("person.born"), Some(Value::Time(EPOCH)));
    }
}
