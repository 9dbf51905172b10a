//! What happened to a lead, and what was decided about it.

use leadsman_domain::journal::Event;
use leadsman_domain::order::Order;
use leadsman_flow::History;
use serde::Serialize;
use utoipa::ToSchema;

use crate::values::{FactMap, Moment, fact_map};
use crate::views::decision::{DecisionView, OutcomeView, disposition};
use crate::views::follow_up::{ActionView, DeadlineView, LackView};
use crate::views::lead::{
    ActivityView, ChildView, ConversionView, CreditView, LeadView, RebateView, SourceView,
};
use crate::views::standing::{ContributionView, FindingView, ScoreView, StandingView};
use crate::views::target::{LinkView, TaskView};

/// A lead with its journal.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = History)]
pub(crate) struct HistoryView {
    /// The lead as it is.
    pub lead: LeadView,
    /// Everything that happened to it, oldest first.
    pub entries: Vec<EntryView>,
}

/// What plugins decided about a lead.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Decisions)]
pub(crate) struct DecisionsView {
    /// The lead.
    #[schema(example = "lead-3kq8r2m4x7c1v9b5n6t0")]
    pub lead: String,
    /// The decisions, oldest first.
    pub decisions: Vec<EntryView>,
}

/// One entry of a journal.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Entry)]
pub(crate) struct EntryView {
    /// When it happened.
    at: Moment,
    /// What happened.
    #[serde(flatten)]
    pub event: EventView,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "event")]
