//! A table of leads, column by column, each text kept once.

use std::collections::{BTreeSet, HashMap};
use std::io::Read;

use leadsman_domain::Digest;
use leadsman_domain::text::fold;

use crate::LearningError;

/// What separates fields, tried in this order.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// A table of leads.
#[derive(Debug, Clone)]
pub struct Table {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: usize,
    pub(crate) delimiter: u8,
    pub(crate) missing: BTreeSet<String>,
    pub(crate) digest: Digest,
    /// Whether an import reads such a table.
    pub(crate) from_file: bool,
}

/// A column of a table.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub header: String,
    /// Every text that occurs, without white space at its ends.
    pub texts: Vec<String>,
    /// For each row the place of its text from 1; 0 for what is not known.
    pub cells: Vec<u32>,
}

impl Column {
    pub fn text(&self, row: usize) -> Option<&str> {
        let place = self.cells[row].checked_sub(1)?;
        self.texts.get(place as usize).map(String::as_str)
    }

    /// How many rows have a value.
    pub fn known(&self) -> usize {
        self.cells.iter().filter(|&&cell| cell > 0).count()
    }
}

impl Table {
    /// Reads a table from CSV with a header. `missing` are the texts that stand for "not known", besides the
    /// empty one; case and outer white space do not matter.
    ///
    /// # Errors
    ///
    /// When it is empty, not UTF-8, has rows of another length than the header, or columns without a name or
    /// with the same.
    pub fn read(mut input: impl Read, missing: &[String]) -> Result<Self, LearningError> {
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes).map_err(csv::Error::from)?;
        let digest = Digest::of(&bytes);
        let content = without_mark(&bytes)?;
        let delimiter = delimiter(content);
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(content);
        let headers = headers(&mut reader)?;
        let missing: BTreeSet<String> = missing.iter().map(|text| fold(text)).collect();
        let mut columns: Vec<Building> = headers.into_iter().map(Building::new).collect();
        let (mut record, mut rows) = (csv::ByteRecord::new(), 0);
        while reader.read_byte_record(&mut record).map_err(unreadable)? {
            for (column, field) in columns.iter_mut().zip(&record) {
                let text = std::str::from_utf8(field).map_err(|_| LearningError::Encoding {
                    place: format!("line {}, column {:?}", line(&record), column.column.header),
                })?;
                column.push(text.trim(), &missing);
            }
            rows += 1;
        }
        if rows == 0 {
            return Err(LearningError::Empty);
        }
        let columns = columns.into_iter().map(|building| building.column).collect();
        Ok(Self { columns, rows, delimiter, missing, digest, from_file: true })
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The digest of the bytes that were read.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Whether it has a column with this header.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.header == name)
    }

    /// The place of a column.
    pub(crate) fn place(&self, name: &str) -> Result<usize, LearningError> {
        let found = self.columns.iter().position(|column| column.header == name);
        found.ok_or_else(|| {
            let folded = fold(name);
            let near = self.columns.iter().find(|column| fold(&column.header) == folded);
            let near = near.map_or_else(
                || {
                    let all: Vec<&str> = self.columns.iter().map(|column| column.header.as_str()).collect();
                    format!("there are {}", all.join(", "))
                },
                |column| format!("did you mean {:?}?", column.header),
            );
            LearningError::NoColumn { name: name.to_owned(), near }
        })
    }
}

struct Building {
    column: Column,
    places: HashMap<String, u32>,
}

impl Building {
    fn new(header: String) -> Self {
        Self { column: Column { header, texts: Vec::new(), cells: Vec::new() }, places: HashMap::new() }
    }

    fn push(&mut self, text: &str, missing: &BTreeSet<String>) {
        let place = match self.places.get(text) {
            Some(&place) => place,
            None => {
                let is_known = !text.is_empty() && !missing.contains(&fold(text));
                if is_known {
                    self.column.texts.push(text.to_owned());
                }
                let place = if is_known { u32::try_from(self.column.texts.len()).unwrap_or(0) } else { 0 };
                self.places.insert(text.to_owned(), place);
                place
            }
        };
        self.column.cells.push(place);
    }
}

/// The content without a byte order mark.
fn without_mark(bytes: &[u8]) -> Result<&[u8], LearningError> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(LearningError::Encoding { place: "the file is UTF-16 and".to_owned() });
    }
    let content = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    if content.iter().all(u8::is_ascii_whitespace) { Err(LearningError::Empty) } else { Ok(content) }
}

/// Which separator the header uses most.
fn delimiter(content: &[u8]) -> u8 {
    let header = content.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| header.iter().filter(|&&byte| byte == delimiter).count();
    let most = DELIMITERS.into_iter().reduce(|best, one| if count(one) > count(best) { one } else { best });
    most.unwrap_or(b',')
}

fn headers<R: Read>(reader: &mut csv::Reader<R>) -> Result<Vec<String>, LearningError> {
    let record = reader.byte_headers()?.clone();
    let mut headers: Vec<String> = Vec::with_capacity(record.len());
    for (place, field) in record.iter().enumerate() {
        let column = place + 1;
        let text = std::str::from_utf8(field)
            .map_err(|_| LearningError::Encoding { place: format!("column {column} of the header") })?;
        let header = text.trim().to_owned();
        if header.is_empty() {
            return Err(LearningError::Header { column, problem: "has no name; give it one".to_owned() });
        }
        if let Some(first) = headers.iter().position(|other| *other == header) {
            let problem = format!("is called {header:?} as column {} is; rename one of them", first + 1);
            return Err(LearningError::Header { column, problem });
        }
        headers.push(header);
    }
    Ok(headers)
}

fn line(record: &csv::ByteRecord) -> u64 {
    record.position().map_or(0, csv::Position::line)
}

fn unreadable(error: csv::Error) -> LearningError {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { pos, expected_len, len } => LearningError::Fields {
            line: pos.as_ref().map_or(0, csv::Position::line),
            found: *len,
            expected: *expected_len,
        },
        _ => LearningError::Unreadable(error),
    }
}
