//! `leadsman summary`: where the leads are.

use clap::Args;

use super::Data;
use crate::exit::Exit;
use crate::{installation, print};

/// Tells where the leads are.
#[derive(Args)]
pub struct Summary {
    #[command(flatten)]
    data: Data,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Summary {
    pub fn run(self) -> Result<(), Exit> {
        let store = installation::open_existing(&self.data.data)?;
        let summary = installation::archive(&store, &self.data.tenant)?.summary()?;
        if self.json {
            return print::json(&summary);
        }
        print::summary(&summary);
        Ok(())
    }
}
