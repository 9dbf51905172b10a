//! Reports: what reps made of their leads, how far leads came and whence, as folds of the journals by way of one
//! [`Story`] for each lead; and what stands in the leads themselves, by account and by campaign.

mod accounts;
mod campaigns;
mod channels;
mod forecast;
mod members;
mod same;
mod sources;
mod stages;
mod story;
mod team;
mod waits;

use leadsman_domain::Timestamp;
use leadsman_domain::lead::Status;

use crate::error::FlowError;
use crate::history::{Archive, History};

pub use accounts::{AccountFigures, AccountReport};
pub use campaigns::{Brought, CampaignFigures, CampaignReport, Shares};
pub use channels::{ChannelFigures, ChannelReport};
pub use forecast::{Forecast, StepChange};
pub use members::Member;
pub use sources::{SourceFigures, SourceReport};
pub use stages::{Conversions, StageReport};
pub use story::{Deal, Stint, Story};
pub use team::{RepWork, TeamReport, TeamWork};
pub use waits::{Response, Waits};

/// A span of time, open at its ends where nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// The first moment.
    pub from: Option<Timestamp>,
    /// The first moment after it.
    pub until: Option<Timestamp>,
}

impl Span {
    /// Whether a moment is in it.
    #[must_use]
    pub fn has(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}

/// Shows every lead that is no junk and is known by name, those that are part of another one by now included.
fn each_lead(archive: &Archive, mut visit: impl FnMut(&History)) -> Result<(), FlowError> {
    for id in archive.ids()? {
        let history = archive.history(&id)?;
        if !matches!(history.lead.status, Status::Rejected | Status::Anonymous) {
            visit(&history);
        }
    }
    Ok(())
}

/// Shows every lead that is no junk, is known by name, and is no part of another.
fn each_whole_lead(archive: &Archive, mut visit: impl FnMut(&History)) -> Result<(), FlowError> {
    each_lead(archive, |history| {
        if !history.lead.is_part_of_another() {
            visit(history);
        }
    })
}
