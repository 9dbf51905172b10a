//! Consent: whether a lead's party may be contacted. A refusal holds for every lead of the party, however it was
//! told and whatever is merged or taken apart; an agreement is never inferred.

use leadsman_domain::journal::{Entry, Event};
use leadsman_domain::lead::{Child, Lack, Lead};
use leadsman_domain::policy::Eligibility;
use leadsman_domain::submission::Submission;
use leadsman_domain::{Facts, Value, text};

use crate::change::Change;
use crate::error::FlowError;
use crate::work::Work;

/// Whether the lead's party agreed to be contacted, where the policy asks for that. What is not known is
/// no consent.
#[must_use]
pub fn is_given(eligibility: &Eligibility, lead: &Lead) -> bool {
    let Some(consent) = &eligibility.consent else { return true };
    lead.facts.get(consent.as_str()).is_some_and(is_agreement)
}

/// Whether a value says that somebody agreed: a flag that is true, or the text `yes` or `true`.
pub(crate) fn is_agreement(value: &Value) -> bool {
    match value {
        Value::Flag(agreed) => *agreed,
        Value::Text(said) => matches!(text::fold(said).as_str(), "yes" | "true"),
        _ => false,
    }
}

impl Work<'_> {
    /// Whether the lead's party agreed to be contacted, where the policy asks for that.
    pub(crate) fn agreed(&self, change: &Change) -> bool {
        is_given(&self.revision.policy.eligibility, change.lead())
    }

    /// Without consent nobody gets a lead, by whatever way.
    pub(crate) fn check_consent(&self, change: &Change) -> Result<(), FlowError> {
        if self.agreed(change) {
            return Ok(());
        }
        Err(FlowError::Ineligible { lead: change.lead().id.clone(), lacks: vec![Lack::Consent] })
    }

    /// What a lead's party said about being contacted, where the policy asks for that.
    pub(crate) fn consent_of<'l>(&self, lead: &'l Lead) -> Option<&'l Value> {
        lead.facts.get(self.revision.policy.eligibility.consent.as_ref()?.as_str())
    }

    /// What a lead's party said, if it refused.
    pub(crate) fn refusal_of<'l>(&self, lead: &'l Lead) -> Option<&'l Value> {
        self.consent_of(lead).filter(|said| !is_agreement(said))
    }

    /// Notes what was said about consent, if anything.
    pub(crate) fn say_of_consent(&self, change: &mut Change, said: Option<Value>) {
        if let (Some(consent), Some(said)) = (&self.revision.policy.eligibility.consent, said) {
            let facts: Facts = [(consent.clone(), said)].into_iter().collect();
            change.happened(self.now, Event::Corrected { facts, outdated: Vec::new() });
        }
    }

    /// What was said about consent in some entries, last.
    pub(crate) fn said_of_consent(&self, entries: &[Entry]) -> Option<Value> {
        let consent = self.revision.policy.eligibility.consent.as_ref()?;
        entries.iter().rev().find_map(|entry| match &entry.event {
            Event::Corrected { facts, .. } => facts.get(consent.as_str()).cloned(),
            _ => None,
        })
    }

    /// A submission that withdraws consent does so, though else what is known first stays.
    pub(crate) fn withdraw(&self, change: &mut Change, submission: &Submission) {
        let Some(consent) = &self.revision.policy.eligibility.consent else { return };
        let refusal = submission.facts.get(consent.as_str()).filter(|said| !is_agreement(said));
        if self.agreed(change) || stands_for_others(change.lead()) {
            self.say_of_consent(change, refusal.cloned());
        }
    }

    /// Whether one of the leads that are part of this one refuses to be contacted.
    pub(crate) fn is_refused_within(&self, change: &Change) -> Result<bool, FlowError> {
        for absorbed in &change.lead().absorbed {
            if self.refusal_of(&self.desk.archive().lead(absorbed)?).is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Tells the leads that were made out of this one what was said about consent: who it is by stays here, and
    /// so does the form in which they withdraw.
    pub(crate) fn pass_on_consent(&mut self, change: &mut Change) -> Result<(), FlowError> {
        let Some(said) = self.newly_said_of_consent(change) else { return Ok(()) };
        for Child { lead, .. } in change.lead().children.clone() {
            let is_told = |work: &Work<'_>, child: &Lead| work.consent_of(child) == Some(&said);
            let mut child = match change.adopted(&lead) {
                Some(child) => child,
                None => {
                    let child = self.desk.change_alone(&lead)?;
                    let known = self.over(&lead, |work| Ok(is_told(work, child.lead())))?;
                    if known || child.lead().is_part_of_another() {
                        continue;
                    }
                    change.beside(child)
                }
            };
            self.over(&lead, |work| {
                work.catch_up(&mut child)?;
                if !is_told(work, child.lead()) {
                    work.say_of_consent(&mut child, Some(said.clone()));
                    work.look_again(&mut child)?;
                }
                work.follow_up(&mut child, work.now)
            })?;
            change.adopt(child);
        }
        Ok(())
    }

    /// What was said about consent just now. If nothing was, but leads were merged or taken apart, the refusal
    /// that stands for all of them by that; nobody gets consent by it.
    fn newly_said_of_consent(&self, change: &Change) -> Option<Value> {
        let moved = change.entries().iter().any(|entry| {
            matches!(entry.event, Event::Merged { .. } | Event::Unmerged { .. } | Event::CameBack { .. })
        });
        let stands = || self.refusal_of(change.lead()).filter(|_| moved).cloned();
        self.said_of_consent(change.entries()).or_else(stands)
    }
}

/// Whether there are leads whose consent may be another, though it is the same party's.
fn stands_for_others(lead: &Lead) -> bool {
    !lead.absorbed.is_empty() || !lead.children.is_empty()
}
