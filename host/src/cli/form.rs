//! In which form a report is told: for people, as JSON, as CSV, or as a page.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;

use crate::exit::Exit;
use crate::print;
use crate::sheets::{self, Sheet};

/// The form of a report: for people, unless another is asked for.
#[derive(Args)]
pub struct Form {
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Print CSV, for spreadsheets: a table after another, with an empty line between.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Also write one page of HTML, with charts and all in itself.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

impl Form {
    /// Tells a report.
    pub fn show(
        &self,
        title: &str,
        note: Option<&str>,
        report: &impl Serialize,
        sheets: impl FnOnce() -> Vec<Sheet>,
    ) -> Result<(), Exit> {
        let sheets = sheets();
        if let Some(file) = &self.html {
            let page = sheets::page(title, note, &sheets);
            std::fs::write(file, page).with_context(|| format!("cannot write {}", file.display()))?;
        }
        if self.json {
            return print::json(report);
        }
        if self.csv {
            return sheets::write_csv(&sheets, note, &mut std::io::stdout().lock());
        }
        print::sheets(&sheets);
        if let Some(note) = note {
            println!("\n{note}");
        }
        Ok(())
    }
}
