//! A lead as it is.

use leadsman_domain::attribution::{Conversion, Credit, Touch};
use leadsman_domain::follow_up::Deadline;
use leadsman_domain::grading::Standing;
use leadsman_domain::lead::{Activity, FormerOwner, Lack, Lead, Status, Won};
use leadsman_domain::scoring::{Axis, Contribution, Score};
use leadsman_domain::screening::Finding;
use serde::Serialize;
use utoipa::ToSchema;

use crate::values::{FactMap, Moment, fact_map};

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
    /// What it became.
    won: Vec<WonView>,
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

/// Somebody who owned a lead before.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = FormerOwner)]
pub(crate) struct FormerOwnerView {
    /// Who.
    rep: String,
    /// Until when.
    until: Moment,
    /// How that ended: `recycled`, `returned`, `reclaimed`, `rejected`, `transferred` or `left`.
    parting: &'static str,
}

/// Something that will be done if nothing happens before.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Deadline)]
pub(crate) struct DeadlineView {
    /// The rule that sets it.
    rule: String,
    /// When.
    at: Moment,
    /// What will be done then.
    consequence: String,
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
}

/// What keeps a lead from sales.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "lacks")]
#[schema(as = Lack)]
pub(crate) enum LackView {
    /// Its party has not agreed to be contacted.
    Consent,
    /// An attribute is not known.
    Attribute {
        /// Which.
        name: String,
    },
    /// Its score is below the line.
    Score {
        /// The line.
        line: f64,
    },
}

/// A score: the sum of its contributions.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Score)]
pub(crate) struct ScoreView {
    /// Fit and engagement together.
    total: f64,
    /// Points for how well the lead fits.
    fit: f64,
    /// Points for how engaged it is.
    engagement: f64,
    /// What each rule gave or took.
    contributions: Vec<ContributionView>,
}

/// What one rule adds to the score, or takes from it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Contribution)]
pub(crate) struct ContributionView {
    /// The rule's name.
    rule: String,
    /// `fit` or `engagement`.
    axis: &'static str,
    /// The points.
    points: f64,
    /// Why, in one sentence.
    message: String,
}

/// What a score means.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Standing)]
pub(crate) struct StandingView {
    /// The grade; empty where the policy does not grade.
    grade: String,
    /// The grade in words.
    meaning: String,
    /// Whether the score reached the maturity line.
    mature: bool,
    /// The id of the advice for the grade.
    advice: Option<String>,
}

/// One thing that screening found.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Finding)]
pub(crate) struct FindingView {
    /// A short stable word for programs.
    #[schema(example = "sensitive-word")]
    code: String,
    /// One sentence for people.
    message: String,
    /// The attribute in which it was found.
    attribute: Option<String>,
    /// What was found there.
    evidence: Option<String>,
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
}

/// A conversion with its credits.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Won)]
pub(crate) struct WonView {
    /// The conversion.
    conversion: ConversionView,
    /// What each touch earned; empty when there was no touch, or no answer.
    credits: Vec<CreditView>,
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
            stage: lead.stage.as_str(),
            stage_since: lead.stage_since.into(),
            former_owners: lead.former_owners.iter().map(Into::into).collect(),
            countdown: lead.follow_up.countdown.iter().map(Into::into).collect(),
            facts: fact_map(&lead.facts),
            findings: lead.findings.iter().map(Into::into).collect(),
            activities: lead.activities.iter().map(Into::into).collect(),
            submissions: lead.submissions,
            won: lead.won.iter().map(Into::into).collect(),
        }
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

impl From<&FormerOwner> for FormerOwnerView {
    fn from(former: &FormerOwner) -> Self {
        let FormerOwner { rep, until, parting } = former;
        Self { rep: rep.to_string(), until: (*until).into(), parting: parting.as_str() }
    }
}

impl From<&Deadline> for DeadlineView {
    fn from(deadline: &Deadline) -> Self {
        let Deadline { rule, at, consequence } = deadline.clone();
        Self { rule, at: at.into(), consequence }
    }
}

impl From<&Lack> for LackView {
    fn from(lack: &Lack) -> Self {
        match lack {
            Lack::Consent => Self::Consent,
            Lack::Attribute { name } => Self::Attribute { name: name.clone() },
            Lack::Score { line } => Self::Score { line: line.as_f64() },
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
        }
    }
}

impl From<&Score> for ScoreView {
    fn from(score: &Score) -> Self {
        Self {
            total: score.total.as_f64(),
            fit: score.fit.as_f64(),
            engagement: score.engagement.as_f64(),
            contributions: score.contributions.iter().map(Into::into).collect(),
        }
    }
}

impl From<&Contribution> for ContributionView {
    fn from(one: &Contribution) -> Self {
        let axis = match one.axis {
            Axis::Fit => "fit",
            Axis::Engagement => "engagement",
        };
        Self {
            rule: one.rule.to_string(),
            axis,
            points: one.points.as_f64(),
            message: one.message.to_string(),
        }
    }
}

impl From<&Standing> for StandingView {
    fn from(standing: &Standing) -> Self {
        Self {
            grade: standing.grade.clone(),
            meaning: standing.meaning.clone(),
            mature: standing.mature,
            advice: standing.advice.clone(),
        }
    }
}

impl From<&Finding> for FindingView {
    fn from(finding: &Finding) -> Self {
        Self {
            code: finding.code.clone(),
            message: finding.message.clone(),
            attribute: finding.attribute.clone(),
            evidence: finding.evidence.clone(),
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
        }
    }
}

impl From<&Won> for WonView {
    fn from(won: &Won) -> Self {
        Self { conversion: (&won.conversion).into(), credits: won.credits.iter().map(Into::into).collect() }
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
        let Touch { at, channel, campaign } = credit.touch.clone();
        Self {
            at: at.into(),
            channel,
            campaign,
            value_minor: credit.value.0,
            share_millionths: credit.share_millionths,
        }
    }
}
