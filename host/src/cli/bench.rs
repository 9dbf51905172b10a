//! `leadsman bench`: what calls of an author's plugin take.

use std::sync::Arc;

use clap::Args;
use leadsman_domain::journal::Entry;
use leadsman_flow::Revision;

use super::Authored;
use crate::cases::{self, play};
use crate::exit::Exit;
use crate::policies::{self, Checked, Shelf};
use crate::ready::Readying;
use crate::{bench, print};

/// Measures what calls of a project's plugin take, fresh and warm, with the questions that its cases ask; and in
/// which functions the fuel goes.
#[derive(Args)]
pub struct Bench {
    #[command(flatten)]
    authored: Authored,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Bench {
    pub fn run(self) -> Result<(), Exit> {
        let project = self.authored.built()?;
        let readying = Readying::noting_functions()?;
        let checked = policies::check(&readying, project, Shelf::BUILT_IN)?;
        let Checked { loaded, region, rulebook, .. } = checked;
        let cases = cases::read(project, loaded.policy.zone)?;
        let (components, policy) = (loaded.components, Arc::new(loaded.policy));
        let revision = Revision { number: 1, policy, rulebook: Arc::clone(&rulebook) as _ };
        let mut journals: Vec<Vec<Entry>> = Vec::with_capacity(cases.len());
        for case in &cases {
            journals.push(play(case, &revision, region)?.entries);
        }
        let benched = bench::bench(&revision, &rulebook, &components, &journals)?;
        if self.json {
            return print::json(&benched);
        }
        print::benched(&benched);
        Ok(())
    }
}
