//! `leadsman rebuild`: the state anew from the log.

use std::path::PathBuf;

use clap::Args;
use indicatif::ProgressBar;
use leadsman_ledger::{Options, Store};

use crate::exit::Exit;
use crate::installation;

/// Makes a data folder's state anew from its log. The old state is kept beside it.
#[derive(Args)]
pub struct Rebuild {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

impl Rebuild {
    pub fn run(self) -> Result<(), Exit> {
        let bar = ProgressBar::new_spinner();
        let rebuilt = Store::rebuild(&self.data, Options::default(), &mut |progress| {
            installation::show(&bar, progress)
        });
        bar.finish_and_clear();
        let last_seq = rebuilt.map_err(|error| installation::refused(&self.data, error))?;
        println!("the state was made anew from the log, up to commit {last_seq}");
        Ok(())
    }
}
