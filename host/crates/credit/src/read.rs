//! Reading journeys from a CSV file: touch by touch, or way by way.
//!
//! Touch by touch, a row is a touch: `customer_id,time,channel,conversion,conversion_value`, in whatever order, other
//! columns left alone. A touch whose `conversion` is 1 ends a journey; the next one of that customer begins another.
//!
//! Way by way, a row is a way that many went: `path,total_conversions,total_conversion_value,total_null`, the channels
//! of the path with `>` between them. When they happened is not known then.
//!
//! A row that cannot be read is told, and the others go on.

mod cell;
mod paths;
mod touches;

use std::io::{self, Read};

use leadsman_domain::money::Minor;

use crate::journeys::Journeys;

/// How a file is read.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// What stands between fields.
    pub delimiter: u8,
    /// How many decimals values have: their minor unit.
    pub decimals: u32,
}

/// Journeys that were read.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadJourneys {
    /// They.
    pub journeys: Journeys,
    /// How many rows could be read.
    pub rows: u64,
    /// Those that could not.
    pub bad: Vec<BadRow>,
}

/// A row that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}{}: {problem}", .column.map(|column| format!(", column {column}")).unwrap_or_default())]
pub struct BadRow {
    /// Its line, from 1.
    pub line: u64,
    /// The column, if it is of one.
    pub column: Option<&'static str>,
    /// What is wrong, and what should be there.
    pub problem: String,
}

/// Why a file is no file of journeys.
#[derive(Debug, thiserror::Error)]
pub enum InvalidFile {
    /// It cannot be read.
    #[error("it cannot be read")]
    Read(#[from] io::Error),
    /// It is UTF-16.
    #[error("it is UTF-16, as some spreadsheets save \"Unicode text\"; save it as CSV in UTF-8")]
    Utf16,
    /// It is no CSV.
    #[error("it is no CSV: {0}")]
    Csv(String),
    /// Its columns are not those of journeys.
    #[error(
        "its first line has to name the columns customer_id, time, channel and conversion (and perhaps \
         conversion_value), or path and total_conversions (and perhaps total_conversion_value and total_null); \
         missing: {}; found: {}",
        .missing.join(", "), if .found.is_empty() { "nothing".to_owned() } else { .found.join(", ") }
    )]
    Columns {
        /// Those that are missing, of the kind that it comes closest to.
        missing: Vec<&'static str>,
        /// Those that it has.
        found: Vec<String>,
    },
    /// No row could be read.
    #[error("none of its rows can be read{}", .0.as_ref().map(|first| format!("; {first}")).unwrap_or_default())]
    NoRows(Option<BadRow>),
}

impl Journeys {
    /// Reads journeys. `progress` is told how many bytes were read so far.
    ///
    /// # Errors
    ///
    /// When the file is none of journeys, or none of its rows can be read.
    pub fn read(
        input: impl Read,
        reading: Reading,
        progress: &mut dyn FnMut(u64),
    ) -> Result<ReadJourneys, InvalidFile> {
        let input = past_byte_order_mark(input)?;
        let mut rows =
            csv::ReaderBuilder::new().delimiter(reading.delimiter).flexible(true).from_reader(input);
        let header = rows.byte_headers().map_err(invalid)?.clone();
        let header =
            Header(header.iter().map(|name| String::from_utf8_lossy(name).trim().to_lowercase()).collect());
        let read = if header.place("path").is_some() {
            paths::read(&header, Rows { rows, reading, progress })?
        } else {
            touches::read(&header, Rows { rows, reading, progress })?
        };
        match read.rows {
            0 => Err(InvalidFile::NoRows(read.bad.into_iter().next())),
            _ => Ok(read),
        }
    }
}

/// The names of the columns, in lower case.
struct Header(Vec<String>);

impl Header {
    fn place(&self, column: &str) -> Option<usize> {
        self.0.iter().position(|name| name == column)
    }

    /// The places of columns that must be there.
    fn places<const N: usize>(&self, columns: [&'static str; N]) -> Result<[usize; N], InvalidFile> {
        let missing: Vec<&str> = columns.into_iter().filter(|column| self.place(column).is_none()).collect();
        if missing.is_empty() {
            return Ok(columns.map(|column| self.place(column).unwrap_or(0)));
        }
        Err(InvalidFile::Columns { missing, found: self.0.clone() })
    }
}

/// The rows of a file.
struct Rows<'a, R> {
    rows: csv::Reader<R>,
    reading: Reading,
    progress: &'a mut dyn FnMut(u64),
}

impl<R: Read> Rows<'_, R> {
    /// Hands every row on. Returns how many were taken, and those that were not.
    fn each(
        mut self,
        mut take: impl FnMut(&Fields<'_>) -> Result<(), BadRow>,
    ) -> Result<(u64, Vec<BadRow>), InvalidFile> {
        const PROGRESS_ROWS: u64 = 1 << 14;
        let (mut taken, mut bad) = (0, Vec::new());
        let mut row = csv::ByteRecord::new();
        while self.rows.read_byte_record(&mut row).map_err(invalid)? {
            let line = row.position().map_or(0, csv::Position::line);
            match take(&Fields { row: &row, line, decimals: self.reading.decimals }) {
                Ok(()) => taken += 1,
                Err(problem) => bad.push(problem),
            }
            if taken % PROGRESS_ROWS == 0 {
                (self.progress)(row.position().map_or(0, csv::Position::byte));
            }
        }
        Ok((taken, bad))
    }
}

/// The fields of a row.
struct Fields<'a> {
    row: &'a csv::ByteRecord,
    line: u64,
    decimals: u32,
}

impl<'a> Fields<'a> {
    fn bad(&self, column: Option<&'static str>, problem: impl Into<String>) -> BadRow {
        BadRow { line: self.line, column, problem: problem.into() }
    }

    fn text(&self, place: usize, column: &'static str) -> Result<&'a str, BadRow> {
        let field = self.row.get(place).ok_or_else(|| {
            self.bad(Some(column), format!("the row ends before it, after {} fields", self.row.len()))
        })?;
        let text = std::str::from_utf8(field);
        Ok(text.map_err(|_| self.bad(Some(column), "it is not UTF-8; save the file as CSV in UTF-8"))?.trim())
    }

    /// A text that must not be empty.
    fn some(&self, place: usize, column: &'static str) -> Result<&'a str, BadRow> {
        match self.text(place, column)? {
            "" => Err(self.bad(Some(column), "it is empty")),
            text => Ok(text),
        }
    }

    fn value(&self, place: Option<usize>, column: &'static str) -> Result<Minor, BadRow> {
        let Some(place) = place else { return Ok(Minor(0)) };
        let text = self.text(place, column)?;
        cell::minor(text, self.decimals).map_err(|problem| self.bad(Some(column), problem))
    }
}

fn invalid(error: csv::Error) -> InvalidFile {
    let told = error.to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(error) => InvalidFile::Read(error),
        _ => InvalidFile::Csv(told),
    }
}

/// The input after a byte order mark, if there is one.
fn past_byte_order_mark(mut input: impl Read) -> Result<impl Read, InvalidFile> {
    let mut mark = Vec::new();
    input.by_ref().take(3).read_to_end(&mut mark)?;
    match mark.as_slice() {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Err(InvalidFile::Utf16),
        [0xef, 0xbb, 0xbf] => mark.clear(),
        _ => {}
    }
    Ok(io::Cursor::new(mark).chain(input))
}
