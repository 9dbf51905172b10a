//! Leads on their way in, one or many: the only place where a body becomes a submission and where the
//! flow takes it in.

use leadsman_domain::submission::Submission;
use leadsman_domain::{LeadId, Timestamp};
use leadsman_flow::{FlowError, Intake, Pending};

use crate::access::Caller;
use crate::bodies::{Known, NewLead};
use crate::extract::is_key;
use crate::idempotency::{self, Claim};
use crate::problem::{Failure, FieldError, Kind};
use crate::service::Service;

/// A lead that could be read.
struct Arrival {
    submission: Submission,
    claim: Option<Claim>,
}

/// Answers to leads, in order, which may be given once they are durable.
pub(crate) struct Answers {
    /// Why a lead was not taken in.
    failures: Vec<Option<Failure>>,
    taken_in: Pending<Vec<Intake>>,
}

impl Answers {
    /// Waits until the answers are durable, and gives them: one for each lead, in order.
    pub(crate) async fn durable(self) -> Result<Vec<Result<Intake, Failure>>, Failure> {
        let mut intakes = self.taken_in.durable().await?.into_iter();
        let answer = |failure: Option<Failure>| match failure {
            Some(failure) => Err(failure),
            None => intakes.next().ok_or_else(|| Failure::hidden(Kind::INTERNAL, "an answer is missing")),
        };
        Ok(self.failures.into_iter().map(answer).collect())
    }
}

/// Takes leads in, as far as they could be read. Blocks.
pub(crate) fn take_in(
    service: &Service,
    caller: &Caller,
    leads: impl Iterator<Item = Result<NewLead, Failure>>,
) -> Result<Answers, FlowError> {
    let now = service.now();
    let read = |lead: Result<NewLead, Failure>| lead.and_then(|lead| arrival(service, caller, lead, now));
    let mut arrivals: Vec<Result<Arrival, Failure>> = leads.map(read).collect();
    refuse_reused(caller, &mut arrivals)?;
    let mut failures = Vec::with_capacity(arrivals.len());
    let mut submissions = Vec::with_capacity(arrivals.len());
    for arrival in arrivals {
        match arrival {
            Ok(arrival) => {
                submissions.push(arrival.submission);
                failures.push(None);
            }
            Err(failure) => failures.push(Some(failure)),
        }
    }
    Ok(Answers { failures, taken_in: caller.desk.take_in_as_of(submissions, now)? })
}

/// Reads one lead and derives what can be derived from it. Without a key of its own, what it says is its
/// key.
fn arrival(service: &Service, caller: &Caller, lead: NewLead, now: Timestamp) -> Result<Arrival, Failure> {
    let content = lead.content();
    let (key, claim) = match &lead.key {
        Some(key) if is_key(key) => (Submission::key_of("http", key), Some(Claim::new(key, content))),
        Some(_) => {
            let message = "a key has 1 to 255 bytes and no control characters";
            return Err(Failure::invalid(vec![FieldError::at("/key", message)]));
        }
        None => (Submission::key_of("http-body", &content.to_string()), None),
    };
    let policy = caller.desk.policy_for(&LeadId::of_submission(&key));
    let known = Known { now, activities: &policy.activities };
    let mut submission = lead.submission(key, known).map_err(Failure::invalid)?;
    caller.desk.check_sources(&submission)?;
    service.derive(&policy, &mut submission.facts);
    Ok(Arrival { submission, claim })
}

/// Refuses arrivals whose key came with another body before.
fn refuse_reused(caller: &Caller, arrivals: &mut [Result<Arrival, Failure>]) -> Result<(), FlowError> {
    let claim_of = |arrival: &Result<Arrival, Failure>| arrival.as_ref().ok().and_then(|one| one.claim);
    let claims: Vec<Claim> = arrivals.iter().filter_map(claim_of).collect();
    if claims.is_empty() {
        return Ok(());
    }
    let agree = idempotency::keep(caller.desk.ledger(), &claims)?;
    let claiming = arrivals.iter_mut().filter(|arrival| claim_of(arrival).is_some());
    for (arrival, agrees) in claiming.zip(agree) {
        if !agrees {
            let detail = "the same key came with another body before; use a new key for a new lead";
            *arrival = Err(Failure::new(Kind::KEY_REUSED, detail));
        }
    }
    Ok(())
}
