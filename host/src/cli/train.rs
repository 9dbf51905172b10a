//! `leadsman train`: from a file of leads to a model.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use clap::Args;
use indicatif::ProgressBar;
use leadsman_domain::TenantId;
use leadsman_domain::journal::Event;
use leadsman_domain::lead::Status;
use leadsman_flow::History;
use leadsman_learning::{CONVERTED, LearningError, Past, RECEIVED, Table, Terms, Trained, train};

use crate::exit::{self, Exit};
use crate::{installation, model_folder, print, sheets};

/// Learns from a file of leads which of them convert: a model, a report on it and a policy that uses it.
#[derive(Args)]
pub struct Train {
    /// The file: CSV in UTF-8 with a header. The separator is found by itself.
    #[arg(value_name = "LEADS.csv", required_unless_present = "data")]
    leads: Option<PathBuf>,
    /// Learn from the leads of this data folder instead: what they said when they came in, and whether they
    /// converted since.
    #[arg(
        long,
        visible_alias = "journal",
        value_name = "DIR",
        conflicts_with_all = ["leads", "label", "positive", "time", "folds", "missing"]
    )]
    data: Option<PathBuf>,
    /// The tenant in the data folder.
    #[arg(long, default_value = "default", requires = "data")]
    tenant: TenantId,
    /// The column that says which leads converted.
    #[arg(long, value_name = "COLUMN", required_unless_present = "data")]
    label: Option<String>,
    /// The value of that column that means yes; needed where it is not plain.
    #[arg(long, value_name = "VALUE")]
    positive: Option<String>,
    /// Columns to leave out, such as those that are filled in after the lead converted; divided by commas.
    #[arg(long, value_name = "COLUMNS")]
    exclude: Vec<String>,
    /// Columns to keep, though they look like identifiers; divided by commas.
    #[arg(long, value_name = "COLUMNS")]
    keep: Vec<String>,
    /// The column that says when a lead came in: the model is then tried on the newest fifth.
    #[arg(long, value_name = "COLUMN")]
    time: Option<String>,
    /// A file with the columns row_index (from 0) and fold: exactly these folds are used to cross-validate.
    #[arg(long, value_name = "FILE")]
    folds: Option<PathBuf>,
    /// What stands for "not known", besides nothing.
    #[arg(long, value_name = "TEXT", num_args = 1..)]
    missing: Vec<String>,
    /// The seed: the same one makes the same model.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write the model, the report and a policy that uses them into this folder, which must be new or empty.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Also write the report as one page of HTML, with charts and all in itself.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Train {
    pub fn run(self) -> Result<(), Exit> {
        if let Some(folder) = &self.out {
            model_folder::check(folder)?;
        }
        if let Some(folder) =
            self.html.as_deref().and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty())
            && !folder.is_dir()
        {
            let error = anyhow!("--html: there is no folder {}", folder.display());
            return Err(Exit { code: exit::INPUT, error });
        }
        let table = self.table()?;
        let folds = self.folds.as_ref().map(|path| read(path, &[])).transpose()?;
        let trained = self.learn(&table, folds.as_ref())?;
        if let Some(folder) = &self.out {
            model_folder::write(folder, &trained)?;
        }
        if let Some(file) = &self.html {
            let note = format!("Seed {}; data {}.", trained.report.seed, trained.report.data);
            let page = sheets::page("Model card", Some(&note), &sheets::card(&trained.report));
            std::fs::write(file, page).with_context(|| format!("cannot write {}", file.display()))?;
        }
        if self.json {
            return print::json(&trained.report);
        }
        print::training(&trained.report);
        if let Some(folder) = &self.out {
            println!("\nWritten to {}.", folder.display());
            if let Some(leads) = &self.leads {
                println!("Try it: leadsman run {} --policy {}", leads.display(), folder.display());
            }
        }
        Ok(())
    }

    fn table(&self) -> Result<Table, Exit> {
        match (&self.leads, &self.data) {
            (Some(file), _) => read(file, &self.missing),
            (None, data) => past(data.as_deref().unwrap_or(Path::new(".")), &self.tenant),
        }
    }

    fn learn(&self, table: &Table, folds: Option<&Table>) -> Result<Trained, Exit> {
        let terms = Terms {
            label: self.label.clone().unwrap_or_else(|| CONVERTED.to_owned()),
            positive: self.positive.clone(),
            exclude: columns(table, &self.exclude),
            keep: columns(table, &self.keep),
            time: self.time.clone().or_else(|| self.data.as_ref().map(|_| RECEIVED.to_owned())),
            seed: self.seed,
        };
        let bar = ProgressBar::new(1);
        let progress = |done: usize, all: usize| {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
        };
        let trained = train(table, folds, &terms, &progress);
        bar.finish_and_clear();
        trained.map_err(|error| {
            let code = match error {
                LearningError::TooFew { .. } => exit::TOO_LITTLE,
                LearningError::NoColumn { .. } => exit::NOT_FOUND,
                LearningError::BrokeDown | LearningError::Model(_) => exit::FAILED,
                _ => exit::INPUT,
            };
            let of_folds =
                matches!(error, LearningError::Folds(_)).then_some(self.folds.as_deref()).flatten();
            let source =
                of_folds.or(self.leads.as_deref()).or(self.data.as_deref()).unwrap_or(Path::new("."));
            Exit { code, error: anyhow!(error).context(format!("cannot learn from {}", source.display())) }
        })
    }
}

/// The leads of a data folder as a table. Those that were rejected, or taken in by others, are no examples, and neither
/// are visitors without a name.
fn past(folder: &Path, tenant: &TenantId) -> Result<Table, Exit> {
    let store = installation::open_existing(folder)?;
    let archive = installation::archive(&store, tenant)?;
    let mut leads = Vec::new();
    archive.each_id(|id| {
        let History { lead, entries } = archive.history(&id)?;
        if matches!(lead.status, Status::Rejected | Status::Merged { .. } | Status::Anonymous) {
            return Ok(());
        }
        if let Some(Event::Received { facts, .. }) = entries.into_iter().next().map(|entry| entry.event) {
            leads.push(Past { received: lead.received, facts, converted: !lead.won.is_empty() });
        }
        Ok(())
    })?;
    store.close();
    leads.sort_by_key(|lead| lead.received);
    Ok(Table::of_past(&leads))
}

/// Columns as they were named: a header with commas in it is one, anything else is divided by them.
fn columns(table: &Table, named: &[String]) -> Vec<String> {
    let split = |text: &String| match table.has(text) {
        true => vec![text.clone()],
        false => text.split(',').map(|name| name.trim().to_owned()).collect(),
    };
    named.iter().flat_map(split).filter(|name| !name.is_empty()).collect()
}

fn read(path: &Path, missing: &[String]) -> Result<Table, Exit> {
    let unreadable = Exit::with(exit::INPUT);
    let file =
        File::open(path).with_context(|| format!("cannot open {}", path.display())).map_err(unreadable)?;
    let table = Table::read(file, missing).with_context(|| format!("cannot read {}", path.display()));
    table.map_err(Exit::with(exit::INPUT))
}
