//! The journal: everything that happened to a lead and was decided about it, in order. A lead's state
//! is the fold of its entries, and nothing else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::agent::Rebate;
use crate::attribution::{Conversion, Credit};
use crate::digest::Digest;
use crate::follow_up::{Action, Deadline, Done, FollowUp, NextSteps};
use crate::grading::Standing;
use crate::ids::{LeadId, PoolId, RepId, TargetId};
use crate::lead::{Activity, Child, Lack, Lead, Source, Status, Task, Won};
use crate::life::LifeStage;
use crate::merge::Brought;
use crate::order::{Order, Parting};
use crate::routing::{Acquaintance, Candidate, Counter, PassedOver, Proposal, Question};
use crate::ruling::{Fallback, Fault, PluginStamp, Stage};
use crate::scoring::{Contribution, Score};
use crate::screening::{Disposition, Finding, Verdict};
use crate::target::{Link, Qualified};
use crate::time::Timestamp;
use crate::value::{AttributeName, Facts};

/// One entry: when, and what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When it happened, in the time of the tenant's business, not of the machine.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub enum Event {
    /// A submission made a new lead, or another lead did. The first entry of every journal.
    Received {
        /// The lead.
        lead: LeadId,
        /// Digest of the submission's idempotency key.
        submission: Digest,
        /// What it says of itself, with what intake derived from that.
        facts: Facts,
        /// When it was received, if that is longer ago than it was told.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        received: Option<Timestamp>,
        /// The lead that it was made out of, for another business line.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        source: Option<Source>,
    },
    /// A lead for another business line was made out of this one.
    Spawned {
        /// Which, and for which line.
        child: Child,
    },
    /// A submission was found to be this lead: one more touch, not one more lead.
    Repeated {
        /// Digest of the submission's idempotency key.
        submission: Digest,
        /// The identity key that agreed, in words.
        key: String,
        /// What this submission said; fills blanks only.
        facts: Facts,
    },
    /// An activity was recorded.
    Acted {
        /// Which.
        activity: Activity,
    },
    /// A plugin decided, or failed to.
    Decided(Box<Decision>),
    /// Screening as a whole.
    Screened {
        /// The strictest disposition.
        disposition: Disposition,
        /// What all plugins found.
        findings: Vec<Finding>,
    },
    /// The score changed.
    Scored {
        /// The score and its ledger.
        score: Score,
        /// What it means.
        standing: Standing,
    },
    /// The score reached the maturity line for the first time.
    Matured,
    /// The lead is in other segments than before.
    Segmented {
        /// Every segment that it is in now, by axis.
        segments: BTreeMap<String, String>,
    },
    /// The lead was moved to a pool.
    Dispatched {
        /// Which.
        pool: PoolId,
    },
    /// The lead was given to a rep.
    Allocated {
        /// To whom.
        owner: RepId,
        /// From which pool.
        pool: PoolId,
        /// The quotas that count it, besides the owner's cap.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        quotas: Vec<String>,
        /// How whoever owned it before came to own it no longer.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        instead: Option<Parting>,
    },
    /// The lead went from its owner to a pool.
    GivenUp {
        /// Which pool.
        pool: PoolId,
        /// How the owner came to own it no longer.
        parting: Parting,
    },
    /// The lead may not go to sales yet.
    Blocked {
        /// What it lacks.
        lacks: Vec<Lack>,
    },
    /// The lead waits.
    Held {
        /// Until when; for a person when there is none.
        until: Option<Timestamp>,
        /// Why.
        reason: String,
    },
    /// The lead was left to marketing.
    Nurtured,
    /// A person ordered something.
    Ordered {
        /// What.
        #[serde(flatten)]
        order: Order,
        /// Who.
        by: String,
        /// Why.
        why: String,
    },
    /// The lead waited in a pool and asked again: it is worth a call now.
    Woken,
    /// The lead moved to another stage of its life.
    Staged {
        /// Which.
        stage: LifeStage,
    },
    /// What is known of the lead was corrected: these facts took the place of what was known.
    Corrected {
        /// The facts.
        facts: Facts,
        /// Attributes that were derived from what is no longer so.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        outdated: Vec<AttributeName>,
    },
    /// Something was done because a follow-up plugin wanted it.
    FollowedUp {
        /// The plugin.
        plugin: String,
        /// What, and why.
        action: Action,
    },
    /// Follow-up looks at the lead again then, if nothing happens before.
    Scheduled {
        /// When; never if missing.
        next: Option<Timestamp>,
        /// What falls due when, soonest first.
        countdown: Vec<Deadline>,
    },
    /// The lead converted.
    Converted {
        /// The conversion.
        conversion: Conversion,
    },
    /// The lead was found to be the same as a known record, or to belong to one, and was left beside it.
    Linked {
        /// How.
        #[serde(flatten)]
        link: Link,
    },
    /// Whoever owns the record that the lead was found to belong to cannot have it.
    KnownOwnerPassedOver {
        /// Who.
        owner: RepId,
        /// Why not.
        reason: String,
    },
    /// Nobody knows who this is: it is what a visitor does.
    Unnamed,
    /// Another lead became part of this one.
    Merged {
        /// Which.
        other: LeadId,
        /// What it brought.
        brought: Box<Brought>,
    },
    /// A lead that had become part of this one was taken out of it.
    Unmerged {
        /// Which.
        other: LeadId,
        /// What it had brought.
        brought: Box<Brought>,
    },
    /// The lead became part of another one.
    WentInto {
        /// Which.
        lead: LeadId,
    },
    /// The lead is one of its own again, where it was.
    CameBack {
        /// Out of which.
        from: LeadId,
    },
    /// Something is to be done.
    TaskAdded {
        /// What.
        task: Task,
    },
    /// A task is done.
    TaskClosed {
        /// Its number.
        number: u32,
    },
    /// The lead became an account, a contact and an opportunity, and its tasks went with that.
    Qualified {
        /// The account.
        account: TargetId,
        /// The contact.
        contact: TargetId,
        /// The opportunity.
        opportunity: TargetId,
    },
    /// Credit was given for a conversion.
    Credited {
        /// For which conversion.
        conversion: crate::ids::ConversionId,
        /// What each touch earned.
        credits: Vec<Credit>,
    },
    /// An agent gets a part of a conversion.
    Rebated {
        /// Of which conversion.
        conversion: crate::ids::ConversionId,
        /// Who, and how much.
        rebate: Rebate,
    },
}

