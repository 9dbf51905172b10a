//! The summary: where a tenant's leads are, folded from the leads themselves.

use std::collections::BTreeMap;

use leadsman_domain::lead::{Lead, Status};
use leadsman_domain::money::Minor;
use serde::Serialize;

use crate::error::FlowError;
use crate::history::Archive;
use crate::intake::{Intake, Settled};

/// What became of a number of submissions. Every submission is counted in exactly one of `invalid`,
/// `rejected`, `duplicates`, `assigned`, `pooled`, `held` and `failed`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// Rows or requests, good and bad.
    pub received: u64,
    /// What could not be read.
    pub invalid: u64,
    /// Turned away by screening.
    pub rejected: u64,
    /// Known already: one more touch.
    pub duplicates: u64,
    /// Given to a rep.
    pub assigned: u64,
    /// Waiting in a pool.
    pub pooled: u64,
    /// Waiting for a moment, for a person, or for marketing.
    pub held: u64,
    /// Stopped by a plugin that gave no usable answer.
    pub failed: u64,
    /// Of all these: with findings, but not rejected.
    pub flagged: u64,
    /// Of all these: seen before, so nothing happened now.
    pub seen_before: u64,
    /// New leads by grade.
    pub grades: BTreeMap<String, u64>,
    /// New leads by owner.
    pub owners: BTreeMap<String, u64>,
    /// New leads by the pool that they wait in or came from.
    pub pools: BTreeMap<String, u64>,
    /// Rejected submissions by what was found; one may count for several findings.
    pub rejections: BTreeMap<String, u64>,
}

impl Tally {
    /// Counts one submission.
    pub fn count(&mut self, intake: &Intake) {
        self.received += 1;
        self.seen_before += u64::from(intake.seen_before);
        if intake.settled != Settled::Rejected {
            self.flagged += u64::from(!intake.findings.is_empty());
        }
        match &intake.settled {
            Settled::Rejected => {
                self.rejected += 1;
                for code in &intake.findings {
                    *self.rejections.entry(code.clone()).or_default() += 1;
                }
                return;
            }
            Settled::Duplicate => {
                self.duplicates += 1;
                return;
            }
            Settled::Assigned { owner, pool } => {
                self.assigned += 1;
                *self.owners.entry(owner.to_string()).or_default() += 1;
                *self.pools.entry(pool.to_string()).or_default() += 1;
            }
            Settled::Pooled { pool } => {
                self.pooled += 1;
                *self.pools.entry(pool.to_string()).or_default() += 1;
            }
            Settled::Held => self.held += 1,
            Settled::Failed => self.failed += 1,
        }
        if let Some(grade) = &intake.grade {
            *self.grades.entry(grade.clone()).or_default() += 1;
        }
    }

    /// Counts one row or request that could not be read.
    pub fn count_invalid(&mut self) {
        self.received += 1;
        self.invalid += 1;
    }
}

/// What a rep has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnerShare {
    /// The rep.
    pub owner: String,
    /// Share of turns.
    pub weight: u32,
    /// How many leads may be owned.
    pub cap: Option<u32>,
    /// How many are.
    pub leads: u64,
}

/// What a channel earned in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChannelCredit {
    /// The channel.
    pub channel: String,
    /// ISO 4217 code of the currency.
    pub currency: String,
    /// Touches of leads that converted.
    pub touches: u64,
    /// Conversions, in millionths.
    pub conversions_millionths: i64,
    /// Value, in minor units.
    pub value: Minor,
}

