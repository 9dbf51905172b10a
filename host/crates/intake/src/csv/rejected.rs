//! Rejected rows: where, why, and the row itself, so that somebody can mend it and send it again.

use std::io;

use leadsman_domain::sources::UnknownSource;

use crate::derive::Refused;

use super::record::{FIELD_BYTES_MAX, FIELDS_MAX, ROW_BYTES_MAX};

/// A row that is no submission.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("line {line}{}: {reason}", InColumn(column.as_deref(), value.as_deref()))]
pub struct RejectedRow {
    /// The line of the file on which the row begins, from 1.
    pub line: u64,
    /// The header of the column, if it is about one.
    pub column: Option<String>,
    /// The beginning of what stands there.
    pub value: Option<String>,
    /// What is wrong.
    pub reason: Rejection,
    /// The row's fields as they stand in the file; of one that is too long its beginning.
    pub fields: Vec<Vec<u8>>,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Rejection {
    /// Bytes that are no text.
    #[error("the field is not UTF-8; save the file as CSV in UTF-8")]
    NotUtf8,
    /// A field beyond the limit.
    #[error("the field is longer than {} KiB", FIELD_BYTES_MAX >> 10)]
    LongField,
    /// A row beyond the limits.
    #[error("the row is longer than {} KiB or has more than {FIELDS_MAX} fields", ROW_BYTES_MAX >> 10)]
    LongRow,
    /// A quote without an end.
    #[error("the quote that opens this field is never closed, so all that follows it is part of the field")]
    OpenQuote,
    /// Too few or too many fields.
    #[error("the row has {found} fields, the header {expected}")]
    FieldCount {
        /// How many the header has.
        expected: usize,
        /// How many the row has.
        found: usize,
    },
    /// Not a number.
    #[error("this is not a number; write digits with a decimal point, such as 1250.5")]
    NotANumber,
    /// A quantity below zero.
    #[error("an activity cannot have happened less than zero times")]
    NegativeQuantity,
    /// Neither yes nor no.
    #[error("this is neither yes nor no; write yes, no, true, false, 1 or 0")]
    NotAFlag,
    /// Not a time in the mapping's format.
    #[error("this is not a time as the mapping has them ({0})")]
    NotATime(String),
    /// A value that an activity column does not know.
    #[error("the mapping gives no kind of activity for this value")]
    UnknownValue,
    /// The key is missing.
    #[error("the row has no key")]
    NoKey,
    /// When the lead came in is missing.
    #[error("the row does not say when the lead came in")]
    NoReceived,
    /// A channel that the policy does not know.
    #[error(transparent)]
    UnknownSource(Box<UnknownSource>),
    /// The row as a whole is refused.
    #[error(transparent)]
    Refused(#[from] Refused),
}

struct InColumn<'a>(Option<&'a str>, Option<&'a str>);

impl std::fmt::Display for InColumn<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(column) = self.0 {
            write!(formatter, ", column {column:?}")?;
        }
        if let Some(value) = self.1 {
            write!(formatter, ", {value:?}")?;
        }
        Ok(())
    }
}

/// The headers of the columns that a [`RejectsWriter`] puts before the original ones. The import leaves
/// them out.
pub const ADDED_COLUMNS: [&str; 3] = ["rejected line", "rejected column", "rejected because"];

/// Writes rejected rows as a CSV file: where and why, then the row as it was. Once mended, the file can
/// be imported as it is.
pub struct RejectsWriter<W: io::Write> {
    output: ::csv::Writer<W>,
    left_out: Vec<usize>,
}

impl<W: io::Write> RejectsWriter<W> {
    /// Begins a file with the headers, and the byte between fields, of the original one.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn new(output: W, headers: &[String], delimiter: u8) -> io::Result<Self> {
        let mut output = ::csv::WriterBuilder::new().flexible(true).delimiter(delimiter).from_writer(output);
        let added = |header: &str| ADDED_COLUMNS.contains(&header);
        let original = headers.iter().map(String::as_str).filter(|header| !added(header));
        output.write_record(ADDED_COLUMNS.into_iter().chain(original))?;
        let left_out = (0..headers.len()).filter(|&index| added(&headers[index])).collect();
        Ok(Self { output, left_out })
    }

    /// Writes a rejected row.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&mut self, row: &RejectedRow) -> io::Result<()> {
        let line = row.line.to_string();
        let column = row.column.as_deref().unwrap_or_default();
        let reason = row.reason.to_string();
        let added = [line.as_bytes(), column.as_bytes(), reason.as_bytes()];
        let original = row.fields.iter().enumerate().filter(|(index, _)| !self.left_out.contains(index));
        self.output.write_record(added.into_iter().chain(original.map(|(_, field)| field.as_slice())))?;
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.output.flush()
    }
}
