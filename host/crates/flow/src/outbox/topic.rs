//! What receivers can be told.

use std::fmt;

use leadsman_domain::follow_up::Deed;
use leadsman_domain::journal::Event;
use leadsman_domain::life::LifeStage;
use serde::{Deserialize, Serialize};

/// A kind of message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Topic {
    /// An owner is to be reminded.
    #[serde(rename = "lead.reminder")]
    Reminder,
    /// An owner's manager is to be told.
    #[serde(rename = "lead.escalation")]
    Escalation,
    /// A lead is to be sent something.
    #[serde(rename = "message.due")]
    MessageDue,
    /// A lead was given to a rep.
    #[serde(rename = "lead.assigned")]
    Assigned,
    /// A lead went from its owner back to a pool.
    #[serde(rename = "lead.pooled")]
    Pooled,
    /// A lead that waited asked again.
    #[serde(rename = "lead.woken")]
    Woken,
    /// A lead moved to another stage of its life.
    #[serde(rename = "lead.staged")]
    Staged,
    /// A lead became part of another one.
    #[serde(rename = "lead.merged")]
    Merged,
    /// A lead is one of its own again.
    #[serde(rename = "lead.unmerged")]
    Unmerged,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 9] = [
        Self::Reminder,
        Self::Escalation,
        Self::MessageDue,
        Self::Assigned,
        Self::Pooled,
        Self::Woken,
        Self::Staged,
        Self::Merged,
        Self::Unmerged,
    ];

    /// The topic's name, as in messages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reminder => "lead.reminder",
            Self::Escalation => "lead.escalation",
            Self::MessageDue => "message.due",
            Self::Assigned => "lead.assigned",
            Self::Pooled => "lead.pooled",
            Self::Woken => "lead.woken",
            Self::Staged => "lead.staged",
            Self::Merged => "lead.merged",
            Self::Unmerged => "lead.unmerged",
        }
    }

    /// The topic of something that happened to a lead in a stage of its life, if there is one.
    pub(crate) fn of(event: &Event, stage: LifeStage) -> Option<Self> {
        match event {
            Event::FollowedUp { action, .. } => match action.deed {
                Deed::Remind { .. } => Some(Self::Reminder),
                Deed::Escalate { .. } => Some(Self::Escalation),
                Deed::Send { .. } => Some(Self::MessageDue),
                _ => None,
            },
            Event::Allocated { .. } => Some(Self::Assigned),
            Event::GivenUp { .. } => Some(Self::Pooled),
            Event::Woken => Some(Self::Woken),
            Event::WentInto { .. } => Some(Self::Merged),
            Event::CameBack { .. } => Some(Self::Unmerged),
            _ => (stage_after(event, stage) != stage).then_some(Self::Staged),
        }
    }
}

/// The stage of a lead's life after something happened to it.
pub(crate) fn stage_after(event: &Event, stage: LifeStage) -> LifeStage {
    match event {
        Event::Matured => stage.max(LifeStage::Mql),
        Event::Staged { stage } => *stage,
        Event::Converted { .. } => LifeStage::Deal,
        Event::Merged { brought, .. } => brought.raised.map_or(stage, |raised| raised.to),
        Event::Unmerged { brought, .. } => {
            brought.raised.filter(|raised| raised.to == stage).map_or(stage, |raised| raised.from)
        }
        _ => stage,
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl std::str::FromStr for Topic {
    type Err = UnknownTopic;
    fn from_str(text: &str) -> Result<Self, UnknownTopic> {
        Self::ALL.into_iter().find(|topic| topic.as_str() == text).ok_or(UnknownTopic)
    }
}

/// There is no such topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an event is lead.reminder, lead.escalation, message.due, lead.assigned, lead.pooled, \
     lead.woken, lead.staged, lead.merged or lead.unmerged"
)]
pub struct UnknownTopic;
