//! Replay: what plugins decided is decided again, from what the journal says was known, and compared.

use std::collections::{BTreeMap, btree_map};

use leadsman_domain::attribution::Conversion;
use leadsman_domain::journal::{self, Decision, Entry, Event, Outcome};
use leadsman_domain::lead::Lead;
use leadsman_domain::ruling::{Fallback, FaultClass, PluginStamp, Ruling, Stage};
use leadsman_domain::{LeadId, Timestamp};
use serde::Serialize;

use crate::convert::touches_before;
use crate::error::FlowError;
use crate::history::Archive;
use crate::revision::Revision;
use crate::rules::{Ask, Case, Inquiry, Rules, Step};
use crate::scoring::placed;

/// What a replay found so far.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Replay {
    /// Leads whose decisions were taken again.
    pub leads: u64,
    /// Decisions that came out the same, to the last byte.
    pub same: u64,
    /// Decisions that cannot be compared: a clock or the host ended them, which is not of the rules.
    pub skipped: u64,
    /// Decisions that came out otherwise.
    pub differences: Vec<Difference>,
    /// Leads that could not be replayed to their end.
    pub unreadable: Vec<Unreadable>,
}

/// A lead that could not be replayed to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unreadable {
    /// The lead.
    pub lead: LeadId,
    /// Why.
    pub cause: String,
}

/// A decision that came out otherwise than it is in the journal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The lead.
    pub lead: LeadId,
    /// When it was decided.
    pub at: Timestamp,
    /// The decision point.
    pub stage: Stage,
    /// Which code and configuration.
    pub plugin: PluginStamp,
    /// The revision of the policy.
    pub revision: u64,
    /// What is in the journal.
    pub recorded: Outcome,
    /// What came of it now; none if the revision has no such plugin.
    pub again: Option<Outcome>,
}

/// Takes decisions again. Keeps the revisions that it made ready.
pub struct Replayer<'a> {
    archive: &'a Archive,
    rules: &'a dyn Rules,
    revisions: BTreeMap<u64, Revision>,
    found: Replay,
}

/// What taking one decision again came to.
enum Again {
    Same,
    Skipped,
    Otherwise(Option<Outcome>),
}

impl<'a> Replayer<'a> {
    /// A replayer of the leads in an archive.
    #[must_use]
    pub fn new(archive: &'a Archive, rules: &'a dyn Rules) -> Self {
        Self { archive, rules, revisions: BTreeMap::new(), found: Replay::default() }
    }

    /// What was found so far.
    #[must_use]
    pub fn found(self) -> Replay {
        self.found
    }

    /// Takes every decision about a lead again, as far as it and its revisions can be read. What cannot is
    /// noted.
    ///
    /// # Errors
    ///
    /// When there is no such lead.
    pub fn lead(&mut self, id: &LeadId) -> Result<(), FlowError> {
        match self.whole(id) {
            Err(error @ FlowError::UnknownLead(_)) => return Err(error),
            Err(error) => {
                self.found.unreadable.push(Unreadable { lead: id.clone(), cause: error.to_string() })
            }
            Ok(()) => self.found.leads += 1,
        }
        Ok(())
    }

    fn whole(&mut self, id: &LeadId) -> Result<(), FlowError> {
        let history = self.archive.history(id)?;
        let broken = |cause| FlowError::Journal { lead: id.clone(), cause };
        let Some((first, rest)) = history.entries.split_first() else { return Ok(()) };
        let mut lead = journal::fold([first]).map_err(broken)?;
        for entry in rest {
            if let Event::Decided(decision) = &entry.event {
                self.decision(&lead, entry, decision)?;
            }
            journal::apply(&mut lead, entry).map_err(broken)?;
        }
        Ok(())
    }

    fn decision(&mut self, lead: &Lead, entry: &Entry, decision: &Decision) -> Result<(), FlowError> {
        let again = again(self.revision(decision.revision)?, Case { lead, now: entry.at }, decision);
        match again {
            Again::Same => self.found.same += 1,
            Again::Skipped => self.found.skipped += 1,
            Again::Otherwise(again) => self.found.differences.push(Difference {
                lead: lead.id.clone(),
                at: entry.at,
                stage: decision.stage,
                plugin: decision.plugin.clone(),
                revision: decision.revision,
                recorded: decision.outcome.clone(),
                again,
            }),
        }
        Ok(())
    }

    fn revision(&mut self, number: u64) -> Result<&Revision, FlowError> {
        match self.revisions.entry(number) {
            btree_map::Entry::Occupied(known) => Ok(known.into_mut()),
            btree_map::Entry::Vacant(place) => {
                Ok(place.insert(Revision::ready(self.archive.revision(number)?, self.rules)?))
            }
        }
    }
}

