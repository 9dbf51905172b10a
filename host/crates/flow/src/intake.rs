//! Intake: what happens to submissions. One and many take the same way: screening and scoring are pure
//! and run for all of them together; matching, routing and the commit run for one after the other, in
//! the turn of the tenant's writer.

use std::time::Duration;

use leadsman_domain::journal::{self, Entry, Event};
use leadsman_domain::lead::{Activity, Lead, Status};
use leadsman_domain::matching::identities;
use leadsman_domain::screening::{Disposition, Finding};
use leadsman_domain::submission::Submission;
use leadsman_domain::{LeadId, PoolId, RepId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::change::Change;
use crate::desk::{Deciding, Desk, Pending, until_committed};
use crate::error::FlowError;
use crate::ledger::{Batch, Key, Ticket};
use crate::recognition::{Found, Recognised};
use crate::revision::Revision;
use crate::rules::Case;
use crate::scoring::{self, Scored};
use crate::screening::{self, Screened};
use crate::trial::{Running, Witness};
use crate::turn::Turn;
use crate::work::Work;
use crate::{keys, record};

/// The kind of the activity that every submission is.
pub(crate) const SUBMITTED: &str = "lead.submitted";

/// How a submission ended. Every submission ends in exactly one of these ways.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "settled")]
pub enum Settled {
    /// Screening turned it away.
    Rejected,
    /// It was a lead that is known already: one more touch.
    Duplicate,
    /// It has an owner.
    Assigned {
        /// Who.
        owner: RepId,
        /// From which pool.
        pool: PoolId,
    },
    /// It waits in a pool.
    Pooled {
        /// Which.
        pool: PoolId,
    },
    /// It waits for a moment, for a person, or for marketing to ripen it.
    Held,
    /// A plugin gave no usable answer, and the lead is where the policy's fallback put it.
    Failed,
}

/// What became of a submission. Kept with its idempotency key, so that the same submission sent again
/// gets the same answer and changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intake {
    /// The lead that it made, or the one that it belongs to.
    pub lead: LeadId,
    /// How it ended.
    #[serde(flatten)]
    pub settled: Settled,
    /// Codes of what screening found.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub findings: Vec<String>,
    /// The grade that it got.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub grade: Option<String>,
    /// Whether this very submission was seen before, and nothing happened now.
    #[serde(skip)]
    pub seen_before: bool,
}

/// A submission on its way, with what the pure stages said.
pub(crate) struct Arrival {
    pub submission: Submission,
    /// When it is decided about: when it was received, or later if it was told later.
    pub now: Timestamp,
    draft: Lead,
    screened: Screened,
    scored: Option<Scored>,
}

/// An arrival after its commit.
pub(crate) struct Settling {
    pub intake: Intake,
    /// The lead as it is then; none if another submission was faster, and nothing was committed.
    pub written: Option<(Ticket, Lead)>,
    /// Whether any plugin gave no usable answer about a new lead; none if it was known.
    faulty: Option<bool>,
}

impl Desk {
    /// Takes submissions in, in order, and decides about each as of when it was received: for histories,
    /// which come out the same whenever they are told. The answers may be given once they are durable.
    ///
    /// # Errors
    ///
    /// When the ledger fails. What was taken in before the failure stays.
    pub fn take_in(&self, submissions: Vec<Submission>) -> Result<Pending<Vec<Intake>>, FlowError> {
        self.take_in_told(submissions, None)
    }

    /// Takes submissions in that are told now, in order. However long ago they were received, they are
    /// decided about as of now, so that no deadline begins before anybody could have kept it.
    ///
    /// # Errors
    ///
    /// As [`Desk::take_in`].
    pub fn take_in_as_of(
        &self,
        submissions: Vec<Submission>,
        now: Timestamp,
    ) -> Result<Pending<Vec<Intake>>, FlowError> {
        self.take_in_told(submissions, Some(now))
    }

