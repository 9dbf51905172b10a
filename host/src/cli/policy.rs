//! `leadsman policy`: the life of a revision.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::anyhow;
use clap::{Args, Subcommand};
use leadsman_domain::difference::{self, Edition};
use leadsman_domain::{Digest, TenantId};
use leadsman_flow::ledger::LedgerError;
use leadsman_flow::trial::EndedTrial;
use leadsman_flow::{Activation, Adopt, Archive, Desk, FlowError, Warrant, freeze};
use leadsman_ledger::Store;
use leadsman_policy::PolicyFiles;
use serde::Serialize;
use serde_json::{Value, json};

use super::{At, Data, Place, plugin, whoever};
use crate::clock::Stopwatch;
use crate::exit::{self, Exit};
use crate::policies::Shelf;
use crate::ready::Readying;
use crate::remote::Remote;
use crate::simulation::market;
use crate::{clock, installation, policies, print};

/// Checks, compares, freezes, activates and rolls back policies: in a data folder that no server holds, or
/// on a running server.
#[derive(Subcommand)]
pub enum Policy {
    /// Reads a policy and hands every plugin its configuration. Changes nothing.
    Check(Check),
    /// Tells what is different from the revision that decides, or from another one.
    Diff(Diff),
    /// Freezes a policy as a revision with a number. Content that was frozen before keeps its number. Components
    /// that the folder brings along are uploaded to a server first.
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
    /// The data folder, for plugins that were uploaded.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The tenant whose uploads are meant.
    #[arg(long, default_value = "default", requires = "data")]
    tenant: TenantId,
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
    place: Place,
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
    place: Place,
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
    place: Place,
    #[command(flatten)]
    order: Order,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Log {
    #[command(flatten)]
    place: Place,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Who orders it, and why.
#[derive(Args)]
pub struct Order {
    /// Who orders it; else the user of the system.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Why.
    #[arg(long, default_value = "")]
    why: String,
}

impl Order {
    /// The reason for a server, which wants one; it signs for the token itself.
    pub fn reason(&self) -> &str {
        if self.why.is_empty() { "no reason was given" } else { &self.why }
    }

    /// The warrant for it, at this moment.
    pub fn warrant(&self) -> Warrant {
        Warrant { by: self.by.clone().unwrap_or_else(whoever), at: clock::now(), why: self.why.clone() }
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
    digest: String,
    new: bool,
    active: bool,
}

#[derive(Serialize)]
struct LogReport {
    active: Option<u64>,
    revisions: Vec<leadsman_flow::RevisionRecord>,
    activations: Vec<Activation>,
    trials: Vec<EndedTrial>,
}

impl Policy {
    pub fn run(self) -> Result<(), Exit> {
        match self {
            Self::Check(verb) => verb.run(),
            Self::Diff(verb) => verb.run(),
            Self::Apply(verb) => verb.run(),
            Self::Activate(verb) => {
                let Activate { revision, place, order, json } = verb;
                let body = json!({ "revision": revision, "reason": order.reason() });
                let local = |desk: &Desk, warrant: &Warrant| desk.activate(revision, warrant);
                change(&place, order, json, ("/v1/policy/activate", &body), local)
            }
            Self::Rollback(verb) => {
                let Rollback { revision, place, order, json } = verb;
                let body = json!({ "revision": revision, "reason": order.reason() });
                let local = |desk: &Desk, warrant: &Warrant| desk.roll_back(revision, warrant);
                change(&place, order, json, ("/v1/policy/rollback", &body), local)
            }
            Self::Log(verb) => verb.run(),
        }
    }
}

impl Check {
    fn run(self) -> Result<(), Exit> {
        let store = self.data.as_deref().map(installation::open_existing).transpose()?;
        let archive = store.as_ref().map(|store| installation::archive(store, &self.tenant)).transpose()?;
        let shelf = archive.as_ref().map_or(Shelf::BUILT_IN, Shelf::of);
        let checked = policies::check(&Readying::new()?, &self.folder, shelf)?;
        market::check(&self.folder, &checked.loaded.policy)?;
        let digest = checked.digest;
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
        let checked = policies::check(&Readying::new()?, &self.folder, Shelf::of(&archive))?;
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
        match self.place.at()? {
            At::Folder(data) => self.apply_to_folder(&data),
            At::Server(remote) => self.apply_to_server(&remote),
        }
    }

    fn apply_to_folder(self, data: &Data) -> Result<(), Exit> {
        let readying = Arc::new(Readying::new()?);
        let known = installation::open_if_there(&data.data)?;
        let uploads = match &known {
            Some(store) => store.tenant(&data.tenant),
            None => Store::in_memory().tenant(&data.tenant),
        };
        let checked = policies::check(&readying, &self.folder, Shelf::of(&Archive::new(uploads)))?;
        // Only now, so that a policy with problems leaves no data folder behind.
        let store = known.map_or_else(|| installation::open(&data.data), Ok)?;
        let ledger = store.tenant(&data.tenant);
        let archive = Archive::new(Arc::clone(&ledger));
        let warrant = self.order.warrant();
        let (record, new) = freeze(&*ledger, &checked.loaded.policy, &checked.components, &warrant)?;
        let mut active = archive.active_revision()?.is_some_and(|(active, _)| active.number == record.number);
        if self.activate && !active {
            checked.open(readying, ledger, Adopt::Always, &warrant, Arc::new(Stopwatch::start()))?;
            active = true;
        }
        store.close();
        ApplyReport { revision: record.number, digest: record.digest.to_string(), new, active }
            .print(self.json)
    }

    fn apply_to_server(self, remote: &Remote) -> Result<(), Exit> {
        let why = self.order.reason();
        let files = self.files_to_send(remote)?;
        let frozen = remote.post("/v1/policy/revisions", &json!({ "files": files, "reason": why }))?;
        let revision = frozen["revision"].as_u64().unwrap_or_default();
        let active = if self.activate {
            remote.post("/v1/policy/activate", &json!({ "revision": revision, "reason": why }))?;
            true
        } else {
            remote.get("/v1/policy")?["revision"] == revision
        };
        let digest = frozen["digest"].as_str().unwrap_or_default().to_owned();
        let new = frozen["new"].as_bool().unwrap_or_default();
        ApplyReport { revision, digest, new, active }.print(self.json)
    }

    /// The policy's files; the components that it brings along go first, and are named by what the server
    /// calls them.
    fn files_to_send(&self, remote: &Remote) -> Result<BTreeMap<String, String>, Exit> {
        let problems = |errors| policies::problems(&errors);
        let files = PolicyFiles::read(&self.folder).map_err(problems)?;
        let mut labels = BTreeMap::new();
        for (path, component) in files.brought(policies::limits_max().component_bytes).map_err(problems)? {
            let kept = plugin::send(remote, component, None, self.order.reason()).map_err(|refused| {
                Exit { error: refused.error.context(format!("the server does not take {path}")), ..refused }
            })?;
            labels.insert(path, kept["label"].as_str().unwrap_or_default().to_owned());
        }
        files.with_uploads(&labels).texts().map_err(problems)
    }
}

impl ApplyReport {
    fn print(&self, json: bool) -> Result<(), Exit> {
        if json {
            return print::json(self);
        }
        let known = if self.new { "frozen as" } else { "known as" };
        let decides =
            if self.active { "it decides" } else { "it does not decide yet: `leadsman policy activate`" };
        println!("{known} revision {}; {decides}", self.revision);
        Ok(())
    }
}

impl Log {
    fn run(self) -> Result<(), Exit> {
        let data = match self.place.at()? {
            At::Folder(data) => data,
            // The server's own words: what is frozen, and what was made to decide.
            At::Server(remote) => return print::json(&remote.get("/v1/policy/revisions")?),
        };
        let store = installation::open_existing(&data.data)?;
        let archive = installation::archive(&store, &data.tenant)?;
        let report = LogReport {
            active: archive.active_revision()?.map(|(record, _)| record.number),
            revisions: archive.revisions()?,
            activations: archive.activations()?,
            trials: archive.ended_trials()?,
        };
        if self.json {
            return print::json(&report);
        }
        print::revisions(report.active, &report.revisions, &report.activations);
        print::ended_trials(&report.trials);
        Ok(())
    }
}

/// Changes which revision decides: in a folder, or on a server by a path and a body.
fn change(
    place: &Place,
    order: Order,
    json: bool,
    (path, body): (&str, &Value),
    local: impl FnOnce(&Desk, &Warrant) -> Result<Activation, FlowError>,
) -> Result<(), Exit> {
    let activation = match place.at()? {
        At::Folder(data) => {
            let store = installation::open_existing(&data.data)?;
            let desk = desk(&store, &data.tenant)?;
            let activation = local(&desk, &order.warrant()).map_err(refused)?;
            store.close();
            serde_json::to_value(activation)?
        }
        At::Server(remote) => remote.post(path, body)?,
    };
    if json {
        return print::json(&activation);
    }
    println!("revision {} decides", activation["revision"]);
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
        | FlowError::NoFigure { .. }
        | FlowError::NothingActive
        | FlowError::NoTrial
        | FlowError::NotActive { .. }
        | FlowError::NothingBefore(_) => exit::NOT_FOUND,
        FlowError::Unready { .. } | FlowError::LabelTaken(_) | FlowError::LabelStrange(_) => exit::POLICY,
        FlowError::SeveralCurrencies(_) | FlowError::NoRate { .. } => exit::INPUT,
        FlowError::Damaged { .. }
        | FlowError::Journal { .. }
        | FlowError::Ledger(LedgerError::Damaged { .. }) => exit::DAMAGED,
        _ => exit::FAILED,
    };
    Exit { code, error: anyhow!(error) }
}
