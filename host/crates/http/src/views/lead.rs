//! A lead as it is.

use leadsman_domain::agent::Rebate;
use leadsman_domain::attribution::{Conversion, Credit, Touch};
use leadsman_domain::lead::{Activity, Child, Lead, Source, Status, Won};
use serde::Serialize;
use utoipa::ToSchema;

use crate::values::{FactMap, Moment, fact_map};
use crate::views::follow_up::{DeadlineView, FormerOwnerView, LackView};
use crate::views::standing::{FindingView, ScoreView, StandingView};
use crate::views::target::{LinkView, QualifiedView, TaskView};

/// A lead.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Lead)]
pub(crate) struct LeadView {
    /// Its id.
    #[schema(example = "lead-3kq8r2m4x7c1v9b5n6t0")]
    lead: String,
    /// When it was first received.
    received: Moment,
    /// Where it is.
    status: StatusView,
    /// What it is worth, once scored.
    score: Option<ScoreView>,
    /// What the score means.
    standing: Option<StandingView>,
    /// Whether it ever matured.
    matured: bool,
    /// The segments that it is in, by axis.
    segments: std::collections::BTreeMap<String, String>,
    /// The stage of its life: `uql`, `mql`, `sql` or `deal`.
    stage: &'static str,
    /// Since when it is in that stage.
    stage_since: Moment,
    /// Who owned it before, oldest first.
    former_owners: Vec<FormerOwnerView>,
    /// What falls due when, soonest first, if nothing happens before.
    countdown: Vec<DeadlineView>,
    /// What is known of it, what Leadsman derived included.
    #[schema(value_type = std::collections::BTreeMap<String, crate::values::FactValue>)]
    facts: FactMap,
    /// What screening found.
    findings: Vec<FindingView>,
    /// What it did and what was done to it, oldest first; the newest thousand.
    activities: Vec<ActivityView>,
    /// How often it was submitted.
    submissions: u32,
    /// The deals that came of it.
    won: Vec<WonView>,
    /// Known records that it was found to be the same as, or to belong to, and was not merged with.
    links: Vec<LinkView>,
    /// The leads that are part of it.
    absorbed: Vec<String>,
    /// What is still to be done about it.
    tasks: Vec<TaskView>,
    /// The account, contact and opportunity that it became.
    qualified: Option<QualifiedView>,
    /// What it was made out of, if it is a lead for another business line.
    source: Option<SourceView>,
    /// The leads for other business lines that were made out of it.
    children: Vec<ChildView>,
}

/// What a lead for another business line was made out of.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Source)]
pub(crate) struct SourceView {
    /// The lead.
    lead: String,
    /// The line.
    line: String,
}

/// A lead for another business line.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Child)]
pub(crate) struct ChildView {
    /// The line.
    line: String,
    /// The lead.
    lead: String,
}

/// A lead in brief: where it is and what it is worth.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = LeadInBrief)]
pub(crate) struct BriefView {
    /// Its id.
    #[schema(example = "lead-3kq8r2m4x7c1v9b5n6t0")]
    lead: String,
    /// Where it is.
    status: StatusView,
    /// Its score, once scored.
    score: Option<f64>,
    /// Its grade, if the policy grades.
    grade: Option<String>,
    /// Whether it ever matured.
    matured: bool,
    /// The stage of its life: `uql`, `mql`, `sql` or `deal`.
    stage: &'static str,
    /// What falls due next if nothing happens before.
    due: Option<DeadlineView>,
}

/// Where a lead is on its way.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "is")]
#[schema(as = Status)]
pub(crate) enum StatusView {
    /// Screening turned it away.
    Rejected,
    /// It waits for a moment, or for a person when there is none.
    Held {
        /// When it goes on.
        until: Option<Moment>,
        /// Why it waits.
        reason: String,
    },
    /// It may not go to sales yet.
    Blocked {
        /// What it lacks.
        lacks: Vec<LackView>,
    },
    /// It waits in a pool for an owner.
    Pooled {
        /// Which pool.
        pool: String,
    },
    /// It has an owner.
    Assigned {
        /// The pool that it came from.
        pool: String,
        /// The owner.
        owner: String,
        /// Since when.
        since: Moment,
    },
    /// Marketing nurtures it.
    Nurtured,
    /// Nobody knows who it is: it is what a visitor did so far.
    Anonymous,
    /// It is part of another lead.
    Merged {
        /// Which.
        into: String,
    },
}

/// Somebody who brought a touch about.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = By)]
pub(crate) struct ByView {
    /// Who.
    #[schema(example = "mei.lin")]
    who: String,
    /// As what: `referrer`.
    role: &'static str,
}

impl ByView {
    fn referrer(who: String) -> Self {
        Self { who, role: "referrer" }
    }
}

/// Something that the lead did, or that was done to it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Activity)]
pub(crate) struct ActivityView {
    /// Its kind.
    #[schema(example = "email.reply")]
    kind: String,
    /// When it happened.
    at: Moment,
    /// How much of it, in the unit of its kind.
    quantity: f64,
    /// Its marketing channel, if it is a touch.
    channel: Option<String>,
    /// Its campaign.
    campaign: Option<String>,
    /// Who brought it about.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<ByView>,
}

/// A conversion with its credits.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Won)]
pub(crate) struct WonView {
    /// The conversion.
    conversion: ConversionView,
    /// What each touch earned; empty when there was no touch, or no answer.
    credits: Vec<CreditView>,
    /// What the agent gets whose lead it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    rebate: Option<RebateView>,
}