    fn take_in_told(
        &self,
        submissions: Vec<Submission>,
        told: Option<Timestamp>,
    ) -> Result<Pending<Vec<Intake>>, FlowError> {
        let deciding = self.deciding();
        let mut answers: Vec<Option<Intake>> = Vec::with_capacity(submissions.len());
        let mut fresh = Vec::with_capacity(submissions.len());
        for submission in submissions {
            let known = self.seen(&submission)?;
            if known.is_none() {
                fresh.push((answers.len(), submission));
            }
            answers.push(known);
        }
        let (places, fresh): (Vec<usize>, Vec<Submission>) = fresh.into_iter().unzip();
        let mut last = None;
        for (place, (arrival, alone)) in places.into_iter().zip(self.decide_apart(&deciding, fresh, told)) {
            let began = self.watch();
            let Settling { intake, written, faulty } = self.settle(&deciding, arrival)?;
            let (ticket, lead) = written.unzip();
            if let (Some(running), Some(lead), Some(faulty)) = (&deciding.trial, lead, faulty) {
                let took = alone.map(|alone| alone + self.watch().saturating_sub(began));
                self.fared(running, &lead, faulty, took)?;
            }
            answers[place] = Some(intake);
            last = ticket;
        }
        let answers = answers.into_iter().flatten().collect();
        match last {
            Some(ticket) => Ok(self.pending(answers, ticket)),
            None => Ok(Pending::unwritten(answers, self.ledger().barrier()?)),
        }
    }

    /// Whether a submission came by channels that the policy knows, which decides over its lead. One that was
    /// seen before came by channels that were known then.
    ///
    /// # Errors
    ///
    /// When one of them is not in the policy's tree of sources, or the ledger fails.
    pub fn check_sources(&self, submission: &Submission) -> Result<(), FlowError> {
        let sources = &self.policy_for(&LeadId::of_submission(&submission.key)).sources;
        let of_activities = submission.activities.iter().filter_map(|activity| activity.channel.as_ref());
        let mut channels = submission.origin.iter().map(|origin| &origin.channel).chain(of_activities);
        match channels.try_for_each(|channel| sources.check(channel)) {
            Err(unknown) if self.seen(submission)?.is_none() => Err(unknown.into()),
            _ => Ok(()),
        }
    }

    /// What became of a submission that was seen before.
    pub(crate) fn seen(&self, submission: &Submission) -> Result<Option<Intake>, FlowError> {
        let known: Option<Intake> =
            record::find("a submission", self.ledger(), &keys::submission(submission.key))?;
        Ok(known.map(|intake| Intake { seen_before: true, ..intake }))
    }

    /// The pure stages, each submission by the revision that decides over it; and how long that took, where
    /// a submission came alone.
    pub(crate) fn decide_apart(
        &self,
        deciding: &Deciding,
        submissions: Vec<Submission>,
        told: Option<Timestamp>,
    ) -> Vec<(Arrival, Option<Duration>)> {
        let count = submissions.len();
        let mut sides: [(Vec<usize>, Vec<Submission>); 2] = Default::default();
        for (place, submission) in submissions.into_iter().enumerate() {
            let lead = LeadId::of_submission(&submission.key);
            let by_candidate = deciding.trial.as_ref().is_some_and(|running| running.decides(&lead));
            let (places, side) = &mut sides[usize::from(by_candidate)];
            places.push(place);
            side.push(submission);
        }
        let mut decided: Vec<Option<(Arrival, Option<Duration>)>> = (0..count).map(|_| None).collect();
        for (places, side) in sides {
            let Some(first) = side.first() else { continue };
            let revision = deciding.over(&LeadId::of_submission(&first.key)).clone();
            let began = self.watch();
            let arrivals = decide_alone(&revision, side, told);
            // In company a lead takes less, and the sides have not as much company.
            let alone = (count == 1).then(|| self.watch().saturating_sub(began));
            for (place, arrival) in places.into_iter().zip(arrivals) {
                decided[place] = Some((arrival, alone));
            }
        }
        decided.into_iter().flatten().collect()
    }

