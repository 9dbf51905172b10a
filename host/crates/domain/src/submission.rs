//! A submission: what came in, read and made comparable, before anything is decided.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::lead::Activity;
use crate::time::Timestamp;
use crate::value::{AttributeName, Facts, Value};

#[cfg(test)]
mod tests;

/// How many attributes a submission may have.
pub const ATTRIBUTES_MAX: usize = 200;
/// How many bytes of text all values of a submission may have together.
pub const TEXT_BYTES_MAX: usize = 64 << 10;
/// How many activities a submission may bring.
pub const ACTIVITIES_MAX: usize = 100;
/// How many bytes a channel, a campaign or a kind of activity may have.
pub const WORD_BYTES_MAX: usize = 200;

/// The attributes that intake derives from what a submission says. Reserved: a submission cannot set
/// them itself.
pub const DERIVED: [&str; 13] = [
    "company.domain",
    "company.name.normal",
    "contact.email.disposable",
    "contact.email.domain",
    "contact.email.free",
    "contact.email.normal",
    "contact.email.valid",
    "contact.phone.country-code",
    "contact.phone.e164",
    "contact.phone.region",
    "contact.phone.type",
    "contact.phone.valid",
    "person.name.normal",
];

/// Whether an attribute is derived by intake, and so is not for a submission to set.
#[must_use]
pub fn is_derived(attribute: &str) -> bool {
    DERIVED.contains(&attribute)
}

/// The derived attributes that are no longer so when these facts take the place of others: those that were
/// derived from one of them, and that the facts do not bring anew.
#[must_use]
pub fn outdated_by(facts: &Facts) -> Vec<AttributeName> {
    let is_outdated = |derived: &&str| {
        let source = |(name, _): (&AttributeName, &Value)| {
            derived.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('.'))
        };
        facts.get(derived).is_none() && facts.iter().any(source)
    };
    let outdated = DERIVED.into_iter().filter(is_outdated);
    outdated.filter_map(|name| AttributeName::parse(name).ok()).collect()
}

/// Where a submission came from, seen as marketing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The channel, such as `paid-search`.
    pub channel: String,
    /// The campaign, if any.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub campaign: Option<String>,
}

/// What came in: one filled form, one row of a file, one call of the API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Submission {
    /// The idempotency key: the same submission sent again has the same key.
    pub key: Digest,
    /// When it came in.
    pub received: Timestamp,
    /// What it says of itself, with what intake derived from that.
    pub facts: Facts,
    /// Its marketing origin; a submission with one is a touch.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub origin: Option<Origin>,
    /// What the lead did before, as far as it came along.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub activities: Vec<Activity>,
}

/// Why a submission cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSubmission {
    /// More attributes than a submission may have.
    #[error("{0} attributes; a submission has at most {ATTRIBUTES_MAX}")]
    TooManyAttributes(usize),
    /// More text than a submission may have.
    #[error("{0} bytes of text; a submission has at most {TEXT_BYTES_MAX}")]
    TooMuchText(usize),
    /// More activities than a submission may bring.
    #[error("{0} activities; a submission brings at most {ACTIVITIES_MAX}")]
    TooManyActivities(usize),
    /// A number that is NaN or infinite.
    #[error("the number of {0} is not finite")]
    NotFinite(String),
    /// A channel, campaign or kind of activity that is empty or too long.
    #[error("{0} is empty or longer than {WORD_BYTES_MAX} bytes")]
    Word(&'static str),
}

impl Submission {
    /// The idempotency key of what a source calls by an id of its own, such as a row's lead number or
    /// the `Idempotency-Key` of a request. Ids of different sources never meet.
    #[must_use]
    pub fn key_of(source: &str, id: &str) -> Digest {
        Digest::of_parts([b"submission".as_slice(), source.as_bytes(), id.as_bytes()])
    }

    /// Checks the limits. For what comes in; what intake derives afterwards does not count.
    ///
    /// # Errors
    ///
    /// When there are too many attributes, activities or bytes of text, a number is not finite, or a
    /// channel, campaign or kind is empty or too long.
    pub fn check(&self) -> Result<(), InvalidSubmission> {
        check_facts(&self.facts)?;
        if self.activities.len() > ACTIVITIES_MAX {
            return Err(InvalidSubmission::TooManyActivities(self.activities.len()));
        }
        if let Some(origin) = &self.origin {
            check_word("the channel", Some(&origin.channel))?;
            check_word("the campaign", origin.campaign.as_ref())?;
        }
        for activity in &self.activities {
            check_word("the kind of an activity", Some(&activity.kind))?;
            check_word("the channel of an activity", activity.channel.as_ref())?;
            check_word("the campaign of an activity", activity.campaign.as_ref())?;
            if !activity.quantity.is_finite() {
                return Err(InvalidSubmission::NotFinite(activity.kind.clone()));
            }
        }
        Ok(())
    }
}

/// Checks the limits of facts alone.
///
/// # Errors
///
/// When there are too many, they hold too much text, or a number is not finite.
pub fn check_facts(facts: &Facts) -> Result<(), InvalidSubmission> {
    if facts.len() > ATTRIBUTES_MAX {
        return Err(InvalidSubmission::TooManyAttributes(facts.len()));
    }
    let not_finite = |(name, value): (&AttributeName, &Value)| match value {
        Value::Number(number) if !number.is_finite() => Some(name.to_string()),
        _ => None,
    };
    if let Some(name) = facts.iter().find_map(not_finite) {
        return Err(InvalidSubmission::NotFinite(name));
    }
    let text_bytes = facts.iter().map(|(_, value)| text_bytes(value)).sum();
    if text_bytes > TEXT_BYTES_MAX {
        return Err(InvalidSubmission::TooMuchText(text_bytes));
    }
    Ok(())
}

fn text_bytes(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::Texts(texts) => texts.iter().map(String::len).sum(),
        Value::Number(_) | Value::Flag(_) | Value::Time(_) => 0,
    }
}

fn check_word(what: &'static str, word: Option<&String>) -> Result<(), InvalidSubmission> {
    match word {
        Some(word) if word.is_empty() || word.len() > WORD_BYTES_MAX => Err(InvalidSubmission::Word(what)),
        _ => Ok(()),
    }
}