#[schema(as = Event)]
pub(crate) enum EventView {
    /// A submission made the lead.
    Received {
        /// What it said, and what Leadsman derived from that.
        #[schema(value_type = std::collections::BTreeMap<String, crate::values::FactValue>)]
        facts: FactMap,
        /// The lead that it was made out of, for another business line.
        #[serde(skip_serializing_if = "Option::is_none")]
        source: Option<SourceView>,
    },
    /// A lead for another business line was made out of this one.
    Spawned {
        /// Which, and for which line.
        child: ChildView,
    },
    /// A submission was found to be this lead.
    Repeated {
        /// The identity key that agreed.
        key: String,
        /// What it said; fills blanks only.
        #[schema(value_type = std::collections::BTreeMap<String, crate::values::FactValue>)]
        facts: FactMap,
    },
    /// An activity was recorded.
    Acted {
        /// Which.
        activity: ActivityView,
    },
    /// A plugin decided, or failed to.
    Decided {
        /// What it decided.
        decision: Box<DecisionView>,
    },
    /// Screening as a whole.
    Screened {
        /// `accept`, `flag` or `reject`.
        disposition: &'static str,
        /// What all plugins found.
        findings: Vec<FindingView>,
    },
    /// The score changed.
    Scored {
        /// The score and its ledger.
        score: ScoreView,
        /// What it means.
        standing: StandingView,
    },
    /// The score reached the maturity line for the first time.
    Matured,
    /// The lead is in other segments than before.
    Segmented {
        /// Every segment that it is in now, by axis.
        segments: std::collections::BTreeMap<String, String>,
    },
    /// The lead was moved to a pool.
    Dispatched {
        /// Which.
        pool: String,
    },
    /// The lead was given to a rep.
    Allocated {
        /// To whom.
        owner: String,
        /// From which pool.
        pool: String,
        /// The quotas that count it, besides the owner's cap.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        #[schema(required = false)]
        quotas: Vec<String>,
    },
    /// The lead went from its owner to a pool.
    GivenUp {
        /// Which pool.
        pool: String,
        /// Why its owner owns it no longer: `recycled`, `returned`, `reclaimed`, `rejected` or `left`.
        parting: &'static str,
    },
    /// The lead may not go to sales yet.
    Blocked {
        /// What it lacks.
        lacks: Vec<LackView>,
    },
    /// The lead waits.
    Held {
        /// Until when; for a person when there is none.
        until: Option<Moment>,
        /// Why.
        reason: String,
    },
    /// The lead was left to marketing.
    Nurtured,
    /// A person ordered something.
    Ordered {
        /// What: `claim`, `assign`, ...
        order: &'static str,
        /// To whom the lead was to go, where the order names somebody.
        #[serde(skip_serializing_if = "Option::is_none")]
        rep: Option<String>,
        /// Whom the system had suggested.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        #[schema(required = false)]
        suggested: Vec<String>,
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// The lead waited in a pool and asked again.
    Woken,
    /// The lead moved to another stage of its life.
    Staged {
        /// `uql`, `mql`, `sql` or `deal`.
        stage: &'static str,
    },
    /// What is known of the lead was corrected.
    Corrected {
        /// What took the place of what was known.
        #[schema(value_type = std::collections::BTreeMap<String, crate::values::FactValue>)]
        facts: FactMap,
    },
    /// Something was done because a follow-up plugin wanted it.
    FollowedUp {
        /// The plugin.
        plugin: String,
        /// What, and why.
        action: ActionView,
    },
    /// Follow-up looks at the lead again then.
    Scheduled {
        /// When; never if missing.
        next: Option<Moment>,
        /// What falls due when, soonest first.
        countdown: Vec<DeadlineView>,
    },
    /// The lead converted.
    Converted {
        /// The conversion.
        conversion: ConversionView,
    },
    /// The lead was found to be the same as a known record, or to belong to one, and was left beside it.
    Linked {
        /// How.
        link: LinkView,
    },
    /// Whoever owns the record that the lead was found to belong to cannot have it.
    KnownOwnerPassedOver {
        /// Who.
        owner: String,
        /// Why not.
        reason: String,
    },
    /// Nobody knows who this is: it is what a visitor does.
    Unnamed,
    /// Another lead became part of this one.
    Merged {
        /// Which.
        other: String,
        /// The facts that it brought.
        #[schema(value_type = std::collections::BTreeMap<String, crate::values::FactValue>)]
        facts: FactMap,
        /// How many activities it brought.
        activities: usize,
    },
    /// A lead that had become part of this one was taken out of it.
    Unmerged {
        /// Which.
        other: String,
    },
    /// The lead became part of another one.
    WentInto {
        /// Which.
        lead: String,
    },
    /// The lead is one of its own again.
    CameBack {
        /// Out of which.
        from: String,
    },
    /// Something is to be done.
    TaskAdded {
        /// What.
        task: TaskView,
    },
    /// A task is done.
    TaskClosed {
        /// Its number.
        number: u32,
    },
    /// The lead became an account, a contact and an opportunity.
    Qualified {
        /// The account.
        account: String,
        /// The contact.
        contact: String,
        /// The opportunity.
        opportunity: String,
    },
    /// Credit was given for a conversion.
    Credited {
        /// For which conversion.
        conversion: String,
        /// What each touch earned.
        credits: Vec<CreditView>,
    },
    /// An agent gets a part of a conversion.
    Rebated {
        /// Of which conversion.
        conversion: String,
        /// Who, and how much.
        #[serde(flatten)]
        rebate: RebateView,
    },
}

impl EntryView {
    /// The entries of a journal in order, each with what the lead had then of what its score is about.
    pub fn all(history: &History) -> Vec<Self> {
        let mut entries = Vec::with_capacity(history.entries.len());
        history.each_entry(|entry, before| {
            let mut event = EventView::from(&entry.event);
            if let Some(lead) = before {
                let told = entry.event.contributions();
                event
                    .contributions()
                    .iter_mut()
                    .zip(told)
                    .for_each(|(one, told)| one.tell(told, &lead.facts));
            }
            entries.push(Self { at: entry.at.into(), event });
        });
        entries
    }
}

impl EventView {
    /// What rules gave or took, if it is about a score.
    fn contributions(&mut self) -> &mut [ContributionView] {
        match self {
            Self::Scored { score, .. } => &mut score.contributions,
            Self::Decided { decision } => match &mut decision.outcome {
                OutcomeView::Assessment { contributions } => contributions,
                _ => &mut [],
            },
            _ => &mut [],
        }
    }
}

impl From<&Event> for EventView {
    fn from(event: &Event) -> Self {
        match event {
            Event::Received { facts, source, .. } => {
                Self::Received { facts: fact_map(facts), source: source.as_ref().map(Into::into) }
            }
            Event::Spawned { child } => Self::Spawned { child: child.into() },
            Event::Repeated { key, facts, .. } => Self::Repeated { key: key.clone(), facts: fact_map(facts) },
            Event::Acted { activity } => Self::Acted { activity: activity.into() },
            Event::Decided(decision) => Self::Decided { decision: Box::new(decision.as_ref().into()) },
            Event::Screened { disposition: said, findings } => Self::Screened {
                disposition: disposition(*said),
                findings: findings.iter().map(Into::into).collect(),
            },
            Event::Scored { score, standing } => {
                Self::Scored { score: score.into(), standing: standing.into() }
            }
            Event::Matured => Self::Matured,
            Event::Segmented { segments } => Self::Segmented { segments: segments.clone() },
            Event::Dispatched { pool } => Self::Dispatched { pool: pool.to_string() },
            Event::Allocated { owner, pool, quotas, .. } => {
                let (owner, pool, quotas) = (owner.to_string(), pool.to_string(), quotas.clone());
                Self::Allocated { owner, pool, quotas }
            }
            Event::GivenUp { pool, parting } => {
                Self::GivenUp { pool: pool.to_string(), parting: parting.as_str() }
            }
            Event::Blocked { lacks } => Self::Blocked { lacks: lacks.iter().map(Into::into).collect() },
            Event::Held { until, reason } => Self::Held { until: until.map(Moment), reason: reason.clone() },
            Event::Nurtured => Self::Nurtured,
            Event::Ordered { order, by, why } => ordered(order, by, why),
            Event::Woken => Self::Woken,
            Event::Staged { stage } => Self::Staged { stage: stage.as_str() },
            Event::Corrected { facts, .. } => Self::Corrected { facts: fact_map(facts) },
            Event::FollowedUp { plugin, action } => {
                Self::FollowedUp { plugin: plugin.clone(), action: action.into() }
            }
            Event::Scheduled { next, countdown } => Self::Scheduled {
                next: next.map(Moment),
                countdown: countdown.iter().map(Into::into).collect(),
            },
            Event::Linked { link } => Self::Linked { link: link.into() },
            Event::KnownOwnerPassedOver { owner, reason } => {
                Self::KnownOwnerPassedOver { owner: owner.to_string(), reason: reason.clone() }
            }
            Event::Unnamed => Self::Unnamed,
            Event::Merged { other, brought } => Self::Merged {
                other: other.to_string(),
                facts: fact_map(&brought.facts),
                activities: brought.activities.len(),
            },
            Event::Unmerged { other, .. } => Self::Unmerged { other: other.to_string() },
            Event::WentInto { lead } => Self::WentInto { lead: lead.to_string() },
            Event::CameBack { from } => Self::CameBack { from: from.to_string() },
            Event::TaskAdded { task } => Self::TaskAdded { task: task.into() },
            Event::TaskClosed { number } => Self::TaskClosed { number: *number },
            Event::Qualified { account, contact, opportunity } => Self::Qualified {
                account: account.to_string(),
                contact: contact.to_string(),
                opportunity: opportunity.to_string(),
            },
            Event::Converted { conversion } => Self::Converted { conversion: conversion.into() },
            Event::Credited { conversion, credits } => Self::Credited {
                conversion: conversion.to_string(),
                credits: credits.iter().map(Into::into).collect(),
            },
            Event::Rebated { conversion, rebate } => {
                Self::Rebated { conversion: conversion.to_string(), rebate: rebate.into() }
            }
        }
    }
}

fn ordered(order: &Order, by: &str, why: &str) -> EventView {
    let (rep, suggested) = match order {
        Order::Claim { rep } | Order::Transfer { rep } => (Some(rep), &[][..]),
        Order::Assign { rep, suggested } => (Some(rep), suggested.as_slice()),
        _ => (None, &[][..]),
    };
    EventView::Ordered {
        order: order.as_str(),
        rep: rep.map(ToString::to_string),
        suggested: suggested.iter().map(ToString::to_string).collect(),
        by: by.to_owned(),
        reason: why.to_owned(),
    }
}