    /// Matches, routes and commits one arrival.
    pub(crate) fn settle(&self, deciding: &Deciding, mut arrival: Arrival) -> Result<Settling, FlowError> {
        let revision = deciding.over(&arrival.draft.id);
        let shadow = deciding.trial.as_deref().and_then(Running::shadow);
        let mut turn = self.turn();
        let identities = identities(&revision.policy.identity, &arrival.submission.facts);
        let mut tried = false;
        until_committed(|| {
            // It had not been seen when it came; if it has since, the commit finds out.
            if std::mem::replace(&mut tried, true)
                && let Some(known) = self.seen(&arrival.submission)?
            {
                return Ok(Ok(Settling { intake: known, written: None, faulty: None }));
            }
            let Recognised { merges, beside } = if arrival.screened.disposition == Disposition::Reject {
                Recognised::default()
            } else {
                self.archive().recognise(&revision.policy, &identities, &arrival.submission.facts)?
            };
            let (revision, change, failed, duplicate) = match merges {
                // A lead that is known stays on its side, whatever its new submission would have been.
                Some((id, key)) => {
                    let revision = deciding.over(&id);
                    (revision, self.one_more_touch(revision, &mut turn, id, &key, &arrival)?, false, true)
                }
                None => {
                    let (change, failed) = self.new_lead(revision, &mut turn, &mut arrival, &beside)?;
                    (revision, change, failed, false)
                }
            };
            let faulty = change.entries().iter().any(|entry| entry.event.is_fault());
            let meets_nobody = !duplicate && meets_nobody(change.entries());
            let watched = shadow.filter(|shadow| meets_nobody && shadow.has_room());
            let entries = watched.map(|_| change.entries().to_vec());
            let (lead, mut batch) = change.finish(&revision.policy)?;
            let intake = Intake {
                settled: settled(&lead, failed, duplicate),
                findings: if duplicate { arrival.screened.finding_codes() } else { codes(&lead.findings) },
                grade: lead
                    .standing
                    .as_ref()
                    .map(|standing| standing.grade.clone())
                    .filter(|grade| !grade.is_empty()),
                lead: lead.id.clone(),
                seen_before: false,
            };
            remember(&mut batch, &arrival.submission, &intake)?;
            Ok(self.commit(&mut turn, batch).map(|ticket| {
                if let (Some(shadow), Some(entries)) = (watched, entries) {
                    let (submission, now) = (arrival.submission.clone(), arrival.now);
                    shadow.wait(Witness { submission, now, lead: lead.clone(), entries });
                }
                Settling { intake, written: Some((ticket, lead)), faulty: (!duplicate).then_some(faulty) }
            }))
        })
    }

    /// A submission of a lead that nobody knows yet, though perhaps records beside it. Says whether a fault
    /// decided.
    pub(crate) fn new_lead(
        &self,
        revision: &Revision,
        turn: &mut Turn,
        arrival: &mut Arrival,
        beside: &[Found],
    ) -> Result<(Change, bool), FlowError> {
        let (submission, now) = (&arrival.submission, arrival.now);
        let (id, facts) = (arrival.draft.id.clone(), submission.facts.clone());
        let begun = Change::begin(id, now, submission.received, submission.key, facts);
        let mut change = begun.telling(self.receivers());
        for activity in activities(submission) {
            change.happened(now, Event::Acted { activity });
        }
        for event in &arrival.screened.events {
            change.happened(now, event.clone());
        }
        let mut work = Work::of(self, revision, turn, now);
        let failed = work.decide_about_new(&mut change, arrival, beside)?;
        work.index(&mut change)?;
        work.follow_up(&mut change, now)?;
        Ok((change, failed))
    }
}

impl Work<'_> {
    /// Everything that is decided about a new lead after screening. Says whether a fault decided.
    fn decide_about_new(
        &mut self,
        change: &mut Change,
        arrival: &mut Arrival,
        beside: &[Found],
    ) -> Result<bool, FlowError> {
        if arrival.screened.disposition == Disposition::Reject {
            return Ok(arrival.screened.fault.is_some());
        }
        if let Some(stopped) = &arrival.screened.fault {
            self.fall_back(change, stopped);
            return Ok(true);
        }
        let joined = self.join_visitor(change, &arrival.submission.facts)?;
        let scored = match arrival.scored.take().filter(|_| !joined) {
            Some(scored) => scored,
            None => match scoring::score(self.revision, &[Case { lead: change.lead(), now: self.now }]).pop()
            {
                Some(scored) => scored,
                None => return Ok(true),
            },
        };
        let stopped = scored.fault.clone();
        scoring::record(self.revision, change, self.now, scored);
        if let Some(stopped) = &stopped {
            self.fall_back(change, stopped);
            return Ok(true);
        }
        if self.settle_beside(change, beside)? {
            return Ok(false);
        }
        self.run(change)
    }
}