/// What an agent gets of a deal.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Rebate)]
pub(crate) struct RebateView {
    /// Who.
    agent: String,
    /// The contract's rate, such as `5.000 %`.
    rate: String,
    /// How much, in minor units of the deal's currency.
    rebate_minor: i64,
}

/// A lead that became something worth money.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Conversion)]
pub(crate) struct ConversionView {
    /// Its id.
    id: String,
    /// For which question credit was given.
    scenario: String,
    /// When it happened.
    at: Moment,
    /// What it is worth, in minor units.
    value_minor: i64,
    /// ISO 4217 code of the currency.
    currency: String,
    /// When the deal was opened, if known.
    deal_created: Option<Moment>,
}

/// What one touch earned.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Credit)]
pub(crate) struct CreditView {
    /// When the touch happened.
    at: Moment,
    /// Its channel.
    channel: String,
    /// Its campaign.
    campaign: Option<String>,
    /// Who brought it about, and is credited with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<ByView>,
    /// Its share of the conversion's value, in minor units.
    value_minor: i64,
    /// Its share of the conversion, in millionths.
    share_millionths: i64,
}

impl From<&Lead> for LeadView {
    fn from(lead: &Lead) -> Self {
        Self {
            lead: lead.id.to_string(),
            received: lead.received.into(),
            status: StatusView::of(lead),
            score: lead.score.as_ref().map(Into::into),
            standing: lead.standing.as_ref().map(Into::into),
            matured: lead.matured,
            segments: lead.segments.clone(),
            stage: lead.stage.as_str(),
            stage_since: lead.stage_since.into(),
            former_owners: lead.former_owners.iter().map(Into::into).collect(),
            countdown: lead.follow_up.countdown.iter().map(Into::into).collect(),
            facts: fact_map(&lead.facts),
            findings: lead.findings.iter().map(Into::into).collect(),
            activities: lead.activities.iter().map(Into::into).collect(),
            submissions: lead.submissions,
            won: lead.won.iter().map(Into::into).collect(),
            links: lead.links.iter().map(Into::into).collect(),
            absorbed: lead.absorbed.iter().map(ToString::to_string).collect(),
            tasks: lead.tasks.iter().map(Into::into).collect(),
            qualified: lead.qualified.as_ref().map(Into::into),
            source: lead.source.as_ref().map(Into::into),
            children: lead.children.iter().map(Into::into).collect(),
        }
    }
}

impl From<&Source> for SourceView {
    fn from(source: &Source) -> Self {
        Self { lead: source.lead.to_string(), line: source.line.to_string() }
    }
}

impl From<&Child> for ChildView {
    fn from(child: &Child) -> Self {
        Self { line: child.line.to_string(), lead: child.lead.to_string() }
    }
}

impl From<&Lead> for BriefView {
    fn from(lead: &Lead) -> Self {
        let grade = lead.standing.as_ref().map(|standing| standing.grade.clone());
        Self {
            lead: lead.id.to_string(),
            status: StatusView::of(lead),
            score: lead.score.as_ref().map(|score| score.total.as_f64()),
            grade: grade.filter(|grade| !grade.is_empty()),
            matured: lead.matured,
            stage: lead.stage.as_str(),
            due: lead.follow_up.countdown.first().map(Into::into),
        }
    }
}

impl StatusView {
    /// Where a lead is.
    fn of(lead: &Lead) -> Self {
        match &lead.status {
            Status::Rejected => Self::Rejected,
            Status::Held { until, reason } => Self::Held { until: until.map(Moment), reason: reason.clone() },
            Status::Blocked { lacks } => Self::Blocked { lacks: lacks.iter().map(Into::into).collect() },
            Status::Pooled { pool } => Self::Pooled { pool: pool.to_string() },
            Status::Assigned { pool, owner, .. } => {
                let (pool, owner) = (pool.to_string(), owner.to_string());
                Self::Assigned { pool, owner, since: Moment(lead.since) }
            }
            Status::Nurtured => Self::Nurtured,
            Status::Anonymous => Self::Anonymous,
            Status::Merged { into, .. } => Self::Merged { into: into.to_string() },
        }
    }
}

impl From<&Activity> for ActivityView {
    fn from(activity: &Activity) -> Self {
        Self {
            kind: activity.kind.clone(),
            at: activity.at.into(),
            quantity: activity.quantity,
            channel: activity.channel.clone(),
            campaign: activity.campaign.clone(),
            by: activity.by.clone().map(ByView::referrer),
        }
    }
}

impl From<&Won> for WonView {
    fn from(won: &Won) -> Self {
        let credits = won.credits.iter().map(Into::into).collect();
        Self { conversion: (&won.conversion).into(), credits, rebate: won.rebate.as_ref().map(Into::into) }
    }
}

impl From<&Rebate> for RebateView {
    fn from(rebate: &Rebate) -> Self {
        let Rebate { agent, rate, value } = rebate;
        Self { agent: agent.to_string(), rate: rate.to_string(), rebate_minor: value.0 }
    }
}

impl From<&Conversion> for ConversionView {
    fn from(conversion: &Conversion) -> Self {
        Self {
            id: conversion.id.to_string(),
            scenario: conversion.scenario.clone(),
            at: conversion.at.into(),
            value_minor: conversion.value.0,
            currency: conversion.currency.clone(),
            deal_created: conversion.deal_created.map(Moment),
        }
    }
}

impl From<&Credit> for CreditView {
    fn from(credit: &Credit) -> Self {
        let Touch { at, channel, campaign, by } = credit.touch.clone();
        Self {
            at: at.into(),
            channel,
            campaign,
            by: by.map(ByView::referrer),
            value_minor: credit.value.0,
            share_millionths: credit.share_millionths,
        }
    }
}
