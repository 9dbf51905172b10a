//! Work on one lead: what every step of a command has at hand. Routing, follow-up and orders are steps.

use leadsman_domain::Timestamp;

use crate::desk::Desk;
use crate::revision::Revision;
use crate::turn::Turn;

/// Work on one lead, in the turn of the tenant's writer.
pub(crate) struct Work<'a> {
    pub desk: &'a Desk,
    /// What decides over the lead.
    pub revision: &'a Revision,
    pub turn: &'a mut Turn,
    /// The moment of the command.
    pub now: Timestamp,
}
