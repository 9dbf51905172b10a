//! A folder with a model: the model itself as the configuration of the plugin `predictive`, the report, and a
//! policy that works as it is and can be taken apart for another.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use leadsman_learning::{Import, ImportKind, Report, Trained};
use serde_json::json;

use crate::exit::{self, Exit};
use crate::whole_folder;

/// Grades as the policy gives them: the best from where one lead in five is, the next from the average on.
const BEST_DECILES: usize = 2;

/// Sees to it that nothing is overwritten.
pub fn check(folder: &Path) -> Result<(), Exit> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries.with_context(|| format!("cannot write to {}", folder.display()))?,
    };
    if entries.count() > 0 {
        let error =
            anyhow!("{} is not empty; name a folder that is new, and nothing is lost", folder.display());
        return Err(Exit { code: exit::USAGE, error });
    }
    Ok(())
}

/// Writes the folder: all of it, or nothing.
pub fn write(folder: &Path, trained: &Trained) -> Result<(), Exit> {
    let mut model = serde_json::to_string(&json!({ "model": trained.model }))?;
    model.push('\n');
    let mut report = serde_json::to_string_pretty(&trained.report)?;
    report.push('\n');
    let files = [("models/model.json", model), ("report.json", report), ("policy.toml", policy(trained))];
    whole_folder::write(folder, files.iter().map(|(path, content)| (*path, content.as_bytes())))
}

/// The policy.
fn policy(trained: &Trained) -> String {
    let Trained { report, import, .. } = trained;
    let (best, good) = lines(report);
    let mut text = format!(
        "# Written by `leadsman train`: leads by how probable it is that they convert. It works as it is; to use the\n\
         # model in another policy, copy `models/model.json`, `[[scoring]]`, and of `[import.columns]` what is missing.\n\
         \n\
         default_pool = \"inbound\"\n\
         zone = \"UTC\"\n\
         \n\
         [[scoring]]\n\
         plugin = \"predictive\"\n\
         axis = \"probability\"            # in percent, beside the points of other plugins\n\
         config_file = \"models/model.json\"\n\
         fallback = \"hold\"\n\
         limits = {{ fuel = 100_000_000 }} # leads are shown to it in batches of 256, which share it\n\
         \n\
         [grading]                       # A as the best fifth was, B above the average\n\
         probability = [{{ label = \"C\", below = {good} }}, {{ label = \"B\", from = {good}, below = {best} }}, \
         {{ label = \"A\", from = {best} }}]\n\
         \n\
         [[pools]]\n\
         id = \"inbound\"\n\
         \n"
    );
    if let Some(import) = import {
        columns(&mut text, import);
    }
    text
}

/// From which percent on a lead is among the best fifth, and from which above the average.
fn lines(report: &Report) -> (f64, f64) {
    let best = report.deciles.get(BEST_DECILES - 1).map_or(0.5, |bucket| bucket.foretold);
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    let average = report.converted as f64 / report.rows.max(1) as f64;
    let tenths = |share: f64| (share * 1000.0).round() / 10.0;
    let good = tenths(average).clamp(0.1, 99.0);
    (tenths(best).clamp(good + 0.5, 99.9), good)
}

fn columns(text: &mut String, import: &Import) {
    let quote = |text: &str| toml::Value::from(text).to_string();
    let missing: Vec<String> = import.missing.iter().map(|text| quote(text)).collect();
    let delimiter = char::from(import.delimiter).to_string();
    // Writing to a text cannot fail.
    let _ = write!(
        text,
        "[import]\nunknown_columns = \"ignore\"\ndelimiter = {}\nmissing = [{}]\n",
        quote(&delimiter),
        missing.join(", ")
    );
    if let Some((column, format)) = &import.received {
        let _ = writeln!(text, "received = {{ column = {}{} }}", quote(column), written(format));
    }
    text.push_str("\n[import.columns]\n");
    for column in &import.columns {
        let (header, attribute) = (quote(&column.column), quote(&column.attribute));
        let _ = match column.kind {
            ImportKind::Text => writeln!(text, "{header} = {attribute}"),
            ImportKind::Number => {
                writeln!(text, "{header} = {{ attribute = {attribute}, type = \"number\" }}")
            }
            ImportKind::Time(format) => {
                writeln!(text, "{header} = {{ attribute = {attribute}, type = \"time\"{} }}", written(format))
            }
        };
    }
}

/// The way in which moments are written, as a further key.
fn written(format: &str) -> String {
    if format.is_empty() { String::new() } else { format!(", format = \"{format}\"") }
}