/// Where a tenant's leads are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Summary {
    /// Leads.
    pub leads: u64,
    /// Submissions that made them or belong to them.
    pub submissions: u64,
    /// Turned away by screening.
    pub rejected: u64,
    /// Waiting in a pool.
    pub pooled: u64,
    /// Owned by a rep.
    pub assigned: u64,
    /// Waiting for a moment or a person.
    pub held: u64,
    /// Kept from sales by something that they lack.
    pub blocked: u64,
    /// Left to marketing.
    pub nurtured: u64,
    /// Part of another lead, and not counted besides.
    pub merged: u64,
    /// Visitors whose name is not known, who are no leads yet.
    pub anonymous: u64,
    /// Ever mature.
    pub matured: u64,
    /// With at least one conversion.
    pub converted: u64,
    /// Leads by grade.
    pub grades: BTreeMap<String, u64>,
    /// Leads by pool.
    pub pools: BTreeMap<String, u64>,
    /// Rejected leads by what was found.
    pub rejections: BTreeMap<String, u64>,
    /// Reps, in the policy's order.
    pub owners: Vec<OwnerShare>,
    /// Channels, by name and currency.
    pub channels: Vec<ChannelCredit>,
}

impl Archive {
    /// Sums up where the leads are. Reads every lead.
    ///
    /// # Errors
    ///
    /// When a lead cannot be read.
    pub fn summary(&self) -> Result<Summary, FlowError> {
        let mut folding = Folding::default();
        self.each_lead(|lead| folding.add(&lead))?;
        let Folding { mut summary, mut owned, channels } = folding;
        let reps = self.active_revision()?.map(|(_, policy)| policy.reps).unwrap_or_default();
        let known = reps.iter().map(|rep| OwnerShare {
            owner: rep.id.to_string(),
            weight: rep.weight,
            cap: rep.cap,
            leads: owned.remove(rep.id.as_str()).unwrap_or(0),
        });
        summary.owners = known.collect();
        let gone = owned.into_iter().map(|(owner, leads)| OwnerShare { owner, weight: 0, cap: None, leads });
        summary.owners.extend(gone);
        summary.channels = channels
            .into_iter()
            .map(|((channel, currency), (touches, conversions_millionths, value))| ChannelCredit {
                channel,
                currency,
                touches,
                conversions_millionths,
                value: Minor(value),
            })
            .collect();
        Ok(summary)
    }
}

#[derive(Default)]
struct Folding {
    summary: Summary,
    owned: BTreeMap<String, u64>,
    channels: BTreeMap<(String, String), (u64, i64, i64)>,
}

impl Folding {
    fn add(&mut self, lead: &Lead) {
        let summary = &mut self.summary;
        // What a merged lead has counts for the one that it is part of; a visitor is nobody's lead yet.
        match &lead.status {
            Status::Merged { .. } => return summary.merged += 1,
            Status::Anonymous => return summary.anonymous += 1,
            _ => {}
        }
        summary.leads += 1;
        summary.submissions += u64::from(lead.submissions);
        summary.matured += u64::from(lead.matured);
        summary.converted += u64::from(!lead.won.is_empty());
        match &lead.status {
            Status::Rejected => {
                summary.rejected += 1;
                for finding in &lead.findings {
                    *summary.rejections.entry(finding.code.clone()).or_default() += 1;
                }
            }
            Status::Held { .. } => summary.held += 1,
            Status::Blocked { .. } => summary.blocked += 1,
            Status::Pooled { .. } => summary.pooled += 1,
            Status::Assigned { .. } => summary.assigned += 1,
            Status::Nurtured => summary.nurtured += 1,
            Status::Merged { .. } | Status::Anonymous => {}
        }
        if let Some(pool) = lead.status.pool() {
            *summary.pools.entry(pool.to_string()).or_default() += 1;
        }
        if let Some(owner) = lead.status.owner() {
            *self.owned.entry(owner.to_string()).or_default() += 1;
        }
        if let Some(standing) = lead.standing.as_ref().filter(|standing| !standing.grade.is_empty()) {
            *summary.grades.entry(standing.grade.clone()).or_default() += 1;
        }
        for won in &lead.won {
            for credit in &won.credits {
                let place = (credit.touch.channel.clone(), won.conversion.currency.clone());
                let (touches, share, value) = self.channels.entry(place).or_default();
                *touches += 1;
                *share += credit.share_millionths;
                *value += credit.value.0;
            }
        }
    }
}
