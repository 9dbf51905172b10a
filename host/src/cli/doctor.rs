//! `leadsman doctor`: is everything in the data folder what it should be?

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;
use indicatif::ProgressBar;
use leadsman_flow::Archive;
use serde::Serialize;

use crate::exit::{self, Exit};
use crate::{installation, print};

/// Checks a data folder.
#[derive(Args)]
pub struct Doctor {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize, Default)]
struct Findings {
    commits: u64,
    records: u64,
    blobs: u64,
    leads: u64,
    problems: Vec<Problem>,
}

#[derive(Serialize)]
struct Problem {
    place: String,
    cause: String,
}

impl Doctor {
    pub fn run(self) -> Result<(), Exit> {
        let store = installation::open_existing(&self.data)?;
        let bar = ProgressBar::new_spinner();
        let stored = store.verify(&mut |progress| installation::show(&bar, progress));
        let mut findings = Findings {
            commits: stored.commits,
            records: stored.records,
            blobs: stored.blobs,
            ..Findings::default()
        };
        let problems = stored.problems.into_iter();
        findings.problems.extend(problems.map(|one| Problem { place: one.place, cause: one.cause }));
        for tenant in store.tenants()? {
            bar.set_message(format!("checking the leads of {tenant}"));
            let problems = &mut findings.problems;
            let audited = Archive::new(store.tenant(&tenant)).audit(|lead, cause| {
                problems.push(Problem { place: format!("tenant {tenant}, lead {lead}"), cause });
            });
            match audited {
                Ok(leads) => findings.leads += leads,
                Err(error) => {
                    let place = format!("the leads of tenant {tenant}");
                    findings.problems.push(Problem { place, cause: error.to_string() });
                }
            }
        }
        bar.finish_and_clear();
        let sound = findings.problems.is_empty();
        if self.json {
            print::json(&findings)?;
        } else {
            let Findings { commits, records, blobs, leads, problems } = &findings;
            println!("{commits} commits, {records} records, {blobs} blobs and {leads} leads were checked");
            for problem in problems {
                println!("  {}: {}", problem.place, problem.cause);
            }
        }
        if sound {
            return Ok(());
        }
        let count = findings.problems.len();
        let error = anyhow!(
            "{count} problems; `leadsman rebuild` makes the state anew from the log, if it is the state that \
             is damaged; what the log has lost only a backup has"
        );
        Err(Exit { code: exit::DAMAGED, error })
    }
}