impl Screened {
    fn finding_codes(&self) -> Vec<String> {
        let whole = self.events.iter().find_map(|event| match event {
            Event::Screened { findings, .. } => Some(findings),
            _ => None,
        });
        codes(whole.map_or(&[], Vec::as_slice))
    }
}

fn codes(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|finding| finding.code.clone()).collect()
}

/// Whether nobody who was known had a part in what happened.
fn meets_nobody(entries: &[Entry]) -> bool {
    !entries.iter().any(|entry| matches!(entry.event, Event::Linked { .. } | Event::Merged { .. }))
}

/// A submission as a revision's pure stages see it.
pub(crate) fn arrival(revision: &Revision, submission: Submission, told: Timestamp) -> Option<Arrival> {
    decide_alone(revision, vec![submission], Some(told)).pop()
}

/// The pure stages, for all submissions together: screening for each, scoring for those that pass.
pub(crate) fn decide_alone(
    revision: &Revision,
    submissions: Vec<Submission>,
    told: Option<Timestamp>,
) -> Vec<Arrival> {
    let decided_at = |received: Timestamp| told.map_or(received, |told| told.max(received));
    let drafts: Vec<Lead> = submissions.iter().map(draft).collect();
    let cases: Vec<Case<'_>> =
        drafts.iter().map(|lead| Case { lead, now: decided_at(lead.received) }).collect();
    let screened = screening::screen(revision, &cases);
    let goes_on =
        |screened: &Screened| screened.disposition != Disposition::Reject && screened.fault.is_none();
    let passed: Vec<Case<'_>> = cases
        .iter()
        .zip(&screened)
        .filter(|(_, screened)| goes_on(screened))
        .map(|(case, _)| *case)
        .collect();
    let mut scored = scoring::score(revision, &passed).into_iter();
    let scored: Vec<Option<Scored>> =
        screened.iter().map(|screened| if goes_on(screened) { scored.next() } else { None }).collect();
    let whole = submissions.into_iter().zip(drafts).zip(screened).zip(scored);
    whole
        .map(|(((submission, draft), screened), scored)| {
            let now = decided_at(submission.received);
            Arrival { submission, now, draft, screened, scored }
        })
        .collect()
}

/// The lead that a submission would make, as the pure stages see it.
fn draft(submission: &Submission) -> Lead {
    let id = LeadId::of_submission(&submission.key);
    let mut lead = journal::begin(id, submission.received, submission.facts.clone());
    lead.activities = activities(submission);
    lead.activities.sort_by_key(|activity| activity.at);
    lead
}

/// What a submission tells of activities, and the submission itself as one: a touch if it has a channel.
pub(crate) fn activities(submission: &Submission) -> Vec<Activity> {
    let origin = submission.origin.as_ref();
    let itself = Activity {
        kind: SUBMITTED.to_owned(),
        at: submission.received,
        quantity: 1.0,
        channel: origin.map(|origin| origin.channel.clone()),
        campaign: origin.and_then(|origin| origin.campaign.clone()),
        by: None,
    };
    submission.activities.iter().cloned().chain([itself]).collect()
}

fn settled(lead: &Lead, failed: bool, duplicate: bool) -> Settled {
    if duplicate {
        return Settled::Duplicate;
    }
    match &lead.status {
        Status::Rejected => Settled::Rejected,
        _ if failed => Settled::Failed,
        Status::Assigned { owner, pool, .. } => {
            Settled::Assigned { owner: owner.clone(), pool: pool.clone() }
        }
        Status::Pooled { pool } => Settled::Pooled { pool: pool.clone() },
        Status::Held { .. }
        | Status::Blocked { .. }
        | Status::Nurtured
        | Status::Anonymous
        | Status::Merged { .. } => Settled::Held,
    }
}

/// Adds the submission's answer to the batch of its lead.
fn remember(batch: &mut Batch, submission: &Submission, intake: &Intake) -> Result<(), FlowError> {
    let key: Key = keys::submission(submission.key);
    batch.expects.push((key.clone(), None));
    batch.puts.push((key, record::encode("a submission", intake)?));
    Ok(())
}
