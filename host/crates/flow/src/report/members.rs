//! The members of a campaign.

use leadsman_domain::lead::{Lead, Status};
use leadsman_domain::life::LifeStage;
use leadsman_domain::{LeadId, Timestamp};
use serde::Serialize;

use crate::error::FlowError;
use crate::history::Archive;

/// Somebody whom a campaign touched, or who came by it. Whoever is one lead is one member, however often they
/// were touched and whatever else was made out of the lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    /// The lead.
    pub lead: LeadId,
    /// When the campaign first touched it.
    pub since: Timestamp,
    /// When it did last.
    pub last: Timestamp,
    /// How often it did.
    pub touches: u64,
    /// The stage of the lead's life.
    pub stage: LifeStage,
}

impl Archive {
    /// The members of a campaign, by whom it touched first. Junk is no member, nor is a visitor whose name is not
    /// known, and a lead that is part of another one is that member. Reads every lead.
    ///
    /// # Errors
    ///
    /// When a lead cannot be read.
    pub fn members(&self, campaign: &str) -> Result<Vec<Member>, FlowError> {
        let mut members = Vec::new();
        self.each_lead(|lead| members.extend(member(&lead, campaign)))?;
        members.sort_by(|one: &Member, other| (one.since, &one.lead).cmp(&(other.since, &other.lead)));
        Ok(members)
    }
}

fn member(lead: &Lead, campaign: &str) -> Option<Member> {
    if matches!(lead.status, Status::Rejected | Status::Anonymous | Status::Merged { .. }) {
        return None;
    }
    let touched = lead.activities.iter().filter(|activity| activity.campaign.as_deref() == Some(campaign));
    let moments: Vec<Timestamp> = touched.map(|activity| activity.at).collect();
    let (since, last) = (*moments.first()?, *moments.last()?);
    Some(Member { lead: lead.id.clone(), since, last, touches: moments.len() as u64, stage: lead.stage })
}
