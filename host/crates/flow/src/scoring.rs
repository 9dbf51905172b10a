//! Scoring: the plugins contribute, the host adds up and grades.

use leadsman_domain::Timestamp;
use leadsman_domain::journal::{Decision, Event, Outcome};
use leadsman_domain::policy::Binding;
use leadsman_domain::ruling::{Fault, FaultClass, Ruling, Stage};
use leadsman_domain::scoring::{Axis, Contribution, Points, Score};

use crate::change::Change;
use crate::revision::Revision;
use crate::rules::{Case, Step};
use crate::screening::{Stopped, stop};

/// What scoring came to for one lead.
pub(crate) struct Scored {
    /// The decisions, as journal events.
    pub decisions: Vec<Event>,
    /// The score and its ledger.
    pub score: Score,
    /// What to do because a plugin gave no usable answer.
    pub fault: Option<Stopped>,
}

/// Scores leads.
pub(crate) fn score(revision: &Revision, cases: &[Case<'_>]) -> Vec<Scored> {
    if cases.is_empty() {
        return Vec::new();
    }
    let mut decisions: Vec<Vec<Event>> = vec![Vec::new(); cases.len()];
    let mut contributions: Vec<Vec<Contribution>> = vec![Vec::new(); cases.len()];
    let mut stops: Vec<Option<Stopped>> = vec![None; cases.len()];
    for (index, binding) in revision.policy.scoring.iter().enumerate() {
        let step = Step::Scoring(index);
        for (lead, ruling) in revision.rulebook.score(step, cases).into_iter().enumerate() {
            let ruling = placed(ruling, binding);
            let outcome = match ruling.outcome {
                Ok(given) => {
                    contributions[lead].extend(given.iter().cloned());
                    Outcome::Assessment(given)
                }
                Err(fault) => {
                    let plugin = &revision.rulebook.stamp(step).name;
                    stop(
                        &mut stops[lead],
                        &binding.fallback,
                        format!("scoring plugin {plugin} failed: {fault}"),
                    );
                    Outcome::Fault { fault, fallback: binding.fallback.clone() }
                }
            };
            let decision = Decision {
                stage: Stage::Scoring,
                plugin: revision.rulebook.stamp(step).clone(),
                revision: revision.number,
                fuel: ruling.fuel,
                situation: None,
                outcome,
            };
            decisions[lead].push(Event::Decided(Box::new(decision)));
        }
    }
    let whole = decisions.into_iter().zip(contributions).zip(stops);
    whole
        .map(|((decisions, contributions), fault)| Scored {
            decisions,
            score: Score::of(contributions),
            fault,
        })
        .collect()
}

/// A plugin's answer on the axis that the policy gives it. What is said to be a probability has to be one.
pub(crate) fn placed(mut ruling: Ruling<Vec<Contribution>>, binding: &Binding) -> Ruling<Vec<Contribution>> {
    let (Some(axis), Ok(given)) = (binding.axis, &mut ruling.outcome) else { return ruling };
    given.iter_mut().for_each(|one| one.axis = axis);
    let sum = given.iter().map(|one| one.points).sum::<Points>();
    if axis == Axis::Probability && (given.is_empty() || !(0..=100_000).contains(&sum.thousandths())) {
        let said = format!("it was to foretell a probability from 0 to 100 percent, and said {sum}");
        ruling.outcome = Err(Fault::new(FaultClass::Malformed, said));
    }
    ruling
}

/// Writes a score into a change: the decisions, the score if it moved, and that the lead matured if it
/// did so for the first time. Says whether it did.
pub(crate) fn record(revision: &Revision, change: &mut Change, now: Timestamp, scored: Scored) -> bool {
    for decision in scored.decisions {
        change.happened(now, decision);
    }
    let standing = revision.policy.grading.read(&scored.score);
    let matures = standing.mature && !change.lead().matured;
    let moved = change.lead().score.as_ref() != Some(&scored.score)
        || change.lead().standing.as_ref() != Some(&standing);
    if moved {
        change.happened(now, Event::Scored { score: scored.score, standing });
    }
    if matures {
        change.happened(now, Event::Matured);
    }
    matures
}

/// Scores the lead of a change again, after something happened to it. A plugin that gives no usable
/// answer leaves the score as it was.
pub(crate) fn rescore(revision: &Revision, change: &mut Change, now: Timestamp) -> bool {
    let case = Case { lead: change.lead(), now };
    let Some(scored) = score(revision, &[case]).pop() else { return false };
    if scored.fault.is_some() {
        for decision in scored.decisions {
            change.happened(now, decision);
        }
        return false;
    }
    record(revision, change, now, scored)
}
