//! The course of things: what was told of leads, out of their journals, in the order in which it was
//! committed.

use leadsman_domain::attribution::Conversion;
use leadsman_domain::journal::{Entry, Event};
use leadsman_domain::lead::Activity;
use leadsman_domain::submission::{Origin, Submission};
use leadsman_domain::{Digest, Facts, LeadId, RepId, Timestamp};

use crate::error::FlowError;
use crate::history::Archive;
use crate::intake::SUBMITTED;

/// Something that was told of a lead, and that no rule decided.
#[derive(Debug, Clone, PartialEq)]
pub enum Happening {
    /// It was submitted, for the first time or again.
    Submitted(Submission),
    /// It did something.
    Acted {
        /// The lead.
        lead: LeadId,
        /// What.
        activity: Activity,
    },
    /// It converted.
    Converted {
        /// The lead.
        lead: LeadId,
        /// Into what.
        conversion: Conversion,
    },
    /// A person set it on its way again.
    Released {
        /// The lead.
        lead: LeadId,
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// A person gave it to a rep.
    Assigned {
        /// The lead.
        lead: LeadId,
        /// To whom.
        owner: RepId,
    },
}

/// What was told of leads in a span of time, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Course {
    happenings: Vec<(Timestamp, Happening)>,
}

impl Course {
    /// What was told from one moment on and before another, of leads that came in then.
    ///
    /// # Errors
    ///
    /// When a journal cannot be read.
    pub fn of(archive: &Archive, from: Timestamp, until: Timestamp) -> Result<Self, FlowError> {
        let within = |at: Timestamp| from <= at && at < until;
        let mut told: Vec<(u64, Timestamp, Happening)> = Vec::new();
        for lead in archive.ids()? {
            let mut began_before = false;
            archive.each_page(&lead, |seq, entries| {
                began_before |= entries
                    .first()
                    .is_some_and(|first| matches!(first.event, Event::Received { .. }) && !within(first.at));
                if !began_before
                    && let Some((at, happening)) = told_in(&lead, entries).filter(|(at, _)| within(*at))
                {
                    told.push((seq, at, happening));
                }
            })?;
        }
        told.sort_by_key(|(seq, ..)| *seq);
        Ok(Self { happenings: told.into_iter().map(|(_, at, happening)| (at, happening)).collect() })
    }

    /// What was told, in order, and when.
    #[must_use]
    pub fn happenings(&self) -> &[(Timestamp, Happening)] {
        &self.happenings
    }

    /// How many of them are submissions.
    #[must_use]
    pub fn submissions(&self) -> u64 {
        let submitted = |told: &&(Timestamp, Happening)| matches!(told.1, Happening::Submitted(_));
        self.happenings.iter().filter(submitted).count() as u64
    }

    /// The moment of the last one.
    #[must_use]
    pub fn end(&self) -> Timestamp {
        self.happenings.iter().map(|(at, _)| *at).max().unwrap_or_default()
    }
}

/// What the commit told that a page of a journal came from: its first entry says it. The others are
/// what followed from that.
fn told_in(lead: &LeadId, entries: &[Entry]) -> Option<(Timestamp, Happening)> {
    let (first, rest) = entries.split_first()?;
    let lead = || lead.clone();
    let happening = match &first.event {
        Event::Received { submission, facts, .. } | Event::Repeated { submission, facts, .. } => {
            Happening::Submitted(submitted(first.at, *submission, facts, rest))
        }
        Event::Acted { activity } => Happening::Acted { lead: lead(), activity: activity.clone() },
        Event::Converted { conversion } => {
            Happening::Converted { lead: lead(), conversion: conversion.clone() }
        }
        Event::Released { by, reason } => {
            Happening::Released { lead: lead(), by: by.clone(), reason: reason.clone() }
        }
        Event::Allocated { owner, .. } => Happening::Assigned { lead: lead(), owner: owner.clone() },
        _ => return None,
    };
    // What is reported late is decided about when it is reported.
    let decided = rest.iter().find(|entry| matches!(entry.event, Event::Decided(_)));
    let at = match &first.event {
        Event::Acted { .. } => decided.unwrap_or(first).at,
        _ => first.at,
    };
    Some((at, happening))
}

/// A submission, from the entries that it made: what it told of activities, and last itself as one.
fn submitted(received: Timestamp, key: Digest, facts: &Facts, rest: &[Entry]) -> Submission {
    let mut submission =
        Submission { key, received, facts: facts.clone(), origin: None, activities: Vec::new() };
    let acted = rest.iter().map_while(|entry| match &entry.event {
        Event::Acted { activity } => Some(activity.clone()),
        _ => None,
    });
    submission.activities = acted.collect();
    if let Some(itself) = submission.activities.pop_if(|last| last.kind == SUBMITTED) {
        let campaign = itself.campaign;
        submission.origin = itself.channel.map(|channel| Origin { channel, campaign });
    }
    submission
}
