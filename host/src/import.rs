//! Importing a file: rows in chunks through the desk, bad rows to the rejects file. Chunks are on their
//! way to the disk while the next ones are decided; a row counts once it is durable.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::Path;

use anyhow::{Context as _, anyhow};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use leadsman_domain::Timestamp;
use leadsman_domain::mapping::ColumnMapping;
use leadsman_domain::submission::Submission;
use leadsman_flow::{Desk, Intake, Pending, Tally};
use leadsman_intake::Region;
use leadsman_intake::csv::{CsvImport, ImportContext, RejectedRow, RejectsWriter, RowError};

use crate::exit::{self, Exit};

/// Rows that are decided together.
const CHUNK_ROWS: usize = 256;

/// Chunks that may be on their way to the disk while the next one is decided.
const CHUNKS_UNDER_WAY_MAX: usize = 4;

/// A file to be imported, and how.
pub struct Import<'a> {
    /// The file.
    pub file: &'a Path,
    /// How its columns are read.
    pub mapping: ColumnMapping,
    /// The country of phone numbers that do not name theirs.
    pub region: Option<Region>,
    /// When leads came in that do not say so themselves.
    pub imported_at: Timestamp,
    /// Decide about leads as of this moment, or as of when they came in if that is later; each as of when it
    /// came in, when missing.
    pub as_of: Option<Timestamp>,
    /// Where bad rows go.
    pub rejects: Option<&'a Path>,
}

/// Imports a file. Bad rows are counted and written to the rejects file; the import goes on.
pub fn import(desk: &Desk, import: Import<'_>) -> Result<Tally, Exit> {
    let name = import.file.display().to_string();
    let unreadable = Exit::with(exit::INPUT);
    let input = File::open(import.file).with_context(|| format!("cannot open {name}")).map_err(unreadable)?;
    let length = input.metadata().map(|metadata| metadata.len()).unwrap_or(0);
    let delimiter = import.mapping.delimiter;
    let context = ImportContext { region: import.region, imported_at: import.imported_at };
    let rows = CsvImport::open(BufReader::with_capacity(1 << 16, input), import.mapping, context)
        .with_context(|| format!("cannot import {name}"))
        .map_err(Exit::with(exit::INPUT))?
        .knowing(desk.revision().policy.sources.clone());
    let rejects = import.rejects.map(|path| create_rejects(path, rows.headers(), delimiter)).transpose()?;
    let mut run = Run {
        desk,
        as_of: import.as_of,
        tally: Tally::default(),
        under_way: VecDeque::new(),
        rejects,
        bar: bar(length),
    };
    let result = run.all(rows);
    // Whatever happened, what was accepted is finished and counted.
    while run.settle_oldest()? {}
    run.bar.finish_and_clear();
    if let Some(rejects) = run.rejects.take() {
        rejects.finish().context("cannot finish the rejects file")?;
    }
    result.map(|()| run.tally)
}

type Rejects = RejectsWriter<Box<dyn Write>>;

struct Run<'a> {
    desk: &'a Desk,
    as_of: Option<Timestamp>,
    tally: Tally,
    under_way: VecDeque<Pending<Vec<Intake>>>,
    rejects: Option<Rejects>,
    bar: ProgressBar,
}

impl Run<'_> {
    fn all<R: io::Read>(&mut self, mut rows: CsvImport<R>) -> Result<(), Exit> {
        let mut chunk = Vec::with_capacity(CHUNK_ROWS);
        while let Some(row) = rows.next() {
            match row {
                Ok(submission) => chunk.push(submission),
                Err(RowError::Rejected(rejected)) => self.reject(&rejected)?,
                Err(broken @ RowError::Broken(_)) => {
                    self.take_in(chunk)?;
                    return Err(Exit {
                        code: exit::INPUT,
                        error: anyhow!(broken).context("the rows before were imported"),
                    });
                }
            }
            if chunk.len() == CHUNK_ROWS {
                self.take_in(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK_ROWS)))?;
                self.bar.set_position(rows.bytes_read());
            }
        }
        self.take_in(chunk)
    }

    fn take_in(&mut self, chunk: Vec<Submission>) -> Result<(), Exit> {
        self.under_way.push_back(match self.as_of {
            Some(now) => self.desk.take_in_as_of(chunk, now)?,
            None => self.desk.take_in(chunk)?,
        });
        if self.under_way.len() > CHUNKS_UNDER_WAY_MAX {
            self.settle_oldest()?;
        }
        Ok(())
    }

    /// Waits for the oldest chunk and counts it. Says whether there was one.
    fn settle_oldest(&mut self) -> Result<bool, Exit> {
        let Some(oldest) = self.under_way.pop_front() else { return Ok(false) };
        for intake in oldest.wait()? {
            self.tally.count(&intake);
        }
        Ok(true)
    }

    fn reject(&mut self, rejected: &RejectedRow) -> Result<(), Exit> {
        self.tally.count_invalid();
        match &mut self.rejects {
            Some(rejects) => rejects.write(rejected).context("cannot write the rejects file")?,
            None => self.bar.suspend(|| eprintln!("leadsman: {rejected}")),
        }
        Ok(())
    }
}

fn create_rejects(path: &Path, headers: &[String], delimiter: u8) -> Result<Rejects, Exit> {
    let file = File::create(path).with_context(|| format!("cannot create {}", path.display()))?;
    let output: Box<dyn Write> = Box::new(BufWriter::new(file));
    Ok(RejectsWriter::new(output, headers, delimiter).context("cannot write the rejects file")?)
}

/// A progress bar over the file's bytes; nothing where standard error is no terminal.
fn bar(length: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {elapsed} left {eta}");
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
