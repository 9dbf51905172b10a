//! `leadsman wit-compat`: does a change of the contracts break components?

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;
use serde_json::json;

use crate::contracts::{Surface, compare};
use crate::exit::{self, Exit};
use crate::print;

/// Says what changed from one contract to another, and whether components that were built for the old one work
/// under the new one.
#[derive(Args)]
pub struct WitCompat {
    /// The old contract: a folder or file of WIT; or a component that was built for it.
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The new contract.
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl WitCompat {
    pub fn run(self) -> Result<(), Exit> {
        let old = Surface::read(&self.old).map_err(Exit::with(exit::INPUT))?;
        let new = Surface::read(&self.new).map_err(Exit::with(exit::INPUT))?;
        let changes = compare(&old, &new);
        let breaking = changes.iter().filter(|change| change.breaks).count();
        if self.json {
            print::json(&json!({ "changes": changes, "breaks": breaking > 0 }))?;
        } else {
            for change in &changes {
                println!(
                    "{} {}: {}",
                    if change.breaks { "BREAKS" } else { "ok    " },
                    change.place,
                    change.what
                );
            }
            if breaking == 0 {
                println!("components that were built for {} work", self.old.display());
            }
        }
        if breaking == 0 {
            return Ok(());
        }
        let error = anyhow!(
            "{breaking} changes break components; keep the old version beside the new one, with an adapter"
        );
        Err(Exit { code: exit::BREAKS, error })
    }
}
