//! What clients send, and how it becomes what the flow takes. All that is wrong with a body is told at
//! once, each at its place.

use std::collections::{BTreeMap, BTreeSet};

use leadsman_domain::attribution::Conversion;
use leadsman_domain::lead::Activity;
use leadsman_domain::money::Minor;
use leadsman_domain::submission::{InvalidSubmission, Origin, Submission, is_derived};
use leadsman_domain::{AttributeName, ConversionId, Digest, Facts, RepId, Timestamp};
use leadsman_flow::trial::{Guards, InvalidGuards, Mode, Share};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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

/// Why a stopped lead shall go on.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Release {
    /// The reason, for the lead's journal.
    #[schema(value_type = String, example = "checked by phone")]
    pub reason: Word,
}

/// A policy to be frozen.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRevision {
    /// The files of the policy's folder, by their paths: `policy.toml`, `lists/*.txt` and so on. Plugins
    /// are those that ship with Leadsman, and those that were uploaded.
    #[schema(example = json!({"policy.toml": "default_pool = \"inbound\"\n"}))]
    pub files: BTreeMap<String, String>,
    /// The reason, for the record.
    #[schema(value_type = String, example = "a stricter blocklist")]
    pub reason: Word,
}

/// Which revision shall decide, and why.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Activate {
    /// The number of the revision.
    #[schema(example = 7)]
    pub revision: u64,
    /// The reason, for the record of activations.
    #[schema(value_type = String, example = "the new blocklist")]
    pub reason: Word,
}

/// Why the revision shall decide again that did before.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RollBack {
    /// The revision that is given up: nothing is done unless it decides now, so the request may be sent
    /// again.
    #[serde(default)]
    #[schema(example = 8)]
    pub revision: Option<u64>,
    /// The reason, for the record of activations.
    #[schema(value_type = String, example = "too many rejects")]
    pub reason: Word,
}

/// A candidate to be tried beside the revision that decides, in the shadow or as a canary.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTrial {
    /// The number of the candidate.
    #[schema(example = 8)]
    pub revision: u64,
    /// In the shadow it looks at new leads without effect; as a canary it decides over a share of them.
    pub mode: TrialMode,
    /// For a shadow: the trial rests after so many leads, 10,000 if missing; at most 100,000.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100_000)]
    pub leads: Option<u64>,
    /// For a canary: the share of leads, in percent, 0.1 to 50.
    #[serde(default)]
    #[schema(example = 5.0)]
    pub percent: Option<f64>,
    /// For a canary: what ends the trial by itself. Those that are missing are as usual.
    #[serde(default)]
    #[schema(value_type = Option<Object>, example = json!({
        "leads_min": 30, "failed_more_max": 0.01, "rejected_drift_max": 0.1, "score_drift_max": 0.5,
        "slower_max": 3.0
    }))]
    pub guards: Option<Guards>,
    /// For a canary: the candidate is activated once it has decided over so many new leads and no guard
    /// has objected; by a person only, when missing.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub promote_after: Option<u64>,
    /// The reason, for the record.
    #[schema(value_type = String, example = "a stricter blocklist, on five percent")]
    pub reason: Word,
}

/// How a candidate is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TrialMode {
    /// It looks at new leads, without effect.
    Shadow,
    /// It decides over a share of leads.
    Canary,
}

/// How many leads a shadow looks at, unless it is told.
const SHADOW_LEADS: u64 = 10_000;
/// And at most.
const SHADOW_LEADS_MAX: u64 = 100_000;

impl NewTrial {
    /// How the candidate is tried, or everything that does not fit.
    pub(crate) fn mode(&self) -> Result<Mode, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut only_for = |mode: &str, given: &[(&str, bool)]| {
            let message = format!("is for a {mode} only");
            let given = given.iter().filter(|(_, given)| *given);
            errors.extend(given.map(|(name, _)| FieldError::at(format!("/{name}"), message.as_str())));
        };
        let mode = match self.mode {
            TrialMode::Shadow => {
                let canary = [
                    ("percent", self.percent.is_some()),
                    ("guards", self.guards.is_some()),
                    ("promote_after", self.promote_after.is_some()),
                ];
                only_for("canary", &canary);
                let leads_max = self.leads.unwrap_or(SHADOW_LEADS);
                if !(1..=SHADOW_LEADS_MAX).contains(&leads_max) {
                    errors.push(FieldError::at("/leads", format!("must be 1 to {SHADOW_LEADS_MAX}")));
                }
                Some(Mode::Shadow { leads_max })
            }
            TrialMode::Canary => {
                only_for("shadow", &[("leads", self.leads.is_some())]);
                let guards = self.guards.unwrap_or_default().checked();
                if let Err(InvalidGuards(guard, bound)) = guards {
                    errors.push(FieldError::at(format!("/guards/{guard}"), format!("must be {bound}")));
                }
                let share = self.share();
                if share.is_none() {
                    errors.push(FieldError::at("/percent", "must be 0.1 to 50"));
                }
                if self.promote_after == Some(0) {
                    errors.push(FieldError::at("/promote_after", "must be 1 or more"));
                }
                let promote_after = self.promote_after;
                share.zip(guards.ok()).map(|(share, guards)| Mode::Canary { share, guards, promote_after })
            }
        };
        mode.filter(|_| errors.is_empty()).ok_or(errors)
    }

    fn share(&self) -> Option<Share> {
        let thousandths = (self.percent? * 10.0).round();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is within 1 to 500")]
        let thousandths = (1.0..=500.0).contains(&thousandths).then_some(thousandths as u16)?;
        Share::of_thousandths(thousandths).ok()
    }
}

/// How the trial shall end.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndTrial {
    /// Whether the candidate is activated; else it decides nothing any more.
    pub promote: bool,
    /// The reason, for the record.
    #[schema(value_type = String, example = "no differences but the intended ones")]
    pub reason: Word,
}

/// What history shall be told to which revision again.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBacktest {
    /// The number of the candidate.
    #[schema(example = 8)]
    pub revision: u64,
    /// The revision that it is compared with; the one that decides, if missing.
    #[serde(default)]
    pub against: Option<u64>,
    /// Leads that came in from this moment on.
    #[serde(default)]
    pub from: Option<Moment>,
    /// What was told before this moment.
    #[serde(default)]
    pub to: Option<Moment>,
}

/// Who shall own a lead.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assignment {
    /// The rep.
    #[schema(value_type = String, example = "mei.lin")]
    pub rep: RepId,
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
        let received = not_ahead(self.received, known.now, "/received", &mut errors);
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
        let at = match self.at {
            Some(at) => not_ahead(Some(at), known.now, &format!("{pointer}/at"), errors),
            None => otherwise,
        };
        Activity {
            kind: self.kind.0,
            at,
            quantity: self.quantity,
            channel: self.channel.map(|channel| channel.0),
            campaign: self.campaign.map(|campaign| campaign.0),
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
