//! A lead's story: who had it from when to when and what came of it, out of its journal.

use leadsman_domain::follow_up::Deed;
use leadsman_domain::journal::{Entry, Event};
use leadsman_domain::life::LifeStage;
use leadsman_domain::money::Minor;
use leadsman_domain::order::Parting;
use leadsman_domain::{RepId, Timestamp};

use crate::history::History;

/// What happened to a lead, as far as reports tell of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Story {
    /// Who had it, oldest first.
    pub stints: Vec<Stint>,
    /// When somebody first called, whoever had it.
    pub first_call: Option<Timestamp>,
    /// Reminders to its owners.
    pub reminders: u64,
    /// Reports to their managers.
    pub escalations: u64,
    /// What it became, oldest first.
    pub deals: Vec<Deal>,
    /// The channel of its first touch, in the order in which touches were told. It never changes: what is said
    /// later is one more touch.
    pub source: Option<String>,
    /// When it first came to each stage of its life or a later one; the first stage when it came in.
    pub reached: Vec<(LifeStage, Timestamp)>,
}

/// The time that a rep had a lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stint {
    /// Who.
    pub rep: RepId,
    /// Since when.
    pub since: Timestamp,
    /// Until when, and how that ended; none if the rep still has it.
    pub ended: Option<(Timestamp, Parting)>,
    /// When the first call was in that time.
    pub first_call: Option<Timestamp>,
    /// How many calls were.
    pub calls: u64,
}

/// A deal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deal {
    /// When.
    pub at: Timestamp,
    /// Who had the lead.
    pub rep: Option<RepId>,
    /// What it is worth.
    pub value: Minor,
}

impl Story {
    /// Folds a journal. Activities of the kind `call` are calls; `call.*` stands for every kind with that
    /// beginning.
    #[must_use]
    pub fn of(history: &History, call: &str) -> Self {
        let mut story = Self::default();
        story.reach(LifeStage::Uql, history.lead.received);
        for Entry { at, event } in &history.entries {
            story.tell(*at, event, call);
        }
        story
    }

    /// The last time that somebody had it, if it lasts.
    fn current(&mut self) -> Option<&mut Stint> {
        self.stints.last_mut().filter(|stint| stint.ended.is_none())
    }

    fn end(&mut self, at: Timestamp, parting: Parting) {
        if let Some(stint) = self.current() {
            stint.ended = Some((at, parting));
        }
    }

    fn tell(&mut self, at: Timestamp, event: &Event, call: &str) {
        if let (None, Event::Acted { activity }) = (&self.source, event) {
            self.source.clone_from(&activity.channel);
        }
        match event {
            Event::Allocated { owner, instead, .. } => {
                self.end(at, instead.unwrap_or(Parting::Reclaimed));
                let rep = owner.clone();
                self.stints.push(Stint { rep, since: at, ended: None, first_call: None, calls: 0 });
            }
            Event::GivenUp { parting, .. } => self.end(at, *parting),
            Event::Dispatched { .. } | Event::Blocked { .. } | Event::Held { .. } | Event::Nurtured => {
                self.end(at, Parting::Reclaimed);
            }
            Event::Acted { activity } if is_call(&activity.kind, call) => {
                self.first_call.get_or_insert(at);
                if let Some(stint) = self.current() {
                    stint.first_call.get_or_insert(at);
                    stint.calls += 1;
                }
            }
            Event::FollowedUp { action, .. } => match action.deed {
                Deed::Remind { .. } => self.reminders += 1,
                Deed::Escalate { .. } => self.escalations += 1,
                _ => {}
            },
            Event::Matured => self.reach(LifeStage::Mql, at),
            Event::Staged { stage } => self.reach(*stage, at),
            Event::Converted { conversion } => {
                self.reach(LifeStage::Deal, at);
                let rep = self.current().map(|stint| stint.rep.clone());
                self.deals.push(Deal { at, rep, value: conversion.value });
            }
            _ => {}
        }
    }

    /// Comes to a stage, and by that to those before it.
    fn reach(&mut self, stage: LifeStage, at: Timestamp) {
        let last = self.reached.last().map(|(stage, _)| *stage);
        let new =
            LifeStage::ALL.into_iter().filter(|one| *one <= stage && last.is_none_or(|last| *one > last));
        self.reached.extend(new.map(|stage| (stage, at)));
    }
}

fn is_call(kind: &str, call: &str) -> bool {
    match call.strip_suffix('*') {
        Some(beginning) => kind.starts_with(beginning),
        None => kind == call,
    }
}
