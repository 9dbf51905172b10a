//! Checks that a lead has what the next step needs, and says all that is missing at once.
//!
//! ```toml
//! action = "flag"                 # for whatever does not say otherwise; "reject" is the default
//! any_of = [["contact.phone", "contact.email"], ["company.name", "company.domain"]]
//!
//! [[required]]
//! attribute = "industry"
//!
//! [[required]]
//! attribute = "consent"
//! action = "reject"
//! ```
//!
//! Of every group in `any_of` at least one attribute must be there. A blank text and an empty set count
//! as missing. The code is `missing-field`.

#[cfg(test)]
mod tests;

use leadsman_sdk::condition::Scope;
use leadsman_sdk::prelude::*;

/// What a lead must have.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What happens to a lead that lacks something, where nothing else is said.
    #[serde(default)]
    action: Severity,
    /// Attributes that must be there.
    #[serde(default)]
    required: Vec<Required>,
    /// Groups of attributes, of each of which at least one must be there.
    #[serde(default)]
    any_of: Vec<Vec<String>>,
}

/// An attribute that must be there.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Required {
    /// Its name.
    attribute: String,
    /// What happens to a lead without it.
    action: Option<Severity>,
}

/// The plugin, configured.
pub struct RequiredFields {
    groups: Vec<Group>,
    needs: Needs,
}

/// Attributes of which one must be there, by position, with what is found if none is.
struct Group {
    attributes: Vec<usize>,
    severity: Severity,
    finding: Finding,
}

impl Plugin for RequiredFields {
    type Config = Config;
    type Facts = Values;

    fn configure(config: Config) -> Result<Self, Vec<Problem>> {
        let mut scope = Scope::new();
        let mut groups = Vec::new();
        for (index, required) in config.required.iter().enumerate() {
            let name = &required.attribute;
            let finding = Finding::new("missing-field", format!("{name} is missing.")).attribute(name);
            let attributes = vec![position(&mut scope, name, format!("/required/{index}/attribute"))];
            groups.push(Group { attributes, severity: required.action.unwrap_or(config.action), finding });
        }
        for (index, names) in config.any_of.iter().enumerate() {
            if names.is_empty() {
                scope.problem(format!("/any_of/{index}"), "must not be empty");
            }
            let finding = Finding::new("missing-field", format!("One of {} is needed.", names.join(", ")));
            let positions = names.iter().enumerate();
            let attributes = positions
                .map(|(place, name)| position(&mut scope, name, format!("/any_of/{index}/{place}")))
                .collect();
            groups.push(Group { attributes, severity: config.action, finding });
        }
        Ok(Self { groups, needs: scope.finish()? })
    }

    fn needs(&self) -> Needs {
        self.needs.clone()
    }
}

impl Screening for RequiredFields {
    fn screen(&self, lead: &Lead<Values>) -> Result<Verdict, Failure> {
        let missing =
            self.groups.iter().filter(|group| !group.attributes.iter().any(|index| is_there(lead, *index)));
        Ok(missing
            .fold(Verdict::accept(), |verdict, group| verdict.with(group.severity, group.finding.clone())))
    }
}

fn position(scope: &mut Scope, name: &str, pointer: String) -> usize {
    if name.trim().is_empty() {
        scope.problem(pointer, "must not be empty");
    }
    scope.attribute(name)
}

fn is_there(lead: &Lead<Values>, index: usize) -> bool {
    match lead.facts.get(index) {
        None => false,
        Some(Value::Text(text)) => !text.trim().is_empty(),
        Some(Value::Texts(texts)) => !texts.is_empty(),
        Some(_) => true,
    }
}

leadsman_sdk::export!(RequiredFields: screening);
