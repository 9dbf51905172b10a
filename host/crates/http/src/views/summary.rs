//! Where a tenant's leads are.

use std::collections::BTreeMap;

use leadsman_flow::{ChannelCredit, OwnerShare, Summary};
use serde::Serialize;
use utoipa::ToSchema;

/// Where a tenant's leads are.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Summary)]
pub(crate) struct SummaryView {
    /// Leads.
    leads: u64,
    /// Submissions that made them or belong to them.
    submissions: u64,
    /// Turned away by screening.
    rejected: u64,
    /// Waiting in a pool.
    pooled: u64,
    /// Owned by a rep.
    assigned: u64,
    /// Waiting for a moment or a person.
    held: u64,
    /// Left to marketing.
    nurtured: u64,
    /// Part of another lead, and not counted besides.
    merged: u64,
    /// Visitors whose name is not known.
    anonymous: u64,
    /// Ever mature.
    matured: u64,
    /// With at least one conversion.
    converted: u64,
    /// Leads by grade.
    grades: BTreeMap<String, u64>,
    /// Leads by pool.
    pools: BTreeMap<String, u64>,
    /// Rejected leads by what was found.
    rejections: BTreeMap<String, u64>,
    /// Reps, in the policy's order.
    owners: Vec<OwnerView>,
    /// Channels, by name and currency.
    channels: Vec<ChannelView>,
}

/// What a rep has.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = OwnerShare)]
pub(crate) struct OwnerView {
    /// The rep.
    owner: String,
    /// Share of turns; 0 for somebody who is in the policy no more.
    weight: u32,
    /// How many leads may be owned.
    cap: Option<u32>,
    /// How many are.
    leads: u64,
}

/// What a channel earned in one currency.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ChannelCredit)]
pub(crate) struct ChannelView {
    /// The channel.
    channel: String,
    /// ISO 4217 code of the currency.
    currency: String,
    /// Touches of leads that converted.
    touches: u64,
    /// Conversions, in millionths.
    conversions_millionths: i64,
    /// Value, in minor units.
    value_minor: i64,
}

impl From<Summary> for SummaryView {
    fn from(summary: Summary) -> Self {
        Self {
            leads: summary.leads,
            submissions: summary.submissions,
            rejected: summary.rejected,
            pooled: summary.pooled,
            assigned: summary.assigned,
            held: summary.held,
            nurtured: summary.nurtured,
            merged: summary.merged,
            anonymous: summary.anonymous,
            matured: summary.matured,
            converted: summary.converted,
            grades: summary.grades,
            pools: summary.pools,
            rejections: summary.rejections,
            owners: summary.owners.into_iter().map(Into::into).collect(),
            channels: summary.channels.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<OwnerShare> for OwnerView {
    fn from(share: OwnerShare) -> Self {
        Self { owner: share.owner, weight: share.weight, cap: share.cap, leads: share.leads }
    }
}

impl From<ChannelCredit> for ChannelView {
    fn from(credit: ChannelCredit) -> Self {
        Self {
            channel: credit.channel,
            currency: credit.currency,
            touches: credit.touches,
            conversions_millionths: credit.conversions_millionths,
            value_minor: credit.value.0,
        }
    }
}
