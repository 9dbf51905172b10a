//! Screening: every plugin is asked about every lead; the strictest verdict wins.

use leadsman_domain::journal::{Decision, Event, Outcome};
use leadsman_domain::ruling::{Fallback, Stage};
use leadsman_domain::screening::{Disposition, Finding};

use crate::revision::Revision;
use crate::rules::{Case, Step};

/// What screening came to for one lead.
pub(crate) struct Screened {
    /// The decisions, then the whole, as journal events.
    pub events: Vec<Event>,
    /// The whole.
    pub disposition: Disposition,
    /// What to do because a plugin gave no usable answer.
    pub fault: Option<Stopped>,
}

/// A lead that a fault stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stopped {
    /// What the policy says to do; never `Next`.
    pub fallback: Fallback,
    /// Why, in a sentence.
    pub reason: String,
}

/// Screens leads.
pub(crate) fn screen(revision: &Revision, cases: &[Case<'_>]) -> Vec<Screened> {
    if cases.is_empty() {
        return Vec::new();
    }
    let mut decisions: Vec<Vec<Event>> = vec![Vec::new(); cases.len()];
    let mut findings: Vec<Vec<Finding>> = vec![Vec::new(); cases.len()];
    let mut dispositions = vec![Disposition::Accept; cases.len()];
    let mut stops: Vec<Option<Stopped>> = vec![None; cases.len()];
    for (index, binding) in revision.policy.screening.iter().enumerate() {
        let step = Step::Screening(index);
        for (lead, ruling) in revision.rulebook.screen(step, cases).into_iter().enumerate() {
            let outcome = match ruling.outcome {
                Ok(verdict) => {
                    dispositions[lead] = dispositions[lead].max(verdict.disposition);
                    findings[lead].extend(verdict.findings.iter().cloned());
                    Outcome::Verdict(verdict)
                }
                Err(fault) => {
                    let plugin = &revision.rulebook.stamp(step).name;
                    stop(
                        &mut stops[lead],
                        &binding.fallback,
                        format!("screening plugin {plugin} failed: {fault}"),
                    );
                    Outcome::Fault { fault, fallback: binding.fallback.clone() }
                }
            };
            let decision = Decision {
                stage: Stage::Screening,
                plugin: revision.rulebook.stamp(step).clone(),
                revision: revision.number,
                fuel: ruling.fuel,
                situation: None,
                outcome,
            };
            decisions[lead].push(Event::Decided(Box::new(decision)));
        }
    }
    let whole = decisions.into_iter().zip(findings).zip(dispositions).zip(stops);
    whole
        .map(|(((events, findings), disposition), fault)| finish(events, findings, disposition, fault))
        .collect()
}

fn finish(
    mut events: Vec<Event>,
    findings: Vec<Finding>,
    disposition: Disposition,
    fault: Option<Stopped>,
) -> Screened {
    let rejected_by_fault = fault.as_ref().is_some_and(|fault| fault.fallback == Fallback::Reject);
    let disposition = if rejected_by_fault { Disposition::Reject } else { disposition };
    events.push(Event::Screened { disposition, findings });
    Screened { events, disposition, fault }
}

/// Remembers the first fault that stops the lead.
pub(crate) fn stop(stopped: &mut Option<Stopped>, fallback: &Fallback, reason: String) {
    if *fallback != Fallback::Next && stopped.is_none() {
        *stopped = Some(Stopped { fallback: fallback.clone(), reason });
    }
}
