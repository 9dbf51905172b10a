//! Reviews: follow-up plugins are asked about a lead whenever something happened to it or fell due. They
//! say what to do now and when to look again; what is done, and that it is done once, is the host's.

use leadsman_domain::follow_up::{Action, Deadline, Deed, FollowUp, NextSteps};
use leadsman_domain::journal::{Decision, Event, Outcome};
use leadsman_domain::lead::{Activity, Lead, Status};
use leadsman_domain::order::Parting;
use leadsman_domain::ruling::{Fallback, Stage};
use leadsman_domain::segments::segments_of;
use leadsman_domain::{PoolId, Timestamp};

use crate::change::Change;
use crate::error::FlowError;
use crate::revision::Revision;
use crate::rules::{Case, Step};
use crate::spawn;
use crate::work::Work;

/// The kind of the activity that every message to a lead is.
pub(crate) const MESSAGE_SENT: &str = "message.sent";

/// How often one happening makes plugins look again, because what they wanted moved the lead.
const ROUNDS_MAX: usize = 4;

/// When a plugin that gave no usable answer is asked again, in milliseconds: an hour.
const RETRY_MS: i64 = 60 * 60 * 1000;

/// Most moments that one lead slept through and that are caught up with at once.
const TICKS_MAX: usize = 64;

