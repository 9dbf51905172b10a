//! Membership of contacts and accounts in campaigns, as their tenant tells it. Of leads it is told by what they
//! did.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::submission::WORD_BYTES_MAX;
use crate::time::Timestamp;

/// How many campaigns a contact or an account may be a member of.
pub const CAMPAIGNS_MAX: usize = 200;

/// A place in a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// How far it came, such as `invited`.
    pub status: String,
    /// Since when that is so.
    pub status_since: Timestamp,
    /// Since when it is a member.
    pub since: Timestamp,
}

/// Why somebody cannot be a member of campaigns.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMembership {
    /// More campaigns than there may be.
    #[error("{0} campaigns; there are at most {CAMPAIGNS_MAX}")]
    TooMany(usize),
    /// A campaign or a status that is empty or too long.
    #[error("a campaign and the status in it have 1 to {WORD_BYTES_MAX} bytes")]
    Word,
    /// An opportunity.
    #[error("an opportunity is no member of a campaign; its contact and its account may be")]
    Opportunity,
}

/// Checks the campaigns that somebody is said to be a member of, with the status in each.
///
/// # Errors
///
/// When there are too many, or a campaign or a status is empty or too long.
pub fn check_campaigns(said: &BTreeMap<String, String>) -> Result<(), InvalidMembership> {
    if said.len() > CAMPAIGNS_MAX {
        return Err(InvalidMembership::TooMany(said.len()));
    }
    let fits = |word: &String| (1..=WORD_BYTES_MAX).contains(&word.len());
    let all_fit = said.iter().all(|(campaign, status)| fits(campaign) && fits(status));
    all_fit.then_some(()).ok_or(InvalidMembership::Word)
}

/// The memberships after somebody was said to be a member of these campaigns and of no others. What stood before
/// keeps its moments, as far as it is the same.
#[must_use]
pub fn renewed(
    before: &BTreeMap<String, Membership>,
    said: &BTreeMap<String, String>,
    now: Timestamp,
) -> BTreeMap<String, Membership> {
    let renew = |(campaign, status): (&String, &String)| {
        let known = before.get(campaign);
        let since = known.map_or(now, |known| known.since);
        let same = known.filter(|known| known.status == *status);
        let status_since = same.map_or(now, |known| known.status_since);
        (campaign.clone(), Membership { status: status.clone(), status_since, since })
    };
    said.iter().map(renew).collect()
}
