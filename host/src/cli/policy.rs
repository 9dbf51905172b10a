//! `leadsman policy`: the life of a revision.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::anyhow;
use clap::{Args, Subcommand};
use leadsman_domain::difference::{self, Edition};
use leadsman_domain::{Digest, TenantId};
use leadsman_flow::ledger::LedgerError;
use leadsman_flow::{Activation, Adopt, Archive, Desk, FlowError, Warrant, freeze};
use leadsman_ledger::Store;
use serde::Serialize;

use super::{Data, whoever};
use crate::exit::{self, Exit};
use crate::ready::Readying;
use crate::{clock, installation, policies, print};

/// Checks, compares, freezes, activates and rolls back policies. The server must not be running on the
/// same folder; a running one is asked over HTTP.
#[derive(Subcommand)]
pub enum Policy {
    /// Reads a policy and hands every plugin its configuration. Changes nothing.
    Check(Check),
    /// Tells what is different from the revision that decides, or from another one.
    Diff(Diff),
    /// Freezes a policy as a revision with a number. Content that was frozen before keeps its number.
    Apply(Apply),
    /// Makes a revision decide.
    Activate(Activate),
    /// Makes the revision decide again that did before.
    Rollback(Rollback),
    /// Lists the revisions, and who made which decide, when and why.
    Log(Log),
}

