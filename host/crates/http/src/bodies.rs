//! What clients send, and how it becomes what the flow takes. All that is wrong with a body is told at
//! once, each at its place.

pub(crate) mod orders;
mod rules;
pub(crate) mod targets;
pub(crate) mod webhooks;

use std::collections::BTreeSet;

use leadsman_domain::attribution::Conversion;
use leadsman_domain::lead::Activity;
use leadsman_domain::money::Minor;
use leadsman_domain::submission::{InvalidSubmission, Origin, Submission, is_derived};
use leadsman_domain::{AttributeName, ConversionId, Digest, Facts, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) use rules::{Activate, EndTrial, NewBacktest, NewRevision, NewTrial, RollBack};

use crate::json::escaped;
use crate::problem::FieldError;
use crate::values::{FactMap, Moment, Word, distinct};

/// Clocks differ: a moment that is this much after the server's own is still taken.
const AHEAD_MS_MAX: i64 = 5 * 60 * 1000;

/// A lead, as a form or another system sends it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewLead {
    /// What is known of it: attributes by name. Names are words of a-z, 0-9, `-` and `_`, joined by
    /// dots. Attributes that Leadsman derives itself, such as `contact.email.valid`, are refused.
    #[serde(deserialize_with = "distinct")]
    #[schema(value_type = std::collections::BTreeMap<String, crate::values::FactValue>, example = json!({
        "contact.email": "mei.lin@example.com", "company.name": "Example GmbH", "company.size": 120
    }))]
    pub facts: FactMap,
    /// When it came in; now if missing. At most five minutes from now.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub received: Option<Moment>,
    /// The marketing channel through which it came.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>, example = "paid-search")]
    pub channel: Option<Word>,
    /// The campaign of the channel.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>, example = "spring")]
    pub campaign: Option<Word>,
    /// What the lead did before, at most 100 activities.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub activities: Vec<NewActivity>,
    /// The idempotency key, for bulk requests; elsewhere the header `Idempotency-Key` does the same.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(max_length = 255)]
    pub key: Option<String>,
}

/// Something that the lead did, or that was done to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewActivity {
    /// Its kind, one that the policy knows.
    #[schema(value_type = String, example = "email.reply")]
    pub kind: Word,
    /// When it happened; now, or when the lead was received, if missing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub at: Option<Moment>,
    /// How much of it, in the unit of its kind; 1 if missing.
    #[serde(default = "one")]
    #[schema(minimum = 0, default = 1)]
    pub quantity: f64,
    /// Its marketing channel, if it is a touch.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>)]
    pub channel: Option<Word>,
    /// Its campaign.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>)]
    pub campaign: Option<Word>,
    /// Who brought the touch about, such as an employee whose link was followed: its referrer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>, example = "mei.lin")]
    pub by: Option<Word>,
}

fn one() -> f64 {
    1.0
}

/// A lead that became something worth money.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewConversion {
    /// Its id, unique within the tenant. The same conversion sent again changes nothing.
    #[schema(value_type = String, example = "deal-2041")]
    pub id: ConversionId,
    /// What it is worth, in minor units of the currency.
    #[schema(example = 1_250_000)]
    pub value_minor: i64,
    /// ISO 4217 code of the currency.
    #[schema(example = "EUR", pattern = "^[A-Z]{3}$")]
    pub currency: String,
    /// When it happened; now if missing.
    #[serde(default)]
    pub at: Option<Moment>,
    /// For which question credit is given; `default` if missing.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "new-business")]
    pub scenario: Option<Word>,
    /// When the deal was opened, if known.
    #[serde(default)]
    pub deal_created: Option<Moment>,
}

/// What a body is read against.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    /// The moment.
    pub now: Timestamp,
    /// The kinds of activity that the policy knows; all of them when empty.
    pub activities: &'a BTreeSet<String>,
}

impl NewLead {
    /// What the lead says, whatever its key: the same for bodies that differ in white space or order.
    pub(crate) fn content(&self) -> Digest {
        let unkeyed = Self { key: None, ..self.clone() };
        // Texts, finite numbers and lists of them: nothing that JSON lacks.
        Digest::of(&serde_json::to_vec(&unkeyed).unwrap_or_default())
    }

    /// The lead as a submission, with nothing derived yet.
    pub(crate) fn submission(self, key: Digest, known: Known<'_>) -> Result<Submission, Vec<FieldError>> {
        let mut errors = Vec::new();
        let received = not_ahead(self.received, known.now, "/received", &mut errors).min(known.now);
        let facts = facts(self.facts, &mut errors);
        if self.campaign.is_some() && self.channel.is_none() {
            errors.push(FieldError::at("/campaign", "a campaign needs a channel"));
        }
        let origin = self
            .channel
            .map(|channel| Origin { channel: channel.0, campaign: self.campaign.map(|campaign| campaign.0) });
        let mut activities = Vec::with_capacity(self.activities.len());
        for (index, activity) in self.activities.into_iter().enumerate() {
            activities.push(activity.read(received, known, &format!("/activities/{index}"), &mut errors));
        }
        let submission = Submission { key, received, facts, origin, activities };
        if let Err(cause) = submission.check() {
            errors.push(FieldError::at(place_of(&cause), cause.to_string()));
        }
        if errors.is_empty() { Ok(submission) } else { Err(errors) }
    }
}