impl Event {
    /// Whether a plugin was asked and gave no usable answer.
    #[must_use]
    pub fn is_fault(&self) -> bool {
        matches!(self, Self::Decided(decision) if matches!(decision.outcome, Outcome::Fault { .. }))
    }

    /// What rules gave or took, if it is about a score.
    #[must_use]
    pub fn contributions(&self) -> &[Contribution] {
        match self {
            Self::Scored { score, .. } => &score.contributions,
            Self::Decided(decision) => match &decision.outcome {
                Outcome::Assessment(contributions) => contributions,
                _ => &[],
            },
            _ => &[],
        }
    }
}

/// What a plugin decided, with everything needed to understand it and to take it again. The lead as
/// the plugin saw it is the fold of the entries before this one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The decision point.
    pub stage: Stage,
    /// Which code and configuration.
    pub plugin: PluginStamp,
    /// The revision of the policy.
    pub revision: u64,
    /// Fuel used.
    pub fuel: u64,
    /// What a routing plugin was shown besides the lead.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub situation: Option<Situation>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What a routing plugin was shown besides the lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Situation {
    /// What was asked.
    pub question: Question,
    /// The pool of an allocation.
    pub pool: Option<PoolId>,
    /// Who could own the lead, as they stood.
    pub candidates: Vec<Candidate>,
    /// Who knows it.
    pub acquaintances: Vec<Acquaintance>,
    /// The counters as they stood.
    pub counters: Vec<Counter>,
    /// The pools of a dispatch, and how many leads waited in each.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub pools: Vec<(PoolId, u64)>,
    /// Whom the host had removed before, and why.
    pub barred: Vec<PassedOver>,
    /// Whether the lead passed for mature, whatever its score, since a follow-up plugin wanted it with sales.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub as_mature: bool,
}

/// What came of asking a plugin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A verdict.
    Verdict(Verdict),
    /// Contributions to the score.
    Assessment(Vec<Contribution>),
    /// A proposal.
    Proposal(Proposal),
    /// What follow-up does next.
    NextSteps(NextSteps),
    /// Weights of touches.
    Weights(Vec<f64>),
    /// No usable answer, and what was done instead.
    Fault {
        /// What was wrong.
        fault: Fault,
        /// What was done instead.
        fallback: Fallback,
    },
}

/// The journal does not begin with a submission, or begins twice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrokenJournal {
    /// The first entry is not `received`.
    #[error("the journal does not begin with the entry `received`")]
    NoBeginning,
    /// A later entry is `received`.
    #[error("the journal begins twice")]
    BeginsTwice,
}

/// Folds a journal into the lead that it tells of.
///
/// # Errors
///
/// When the first entry is not `received`, or a later one is.
pub fn fold<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Result<Lead, BrokenJournal> {
    let mut entries = entries.into_iter();
    let first = entries.next().ok_or(BrokenJournal::NoBeginning)?;
    let Event::Received { lead, facts, received, source, .. } = &first.event else {
        return Err(BrokenJournal::NoBeginning);
    };
    let begun = begin(lead.clone(), first.at, facts.clone());
    let received = received.unwrap_or(first.at);
    let mut lead = Lead { received, source: source.clone(), ..begun };
    for entry in entries {
        apply(&mut lead, entry)?;
    }
    Ok(lead)
}

