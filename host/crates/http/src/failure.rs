//! The one place where errors of the flow become HTTP.

use leadsman_flow::FlowError;
use leadsman_flow::ledger::LedgerError;

use crate::json::escaped;
use crate::problem::{Failure, FieldError, Kind};
use crate::tokens::TokenError;

impl From<FlowError> for Failure {
    fn from(error: FlowError) -> Self {
        let kind = match &error {
            FlowError::UnknownLead(_) => Kind::UNKNOWN_LEAD,
            FlowError::UnknownRep(_) => Kind::UNKNOWN_REP,
            FlowError::UnknownActivity { .. } => Kind::UNKNOWN_ACTIVITY,
            FlowError::UnknownSource(_) => Kind::UNKNOWN_SOURCE,
            FlowError::Rejected(_) => Kind::REJECTED,
            FlowError::NotStopped(_) => Kind::NOT_STOPPED,
            FlowError::NotOwned(_) => Kind::NOT_OWNED,
            FlowError::NotPooled { .. } => Kind::NOT_POOLED,
            FlowError::NotYours { .. } => Kind::NOT_YOURS,
            FlowError::Ineligible { .. } | FlowError::NotAdmitted { .. } => Kind::INELIGIBLE,
            FlowError::TooMuch { .. } | FlowError::Restless(_) => Kind::TOO_LARGE,
            FlowError::UnknownReceiver(_) => Kind::UNKNOWN_RECEIVER,
            FlowError::ReceiverTaken(_) => Kind::RECEIVER_TAKEN,
            FlowError::TooManyReceivers(_) | FlowError::TooManyFacts(_) => Kind::TOO_LARGE,
            FlowError::UnknownPool(_) => Kind::UNKNOWN_POOL,
            FlowError::UnknownReturn { .. } => Kind::UNKNOWN_RETURN,
            FlowError::IllegalMove { .. } => Kind::ILLEGAL_MOVE,
            FlowError::RepUnavailable { .. } => Kind::REP_UNAVAILABLE,
            FlowError::LineTaken { .. } => Kind::LINE_TAKEN,
            FlowError::NotSource { .. } => Kind::NOT_SOURCE,
            FlowError::TooManyLines(_) => Kind::TOO_LARGE,
            FlowError::ConversionElsewhere { .. } => Kind::CONVERSION_ELSEWHERE,
            FlowError::UnknownRevision(_) => Kind::UNKNOWN_REVISION,
            FlowError::NothingActive | FlowError::NothingBefore(_) | FlowError::NotActive { .. } => {
                Kind::NO_REVISION
            }
            FlowError::TrialRuns(_) | FlowError::TriesItself(_) | FlowError::NoTrial => Kind::TRIAL,
            FlowError::TooManyUploads(_) => Kind::TOO_LARGE,
            FlowError::LabelStrange(_) => Kind::REFUSED_PLUGIN,
            FlowError::LabelTaken(_) => Kind::LABEL_TAKEN,
            FlowError::Unready { .. } => Kind::REVISION_UNREADY,
            FlowError::CannotMerge { .. } => Kind::CANNOT_MERGE,
            FlowError::UnknownTarget { .. } => Kind::UNKNOWN_TARGET,
            FlowError::TooMuchOf { .. } | FlowError::TooManyTasks(_) => Kind::TOO_LARGE,
            FlowError::Qualified(_) => Kind::QUALIFIED,
            FlowError::ContactElsewhere { .. } => Kind::CONTACT_ELSEWHERE,
            FlowError::Anonymous(_) => Kind::ANONYMOUS,
            FlowError::UnknownTask { .. } => Kind::UNKNOWN_TASK,
            FlowError::NoFigure { .. } => Kind::UNKNOWN_FIGURE,
            FlowError::SeveralCurrencies(_) | FlowError::NoRate { .. } => Kind::BAD_QUERY,
            FlowError::InvalidMembership { .. } => {
                return Self::invalid(vec![FieldError::at("/campaigns", error.to_string())]);
            }
            FlowError::InvalidCampaign { campaign, .. } => {
                let pointer = format!("/{}", escaped(campaign));
                return Self::invalid(vec![FieldError::at(pointer, error.to_string())]);
            }
            FlowError::Overtaken(_) => return Self::hidden(Kind::BUSY, chain(&error)),
            FlowError::Ledger(cause) => return cause.clone().into(),
            FlowError::Damaged { .. } | FlowError::Journal { .. } | FlowError::StaysDue(_) => {
                return Self::hidden(Kind::INTERNAL, chain(&error));
            }
        };
        Self::new(kind, error.to_string())
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        match &error {
            LedgerError::Storage { .. } | LedgerError::Closed => {
                Self::hidden(Kind::STORE_UNAVAILABLE, chain(&error))
            }
            LedgerError::Damaged { .. } => Self::hidden(Kind::INTERNAL, chain(&error)),
            LedgerError::TooLarge { .. } => Self {
                detail: "with this, the lead's record becomes larger than the store takes".to_owned(),
                ..Self::hidden(Kind::TOO_LARGE, chain(&error))
            },
        }
    }
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Ledger(error) => error.into(),
            TokenError::Label | TokenError::Rep | TokenError::Exists | TokenError::Damaged(_) => {
                Self::hidden(Kind::INTERNAL, chain(&error))
            }
        }
    }
}

/// An error with its causes, for the log.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
