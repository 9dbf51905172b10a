//! Telling a case to a desk, step by step.

use std::collections::BTreeMap;

use leadsman_domain::journal::{Entry, Event};
use leadsman_domain::submission::Submission;
use leadsman_domain::{LeadId, Timestamp};
use leadsman_flow::{Acting, Desk, FlowError, Revision, Warrant};
use leadsman_intake::{Region, complete};
use leadsman_ledger::Store;
use leadsman_policy::cases::{Case, Expect, Expectation, Happening};
use leadsman_policy::{Problem, Spot};

use super::compare::{Seen, compare};

/// What came of a case.
#[derive(Debug, Default)]
pub struct Played {
    /// Where it came out otherwise than expected.
    pub problems: Vec<Problem>,
    /// The journal of its lead.
    pub entries: Vec<Entry>,
}

impl Played {
    /// How much fuel each plugin used for it.
    pub fn fuel(&self) -> BTreeMap<String, u64> {
        let mut fuel = BTreeMap::new();
        for entry in &self.entries {
            if let Event::Decided(decision) = &entry.event {
                *fuel.entry(decision.plugin.name.clone()).or_default() += decision.fuel;
            }
        }
        fuel
    }
}

/// A case being told.
struct Telling {
    desk: Desk,
    region: Option<Region>,
    lead: LeadId,
    played: Played,
}

/// What became of something that was told.
enum Told {
    Done,
    /// Somebody who asked again was found to be the same lead, or was not.
    Again {
        known: bool,
    },
    /// It could not be done, and why.
    Refused(String),
}

/// Tells a case to a desk at which a revision decides, and compares.
///
/// # Errors
///
/// When the memory in which it is told fails.
pub fn play(case: &Case, revision: &Revision, region: Option<Region>) -> Result<Played, FlowError> {
    let desk = Desk::simulating(Store::in_memory().system(), revision.clone());
    let lead = LeadId::of_submission(&case.submission.key);
    let mut telling = Telling { desk, region, lead, played: Played::default() };
    let mut now = case.submission.received;
    let told = telling.submit(&case.submission, now)?;
    if matches!(told, Told::Refused(_)) {
        telling.compare(&case.spot, &case.expect, &told, 0)?;
        return Ok(telling.played);
    }
    telling.look(&case.spot, &case.expect, &Told::Done)?;
    for then in &case.then {
        now = now.plus_ms(then.after_ms);
        let told = telling.tell(&then.happening, now)?;
        telling.look(&then.spot, &then.expect, &told)?;
    }
    Ok(telling.played)
}

impl Telling {
    /// Lets happen what falls due until a moment, and then what the case tells.
    fn tell(&mut self, happening: &Happening, now: Timestamp) -> Result<Told, FlowError> {
        self.desk.wake_until(now, |_| Ok(()))?;
        self.desk.fill(now)?;
        let warrant = || Warrant { by: "the case".to_owned(), at: now, why: "it says so".to_owned() };
        let (desk, lead) = (&self.desk, &self.lead);
        let pending = match happening {
            Happening::Nothing => return Ok(Told::Done),
            Happening::Submitted(submission) => return self.submit(submission, now),
            Happening::Acted(activity) => desk.record(lead, activity.clone(), now),
            Happening::Corrected(facts) => desk.correct(lead, facts, now),
            Happening::Ordered(order) => desk.order(lead, order, &Acting::Manager, &warrant()),
            Happening::Converted(conversion) => desk.convert(lead, conversion, now),
        };
        match pending {
            Ok(pending) => pending.wait().map(|_| Told::Done).map_err(FlowError::from),
            Err(FlowError::Ledger(error)) => Err(FlowError::Ledger(error)),
            Err(refusal) => Ok(Told::Refused(refusal.to_string())),
        }
    }

    fn submit(&mut self, submission: &Submission, now: Timestamp) -> Result<Told, FlowError> {
        let mut submission = submission.clone();
        if let Err(refused) = complete(&mut submission, self.region) {
            return Ok(Told::Refused(refused.to_string()));
        }
        match self.desk.check_sources(&submission) {
            Err(FlowError::Ledger(error)) => return Err(FlowError::Ledger(error)),
            Err(refusal) => return Ok(Told::Refused(refusal.to_string())),
            Ok(()) => {}
        }
        let taken = self.desk.take_in_as_of(vec![submission], now)?.wait()?;
        Ok(Told::Again { known: taken.iter().any(|intake| intake.lead == self.lead) })
    }

    /// Compares what is expected with the lead as it is now.
    fn look(&mut self, spot: &Spot, expect: &[Expectation], told: &Told) -> Result<(), FlowError> {
        let before = self.played.entries.len();
        self.played.entries = self.desk.archive().history(&self.lead)?.entries;
        self.compare(spot, expect, told, before)
    }

    fn compare(
        &mut self,
        spot: &Spot,
        expect: &[Expectation],
        told: &Told,
        before: usize,
    ) -> Result<(), FlowError> {
        let is_refusal = |one: &Expectation| matches!(one.expect, Expect::Refused(_));
        let expects_refusal = expect.iter().any(is_refusal);
        let (mut known, mut refusal) = (None, None);
        match told {
            Told::Done => {}
            Told::Again { known: is_known } => known = Some(*is_known),
            Told::Refused(sentence) => {
                refusal = Some(sentence.as_str());
                if !expects_refusal {
                    self.played.problems.push(spot.problem(format!("this cannot be done: {sentence}")));
                }
            }
        }
        // Where nothing came in there is no lead to look at.
        let is_told = !self.played.entries.is_empty();
        let lead = is_told.then(|| self.desk.archive().lead(&self.lead)).transpose()?;
        let since = self.played.entries.get(before..).unwrap_or_default();
        let seen = Seen { lead: lead.as_ref(), since, known, refusal };
        let looked_at = expect.iter().filter(|one| is_told || is_refusal(one));
        let mut problems: Vec<Problem> =
            looked_at.filter_map(|one| Some(one.spot.problem(compare(&one.expect, &seen)?))).collect();
        if !expect.iter().any(|one| matches!(one.expect, Expect::Faults(_))) {
            let unusable = |(plugin, fault)| spot.problem(format!("{plugin} gave no usable answer: {fault}"));
            problems.extend(seen.faults().map(unusable));
        }
        self.played.problems.extend(problems);
        Ok(())
    }
}
