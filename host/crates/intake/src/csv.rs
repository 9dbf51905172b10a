//! Tables as CSV files: rows become submissions by the policy's column mapping, one at a time, in the
//! memory of one row. A bad row is rejected with its line, column and reason, and reading goes on; only
//! a file that cannot be understood as a whole is refused.

mod cell;
mod header;
mod record;
mod rejected;
mod row;

use std::io;

use leadsman_domain::Timestamp;
use leadsman_domain::mapping::ColumnMapping;
use leadsman_domain::sources::Sources;
use leadsman_domain::submission::Submission;

use crate::derive::Region;
use record::Records;
use row::RowReader;

pub use header::{InvalidFile, MissingColumn, UnknownColumn};
pub use record::{FIELD_BYTES_MAX, FIELDS_MAX, ROW_BYTES_MAX};
pub use rejected::{ADDED_COLUMNS, RejectedRow, Rejection, RejectsWriter};

#[cfg(test)]
mod tests;

/// A CSV file on its way in: an iterator of its rows.
pub struct CsvImport<R> {
    records: Records<R>,
    rows: RowReader,
    headers: Vec<String>,
    broken: bool,
}

/// What is known about the import besides the file and its mapping.
#[derive(Debug, Clone, Copy)]
pub struct ImportContext {
    /// Phone numbers that do not name their country are of this one.
    pub region: Option<Region>,
    /// When the import takes place: leads came in then if the mapping names no column for it.
    pub imported_at: Timestamp,
}

/// Why a row is no submission.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// The row is bad. The next one may be good.
    #[error(transparent)]
    Rejected(Box<RejectedRow>),
    /// The file cannot be read any further.
    #[error("cannot read on")]
    Broken(#[source] io::Error),
}

impl<R: io::Read> CsvImport<R> {
    /// Opens a file: reads its header and finds the mapping's columns in it.
    ///
    /// # Errors
    ///
    /// When it is empty, cannot be read, is not UTF-8, has a header twice, lacks a column that the
    /// mapping names, or has one that the mapping does not know and the policy does not ignore.
    pub fn open(input: R, mapping: ColumnMapping, context: ImportContext) -> Result<Self, InvalidFile> {
        let mut records = Records::new(input, mapping.delimiter);
        let headers = header::read(&mut records)?;
        let rows = RowReader::new(mapping, &headers, context)?;
        Ok(Self { records, rows, headers, broken: false })
    }

    /// Refuses rows that came by channels which this tree of sources does not know.
    #[must_use]
    pub fn knowing(mut self, sources: Sources) -> Self {
        self.rows.know(sources);
        self
    }

    /// The file's headers, as they stand there, without white space at the ends.
    #[must_use]
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// How many bytes have been read, for a progress bar.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.records.bytes_read()
    }
}

impl<R: io::Read> Iterator for CsvImport<R> {
    type Item = Result<Submission, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.broken {
            return None;
        }
        match self.records.next_record() {
            Ok(None) => None,
            Ok(Some(record)) => {
                Some(self.rows.read(record).map_err(|rejected| RowError::Rejected(Box::new(rejected))))
            }
            Err(error) => {
                self.broken = true;
                Some(Err(RowError::Broken(error)))
            }
        }
    }
}
