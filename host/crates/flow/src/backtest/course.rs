//! The course of things: what was told of leads, out of their journals, in the order in which it was
//! committed.

use leadsman_domain::attribution::Conversion;
use leadsman_domain::follow_up::Deed;
use leadsman_domain::journal::{self, Entry, Event};
use leadsman_domain::lead::{Activity, Lead};
use leadsman_domain::order::Order;
use leadsman_domain::submission::{Origin, Submission};
use leadsman_domain::{Digest, Facts, LeadId, Timestamp, VisitorId};

use crate::error::FlowError;
use crate::history::Archive;
use crate::intake::SUBMITTED;
use crate::review::MESSAGE_SENT;
use crate::revision::Warrant;
use crate::visitors::VISITOR;

/// Something that was told of a lead, and that no rule decided.
#[derive(Debug, Clone, PartialEq)]
pub enum Happening {
    /// It was submitted, for the first time or again; and is decided about when it was told.
    Submitted(Submission),
    /// A visitor did something, and nobody knew who that was.
    Observed {
        /// The visitor.
        visitor: VisitorId,
        /// What.
        activity: Activity,
    },
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
    /// What is known of it was corrected.
    Corrected {
        /// The lead.
        lead: LeadId,
        /// What took the place of what was known.
        facts: Facts,
    },
    /// A person ordered something about it.
    Ordered {
        /// The lead.
        lead: LeadId,
        /// What.
        order: Order,
        /// Who, when and why.
        warrant: Warrant,
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
        let mut told: Vec<((u64, u8), Timestamp, Happening)> = Vec::new();
        archive.each_id(|lead| {
            let (mut began_before, mut is_of_another) = (false, false);
            archive.each_page(&lead, |seq, entries| {
                began_before |= entries
                    .first()
                    .is_some_and(|first| matches!(first.event, Event::Received { .. }) && !within(first.at));
                is_of_another |= entries.first().is_some_and(is_of_another_line);
                if !began_before
                    && let Some((at, happening)) = told_in(&lead, entries).filter(|(at, _)| within(*at))
                {
                    told.push(((seq, rank(&happening, is_of_another)), at, happening));
                }
            })
        })?;
        told.sort_by_key(|(place, ..)| *place);
        told.dedup_by_key(|((seq, _), ..)| *seq);
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

/// One thing that was told of a lead, or that fell due, and the lead after it.
#[derive(Debug, Clone, PartialEq)]
pub struct Retold {
    /// When.
    pub at: Timestamp,
    /// What was told; none where follow-up did something because time had passed.
    pub happening: Option<Happening>,
    /// What follow-up did.
    pub done: Vec<Deed>,
    /// The lead then.
    pub lead: Lead,
}

/// What was told of one lead, and what follow-up did meanwhile, in order.
///
/// # Errors
///
/// When there is no such lead, or it cannot be read.
pub fn retell(archive: &Archive, id: &LeadId) -> Result<Vec<Retold>, FlowError> {
    archive.lead(id)?;
    let mut retold = Vec::new();
    let mut lead: Option<Lead> = None;
    let mut broken = None;
    archive.each_page(id, |_, entries| {
        for entry in entries {
            let applied = match &mut lead {
                None => journal::fold([entry]).map(|begun| lead = Some(begun)),
                Some(lead) => journal::apply(lead, entry),
            };
            if let Err(cause) = applied {
                broken.get_or_insert(cause);
            }
        }
        let done: Vec<Deed> = entries.iter().filter_map(deed).collect();
        let told = told_in(id, entries);
        if let (Some(lead), Some(first)) = (&lead, entries.first())
            && (told.is_some() || !done.is_empty())
        {
            let (at, happening) = told.map_or((first.at, None), |(at, happening)| (at, Some(happening)));
            retold.push(Retold { at, happening, done, lead: lead.clone() });
        }
    })?;
    match broken {
        Some(cause) => Err(FlowError::Journal { lead: id.clone(), cause }),
        None => Ok(retold),
    }
}

fn deed(entry: &Entry) -> Option<Deed> {
    match &entry.event {
        Event::FollowedUp { action, .. } => Some(action.deed.clone()),
        _ => None,
    }
}

/// What the commit told that a page of a journal came from. What stands before it fell due before it, and
/// the others are what followed from it.
fn told_in(lead: &LeadId, entries: &[Entry]) -> Option<(Timestamp, Happening)> {
    let told = |entry: &Entry| match &entry.event {
        Event::Acted { activity } => activity.kind != MESSAGE_SENT,
        Event::Received { .. }
        | Event::Repeated { .. }
        | Event::Converted { .. }
        | Event::Corrected { .. }
        | Event::Ordered { .. } => true,
        _ => false,
    };
    let (first, rest) = entries[entries.iter().position(told)?..].split_first()?;
    if is_of_another_line(first) {
        // Another lead made it, and makes it again.
        return None;
    }
    let lead = || lead.clone();
    let happening = match &first.event {
        Event::Received { facts, .. } if rest.iter().any(|entry| entry.event == Event::Unnamed) => {
            observed(facts, rest)?
        }
        Event::Received { submission, facts, .. } | Event::Repeated { submission, facts, .. } => {
            Happening::Submitted(submitted(first.at, *submission, facts, rest))
        }
        Event::Acted { activity } => Happening::Acted { lead: lead(), activity: activity.clone() },
        Event::Converted { conversion } => {
            Happening::Converted { lead: lead(), conversion: conversion.clone() }
        }
        Event::Corrected { facts, .. } => Happening::Corrected { lead: lead(), facts: facts.clone() },
        Event::Ordered { order, by, why } => {
            let warrant = Warrant { by: by.clone(), at: first.at, why: why.clone() };
            Happening::Ordered { lead: lead(), order: order.clone(), warrant }
        }
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

fn is_of_another_line(first: &Entry) -> bool {
    matches!(first.event, Event::Received { source: Some(_), .. })
}

/// Of what one commit tells of several leads, the least was told, and the others followed from it: what is said
/// of consent goes on to other lines, and stays with leads that are taken apart.
fn rank(happening: &Happening, is_of_another: bool) -> u8 {
    u8::from(is_of_another) + u8::from(matches!(happening, Happening::Corrected { .. }))
}

/// What a visitor did first.
fn observed(facts: &Facts, rest: &[Entry]) -> Option<Happening> {
    let visitor = VisitorId::parse(facts.text(VISITOR)?).ok()?;
    let activity = rest.iter().find_map(|entry| match &entry.event {
        Event::Acted { activity } => Some(activity.clone()),
        _ => None,
    })?;
    Some(Happening::Observed { visitor, activity })
}

/// A submission, from the entries that it made: what it told of activities, and last itself as one.
fn submitted(told: Timestamp, key: Digest, facts: &Facts, rest: &[Entry]) -> Submission {
    let mut submission =
        Submission { key, received: told, facts: facts.clone(), origin: None, activities: Vec::new() };
    let acted = rest.iter().map_while(|entry| match &entry.event {
        Event::Acted { activity } => Some(activity.clone()),
        _ => None,
    });
    submission.activities = acted.collect();
    if let Some(itself) = submission.activities.pop_if(|last| last.kind == SUBMITTED) {
        submission.received = itself.at;
        let campaign = itself.campaign;
        submission.origin = itself.channel.map(|channel| Origin { channel, campaign });
    }
    submission
}
