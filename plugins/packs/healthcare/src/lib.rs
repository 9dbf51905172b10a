//! Lets a lead go to sales only if it agreed to that purpose, for that product line, and not too long ago.
//!
//! ```toml
//! purpose = "phone"               # what sales does with a lead
//! lasts = "365d"                  # consent that is older is to be asked for anew
//! lines = { genetics = "90d" }    # lines whose consent lasts shorter, or longer
//! confirmed = ["mail"]            # purposes that need a confirmed address (double opt-in)
//! ask = "consent-desk"            # the pool whose people may ask, and nothing else
//! ```
//!
//! A lead says its product `line`, what it agreed to in `consent.grants`, a set of texts such as `phone:cardiology`,
//! `mail:*` (every line) or `*:cardiology`, what it objected to in `consent.refusals`, likewise, when in `consent.at`,
//! and whether its address was confirmed in `consent.confirmed`. It answers dispatches:
//!
//! | | |
//! |---|---|
//! | the purpose is refused for the line | nurture: a refusal outweighs every grant, however narrow, and nobody asks again |
//! | it is granted for the line, and fresh | passes: the next plugin decides which pool |
//! | it is granted, but too long ago or not confirmed | to the pool `ask` |
//! | something else is granted, `mail` for instance | nurture: what was agreed to is what is done |
//! | nothing is granted | to the pool `ask` |
//!
//! Without a line a lead agrees to nothing but `*`: it is not known what the talk will be about.

mod config;
mod grant;

use leadsman_sdk::prelude::*;

use config::Config;
use grant::covers;

/// What a lead agreed to.
#[derive(Debug, Facts)]
pub struct Consent {
    line: Option<String>,
    #[attribute("consent.grants")]
    grants: Option<Vec<String>>,
    #[attribute("consent.refusals")]
    refusals: Option<Vec<String>>,
    #[attribute("consent.at")]
    at: Option<Timestamp>,
    #[attribute("consent.confirmed")]
    confirmed: Option<bool>,
}

/// The plugin as configured.
pub struct Gate {
    purpose: String,
    lasts_ms: i64,
    lines_ms: Vec<(String, i64)>,
    needs_confirmation: bool,
    ask: String,
}

impl Plugin for Gate {
    type Config = Config;
    type Facts = Consent;

    fn configure(config: Config) -> Result<Self, Vec<Problem>> {
        config::check(config)
    }
}

impl Routing for Gate {
    fn route(&self, request: &Request<Consent>) -> Result<Proposal, Failure> {
        if request.question != Question::Dispatch {
            return Ok(Proposal::pass());
        }
        let consent = &request.lead.facts;
        let line = consent.line.as_deref().unwrap_or_default().trim().to_lowercase();
        let among = |texts: &Option<Vec<String>>| {
            texts.iter().flatten().any(|text| covers(text, &self.purpose, &line))
        };
        let about = if line.is_empty() { "any line".to_owned() } else { format!("the line {line}") };
        let purpose = &self.purpose;
        if among(&consent.refusals) {
            let message = format!("Refused: {purpose} for {about}.");
            return Ok(Proposal::nurture().because("refused", message));
        }
        if !among(&consent.grants) {
            let other = consent.grants.iter().flatten().next().cloned();
            return Ok(match other {
                Some(other) => {
                    let message = format!("Agreed to {other}, not to {purpose} for {about}.");
                    Proposal::nurture().because("other-purpose", message)
                }
                None => self.asked("no-consent", format!("Did not agree to {purpose} for {about} yet.")),
            });
        }
        Ok(self.aged(consent, &line, request.now))
    }
}

impl Gate {
    /// What becomes of a lead that agreed: passes, if that is fresh and confirmed.
    fn aged(&self, consent: &Consent, line: &str, now: Timestamp) -> Proposal {
        let lasts_ms =
            self.lines_ms.iter().find(|(name, _)| name == line).map_or(self.lasts_ms, |(_, ms)| *ms);
        let Some(at) = consent.at else {
            return self.asked("undated", "It is not known when consent was given.".to_owned());
        };
        let days = now.days_since(at).floor();
        if now.millis_since(at) > lasts_ms {
            return self.asked("expired", format!("Consent was given {days:.0} days ago; ask anew."));
        }
        if self.needs_confirmation && consent.confirmed != Some(true) {
            return self.asked("unconfirmed", "The address was not confirmed (double opt-in).".to_owned());
        }
        Proposal::pass().because("consent", format!("Agreed to {} {days:.0} days ago.", self.purpose))
    }

    fn asked(&self, code: &str, message: String) -> Proposal {
        Proposal::pool(&self.ask).because(code, message)
    }
}

leadsman_sdk::export!(Gate: routing);

#[cfg(test)]
mod tests;
