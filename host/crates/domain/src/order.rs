//! Orders: what people do with a lead.

use serde::{Deserialize, Serialize};

use crate::ids::{LeadId, LineId, PoolId, RepId, TargetId};
use crate::life::LifeStage;
use crate::time::Timestamp;

/// What somebody orders about one lead. Who, when and why stands beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "order")]
pub enum Order {
    /// A rejected, held or blocked lead goes on, as if nothing had stopped it.
    Release,
    /// A rep takes a lead from a pool.
    Claim {
        /// Who.
        rep: RepId,
    },
    /// A manager gives a lead to a rep, whoever has it.
    Assign {
        /// To whom.
        rep: RepId,
        /// Whom the system had suggested, best first.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        suggested: Vec<RepId>,
    },
    /// The owner hands a lead over to another rep.
    Transfer {
        /// To whom.
        rep: RepId,
    },
    /// The owner gives a lead back.
    Return {
        /// A word of the policy's `returns`, which says to which pool; the one that it came from if missing.
        code: Option<String>,
    },
    /// A manager takes a lead back to its pool.
    Reclaim,
    /// The owner refuses a lead: it goes to the next member, the turn is refunded, and it is never offered
    /// to the same rep again.
    Reject,
    /// The owner has left: the lead moves on.
    Relieve {
        /// The owner.
        rep: RepId,
    },
    /// The lead is moved to a pool. Nobody is chosen by that.
    Dispatch {
        /// Which.
        pool: PoolId,
    },
    /// The pool's plugins are asked who gets the lead.
    Allocate,
    /// The lead is moved to another stage of its life.
    Advance {
        /// Which.
        stage: LifeStage,
    },
    /// Another lead is found to be the same, and becomes part of this one.
    Merge {
        /// Which.
        other: LeadId,
    },
    /// A lead that became part of this one is a lead of its own again.
    Unmerge {
        /// Which.
        other: LeadId,
    },
    /// Something is to be done about the lead.
    AddTask {
        /// What.
        text: String,
        /// Until when.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        due: Option<Timestamp>,
    },
    /// A task is done.
    CloseTask {
        /// Its number.
        number: u32,
    },
    /// The lead becomes an account, a contact and an opportunity: those that are named, or else new ones.
    Qualify {
        /// The account.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        account: Option<TargetId>,
        /// The contact.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        contact: Option<TargetId>,
        /// The opportunity.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        opportunity: Option<TargetId>,
    },
    /// A lead for another business line is made out of this one, which stays with whoever has it.
    Spawn {
        /// Which line.
        line: LineId,
        /// The pool where the new lead begins.
        pool: PoolId,
    },
}

impl Order {
    /// The order's name, as in the API: `release`, `claim`, `assign`, `transfer`, `return`, `reclaim`,
    /// `reject`, `relieve`, `dispatch`, `allocate`, `advance`, `merge`, `unmerge`, `add-task`, `close-task`,
    /// `qualify` or `spawn`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Claim { .. } => "claim",
            Self::Assign { .. } => "assign",
            Self::Transfer { .. } => "transfer",
            Self::Return { .. } => "return",
            Self::Reclaim => "reclaim",
            Self::Reject => "reject",
            Self::Relieve { .. } => "relieve",
            Self::Dispatch { .. } => "dispatch",
            Self::Allocate => "allocate",
            Self::Advance { .. } => "advance",
            Self::Merge { .. } => "merge",
            Self::Unmerge { .. } => "unmerge",
            Self::AddTask { .. } => "add-task",
            Self::CloseTask { .. } => "close-task",
            Self::Qualify { .. } => "qualify",
            Self::Spawn { .. } => "spawn",
        }
    }
}

/// How a rep came to own a lead no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Parting {
    /// A deadline passed.
    Recycled,
    /// The rep gave it back.
    Returned,
    /// A manager took it back, or gave it to somebody else.
    Reclaimed,
    /// The rep refused it.
    Rejected,
    /// The rep handed it over.
    Transferred,
    /// The rep has left.
    Left,
}

impl Parting {
    /// The word for it, as in journals.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recycled => "recycled",
            Self::Returned => "returned",
            Self::Reclaimed => "reclaimed",
            Self::Rejected => "rejected",
            Self::Transferred => "transferred",
            Self::Left => "left",
        }
    }
}
