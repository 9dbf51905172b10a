//! `leadsman replay`: does what was decided come out the same again?

use anyhow::anyhow;
use clap::Args;
use indicatif::ProgressBar;
use leadsman_domain::LeadId;
use leadsman_flow::Replayer;

use super::{Data, policy};
use crate::exit::{self, Exit};
use crate::ready::Readying;
use crate::{installation, print};

/// Takes journalled decisions again, from nothing but the data folder.
#[derive(Args)]
pub struct Replay {
    #[command(flatten)]
    data: Data,
    /// Only this lead's decisions.
    #[arg(long, conflicts_with = "last")]
    lead: Option<LeadId>,
    /// Only those of the leads that came in last, so many of them.
    #[arg(long, value_name = "N")]
    last: Option<usize>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Replay {
    pub fn run(self) -> Result<(), Exit> {
        let store = installation::open_existing(&self.data.data)?;
        let archive = installation::archive(&store, &self.data.tenant)?;
        let readying = Readying::new()?.patient();
        let leads = match self.lead {
            Some(lead) => vec![lead],
            None => archive.ids()?.into_iter().rev().take(self.last.unwrap_or(usize::MAX)).collect(),
        };
        let bar = ProgressBar::new(leads.len() as u64);
        let mut replayer = Replayer::new(&archive, &readying);
        for lead in &leads {
            replayer.lead(lead).map_err(policy::refused)?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        let replay = replayer.found();
        if self.json {
            print::json(&replay)?;
        } else {
            print::replay(&replay);
        }
        match (replay.differences.len(), replay.unreadable.len()) {
            (0, 0) => Ok(()),
            (0, count) => {
                Err(Exit { code: exit::DAMAGED, error: anyhow!("{count} leads could not be replayed") })
            }
            (count, _) => Err(Exit {
                code: exit::DIFFERS,
                error: anyhow!("{count} decisions came out otherwise than they are in the journal"),
            }),
        }
    }
}
