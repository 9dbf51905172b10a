//! `leadsman replay`: does what was decided come out the same again?

use std::collections::VecDeque;

use anyhow::anyhow;
use clap::Args;
use indicatif::ProgressBar;
use leadsman_domain::LeadId;
use leadsman_flow::{Archive, FlowError, Replayer};

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
        let bar = ProgressBar::no_length();
        let mut replayer = Replayer::new(&archive, &readying);
        let mut replay = |lead| {
            bar.inc(1);
            replayer.lead(&lead)
        };
        let replayed = match (self.lead, self.last) {
            (Some(lead), _) => replay(lead),
            (None, None) => archive.each_id(replay),
            (None, Some(count)) => last(&archive, count)?.into_iter().try_for_each(replay),
        };
        replayed.map_err(policy::refused)?;
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

/// The leads that came in last, so many of them.
fn last(archive: &Archive, count: usize) -> Result<VecDeque<LeadId>, FlowError> {
    let mut last = VecDeque::new();
    archive.each_id(|lead| {
        last.push_back(lead);
        if last.len() > count {
            last.pop_front();
        }
        Ok(())
    })?;
    Ok(last)
}
