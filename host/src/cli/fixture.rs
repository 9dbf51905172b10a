//! `leadsman fixture`: a case out of a journal.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use chrono_tz::Tz;
use clap::Args;
use leadsman_domain::LeadId;
use leadsman_flow::Frozen;
use leadsman_flow::backtest::{Happening, retell};
use leadsman_policy::PolicyFiles;

use super::{Data, policy};
use crate::cases::{Mask, case_of};
use crate::exit::{self, Exit};
use crate::installation;
use crate::ready::Readying;

/// Writes a case out of what was told of a lead and what came of it, to be kept in `cases/`. Personal data is
/// masked: of texts only what some rule speaks of is kept, of numbers and moments what some rule may look at.
#[derive(Args)]
pub struct Fixture {
    #[command(flatten)]
    data: Data,
    /// The lead.
    #[arg(long)]
    lead: LeadId,
    /// What the case is called; the lead's id if missing.
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Keep personal data as it is.
    #[arg(long)]
    unmasked: bool,
    /// The file to add it to, such as `cases/large.toml`; otherwise it is printed.
    #[arg(long, value_name = "FILE")]
    into: Option<PathBuf>,
}

impl Fixture {
    pub fn run(self) -> Result<(), Exit> {
        let store = installation::open_existing(&self.data.data)?;
        let archive = installation::archive(&store, &self.data.tenant)?;
        let retold = retell(&archive, &self.lead).map_err(policy::refused)?;
        if !matches!(retold.first().map(|first| &first.happening), Some(Some(Happening::Submitted(_)))) {
            let error = anyhow!("lead {} did not begin with a submission of its own", self.lead);
            return Err(Exit { code: exit::NOT_FOUND, error });
        }
        let (record, decides) =
            archive.active_revision()?.ok_or_else(|| anyhow!("no revision decides over these leads"))?;
        let mask = if self.unmasked { None } else { Some(mask(&archive.revision(record.number)?)?) };
        let name = self.name.unwrap_or_else(|| self.lead.to_string());
        let case = case_of(&name, &retold, mask.as_ref())?;
        let Some(file) = self.into else {
            print!("{case}");
            return Ok(());
        };
        let known = match std::fs::read_to_string(&file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            read => read.with_context(|| format!("cannot read {}", file.display()))?,
        };
        let gap = if known.is_empty() { "" } else { "\n" };
        let text = format!("{known}{gap}{case}");
        check(&file, &text, decides.zone)?;
        std::fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
        println!("{}: the case `{name}`; `leadsman test` tells it", file.display());
        Ok(())
    }
}

/// The mask of a revision.
fn mask(decides: &Frozen) -> Result<Mask, Exit> {
    let rulebook = Readying::new()?.policy(decides.record.digest, &decides.policy, &decides.components);
    let rulebook = rulebook.context("the plugins cannot be asked what they read")?;
    let read = rulebook.plugins().flat_map(|plugin| &plugin.readings().needs.attributes);
    Ok(Mask::of(&decides.policy, read.map(String::as_str)))
}

/// Refuses to add a case to what is no file of cases, or has one of that name.
fn check(file: &Path, text: &str, zone: Tz) -> Result<(), Exit> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let files = PolicyFiles::new().with(format!("cases/{name}.toml"), text.as_bytes());
    let found = leadsman_policy::cases::of(&files, zone).map(drop);
    found.map_err(|errors| {
        let error =
            anyhow!("nothing is added to {}, which would not be a file of cases\n{errors}", file.display());
        Exit { code: exit::INPUT, error }
    })
}