/// The lead of a submission that is told as soon as it is received, before anything else happened.
#[must_use]
pub fn begin(id: LeadId, told: Timestamp, facts: Facts) -> Lead {
    Lead {
        id,
        received: told,
        facts,
        activities: Vec::new(),
        submissions: 1,
        findings: Vec::new(),
        score: None,
        standing: None,
        matured: false,
        segments: BTreeMap::new(),
        stage: LifeStage::default(),
        stage_since: told,
        status: Status::Held { until: None, reason: "on its way".to_owned() },
        since: told,
        former_owners: Vec::new(),
        follow_up: FollowUp::default(),
        won: Vec::new(),
        links: Vec::new(),
        absorbed: Vec::new(),
        tasks: Vec::new(),
        tasks_so_far: 0,
        qualified: None,
        source: None,
        children: Vec::new(),
    }
}

/// Applies one more entry to a lead.
///
/// # Errors
///
/// When the entry is `received`, which only begins journals.
pub fn apply(lead: &mut Lead, entry: &Entry) -> Result<(), BrokenJournal> {
    let at = entry.at;
    match &entry.event {
        Event::Received { .. } => return Err(BrokenJournal::BeginsTwice),
        Event::Repeated { facts, .. } => {
            lead.submissions += 1;
            lead.facts.fill_blanks_from(facts);
        }
        Event::Corrected { facts, outdated } => {
            outdated.iter().for_each(|name| lead.facts.forget(name));
            lead.facts.replace_with(facts);
        }
        Event::Acted { activity } => lead.add_activity(activity.clone()),
        Event::Decided(_) | Event::Ordered { .. } | Event::Woken | Event::KnownOwnerPassedOver { .. } => {}
        Event::Screened { disposition, findings } => {
            lead.findings.clone_from(findings);
            if *disposition == Disposition::Reject {
                lead.put(Status::Rejected, at, Parting::Reclaimed);
            }
        }
        Event::Scored { score, standing } => {
            lead.score = Some(score.clone());
            lead.standing = Some(standing.clone());
        }
        Event::Matured => {
            lead.matured = true;
            lead.enter(lead.stage.max(LifeStage::Mql), at);
        }
        Event::Segmented { segments } => lead.segments.clone_from(segments),
        Event::Staged { stage } => lead.enter(*stage, at),
        Event::Spawned { child } => lead.children.push(child.clone()),
        Event::FollowedUp { plugin, action } => {
            lead.follow_up.remember(Done { plugin: plugin.clone(), key: action.key.clone() });
        }
        Event::Scheduled { next, countdown } => {
            lead.follow_up.next = *next;
            lead.follow_up.countdown.clone_from(countdown);
        }
        Event::Converted { conversion } => {
            lead.enter(LifeStage::Deal, at);
            lead.won.push(Won { conversion: conversion.clone(), credits: Vec::new(), rebate: None });
        }
        Event::Credited { conversion, credits } => {
            if let Some(won) = lead.won.iter_mut().find(|won| won.conversion.id == *conversion) {
                won.credits.clone_from(credits);
            }
        }
        Event::Rebated { conversion, rebate } => {
            if let Some(won) = lead.won.iter_mut().find(|won| won.conversion.id == *conversion) {
                won.rebate = Some(rebate.clone());
            }
        }
        Event::Linked { link } => lead.links.push(link.clone()),
        Event::Merged { other, brought } => lead.absorb(other, brought, at),
        Event::Unmerged { other, brought } => lead.give_back(other, brought),
        Event::WentInto { lead: other } => lead.go_into(other, at),
        Event::CameBack { .. } => lead.come_back(at),
        Event::TaskAdded { task } => {
            lead.tasks_so_far = task.number;
            lead.tasks.push(task.clone());
        }
        Event::TaskClosed { number } => lead.tasks.retain(|task| task.number != *number),
        Event::Qualified { account, contact, opportunity } => {
            let (account, contact, opportunity) = (account.clone(), contact.clone(), opportunity.clone());
            lead.qualified = Some(Qualified { at, account, contact, opportunity });
            lead.tasks.clear();
        }
        Event::Unnamed
        | Event::Dispatched { .. }
        | Event::Allocated { .. }
        | Event::GivenUp { .. }
        | Event::Blocked { .. }
        | Event::Held { .. }
        | Event::Nurtured => move_it(lead, entry),
    }
    Ok(())
}

/// Applies an entry that moves a lead.
fn move_it(lead: &mut Lead, entry: &Entry) {
    let (status, parting) = match &entry.event {
        Event::Dispatched { pool } => (Status::Pooled { pool: pool.clone() }, Parting::Reclaimed),
        Event::GivenUp { pool, parting } => (Status::Pooled { pool: pool.clone() }, *parting),
        Event::Allocated { owner, pool, quotas, instead } => {
            let (pool, owner, quotas) = (pool.clone(), owner.clone(), quotas.clone());
            (Status::Assigned { pool, owner, quotas }, instead.unwrap_or(Parting::Reclaimed))
        }
        Event::Blocked { lacks } => (Status::Blocked { lacks: lacks.clone() }, Parting::Reclaimed),
        Event::Held { until, reason } => {
            (Status::Held { until: *until, reason: reason.clone() }, Parting::Reclaimed)
        }
        Event::Nurtured => (Status::Nurtured, Parting::Reclaimed),
        Event::Unnamed => (Status::Anonymous, Parting::Reclaimed),
        _ => return,
    };
    lead.put(status, entry.at, parting);
}
