//! Eligibility: what a lead must have before it goes to sales.

use leadsman_domain::Value;
use leadsman_domain::lead::{Lack, Lead};
use leadsman_domain::policy::Eligibility;

/// Everything that a lead lacks for dispatch.
pub(crate) fn lacks(eligibility: &Eligibility, lead: &Lead) -> Vec<Lack> {
    let mut lacks = Vec::new();
    if !agreed(eligibility, lead) {
        lacks.push(Lack::Consent);
    }
    let unknown = eligibility.attributes.iter().filter(|name| lead.facts.get(name.as_str()).is_none());
    lacks.extend(unknown.map(|name| Lack::Attribute { name: name.to_string() }));
    let reaches = |line| lead.score.as_ref().is_some_and(|score| score.total >= line);
    lacks.extend(eligibility.score.filter(|line| !reaches(*line)).map(|line| Lack::Score { line }));
    lacks
}

/// Whether the lead's party agreed to be contacted, where the policy asks for that. What is not known is
/// no consent.
pub(crate) fn agreed(eligibility: &Eligibility, lead: &Lead) -> bool {
    let Some(consent) = &eligibility.consent else { return true };
    lead.facts.get(consent.as_str()).is_some_and(is_agreement)
}

/// Whether a value says that somebody agreed: a flag that is true, or the text `yes` or `true`.
pub(crate) fn is_agreement(value: &Value) -> bool {
    match value {
        Value::Flag(agreed) => *agreed,
        Value::Text(text) => matches!(leadsman_domain::text::fold(text).as_str(), "yes" | "true"),
        _ => false,
    }
}