#[derive(Args)]
pub struct Check {
    /// The policy's folder.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Diff {
    /// The policy's folder.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    #[command(flatten)]
    data: Data,
    /// Compare with this revision instead of the one that decides.
    #[arg(long, value_name = "N")]
    against: Option<u64>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Apply {
    /// The policy's folder.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    order: Order,
    /// Make it decide at once.
    #[arg(long)]
    activate: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Activate {
    /// The revision's number.
    #[arg(value_name = "N")]
    revision: u64,
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    order: Order,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Rollback {
    /// The revision that is given up: nothing is done unless it decides now.
    #[arg(long, value_name = "N")]
    revision: Option<u64>,
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    order: Order,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Log {
    #[command(flatten)]
    data: Data,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Who orders it, and why.
#[derive(Args)]
struct Order {
    /// Who orders it; else the user of the system.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Why.
    #[arg(long, default_value = "")]
    why: String,
}

impl Order {
    fn warrant(self) -> Warrant {
        Warrant { by: self.by.unwrap_or_else(whoever), at: clock::now(), why: self.why }
    }
}

#[derive(Serialize)]
struct CheckReport {
    digest: Digest,
    plugins: Vec<leadsman_domain::ruling::PluginStamp>,
}

#[derive(Serialize)]
struct ApplyReport {
    revision: u64,
    digest: Digest,
    new: bool,
    active: bool,
}

#[derive(Serialize)]
struct LogReport {
    active: Option<u64>,
    revisions: Vec<leadsman_flow::RevisionRecord>,
    activations: Vec<Activation>,
}

impl Policy {
    pub fn run(self) -> Result<(), Exit> {
        match self {
            Self::Check(verb) => verb.run(),
            Self::Diff(verb) => verb.run(),
            Self::Apply(verb) => verb.run(),
            Self::Activate(verb) => {
                let number = verb.revision;
                change(&verb.data, verb.order, verb.json, |desk, warrant| desk.activate(number, warrant))
            }
            Self::Rollback(verb) => {
                let given_up = verb.revision;
                change(&verb.data, verb.order, verb.json, |desk, warrant| desk.roll_back(given_up, warrant))
            }
            Self::Log(verb) => verb.run(),
        }
    }
}

impl Check {
    fn run(self) -> Result<(), Exit> {
        let checked = policies::check(&Readying::new()?, &self.folder)?;
        let digest = leadsman_flow::digest_of(&checked.loaded.policy, &checked.components)?;
        let plugins: Vec<_> = checked.rulebook.plugins().map(|plugin| plugin.stamp().clone()).collect();
        if self.json {
            return print::json(&CheckReport { digest, plugins });
        }
        println!("the policy is sound: {} plugins, digest {digest}", plugins.len());
        Ok(())
    }
}

impl Diff {
    fn run(self) -> Result<(), Exit> {
        let store = installation::open_existing(&self.data.data)?;
        let archive = installation::archive(&store, &self.data.tenant)?;
        let checked = policies::check(&Readying::new()?, &self.folder)?;
        let (record, policy) = match self.against {
            Some(number) => {
                let frozen = archive.revision(number).map_err(refused)?;
                (frozen.record, frozen.policy)
            }
            None => archive.active_revision()?.ok_or(FlowError::NothingActive).map_err(refused)?,
        };
        let components: Vec<Digest> = checked.components.iter().map(|bytes| Digest::of(bytes)).collect();
        let differences = difference::between(
            Edition { policy: &policy, components: &record.components },
            Edition { policy: &checked.loaded.policy, components: &components },
        );
        if self.json {
            return print::json(&differences);
        }
        print::differences(record.number, &differences);
        Ok(())
    }
}

impl Apply {
    fn run(self) -> Result<(), Exit> {
        let readying = Arc::new(Readying::new()?);
        let checked = policies::check(&readying, &self.folder)?;
        let store = installation::open(&self.data.data)?;
        let ledger = store.tenant(&self.data.tenant);
        let warrant = self.order.warrant();
        let (record, new) = freeze(&*ledger, &checked.loaded.policy, &checked.components, &warrant)?;
        let archive = Archive::new(Arc::clone(&ledger));
        let mut active = archive.active_revision()?.is_some_and(|(active, _)| active.number == record.number);
        if self.activate && !active {
            checked.open(readying, ledger, Adopt::Always, &warrant)?;
            active = true;
        }
        store.close();
        let report = ApplyReport { revision: record.number, digest: record.digest, new, active };
        if self.json {
            return print::json(&report);
        }
        let known = if new { "frozen as" } else { "known as" };
        let decides =
            if active { "it decides" } else { "it does not decide yet: `leadsman policy activate`" };
        println!("{known} revision {}; {decides}", record.number);
        Ok(())
    }
}

impl Log {
    fn run(self) -> Result<(), Exit> {
        let store = installation::open_existing(&self.data.data)?;
        let archive = installation::archive(&store, &self.data.tenant)?;
        let report = LogReport {
            active: archive.active_revision()?.map(|(record, _)| record.number),
            revisions: archive.revisions()?,
            activations: archive.activations()?,
        };
        if self.json {
            return print::json(&report);
        }
        print::revisions(report.active, &report.revisions, &report.activations);
        Ok(())
    }
}

/// Changes which revision decides.
fn change(
    data: &Data,
    order: Order,
    json: bool,
    change: impl FnOnce(&Desk, &Warrant) -> Result<Activation, FlowError>,
) -> Result<(), Exit> {
    let store = installation::open_existing(&data.data)?;
    let desk = desk(&store, &data.tenant)?;
    let activation = change(&desk, &order.warrant()).map_err(refused)?;
    store.close();
    if json {
        return print::json(&activation);
    }
    println!("revision {} decides", activation.revision);
    Ok(())
}

fn desk(store: &Store, tenant: &TenantId) -> Result<Desk, Exit> {
    // Refuses a tenant that is not there before anything is made for it.
    installation::archive(store, tenant)?;
    Desk::open(store.tenant(tenant), Arc::new(Readying::new()?)).map_err(refused)
}

/// Says which code an error about revisions exits with.
pub fn refused(error: FlowError) -> Exit {
    let code = match error {
        FlowError::UnknownRevision(_)
        | FlowError::UnknownLead(_)
        | FlowError::NothingActive
        | FlowError::NotActive { .. }
        | FlowError::NothingBefore(_) => exit::NOT_FOUND,
        FlowError::Unready { .. } => exit::POLICY,
        FlowError::Damaged { .. }
        | FlowError::Journal { .. }
        | FlowError::Ledger(LedgerError::Damaged { .. }) => exit::DAMAGED,
        _ => exit::FAILED,
    };
    Exit { code, error: anyhow!(error) }
}
