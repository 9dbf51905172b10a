//! Campaigns: what a tenant says of them, and how they belong together.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::money::Minor;
use crate::submission::WORD_BYTES_MAX;

/// What is known of a campaign beside what leads did in it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Campaign {
    /// How people call it, if otherwise than touches do.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// The campaign that it is part of.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub parent: Option<String>,
    /// What it has cost so far, without its parts.
    #[serde(default)]
    pub cost: Minor,
    /// How often its advertisements were shown so far, where that is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub impressions: Option<u64>,
    /// How often they were followed so far, where that is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub clicks: Option<u64>,
}

/// How many campaigns a tenant may tell of.
pub const CAMPAIGNS_MAX: usize = 10_000;

/// Why something cannot be said of a campaign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCampaign {
    /// A name that is empty or too long, or has a control character.
    #[error("a campaign and its name have 1 to {WORD_BYTES_MAX} bytes and no control characters")]
    Word,
    /// A cost below zero.
    #[error("a campaign costs nothing or more, not {0} in minor units")]
    Cost(i64),
    /// More campaigns than there may be.
    #[error("there would be {0} campaigns, and there are at most {CAMPAIGNS_MAX}")]
    TooMany(usize),
    /// It would be part of itself.
    #[error("it would be part of itself: {}", .0.join(", part of "))]
    Circle(Vec<String>),
}

/// The campaigns of a tenant, by what touches call them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Campaigns(pub BTreeMap<String, Campaign>);

impl Campaigns {
    /// A campaign and those that it is part of, the innermost first. One of which nothing is known is part of none.
    #[must_use]
    pub fn with_parents<'c>(&'c self, campaign: &'c str) -> Vec<&'c str> {
        let (mut way, mut known) = (vec![campaign], BTreeSet::from([campaign]));
        let mut here = campaign;
        while let Some(parent) = self.0.get(here).and_then(|campaign| campaign.parent.as_deref()) {
            if !known.insert(parent) {
                break;
            }
            way.push(parent);
            here = parent;
        }
        way
    }

    /// Checks what is to be said of a campaign.
    ///
    /// # Errors
    ///
    /// When a name does not fit, it costs less than nothing, there are too many, or it would be part of itself.
    pub fn check(&self, id: &str, campaign: &Campaign) -> Result<(), InvalidCampaign> {
        let fits =
            |word: &str| (1..=WORD_BYTES_MAX).contains(&word.len()) && !word.contains(char::is_control);
        let mut words =
            [Some(id), campaign.name.as_deref(), campaign.parent.as_deref()].into_iter().flatten();
        if !words.all(fits) {
            return Err(InvalidCampaign::Word);
        }
        let count = self.0.len() + usize::from(!self.0.contains_key(id));
        if count > CAMPAIGNS_MAX {
            return Err(InvalidCampaign::TooMany(count));
        }
        if campaign.cost.0 < 0 {
            return Err(InvalidCampaign::Cost(campaign.cost.0));
        }
        let Some(parent) = &campaign.parent else { return Ok(()) };
        let way = self.with_parents(parent);
        match way.iter().position(|above| *above == id) {
            Some(place) => {
                let circle = [id].into_iter().chain(way[..=place].iter().copied());
                Err(InvalidCampaign::Circle(circle.map(str::to_owned).collect()))
            }
            None => Ok(()),
        }
    }
}
