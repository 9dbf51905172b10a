//! A lead's story: who had it from when to when and what came of it, out of its journal.

use leadsman_domain::attribution::Conversion;
use leadsman_domain::follow_up::Deed;
use leadsman_domain::journal::{Entry, Event};
use leadsman_domain::lead::Activity;
use leadsman_domain::life::LifeStage;
use leadsman_domain::merge::Brought;
use leadsman_domain::money::Minor;
use leadsman_domain::order::Parting;
use leadsman_domain::{LeadId, PoolId, RepId, Timestamp};

use crate::history::History;

/// What happened to a lead, as far as reports tell of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Story {
    /// Who had it, oldest first.
    pub stints: Vec<Stint>,
    /// When somebody first called since it came in, whoever had it.
    pub first_call: Option<Timestamp>,
    /// Reminders to its owners.
    pub reminders: u64,
    /// Reports to their managers.
    pub escalations: u64,
    /// What it became, oldest first, and what leads became that are part of it now.
    pub deals: Vec<Deal>,
    /// The channel of its first touch, in the order in which touches were told. It never changes: what is said
    /// later is one more touch.
    pub source: Option<String>,
    /// When its score first reached the line of maturity.
    pub matured: Option<Timestamp>,
    /// Which pools it was in since when; in none where it is none.
    pub pools: Vec<(Timestamp, Option<PoolId>)>,
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
    /// When it was made, whenever that was told.
    pub at: Timestamp,
    /// Who had the lead then, or else when that was told; none if nobody did, or it was another lead's, in whose story
    /// they are.
    pub rep: Option<RepId>,
    /// What it is worth.
    pub value: Minor,
    /// Whether it was that of a lead that is part of this one now, in whose story it is as well.
    pub of_another: bool,
}

/// The channel of leads that came by none.
pub(super) const UNKNOWN: &str = "unknown";

impl Story {
    /// The channel of its first touch; `unknown` if there is none.
    pub(super) fn channel(&self) -> &str {
        self.source.as_deref().unwrap_or(UNKNOWN)
    }

    /// What its deals are worth together, in minor units.
    pub(super) fn won_value_minor(&self) -> i64 {
        self.deals.iter().map(|deal| deal.value.0).fold(0, i64::saturating_add)
    }

    /// Folds a journal. Activities of the kind `call` are calls; `call.*` stands for every kind with that
    /// beginning.
    #[must_use]
    pub fn of(history: &History, call: &str) -> Self {
        let mut story = Self::default();
        let History { lead, entries, .. } = history;
        story.reach(LifeStage::Uql, lead.received);
        for (place, Entry { at, event }) in entries.iter().enumerate() {
            match event {
                Event::Acted { activity } => {
                    story.source = story.source.take().or_else(|| activity.channel.clone());
                    if is_call(activity, call) && lead.received <= activity.at {
                        story.called(activity.at);
                    }
                }
                Event::Merged { other, brought } if !is_undone(other, &entries[place..]) => {
                    let calls = brought.activities.iter().filter(|activity| is_call(activity, call));
                    story.take_in(*at, brought, calls.map(|call| call.at).find(|at| lead.received <= *at));
                }
                _ => story.tell(*at, event),
            }
        }
        story
    }

    /// Who had it as of a moment.
    pub(super) fn holder(&self, at: Timestamp) -> Option<&RepId> {
        let had_it =
            |stint: &&Stint| stint.since <= at && stint.ended.as_ref().is_none_or(|(ended, _)| at < *ended);
        self.stints.iter().rev().find(had_it).map(|stint| &stint.rep)
    }

    /// In which pool it was as of a moment, or out of which its owner had it.
    pub(super) fn pool(&self, at: Timestamp) -> Option<&PoolId> {
        self.pools.iter().rev().find(|(since, _)| *since <= at)?.1.as_ref()
    }

    /// Somebody called: whoever had it then.
    fn called(&mut self, at: Timestamp) {
        self.first_call = Some(self.first_call.map_or(at, |first| first.min(at)));
        let had_it =
            |stint: &&mut Stint| stint.since <= at && stint.ended.is_none_or(|(ended, _)| at < ended);
        if let Some(stint) = self.stints.iter_mut().rev().find(had_it) {
            stint.first_call = Some(stint.first_call.map_or(at, |first| first.min(at)));
            stint.calls += 1;
        }
    }

    /// Takes in what another lead brought. Who had that one is in its own story.
    fn take_in(&mut self, at: Timestamp, brought: &Brought, call: Option<Timestamp>) {
        self.first_call = self.first_call.into_iter().chain(call).min();
        self.deals.extend(brought.won.iter().map(|won| {
            let Conversion { at, value, .. } = won.conversion;
            Deal { at, rep: None, value, of_another: true }
        }));
        if let Some(raised) = brought.raised {
            self.reach(raised.to, at);
        }
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

    fn tell(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::Allocated { owner, pool, instead, .. } => {
                self.end(at, instead.unwrap_or(Parting::Reclaimed));
                self.pools.push((at, Some(pool.clone())));
                let rep = owner.clone();
                self.stints.push(Stint { rep, since: at, ended: None, first_call: None, calls: 0 });
            }
            Event::GivenUp { pool, parting } => {
                self.end(at, *parting);
                self.pools.push((at, Some(pool.clone())));
            }
            Event::Dispatched { pool } => {
                self.end(at, Parting::Reclaimed);
                self.pools.push((at, Some(pool.clone())));
            }
            Event::Blocked { .. } | Event::Held { .. } | Event::Nurtured => {
                self.end(at, Parting::Reclaimed);
                self.pools.push((at, None));
            }
            Event::FollowedUp { action, .. } => match action.deed {
                Deed::Remind { .. } => self.reminders += 1,
                Deed::Escalate { .. } => self.escalations += 1,
                _ => {}
            },
            Event::Matured => {
                self.matured = self.matured.or(Some(at));
                self.reach(LifeStage::Mql, at);
            }
            Event::Staged { stage } => self.reach(*stage, at),
            Event::Converted { conversion: Conversion { at, value, .. } } => {
                self.reach(LifeStage::Deal, *at);
                // Of what was made before the lead came here, whoever has it when that is told.
                let rep = self.holder(*at).cloned().or_else(|| self.current().map(|stint| stint.rep.clone()));
                self.deals.push(Deal { at: *at, rep, value: *value, of_another: false });
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

fn is_call(activity: &Activity, call: &str) -> bool {
    match call.strip_suffix('*') {
        Some(beginning) => activity.kind.starts_with(beginning),
        None => activity.kind == call,
    }
}

/// Whether a lead that became part of another one was taken out of it again.
fn is_undone(merged: &LeadId, since: &[Entry]) -> bool {
    since.iter().any(|entry| matches!(&entry.event, Event::Unmerged { other, .. } if other == merged))
}
