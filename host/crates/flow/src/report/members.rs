//! The members of a campaign: persons, who may be leads and contacts at once, and accounts.

use leadsman_domain::identity::IdentityKey;
use leadsman_domain::lead::{Activity, Lead, Status};
use leadsman_domain::life::LifeStage;
use leadsman_domain::policy::Policy;
use leadsman_domain::target::{Target, TargetKind};
use leadsman_domain::{LeadId, TargetId, Timestamp};
use serde::Serialize;

use super::same::{Marks, together};
use crate::error::FlowError;
use crate::history::Archive;

/// Somebody whom a campaign touched, who came by it, or of whom the tenant says that they are in it. Leads and
/// contacts that are the same person are one member, however often they were touched and whatever else was made
/// out of the leads. An account is one of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    /// The leads that it is.
    pub leads: Vec<LeadId>,
    /// The contacts that it is.
    pub contacts: Vec<TargetId>,
    /// The account that it is: then it is neither lead nor contact.
    pub account: Option<TargetId>,
    /// How far it came: what a lead did last in the campaign, such as `event.signed-in`, or what was said last of a
    /// contact or an account.
    pub status: String,
    /// Since when it is a member.
    pub since: Timestamp,
    /// Since when that is its status, or when the campaign touched it last.
    pub last: Timestamp,
    /// How often the campaign touched it.
    pub touches: u64,
    /// The stage of its life, if it is a lead: the furthest, if it is several.
    pub stage: Option<LifeStage>,
}

/// A lead that is a member, by what it is found to be the same as others, and the leads that are part of it.
struct Touched {
    member: Member,
    marks: Marks,
    parts: Vec<LeadId>,
}

impl Archive {
    /// The members of a campaign, by who was one first. Junk is no member, nor is a visitor whose name is not
    /// known, and a lead that is part of another one is that member. A lead and a contact are the same person if
    /// the lead became the contact, is tied to it, or shares an identity with it. Reads every lead, contact and
    /// account.
    ///
    /// # Errors
    ///
    /// When one of them cannot be read.
    pub fn members(&self, campaign: &str, policy: &Policy) -> Result<Vec<Member>, FlowError> {
        let keys = &policy.identity;
        let mut touched = Vec::new();
        self.each_lead(|lead| touched.extend(Touched::of(lead, campaign, keys)))?;
        let mut people = Vec::new();
        for lead in touched {
            people.push(self.whole(lead, keys)?);
        }
        self.each_target(TargetKind::Contact, |contact| {
            let member = Member::said_of(&contact, campaign);
            people.extend(member.map(|member| (member, Marks::of_contact(&contact, keys))));
        })?;
        let mut members = together(people, Member::and);
        self.each_target(TargetKind::Account, |account| {
            members.extend(Member::said_of(&account, campaign));
        })?;
        members.sort_by(|one, other| one.place().cmp(&other.place()));
        Ok(members)
    }

    /// A lead with what the leads are known by that are part of it.
    fn whole(&self, lead: Touched, keys: &[IdentityKey]) -> Result<(Member, Marks), FlowError> {
        let Touched { member, mut marks, mut parts } = lead;
        while let Some(part) = parts.pop() {
            let part = self.lead(&part)?;
            marks.add_lead(&part, keys);
            parts.extend(part.absorbed);
        }
        Ok((member, marks))
    }
}

impl Touched {
    fn of(lead: Lead, campaign: &str, keys: &[IdentityKey]) -> Option<Self> {
        if matches!(lead.status, Status::Rejected | Status::Anonymous | Status::Merged { .. }) {
            return None;
        }
        let in_it = |activity: &&Activity| activity.campaign.as_deref() == Some(campaign);
        let (first, last) = (lead.activities.iter().find(in_it)?, lead.activities.iter().rfind(in_it)?);
        let member = Member {
            leads: vec![lead.id.clone()],
            contacts: Vec::new(),
            account: None,
            status: last.kind.clone(),
            since: first.at,
            last: last.at,
            touches: lead.activities.iter().filter(in_it).count() as u64,
            stage: Some(lead.stage),
        };
        let mut marks = Marks::default();
        marks.add_lead(&lead, keys);
        Some(Self { member, marks, parts: lead.absorbed })
    }
}

impl Member {
    /// A contact or an account, if the tenant says that it is in a campaign.
    fn said_of(target: &Target, campaign: &str) -> Option<Self> {
        let membership = target.campaigns.get(campaign)?;
        let (id, is_account) = (target.id.clone(), target.kind == TargetKind::Account);
        let (contacts, account) = if is_account { (Vec::new(), Some(id)) } else { (vec![id], None) };
        Some(Self {
            leads: Vec::new(),
            contacts,
            account,
            status: membership.status.clone(),
            since: membership.since,
            last: membership.status_since,
            touches: 0,
            stage: None,
        })
    }

    /// The member that is both. What was said last holds.
    fn and(&mut self, other: Self) {
        self.leads.extend(other.leads);
        self.contacts.extend(other.contacts);
        if self.last <= other.last {
            (self.status, self.last) = (other.status, other.last);
        }
        self.since = self.since.min(other.since);
        self.touches += other.touches;
        self.stage = self.stage.max(other.stage);
    }

    fn place(&self) -> impl Ord + '_ {
        (self.since, &self.leads, &self.contacts, &self.account)
    }
}
