//! `leadsman explain`: why a lead is where it is.

use clap::Args;
use leadsman_domain::LeadId;
use leadsman_flow::FlowError;

use super::Data;
use crate::exit::{self, Exit};
use crate::{installation, print, reasons};

/// Tells why a lead is where it is, with what it had then of the attributes that moved its score.
#[derive(Args)]
pub struct Explain {
    /// The lead's id.
    lead: LeadId,
    #[command(flatten)]
    data: Data,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Explain {
    pub fn run(self) -> Result<(), Exit> {
        let store = installation::open_existing(&self.data.data)?;
        let archive = installation::archive(&store, &self.data.tenant)?;
        let history = archive.history(&self.lead).map_err(|error| {
            let code =
                if matches!(error, FlowError::UnknownLead(_)) { exit::NOT_FOUND } else { exit::FAILED };
            Exit { code, error: error.into() }
        })?;
        if self.json {
            return print::json(&reasons::told(&history)?);
        }
        print::history(&history);
        Ok(())
    }
}
