//! Checks that a lead can be reached: a valid phone number or a valid mail address.
//!
//! ```toml
//! none_given = "reject"           # neither phone nor mail; also "flag" or "ignore"
//! none_valid = "reject"           # what was given is invalid, such as `12345` or `a@b`
//! one_invalid = "flag"            # one of two is invalid: kept
//! disposable = "flag"             # a throw-away mail address
//! disposable_list = "throw-away"  # a list of the policy with more domains of that kind
//! phone_types = { refused = ["premium-rate"], action = "flag" }
//! ```
//!
//! All keys may be left out; these are the defaults, apart from the last two, which have none. Whether
//! a number or an address is valid is a fact of the host (`contact.phone.valid`,
//! `contact.email.valid`); where the host has not looked, a rough check of the form decides. Codes:
//! `no-contact`, `invalid-phone`, `invalid-email`, `disposable-email`, `phone-type`.

#[cfg(test)]
mod tests;

use leadsman_sdk::lists;
use leadsman_sdk::prelude::*;

/// What happens to leads that are hard to reach.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Neither a phone number nor a mail address was given.
    #[serde(default = "reject")]
    none_given: Response,
    /// What was given is invalid.
    #[serde(default = "reject")]
    none_valid: Response,
    /// Of phone number and mail address, one is valid and the other invalid.
    #[serde(default = "flag")]
    one_invalid: Response,
    /// The mail address is a throw-away one.
    #[serde(default = "flag")]
    disposable: Response,
    /// A list of the policy with domains of throw-away addresses, besides those that the host knows.
    disposable_list: Option<String>,
    /// Types of phone numbers that are not wanted.
    phone_types: Option<PhoneTypes>,
}

/// Types of phone numbers that are not wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PhoneTypes {
    /// The types, as in the attribute `contact.phone.type`.
    refused: Vec<String>,
    /// What happens to a lead with such a number.
    #[serde(default = "flag")]
    action: Response,
}

/// What happens to a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Response {
    /// Nothing, and nothing is said.
    Ignore,
    /// It goes on, with the finding.
    Flag,
    /// It goes no further.
    Reject,
}

/// What is read of a lead.
#[derive(Debug, Facts)]
pub struct Contact {
    #[attribute("contact.phone")]
    phone: Option<String>,
    #[attribute("contact.phone.valid")]
    phone_valid: Option<bool>,
    #[attribute("contact.phone.type")]
    phone_type: Option<String>,
    #[attribute("contact.email")]
    email: Option<String>,
    #[attribute("contact.email.valid")]
    email_valid: Option<bool>,
    #[attribute("contact.email.disposable")]
    email_disposable: Option<bool>,
}

/// The plugin, configured.
pub struct ContactCheck {
    config: Config,
}

impl Plugin for ContactCheck {
    type Config = Config;
    type Facts = Contact;

    fn configure(config: Config) -> Result<Self, Vec<Problem>> {
        match &config.disposable_list {
            Some(list) if list.trim().is_empty() => {
                Err(vec![Problem::at("/disposable_list", "must name a list, or be left out")])
            }
            _ => Ok(Self { config }),
        }
    }

    fn needs(&self) -> Needs {
        Needs::of::<Contact>().lists(self.config.disposable_list.as_deref())
    }
}

impl Screening for ContactCheck {
    fn screen(&self, lead: &Lead<Contact>) -> Result<Verdict, Failure> {
        let (config, facts) = (&self.config, &lead.facts);
        let phone = channel(facts.phone.as_deref(), facts.phone_valid, looks_like_phone);
        let email = channel(facts.email.as_deref(), facts.email_valid, looks_like_email);
        let response = match (phone.is_valid(), email.is_valid()) {
            (false, false) => config.none_valid,
            _ => config.one_invalid,
        };
        let mut verdict = Verdict::accept();
        if let (Channel::Absent, Channel::Absent) = (&phone, &email) {
            let finding = Finding::new("no-contact", "Neither a phone number nor a mail address was given.");
            verdict = config.none_given.apply(verdict, finding);
        }
        if let Channel::Invalid(number) = phone {
            let finding = Finding::new("invalid-phone", "The phone number is not valid.");
            verdict = response.apply(verdict, finding.attribute("contact.phone").evidence(number));
        }
        if let Channel::Invalid(address) = email {
            let finding = Finding::new("invalid-email", "The mail address is not valid.");
            verdict = response.apply(verdict, finding.attribute("contact.email").evidence(address));
        }
        verdict = self.check_disposable(verdict, facts, &email);
        Ok(self.check_phone_type(verdict, facts))
    }
}

impl ContactCheck {
    fn check_disposable(&self, verdict: Verdict, facts: &Contact, email: &Channel<'_>) -> Verdict {
        let Channel::Valid(address) = email else { return verdict };
        let domain = address.rsplit_once('@').map_or(*address, |(_, domain)| domain);
        let list = self.config.disposable_list.as_deref();
        if facts.email_disposable == Some(true) || list.is_some_and(|list| lists::contains(list, domain)) {
            let finding = Finding::new("disposable-email", "The mail address is a throw-away one.");
            return self
                .config
                .disposable
                .apply(verdict, finding.attribute("contact.email").evidence(domain));
        }
        verdict
    }

    fn check_phone_type(&self, verdict: Verdict, facts: &Contact) -> Verdict {
        match (&self.config.phone_types, &facts.phone_type) {
            (Some(types), Some(kind)) if types.refused.contains(kind) => {
                let finding = Finding::new("phone-type", format!("The phone number is of the type {kind}."));
                types.action.apply(verdict, finding.attribute("contact.phone.type").evidence(kind))
            }
            _ => verdict,
        }
    }
}

/// One way to reach a lead, with what was given.
enum Channel<'a> {
    Absent,
    Invalid(&'a str),
    Valid(&'a str),
}

impl Channel<'_> {
    const fn is_valid(&self) -> bool {
        matches!(self, Channel::Valid(_))
    }
}

fn channel<'a>(
    given: Option<&'a str>,
    valid: Option<bool>,
    looks_valid: impl Fn(&str) -> bool,
) -> Channel<'a> {
    match given.map(str::trim).filter(|given| !given.is_empty()) {
        None => Channel::Absent,
        Some(given) if valid.unwrap_or_else(|| looks_valid(given)) => Channel::Valid(given),
        Some(given) => Channel::Invalid(given),
    }
}

/// Seven to fifteen digits, and nothing but what stands between digits.
fn looks_like_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (7..=15).contains(&digits) && text.chars().all(|each| each.is_ascii_digit() || "+-/.() ".contains(each))
}

/// Something, one `@`, and a domain with a dot inside.
fn looks_like_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let parts_are_there = domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
    !local.is_empty() && parts_are_there && !domain.contains('@') && !text.contains(char::is_whitespace)
}

impl Response {
    fn apply(self, verdict: Verdict, finding: Finding) -> Verdict {
        match self {
            Response::Ignore => verdict,
            Response::Flag => verdict.with(Severity::Flag, finding),
            Response::Reject => verdict.with(Severity::Reject, finding),
        }
    }
}

const fn reject() -> Response {
    Response::Reject
}

const fn flag() -> Response {
    Response::Flag
}

leadsman_sdk::export!(ContactCheck: screening);
