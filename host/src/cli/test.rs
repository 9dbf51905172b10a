//! `leadsman test`: a project's cases, in the real sandbox.

use anyhow::anyhow;
use clap::Args;
use leadsman_policy::cases::Case;

use super::Authored;
use crate::cases::{self, Baseline, Tested};
use crate::exit::{self, Exit};
use crate::policies::{self, Shelf};
use crate::print;
use crate::ready::Readying;
use crate::watch::Watch;

/// Tells the cases of a project to a desk over an empty memory, in simulated time and in the real sandbox, and
/// compares what is expected with what came of it.
#[derive(Args)]
pub struct Test {
    #[command(flatten)]
    authored: Authored,
    /// Only cases whose name has this in it.
    #[arg(value_name = "NAME")]
    only: Option<String>,
    /// Write what the cases take of fuel as the baseline, `fuel.json`.
    #[arg(long, conflicts_with = "only")]
    bless: bool,
    /// Test again whenever a file of the project changes, until interrupted.
    #[arg(long, conflicts_with_all = ["json", "bless"])]
    watch: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Test {
    pub fn run(self) -> Result<(), Exit> {
        let readying = Readying::new()?.patient();
        if !self.watch {
            return self.test(&readying);
        }
        let mut watch = Watch::begin(&self.authored.project)?;
        loop {
            match self.test(&readying) {
                Ok(()) => println!("\nall is as expected; waiting for a change"),
                Err(exit) => println!("\n{exit}; waiting for a change"),
            }
            if !watch.wait() {
                return Ok(());
            }
        }
    }

    fn test(&self, readying: &Readying) -> Result<(), Exit> {
        let project = self.authored.built()?;
        let checked = policies::check(readying, project, Shelf::BUILT_IN)?;
        let cases = cases::read(project, checked.loaded.policy.zone)?;
        let is_wanted = |case: &Case| self.only.as_ref().is_none_or(|part| case.name.contains(part.as_str()));
        let known = cases.len();
        let cases: Vec<Case> = cases.into_iter().filter(is_wanted).collect();
        if cases.is_empty() {
            let error = match &self.only {
                Some(part) if known > 0 => anyhow!("none of the {known} cases has {part:?} in its name"),
                _ => anyhow!("{} has no cases: write them into cases/*.toml", project.display()),
            };
            return Err(Exit { code: exit::INPUT, error });
        }
        let known = if self.bless { None } else { Baseline::read(project)? };
        let (mut tested, fuel) = Tested::of(checked, &cases, known.as_ref())?;
        if self.only.is_some() {
            tested.never_fired.clear();
        }
        if self.bless {
            fuel.write(project)?;
        }
        if self.json {
            print::json(&tested)?;
        } else {
            print::tested(&tested);
        }
        match (tested.failed(), tested.regressions.len()) {
            (0, 0) => Ok(()),
            (0, count) => Err(Exit {
                code: exit::CASES,
                error: anyhow!(
                    "{count} times more fuel than the baseline; if that is meant, write it anew with --bless"
                ),
            }),
            (failed, _) => {
                Err(Exit { code: exit::CASES, error: anyhow!("{failed} of {} cases failed", cases.len()) })
            }
        }
    }
}
