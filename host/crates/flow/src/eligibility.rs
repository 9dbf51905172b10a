//! Eligibility: what a lead must have before it goes to sales.

use leadsman_domain::AttributeName;
use leadsman_domain::lead::{Lack, Lead};
use leadsman_domain::policy::Eligibility;
use leadsman_domain::scoring::Points;

use crate::consent;

/// Everything that a lead lacks for dispatch.
pub(crate) fn lacks(eligibility: &Eligibility, lead: &Lead) -> Vec<Lack> {
    let mut lacks = Vec::new();
    if !consent::is_given(eligibility, lead) {
        lacks.push(Lack::Consent);
    }
    lacks.extend(unknown(&eligibility.attributes, lead));
    lacks.extend(eligibility.score.and_then(|line| below(line, lead)));
    lacks
}

/// Attributes that are not known.
pub(crate) fn unknown<'a>(
    attributes: &'a [AttributeName],
    lead: &'a Lead,
) -> impl Iterator<Item = Lack> + 'a {
    let unknown = attributes.iter().filter(|name| lead.facts.get(name.as_str()).is_none());
    unknown.map(|name| Lack::Attribute { name: name.to_string() })
}

/// The line, if the lead's score is below it.
pub(crate) fn below(line: Points, lead: &Lead) -> Option<Lack> {
    let reaches = lead.score.as_ref().is_some_and(|score| score.total >= line);
    (!reaches).then_some(Lack::Score { line })
}
