//! Derived facts: what intake reads out of the raw attributes of a submission. The names of derived
//! facts are reserved ([`is_derived`]).

use leadsman_domain::submission::{InvalidSubmission, Submission, is_derived};
use leadsman_domain::{AttributeName, Facts, Value};

use crate::{email, name, phone, website};

pub use crate::phone::{InvalidRegion, Region};

#[cfg(test)]
mod tests;

/// Contact data longer than this is not contact data, and is not looked at.
pub(crate) const CONTACT_BYTES_MAX: usize = 256;

/// Why a submission is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It sets a fact that only intake may set.
    #[error("the attribute {0} is derived from the others; leave it out")]
    Derived(String),
    /// It is beyond the limits.
    #[error(transparent)]
    Limits(#[from] InvalidSubmission),
}

/// Checks what came in, and adds the derived facts. Every way in ends here: forms, the API, imports.
/// Phone numbers that do not name their country are read as of the default region.
///
/// # Errors
///
/// When the submission sets a derived fact or is beyond the limits.
pub fn complete(submission: &mut Submission, region: Option<Region>) -> Result<(), Refused> {
    if let Some((name, _)) = submission.facts.iter().find(|(name, _)| is_derived(name.as_str())) {
        return Err(Refused::Derived(name.to_string()));
    }
    submission.check()?;
    submission.facts = derive(&submission.facts, region);
    Ok(())
}

/// The facts with the derived ones made anew from the raw ones.
///
/// Read are `contact.email`, `contact.phone`, `company.name`, `company.website` and `person.name`, or
/// `person.first-name` and `person.last-name`. What is not there, or blank, derives nothing.
#[must_use]
pub fn derive(facts: &Facts, region: Option<Region>) -> Facts {
    let raw = facts.iter().filter(|(name, _)| !is_derived(name.as_str()));
    let mut derived = Derived(raw.map(|(name, value)| (name.clone(), value.clone())).collect());
    if let Some(phone) = text_of(facts, "contact.phone") {
        derived.phone(&phone, region);
    }
    let mail_domain = text_of(facts, "contact.email").and_then(|email| derived.email(&email));
    let site = text_of(facts, "company.website").and_then(|website| website::domain(&website));
    derived.text("company.domain", site.or(mail_domain));
    derived.text("company.name.normal", text_of(facts, "company.name").and_then(|name| name::company(&name)));
    derived.text("person.name.normal", name::person(&person(facts)));
    derived.0
}

/// The derived facts of a mail address and a phone number alone.
#[must_use]
pub fn contact_facts(email: Option<&str>, phone: Option<&str>, region: Option<Region>) -> Facts {
    let mut derived = Derived(Facts::new());
    let present = |text: &&str| !text.trim().is_empty();
    if let Some(phone) = phone.filter(present) {
        derived.phone(phone, region);
    }
    if let Some(email) = email.filter(present) {
        let domain = derived.email(email);
        derived.text("company.domain", domain);
    }
    derived.0
}

struct Derived(Facts);

impl Derived {
    fn set(&mut self, name: &str, value: Value) {
        if let Ok(name) = AttributeName::parse(name) {
            self.0.set(name, value);
        }
    }

    fn text(&mut self, name: &str, text: Option<String>) {
        if let Some(text) = text {
            self.set(name, Value::Text(text));
        }
    }

    fn phone(&mut self, text: &str, region: Option<Region>) {
        let phone = phone::read(text, region);
        self.set("contact.phone.valid", Value::Flag(phone.is_some()));
        if let Some(phone) = phone {
            self.text("contact.phone.e164", Some(phone.e164));
            self.text("contact.phone.type", Some(phone.kind.to_owned()));
            self.text("contact.phone.region", phone.region);
            self.set("contact.phone.country-code", Value::Number(f64::from(phone.country_code)));
        }
    }

    /// Sets the facts of a mail address; returns its domain if that tells a company.
    fn email(&mut self, text: &str) -> Option<String> {
        let email = email::read(text);
        self.set("contact.email.valid", Value::Flag(email.is_some()));
        let email = email?;
        self.set("contact.email.disposable", Value::Flag(email.disposable));
        self.set("contact.email.free", Value::Flag(email.free));
        self.text("contact.email.normal", Some(email.normal));
        self.text("contact.email.domain", Some(email.domain.clone()));
        (!email.disposable && !email.free).then_some(email.domain)
    }
}

/// The text of an attribute that is there and not blank. A number is read as its digits, because that
/// is what tables make of phone numbers.
fn text_of(facts: &Facts, name: &str) -> Option<String> {
    let text = match facts.get(name)? {
        Value::Text(text) => text.clone(),
        number @ Value::Number(_) => number.to_string(),
        Value::Flag(_) | Value::Time(_) | Value::Texts(_) => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

fn person(facts: &Facts) -> String {
    text_of(facts, "person.name").unwrap_or_else(|| {
        let parts = ["person.first-name", "person.last-name"];
        parts.into_iter().filter_map(|part| text_of(facts, part)).collect::<Vec<_>>().join(" ")
    })
}
