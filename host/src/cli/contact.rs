//! `leadsman contact`: what intake makes of contact data.

use anyhow::{Context as _, anyhow};
use clap::Args;
use leadsman_intake::{Region, contact_facts};

use crate::exit::{self, Exit};
use crate::print;

/// Shows the facts that intake derives from contact data.
#[derive(Args)]
pub struct Contact {
    /// A mail address.
    #[arg(long)]
    email: Option<String>,
    /// A phone number.
    #[arg(long)]
    phone: Option<String>,
    /// The country of a number that does not name its own: a code of ISO 3166, such as DE.
    #[arg(long)]
    region: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Contact {
    pub fn run(self) -> Result<(), Exit> {
        if self.email.is_none() && self.phone.is_none() {
            return Err(Exit { code: exit::USAGE, error: anyhow!("give --email, --phone or both") });
        }
        let region = self.region.as_deref().map(str::parse::<Region>).transpose();
        let region = region.context("--region").map_err(Exit::with(exit::USAGE))?;
        let facts = contact_facts(self.email.as_deref(), self.phone.as_deref(), region);
        if self.json {
            return print::json(&print::plain(&facts));
        }
        for (name, value) in facts.iter() {
            println!("{name:<28} {value}");
        }
        Ok(())
    }
}
