//! What deeds do to a lead, and how people are told.

use leadsman_sdk::prelude::*;

/// Whether the deed brings the lead elsewhere. Of such deeds only one is done in a review.
pub(crate) const fn moves(deed: &Deed) -> bool {
    matches!(deed, Deed::Recycle(_) | Deed::Advance(_) | Deed::Route)
}

/// What happens at a deadline, in a few words.
pub(crate) fn consequence(deed: &Deed) -> String {
    match deed {
        Deed::Recycle(None) => "back to the pool".to_owned(),
        Deed::Recycle(Some(pool)) => format!("to pool {pool}"),
        Deed::Escalate(_) => "escalated".to_owned(),
        Deed::Remind(_) => "a reminder".to_owned(),
        Deed::Advance(stage) => format!("on to {stage}"),
        Deed::Route => "routed".to_owned(),
        Deed::Send(template) => format!("message {template}"),
        Deed::Spawn(opportunity) => format!("a lead for {}", opportunity.line),
    }
}

/// About how many bytes an action takes up in the answer.
pub(crate) fn bytes(action: &Action) -> usize {
    let text = match &action.deed {
        Deed::Remind(text) | Deed::Escalate(text) | Deed::Advance(text) | Deed::Send(text) => text.len(),
        Deed::Recycle(pool) => pool.as_ref().map_or(0, String::len),
        Deed::Spawn(opportunity) => opportunity.line.len() + opportunity.pool.len(),
        Deed::Route => 0,
    };
    action.key.len() + text + action.reason.code.len() + action.reason.message.len() + 64
}
