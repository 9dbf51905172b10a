//! What can go wrong with a command.

use leadsman_domain::campaign::InvalidCampaign;
use leadsman_domain::journal::BrokenJournal;
use leadsman_domain::lead::{CHILDREN_MAX, Child, Lack, TASKS_MAX};
use leadsman_domain::life::IllegalMove;
use leadsman_domain::membership::InvalidMembership;
use leadsman_domain::sources::UnknownSource;
use leadsman_domain::submission::InvalidSubmission;
use leadsman_domain::target::TargetKind;
use leadsman_domain::{LeadId, PoolId, ReceiverId, RepId, TargetId, Timestamp};

use crate::ledger::{CommitError, LedgerError};
use crate::uploads::Label;

/// Why a command was not carried out. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// There is no such lead.
    #[error("there is no lead {0}")]
    UnknownLead(LeadId),
    /// A report has no such figure.
    #[error("the report has no figure {figure}; {}", if .there.is_empty() { "there is nothing below that".to_owned() } else { format!("as far as that goes, it has: {there}") })]
    NoFigure {
        /// Which.
        figure: String,
        /// What there is at the place where its way ends.
        there: String,
    },
    /// There is nothing to see of how many leads go from one stage to another, and nobody said it.
    #[error(
        "none of the {leads} leads at {from} came to {to}, so there is no rate to plan with, and none was given"
    )]
    NoRate {
        /// The stage.
        from: &'static str,
        /// The next stage.
        to: &'static str,
        /// How many leads came to the first.
        leads: u64,
    },
    /// A report would add up values of several currencies: these.
    #[error(
        "deals were made in several currencies, whose values do not add up: {0}; name one `currency`, and deals in \
         others count without their value"
    )]
    SeveralCurrencies(String),
    /// There is no such revision.
    #[error("there is no revision {0}")]
    UnknownRevision(u64),
    /// No revision was ever activated.
    #[error("no revision is active: apply a policy first")]
    NothingActive,
    /// The revision that is to be given up does not decide.
    #[error("revision {revision} is not the one that decides; revision {active} is")]
    NotActive {
        /// Which.
        revision: u64,
        /// The one that does.
        active: u64,
    },
    /// There is nothing to go back to.
    #[error("no other revision was active before revision {0}, so there is none to go back to")]
    NothingBefore(u64),
    /// Another trial runs.
    #[error("revision {0} is being tried; stop that trial first, or promote it")]
    TrialRuns(u64),
    /// A revision cannot be tried beside itself.
    #[error("revision {0} decides already, so there is nothing to try")]
    TriesItself(u64),
    /// No trial runs.
    #[error("no trial runs")]
    NoTrial,
    /// A revision's plugins cannot be made ready.
    #[error("revision {revision} cannot be made ready: {cause}")]
    Unready {
        /// Which.
        revision: u64,
        /// Why.
        cause: String,
    },
    /// A plugin has a name or version that cannot be written in a policy.
    #[error(
        "the plugin calls itself {:?}, version {:?}: both need 1 to 64 letters of ASCII, digits, `-`, `_` or `.`",
        .0.name, .0.version
    )]
    LabelStrange(Label),
    /// A tenant has uploaded as many plugins as it may.
    #[error("{0} plugins were uploaded, and that is the limit")]
    TooManyUploads(usize),
    /// Another component has the name and version.
    #[error("{0} is another component already: give the changed one another version")]
    LabelTaken(Label),
    /// There is no such rep in the policy.
    #[error("there is no rep {0} in the policy")]
    UnknownRep(RepId),
    /// The policy does not know this kind of activity.
    #[error("the policy knows no activity {kind:?}{}", suggestion(.nearest.as_deref()))]
    UnknownActivity {
        /// What was given.
        kind: String,
        /// The kind that it comes closest to.
        nearest: Option<String>,
    },
    /// The policy does not know the channel of a touch.
    #[error(transparent)]
    UnknownSource(#[from] UnknownSource),
    /// The lead was rejected, so this cannot be done with it.
    #[error("lead {0} was rejected by screening; release it first")]
    Rejected(LeadId),
    /// The lead is on its way already.
    #[error("lead {0} is neither rejected, held nor blocked, so there is nothing to release")]
    NotStopped(LeadId),
    /// Nobody owns the lead.
    #[error("lead {0} has no owner")]
    NotOwned(LeadId),
    /// The lead does not wait in a pool.
    #[error("lead {lead} does not wait in a pool{}", .owner.as_ref().map(|owner| format!(": {owner} owns it")).unwrap_or_default())]
    NotPooled {
        /// Which.
        lead: LeadId,
        /// Who owns it, if that is why.
        owner: Option<RepId>,
    },
    /// A rep wants to do what is for the owner of a lead, or for a manager.
    #[error("to {what} lead {lead} is not for you: reps take leads for themselves and work on their own")]
    NotYours {
        /// Which lead.
        lead: LeadId,
        /// What was to be done.
        what: &'static str,
    },
    /// The lead lacks what it must have before it goes to sales.
    #[error("lead {lead} may not go to sales: {}", in_words(.lacks))]
    Ineligible {
        /// Which.
        lead: LeadId,
        /// What it lacks.
        lacks: Vec<Lack>,
    },
    /// The lead lacks what a pool requires of it.
    #[error("lead {lead} may not get into pool {pool}: {}", in_words(.lacks))]
    NotAdmitted {
        /// Which.
        lead: LeadId,
        /// Where.
        pool: PoolId,
        /// What it lacks.
        lacks: Vec<Lack>,
    },
    /// There is a lead for that business line already.
    #[error("lead {lead} has lead {} for line {} already", .child.lead, .child.line)]
    LineTaken {
        /// Which.
        lead: LeadId,
        /// The lead of the line.
        child: Child,
    },
    /// As many leads were made out of the lead as may be.
    #[error("{CHILDREN_MAX} leads for other lines were made out of lead {0}, and that is the limit")]
    TooManyLines(LeadId),
    /// The lead was made out of another one, and makes none in its turn.
    #[error("lead {lead} was made out of lead {source}; order it there")]
    NotSource {
        /// Which.
        lead: LeadId,
        /// What it was made out of.
        r#source: LeadId,
    },
    /// The lead would hold more than a lead may.
    #[error("lead {lead} would hold too much: {cause}")]
    TooMuch {
        /// Which.
        lead: LeadId,
        /// What is too much.
        cause: InvalidSubmission,
    },
    /// A follow-up plugin wants to look at leads again and again.
    #[error("a follow-up plugin looks again too often: {0} times for what was told")]
    Restless(usize),
    /// What fell due was not done, and would be due for ever.
    #[error("what fell due at {0} stays due")]
    StaysDue(Timestamp),
    /// There is no such pool in the policy.
    #[error("there is no pool {0} in the policy")]
    UnknownPool(PoolId),
    /// The policy has no such word for giving a lead back.
    #[error("the policy knows no return {code:?}; it knows {}", .known.join(", "))]
    UnknownReturn {
        /// What was given.
        code: String,
        /// What the policy knows.
        known: Vec<String>,
    },
    /// The lead cannot be moved to that stage.
    #[error("lead {lead}: {cause}")]
    IllegalMove {
        /// Which.
        lead: LeadId,
        /// Why not.
        cause: IllegalMove,
    },
    /// The rep cannot take the lead.
    #[error("{rep} cannot take the lead: {reason}")]
    RepUnavailable {
        /// Who.
        rep: RepId,
        /// Why not.
        reason: String,
    },
    /// Two leads cannot become one, or two again.
    #[error("{other} cannot be merged with {into} or taken out of it: {reason}")]
    CannotMerge {
        /// The one that would become part of the other.
        other: LeadId,
        /// The one that it would become part of.
        into: LeadId,
        /// Why not.
        reason: &'static str,
    },
    /// There is no such account, contact or opportunity.
    #[error("there is no {kind} {id}")]
    UnknownTarget {
        /// Of what kind.
        kind: TargetKind,
        /// Which.
        id: TargetId,
    },
    /// An account, a contact or an opportunity would hold more than a record may.
    #[error("{kind} {id} would hold too much: {cause}")]
    TooMuchOf {
        /// Of what kind.
        kind: TargetKind,
        /// Which.
        id: TargetId,
        /// What is too much.
        #[source]
        cause: InvalidSubmission,
    },
    /// A contact, an account or an opportunity cannot be a member of these campaigns.
    #[error("{kind} {id} cannot be a member of that: {cause}")]
    InvalidMembership {
        /// Of what kind.
        kind: TargetKind,
        /// Which.
        id: TargetId,
        /// Why not.
        #[source]
        cause: InvalidMembership,
    },
    /// A campaign cannot be what is said of it.
    #[error("campaign {campaign:?} cannot be that: {cause}")]
    InvalidCampaign {
        /// Which.
        campaign: String,
        /// Why not.
        #[source]
        cause: InvalidCampaign,
    },
    /// The contact belongs to another account than the one that was chosen.
    #[error("contact {contact} belongs to account {account}")]
    ContactElsewhere {
        /// The contact.
        contact: TargetId,
        /// Its account.
        account: TargetId,
    },
    /// The lead became an account, a contact and an opportunity already.
    #[error("{0} was qualified already")]
    Qualified(LeadId),
    /// Nobody knows who the lead is.
    #[error("{0} is what a visitor did whose name is not known")]
    Anonymous(LeadId),
    /// The lead has no such task.
    #[error("{lead} has no open task {number}")]
    UnknownTask {
        /// The lead.
        lead: LeadId,
        /// The task.
        number: u32,
    },
    /// The lead has as many open tasks as a lead can have.
    #[error("{0} has {TASKS_MAX} open tasks, which is the most: close one first")]
    TooManyTasks(LeadId),
    /// The conversion's id belongs to another lead.
    #[error("conversion {conversion} belongs to lead {lead}")]
    ConversionElsewhere {
        /// The conversion.
        conversion: String,
        /// Whose it is.
        lead: LeadId,
    },
    /// There is no such receiver.
    #[error("there is no receiver {0}")]
    UnknownReceiver(ReceiverId),
    /// Another receiver has the name.
    #[error("there is a receiver {0} already: remove it first, or give this one another name")]
    ReceiverTaken(ReceiverId),
    /// A tenant has as many receivers as it may.
    #[error("there are {0} receivers, and that is the limit")]
    TooManyReceivers(usize),
    /// A receiver is to get more facts than one may.
    #[error("a receiver is granted at most {0} facts")]
    TooManyFacts(usize),
    /// Others changed the same records again and again.
    #[error("the decision was overtaken {0} times; try again")]
    Overtaken(u32),
    /// The store failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A record cannot be read.
    #[error("{place} cannot be read: {cause}")]
    Damaged {
        /// Which record.
        place: String,
        /// Why.
        cause: String,
    },
    /// A journal does not make sense.
    #[error("the journal of lead {lead} is broken")]
    Journal {
        /// Whose.
        lead: LeadId,
        /// How.
        #[source]
        cause: BrokenJournal,
    },
}

impl FlowError {
    /// Two leads cannot become one, or two again.
    pub(crate) fn cannot_merge(other: &LeadId, into: &LeadId, reason: &'static str) -> Self {
        Self::CannotMerge { other: other.clone(), into: into.clone(), reason }
    }

    /// A rep cannot take a lead.
    pub(crate) fn unavailable(rep: &RepId, reason: impl Into<String>) -> Self {
        Self::RepUnavailable { rep: rep.clone(), reason: reason.into() }
    }
}

impl From<CommitError> for FlowError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Ledger(error) => Self::Ledger(error),
            CommitError::Conflict { .. } | CommitError::OutOfBounds { .. } => Self::Overtaken(1),
        }
    }
}

fn in_words(lacks: &[Lack]) -> String {
    lacks.iter().map(Lack::in_words).collect::<Vec<_>>().join("; ")
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!(", did you mean {nearest:?}?")).unwrap_or_default()
}