impl NewActivity {
    /// The activity, if it can be taken now.
    pub(crate) fn activity(self, known: Known<'_>) -> Result<Activity, Vec<FieldError>> {
        let mut errors = Vec::new();
        let activity = self.read(known.now, known, "", &mut errors);
        if errors.is_empty() { Ok(activity) } else { Err(errors) }
    }

    fn read(
        self,
        otherwise: Timestamp,
        known: Known<'_>,
        pointer: &str,
        errors: &mut Vec<FieldError>,
    ) -> Activity {
        if !known.activities.is_empty() && !known.activities.contains(&self.kind.0) {
            errors.push(FieldError::at(format!("{pointer}/kind"), "the policy does not know this activity"));
        }
        if !(self.quantity.is_finite() && self.quantity >= 0.0) {
            errors.push(FieldError::at(format!("{pointer}/quantity"), "less than zero"));
        }
        if self.by.is_some() && self.channel.is_none() {
            errors.push(FieldError::at(
                format!("{pointer}/by"),
                "a referrer brings a touch about, which needs a channel",
            ));
        }
        let at = match self.at {
            // Nothing falls due early because somebody's clock is ahead.
            Some(at) => not_ahead(Some(at), known.now, &format!("{pointer}/at"), errors).min(known.now),
            None => otherwise,
        };
        Activity {
            kind: self.kind.0,
            at,
            quantity: self.quantity,
            channel: self.channel.map(|channel| channel.0),
            campaign: self.campaign.map(|campaign| campaign.0),
            by: self.by.map(|by| by.0),
        }
    }
}

impl NewConversion {
    /// The conversion.
    pub(crate) fn conversion(&self, now: Timestamp) -> Result<Conversion, Vec<FieldError>> {
        let mut errors = Vec::new();
        if self.currency.len() != 3 || !self.currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            errors.push(FieldError::at("/currency", "a currency has three letters A-Z"));
        }
        let at = not_ahead(self.at, now, "/at", &mut errors);
        let scenario = self.scenario.as_ref().map_or("default", |scenario| &scenario.0);
        let conversion = Conversion {
            id: self.id.clone(),
            scenario: scenario.to_owned(),
            at,
            value: Minor(self.value_minor),
            currency: self.currency.clone(),
            deal_created: self.deal_created.map(|moment| moment.0),
        };
        if errors.is_empty() { Ok(conversion) } else { Err(errors) }
    }

    /// Whether this is what the conversion was first reported as. What is not said is not compared.
    pub(crate) fn agrees_with(&self, known: &Conversion) -> bool {
        let same =
            |said: Option<Moment>, known: Option<Timestamp>| said.is_none_or(|said| Some(said.0) == known);
        self.value_minor == known.value.0
            && self.currency == known.currency
            && self.scenario.as_ref().is_none_or(|scenario| scenario.0 == known.scenario)
            && same(self.at, Some(known.at))
            && same(self.deal_created, known.deal_created)
    }
}

fn facts(facts: FactMap, errors: &mut Vec<FieldError>) -> Facts {
    let mut read = Facts::new();
    for (text, value) in facts {
        let pointer = || format!("/facts/{}", escaped(&text));
        match AttributeName::parse(&text) {
            Ok(_) if is_derived(&text) => {
                errors.push(FieldError::at(pointer(), "derived from other attributes; leave it out"));
            }
            Ok(name) => read.set(name, value.into()),
            Err(cause) => errors.push(FieldError::at(pointer(), cause.to_string())),
        }
    }
    read
}

fn not_ahead(
    moment: Option<Moment>,
    now: Timestamp,
    pointer: &str,
    errors: &mut Vec<FieldError>,
) -> Timestamp {
    let Some(Moment(moment)) = moment else { return now };
    if moment.ms_since(now) > AHEAD_MS_MAX {
        errors.push(FieldError::at(pointer, "more than five minutes from now"));
    }
    moment
}

fn place_of(cause: &InvalidSubmission) -> &'static str {
    match cause {
        InvalidSubmission::TooManyActivities(_) => "/activities",
        InvalidSubmission::TooManyAttributes(_) | InvalidSubmission::TooMuchText(_) => "/facts",
        InvalidSubmission::NotFinite(_) | InvalidSubmission::Word(_) => "",
    }
}
