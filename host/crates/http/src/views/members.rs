//! The members of campaigns.

use leadsman_flow::report::Member;
use serde::Serialize;
use utoipa::ToSchema;

use crate::values::Moment;

/// The members of a campaign.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Members)]
pub(crate) struct MembersView {
    /// By who was one first.
    members: Vec<MemberView>,
}

/// A member of a campaign: a person, who may be leads and contacts at once, or an account.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Member)]
pub(crate) struct MemberView {
    /// The leads that it is.
    leads: Vec<String>,
    /// The contacts that it is.
    contacts: Vec<String>,
    /// The account that it is: then it is neither lead nor contact.
    account: Option<String>,
    /// How far it came: the kind of what a lead did last in the campaign, or what was said of a contact or an
    /// account if that was later.
    #[schema(example = "event.signed-in")]
    status: String,
    /// Since when it is a member.
    since: Moment,
    /// Since when that is its status, or when the campaign touched it last.
    last: Moment,
    /// How often the campaign touched it.
    touches: u64,
    /// The stage of its life, if it is a lead: the furthest, if it is several.
    stage: Option<&'static str>,
}

impl MembersView {
    /// The members, in order.
    pub(crate) fn of(members: Vec<Member>) -> Self {
        Self { members: members.into_iter().map(Into::into).collect() }
    }
}

impl From<Member> for MemberView {
    fn from(member: Member) -> Self {
        Self {
            leads: member.leads.iter().map(ToString::to_string).collect(),
            contacts: member.contacts.iter().map(ToString::to_string).collect(),
            account: member.account.map(|account| account.to_string()),
            status: member.status,
            since: member.since.into(),
            last: member.last.into(),
            touches: member.touches,
            stage: member.stage.map(|stage| stage.as_str()),
        }
    }
}
