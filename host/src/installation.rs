//! What a run stands on: the sandbox, and the data folder, opened with progress and with its report told.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use indicatif::{ProgressBar, ProgressStyle};
use leadsman_domain::TenantId;
use leadsman_flow::Archive;
use leadsman_ledger::{OpenError, OpenReport, Options, Progress, Store};
use leadsman_rules::{Artefacts, Sandbox};

use crate::exit::{self, Exit};

/// Names the folder for compiled code; empty for none.
const CACHE_VARIABLE: &str = "LEADSMAN_CACHE";

/// Sets up the sandbox. Compiled code is kept in the user's cache folder, so that only the first run of a
/// plugin waits for the compiler.
pub fn sandbox() -> Result<Sandbox, Exit> {
    Ok(Sandbox::new(artefacts())?)
}

/// Sets up a sandbox that notes in which functions failed calls ended: for authors.
pub fn noting_sandbox() -> Result<Sandbox, Exit> {
    Ok(Sandbox::noting_functions(artefacts())?)
}

fn artefacts() -> Option<Artefacts> {
    let folder = match std::env::var_os(CACHE_VARIABLE) {
        Some(folder) => Some(PathBuf::from(folder)).filter(|folder| !folder.as_os_str().is_empty()),
        None => dirs::cache_dir().map(|folder| folder.join("leadsman")),
    };
    folder.and_then(|folder| {
        let opened = Artefacts::open(&folder);
        opened
            .inspect_err(|cause| {
                eprintln!("leadsman: compiled code is not kept in {}: {cause}", folder.display())
            })
            .ok()
    })
}

/// Opens the store in a folder, or makes one there. What happened to it on the way is told.
pub fn open(folder: &Path) -> Result<Store, Exit> {
    let bar = ProgressBar::new_spinner();
    let opened = Store::open_with_progress(folder, Options::default(), &mut |progress| show(&bar, progress));
    bar.finish_and_clear();
    let (store, report) = opened.map_err(|error| refused(folder, error))?;
    tell(&report);
    Ok(store)
}

/// Opens the store in a folder, if there is one.
pub fn open_if_there(folder: &Path) -> Result<Option<Store>, Exit> {
    folder.join("log").is_dir().then(|| open(folder)).transpose()
}

/// Opens the store in a folder that must be there.
pub fn open_existing(folder: &Path) -> Result<Store, Exit> {
    open_if_there(folder)?.ok_or_else(|| Exit {
        code: exit::NOT_FOUND,
        error: anyhow!("{} is no data folder of leadsman", folder.display()),
    })
}

/// The archive of a tenant that must have records.
pub fn archive(store: &Store, tenant: &TenantId) -> Result<Archive, Exit> {
    let known = store.tenants()?;
    if known.contains(tenant) {
        return Ok(Archive::new(store.tenant(tenant)));
    }
    let names = known.iter().map(TenantId::as_str).collect::<Vec<_>>().join(", ");
    let names = if names.is_empty() { "none".to_owned() } else { names };
    Err(Exit {
        code: exit::NOT_FOUND,
        error: anyhow!("there is no tenant {tenant} in the data folder; there is: {names}"),
    })
}

/// Says which code an opening that failed exits with.
pub fn refused(folder: &Path, error: OpenError) -> Exit {
    let code = match &error {
        OpenError::Held { .. } => exit::HELD,
        OpenError::LogDamaged { .. } | OpenError::LogBehindState { .. } | OpenError::LogIncomplete { .. } => {
            exit::DAMAGED
        }
        _ => exit::FAILED,
    };
    let result: anyhow::Result<()> = Err(error).with_context(|| format!("cannot open {}", folder.display()));
    Exit { code, error: result.err().unwrap_or_else(|| anyhow!("cannot open the data folder")) }
}

/// Shows how far a long operation is.
pub fn show(bar: &ProgressBar, progress: Progress) {
    bar.tick();
    match progress {
        Progress::OpeningState => bar.set_message("opening the store"),
        Progress::Applying { seq, last_seq } => {
            if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}") {
                bar.set_style(style);
            }
            bar.set_message("applying the log");
            bar.set_length(last_seq);
            bar.set_position(seq);
        }
        Progress::Records { records } => bar.set_message(format!("{records} records")),
        Progress::Checking { checked } => bar.set_message(format!("{checked} checked")),
        _ => {}
    }
}

fn tell(report: &OpenReport) {
    if report.torn_bytes > 0 {
        eprintln!(
            "leadsman: the log ended in {} bytes of commits that were never acknowledged; they were cut",
            report.torn_bytes
        );
    }
    if let Some(rebuilt) = &report.rebuilt {
        let aside: Option<&PathBuf> = rebuilt.set_aside.as_ref();
        let aside = aside.map(|path| format!(" The old state is in {}.", path.display())).unwrap_or_default();
        eprintln!("leadsman: the state was made anew from the log: {}.{aside}", rebuilt.reason);
    }
}
