//! The header of a file: read, and compared with what the mapping expects.

use std::fmt;
use std::io;

use leadsman_domain::mapping::{ColumnMapping, Unknown};

use super::record::Records;
use super::rejected::ADDED_COLUMNS;

/// Why a file is refused as a whole.
#[derive(Debug, thiserror::Error)]
pub enum InvalidFile {
    /// It cannot be read.
    #[error("cannot read the file")]
    Read(#[source] io::Error),
    /// It holds nothing.
    #[error("the file is empty: its first line has to name the columns")]
    Empty,
    /// It is UTF-16.
    #[error("the file is UTF-16, as some spreadsheets save \"Unicode text\"; save it as CSV in UTF-8")]
    Utf16,
    /// Its header is damaged.
    #[error("the header line is damaged: {0}")]
    Header(&'static str),
    /// A header is not UTF-8.
    #[error("the header of column {0} is not UTF-8; save the file as CSV in UTF-8")]
    HeaderNotUtf8(usize),
    /// A header stands there twice.
    #[error("two columns are called {0:?}")]
    Twice(String),
    /// Columns do not match the mapping.
    #[error("{}", Columns { missing, unknown })]
    Columns {
        /// What the mapping names and the file lacks.
        missing: Vec<MissingColumn>,
        /// What the file has and the mapping does not know.
        unknown: Vec<UnknownColumn>,
    },
}

/// A column that the mapping names and the file lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingColumn {
    /// As the mapping names it.
    pub name: String,
    /// The header of the file that is most like it, if one is at all.
    pub nearest: Option<String>,
}

/// A column of the file that the mapping does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownColumn {
    /// As the file names it.
    pub name: String,
}

struct Columns<'a> {
    missing: &'a [MissingColumn],
    unknown: &'a [UnknownColumn],
}

impl fmt::Display for Columns<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sentences = Vec::new();
        for MissingColumn { name, nearest } in self.missing {
            sentences.push(match nearest {
                Some(nearest) => format!("the file has no column {name:?}; the nearest is {nearest:?}"),
                None => format!("the file has no column {name:?}"),
            });
        }
        for UnknownColumn { name } in self.unknown {
            sentences.push(format!("the mapping does not know the column {name:?}"));
        }
        formatter.write_str(&sentences.join("\n"))
    }
}

/// Reads the header line.
pub(super) fn read<R: io::Read>(records: &mut Records<R>) -> Result<Vec<String>, InvalidFile> {
    match *records.peek().map_err(InvalidFile::Read)? {
        [0xEF, 0xBB, 0xBF, ..] => records.skip(3),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [_, 0, ..] | [0, _, ..] => return Err(InvalidFile::Utf16),
        _ => {}
    }
    let record = records.next_record().map_err(InvalidFile::Read)?.ok_or(InvalidFile::Empty)?;
    if let Some(defect) = record.defect {
        return Err(InvalidFile::Header(match defect {
            super::record::Defect::OpenQuote(_) => "a quote is opened and never closed",
            _ => "it is too long",
        }));
    }
    let mut headers: Vec<String> = Vec::with_capacity(record.fields.len());
    for (index, field) in record.fields.into_iter().enumerate() {
        let header = String::from_utf8(field).map_err(|_| InvalidFile::HeaderNotUtf8(index + 1))?;
        let header = header.trim().to_owned();
        if headers.contains(&header) {
            return Err(InvalidFile::Twice(header));
        }
        headers.push(header);
    }
    Ok(headers)
}

/// Checks that the file has what the mapping names, and nothing that it does not know.
pub(super) fn check(headers: &[String], mapping: &ColumnMapping) -> Result<(), InvalidFile> {
    let mut missing: Vec<MissingColumn> = Vec::new();
    for name in mapping.named_columns() {
        let is_there = headers.iter().any(|header| header == name);
        if !is_there && missing.iter().all(|known| known.name != name) {
            missing.push(MissingColumn { name: name.to_owned(), nearest: nearest(name, headers) });
        }
    }
    let is_known = |header: &str| {
        mapping.named_columns().any(|name| name == header)
            || mapping.ignored.contains(header)
            || ADDED_COLUMNS.contains(&header)
    };
    let mut unknown: Vec<UnknownColumn> = Vec::new();
    if mapping.unknown_columns == Unknown::Error {
        let strangers = headers.iter().filter(|header| !is_known(header));
        unknown.extend(strangers.map(|header| UnknownColumn { name: header.clone() }));
    }
    if missing.is_empty() && unknown.is_empty() {
        return Ok(());
    }
    Err(InvalidFile::Columns { missing, unknown })
}

fn nearest(name: &str, headers: &[String]) -> Option<String> {
    let folded = leadsman_domain::text::fold(name);
    let likeness = |header: &String| strsim::jaro_winkler(&folded, &leadsman_domain::text::fold(header));
    let scored = headers.iter().map(|header| (likeness(header), header));
    let best = scored.max_by(|one, other| one.0.total_cmp(&other.0))?;
    (best.0 >= 0.7).then(|| best.1.clone())
}
