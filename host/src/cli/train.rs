//! `leadsman train`: from a file of leads to a model.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use clap::Args;
use indicatif::ProgressBar;
use leadsman_learning::{LearningError, Table, Terms, Trained, train};

use crate::exit::{self, Exit};
use crate::{model_folder, print};

/// Learns from a file of leads which of them convert: a model, a report on it and a policy that uses it.
#[derive(Args)]
pub struct Train {
    /// The file: CSV in UTF-8 with a header. The separator is found by itself.
    #[arg(value_name = "LEADS.csv")]
    leads: PathBuf,
    /// The column that says which leads converted.
    #[arg(long, value_name = "COLUMN")]
    label: String,
    /// The value of that column that means yes; needed where it is not plain.
    #[arg(long, value_name = "VALUE")]
    positive: Option<String>,
    /// Columns to leave out, such as those that are filled in after the lead converted.
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    exclude: Vec<String>,
    /// Columns to keep, though they look like identifiers.
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
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
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Train {
    pub fn run(self) -> Result<(), Exit> {
        if let Some(folder) = &self.out {
            model_folder::check(folder)?;
        }
        let table = read(&self.leads, &self.missing)?;
        let folds = self.folds.as_ref().map(|path| read(path, &[])).transpose()?;
        let trained = self.learn(&table, folds.as_ref())?;
        if let Some(folder) = &self.out {
            model_folder::write(folder, &trained)?;
        }
        if self.json {
            return print::json(&trained.report);
        }
        print::training(&trained.report);
        if let Some(folder) = &self.out {
            let (folder, leads) = (folder.display(), self.leads.display());
            println!("\nWritten to {folder}. Try it: leadsman run {leads} --policy {folder}");
        }
        Ok(())
    }

    fn learn(&self, table: &Table, folds: Option<&Table>) -> Result<Trained, Exit> {
        let terms = Terms {
            label: self.label.clone(),
            positive: self.positive.clone(),
            exclude: self.exclude.clone(),
            keep: self.keep.clone(),
            time: self.time.clone(),
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
            Exit {
                code,
                error: anyhow!(error).context(format!("cannot learn from {}", self.leads.display())),
            }
        })
    }
}

fn read(path: &Path, missing: &[String]) -> Result<Table, Exit> {
    let unreadable = Exit::with(exit::INPUT);
    let file =
        File::open(path).with_context(|| format!("cannot open {}", path.display())).map_err(unreadable)?;
    let table = Table::read(file, missing).with_context(|| format!("cannot read {}", path.display()));
    table.map_err(Exit::with(exit::INPUT))
}