impl Work<'_> {
    /// Lets happen what fell due before now, each at its own moment. Says whether anything did. If there was
    /// too much of it, what is left happens as of now.
    pub(crate) fn catch_up(&mut self, change: &mut Change) -> Result<bool, FlowError> {
        let mut ticks = 0;
        while let Some(due) = change.lead().due().filter(|due| *due <= self.now) {
            ticks += 1;
            let hold_ends = match change.lead().status {
                Status::Held { until, .. } => until.is_some_and(|until| until <= due),
                _ => false,
            };
            if hold_ends {
                self.run(change)?;
                self.follow_up(change, self.now)?;
            } else if ticks > TICKS_MAX || change.is_long() {
                self.follow_up(change, self.now)?;
                break;
            } else {
                self.follow_up(change, due)?;
            }
        }
        Ok(ticks > 0)
    }

    /// Asks every follow-up plugin about a lead as of a moment, does what they want, and notes when to look
    /// again. What follows from that, such as a new owner, begins now.
    pub(crate) fn follow_up(&mut self, change: &mut Change, moment: Timestamp) -> Result<(), FlowError> {
        let mut moment = moment;
        let mut rounds = 0;
        let schedule = loop {
            rounds += 1;
            let (actions, mut schedule) = self.review(change, moment);
            if !self.carry_out(change, moment, actions)? {
                break schedule;
            }
            moment = self.now;
            if rounds == ROUNDS_MAX {
                // What was said before the last move may not hold for where the lead is now.
                schedule.countdown.clear();
                schedule.next = Some(moment.plus_ms(RETRY_MS));
                break schedule;
            }
        };
        self.classify(change, moment);
        let kept = &change.lead().follow_up;
        if kept.next != schedule.next || kept.countdown != schedule.countdown {
            let Schedule { next, countdown } = schedule;
            change.happened(moment, Event::Scheduled { next, countdown });
        }
        Ok(())
    }

    /// Notes the segments that a lead is in, where they are others than before.
    fn classify(&self, change: &mut Change, moment: Timestamp) {
        let segments = segments_of(&self.revision.policy.segments, change.lead());
        if segments != change.lead().segments {
            change.happened(moment, Event::Segmented { segments });
        }
    }

    /// What the plugins say: what was not done yet, each with the plugin that wants it, and when to look
    /// again.
    fn review(&mut self, change: &mut Change, moment: Timestamp) -> (Vec<(String, Action)>, Schedule) {
        let mut said_ahead = std::mem::take(&mut self.said);
        let mut wanted = Vec::new();
        let mut schedule = Schedule::default();
        for step in steps(self.revision, change.lead()) {
            let stamp = self.revision.rulebook.stamp(step).clone();
            let ask = || self.revision.rulebook.review(step, Case { lead: change.lead(), now: moment });
            let ruling = said_ahead.take(self.revision, step, moment).unwrap_or_else(ask);
            let outcome = match ruling.outcome {
                Ok(said) => {
                    schedule.join(&said);
                    let known = &change.lead().follow_up;
                    let new = said.actions.iter().filter(|action| !known.is_done(&stamp.name, &action.key));
                    wanted.extend(new.map(|action| (stamp.name.clone(), action.clone())));
                    Outcome::NextSteps(said)
                }
                Err(fault) => {
                    schedule.keep(&change.lead().follow_up, moment);
                    Outcome::Fault { fault, fallback: Fallback::Next }
                }
            };
            let decision = Decision {
                stage: Stage::FollowUp,
                plugin: stamp,
                revision: self.revision.number,
                fuel: ruling.fuel,
                situation: None,
                outcome,
            };
            change.happened(moment, Event::Decided(Box::new(decision)));
        }
        (wanted, schedule)
    }

    /// Whether something can be done to a lead as it is: nothing is sent without consent, what is held or
    /// blocked is not for a pool, and each line gets one lead, of what is not held.
    fn may_be_done(&self, change: &Change, deed: &Deed) -> bool {
        match deed {
            Deed::Send { .. } => self.agreed(change),
            Deed::Recycle { .. } => {
                !matches!(change.lead().status, Status::Held { .. } | Status::Blocked { .. })
            }
            Deed::Spawn { line, .. } => {
                !matches!(change.lead().status, Status::Held { .. }) && spawn::may_spawn(change.lead(), line)
            }
            _ => true,
        }
    }

    /// Does what plugins want, until something moves the lead: then they have to look again. Says whether
    /// something did.
    fn carry_out(
        &mut self,
        change: &mut Change,
        moment: Timestamp,
        actions: Vec<(String, Action)>,
    ) -> Result<bool, FlowError> {
        for (plugin, action) in actions {
            let deed = action.deed.clone();
            if change.lead().follow_up.is_done(&plugin, &action.key) || !self.may_be_done(change, &deed) {
                continue;
            }
            change.happened(moment, Event::FollowedUp { plugin, action });
            match deed {
                Deed::Remind { .. } | Deed::Escalate { .. } => {}
                Deed::Send { .. } => change.happened(moment, Event::Acted { activity: sent(moment) }),
                Deed::Spawn { line, pool } => self.spawn(change, moment, &line, &pool)?,
                Deed::Advance { stage } => {
                    self.advance(change, moment, stage)?;
                    return Ok(true);
                }
                Deed::Route => {
                    if change.lead().status.owner().is_none() {
                        self.run_as_mature(change)?;
                    }
                    return Ok(true);
                }
                Deed::Recycle { pool } => {
                    let from = change.lead().status.pool().cloned();
                    let pool = pool.or(from).unwrap_or_else(|| self.revision.policy.default_pool.clone());
                    if let Some(pool) = self.put_in(change, moment, &pool, Parting::Recycled) {
                        self.allocate(change, &pool, None)?;
                    }
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

/// Whether something is done to a lead without a look at anything else, and does not move it.
pub(crate) fn stays_with_the_lead(deed: &Deed) -> bool {
    match deed {
        Deed::Remind { .. } | Deed::Escalate { .. } | Deed::Send { .. } => true,
        Deed::Recycle { .. } | Deed::Advance { .. } | Deed::Route | Deed::Spawn { .. } => false,
    }
}

/// What is sent to a lead is done to it, so that plugins can keep within what a person may be sent.
fn sent(at: Timestamp) -> Activity {
    let kind = MESSAGE_SENT.to_owned();
    Activity { kind, at, quantity: 1.0, channel: None, campaign: None, by: None }
}

/// When to look again, and what falls due when: of all plugins together.
#[derive(Default)]
struct Schedule {
    next: Option<Timestamp>,
    countdown: Vec<Deadline>,
}

impl Schedule {
    fn at(&mut self, moment: Timestamp) {
        self.next = Some(self.next.map_or(moment, |next| next.min(moment)));
    }

    /// Where a plugin gave no usable answer, what was scheduled before stays so, and it is asked again in an
    /// hour at the latest.
    fn keep(&mut self, before: &FollowUp, moment: Timestamp) {
        let retry = moment.plus_ms(RETRY_MS);
        let next = before.next.filter(|next| *next > moment);
        self.at(next.map_or(retry, |next| next.min(retry)));
        let ahead = before.countdown.iter().filter(|deadline| deadline.at > moment);
        self.countdown.extend(ahead.cloned());
        self.order();
    }

    fn join(&mut self, said: &NextSteps) {
        if let Some(next) = said.next {
            self.at(next);
        }
        self.countdown.extend(said.countdown.iter().cloned());
        self.order();
    }

    fn order(&mut self) {
        self.countdown.sort_by(|one, other| (one.at, &one.rule).cmp(&(other.at, &other.rule)));
        self.countdown.dedup();
    }
}

/// The follow-up plugins of a lead: the policy's, then those of its pool. None for a lead that is turned away,
/// nameless or part of another.
pub(crate) fn steps(revision: &Revision, lead: &Lead) -> Vec<Step> {
    if matches!(lead.status, Status::Rejected | Status::Anonymous | Status::Merged { .. }) {
        return Vec::new();
    }
    let policy = &revision.policy;
    let of = |pool, count: usize| (0..count).map(move |index| Step::FollowUp { pool, index });
    let place = |id: &PoolId| policy.pools.iter().position(|pool| pool.id == *id);
    let pool = lead.status.pool().and_then(place);
    let of_pool = pool.into_iter().flat_map(|place| of(Some(place), policy.pools[place].follow_up.len()));
    of(None, policy.follow_up.len()).chain(of_pool).collect()
}