/// Takes one decision again.
fn again(revision: &Revision, case: Case<'_>, decision: &Decision) -> Again {
    if is_of_the_machine(&decision.outcome) {
        return Again::Skipped;
    }
    let Some(outcome) = decide(revision, case, decision) else { return Again::Otherwise(None) };
    if outcome == decision.outcome {
        Again::Same
    } else if is_of_the_machine(&outcome) {
        Again::Skipped
    } else {
        Again::Otherwise(Some(outcome))
    }
}

/// Whether a clock or the host ended the call, and not what the rules say.
fn is_of_the_machine(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Fault { fault, .. } if matches!(fault.class, FaultClass::Time | FaultClass::Host))
}

fn decide(revision: &Revision, case: Case<'_>, decision: &Decision) -> Option<Outcome> {
    let rulebook = &revision.rulebook;
    let (step, ask) = asked(revision, case, decision)?;
    let binding = step.binding(&revision.policy)?;
    let fallback = &binding.fallback;
    match ask {
        Ask::Screen(case) => Some(outcome(rulebook.screen(step, &[case]).pop()?, Outcome::Verdict, fallback)),
        Ask::Score(case) => {
            let ruling = placed(rulebook.score(step, &[case]).pop()?, binding);
            Some(outcome(ruling, Outcome::Assessment, fallback))
        }
        Ask::Route(inquiry) => Some(outcome(rulebook.route(step, &inquiry), Outcome::Proposal, fallback)),
        Ask::Review(case) => Some(outcome(rulebook.review(step, case), Outcome::NextSteps, fallback)),
        Ask::Credit { lead, conversion, touches } => {
            let ruling = rulebook.credit(step, lead, conversion, &touches);
            Some(outcome(ruling, Outcome::Weights, fallback))
        }
    }
}

/// What was asked for a decision about a lead as it was then, and at which place of the policy; none if the
/// revision has no such plugin.
#[must_use]
pub fn asked<'a>(revision: &Revision, case: Case<'a>, decision: &'a Decision) -> Option<(Step, Ask<'a>)> {
    let step = step_of(revision, case.lead, decision)?;
    let ask = match decision.stage {
        Stage::Screening => Ask::Screen(case),
        Stage::Scoring => Ask::Score(case),
        Stage::Routing => Ask::Route(Inquiry::of(case, decision.situation.as_ref()?)),
        Stage::FollowUp => Ask::Review(case),
        Stage::Attribution => {
            let conversion = converted(case.lead)?;
            let Step::Attribution(place) = step else { return None };
            let touches = touches_before(case.lead, conversion, &revision.policy.attribution[place].touches);
            Ask::Credit { lead: case.lead, conversion, touches }
        }
    };
    Some((step, ask))
}

fn outcome<T>(ruling: Ruling<T>, answer: fn(T) -> Outcome, fallback: &Fallback) -> Outcome {
    match ruling.outcome {
        Ok(said) => answer(said),
        Err(fault) => Outcome::Fault { fault, fallback: fallback.clone() },
    }
}

/// The place in the policy at which the plugin of a decision serves.
fn step_of(revision: &Revision, lead: &Lead, decision: &Decision) -> Option<Step> {
    let policy = &revision.policy;
    let pool = decision.situation.as_ref().and_then(|situation| situation.pool.as_ref());
    let is_asked = |step: &Step| match (*step, decision.stage) {
        (Step::Screening(_), Stage::Screening) | (Step::Scoring(_), Stage::Scoring) => true,
        (Step::Dispatch(_), Stage::Routing) => pool.is_none(),
        (Step::Allocation { pool: place, .. }, Stage::Routing) => pool == Some(&policy.pools[place].id),
        (Step::FollowUp { pool: None, .. }, Stage::FollowUp) => true,
        (Step::FollowUp { pool: Some(place), .. }, Stage::FollowUp) => {
            lead.status.pool() == Some(&policy.pools[place].id)
        }
        (Step::Attribution(place), Stage::Attribution) => {
            converted(lead).and_then(|one| policy.scenario_of(&one.scenario)) == Some(place)
        }
        _ => false,
    };
    Step::all(policy).filter(is_asked).find(|step| *revision.rulebook.stamp(*step) == decision.plugin)
}

/// The conversion that is being weighed: the last one.
fn converted(lead: &Lead) -> Option<&Conversion> {
    lead.won.last().map(|won| &won.conversion)
}
