//! Sheets: what a report says as tables, for the terminal, for spreadsheets, and for paper.

mod attribution;
mod behind;
mod card;
mod cells;
mod money;
mod origins;
mod page;
mod work;

use std::io::Write;

use crate::exit::Exit;

pub use attribution::attribution;
pub use behind::behind;
pub use card::card;
pub use money::{campaigns, forecast, plan, rebates};
pub use origins::{accounts, channels, referrers, sources};
pub use page::page;
pub use work::{stages, team, trends};

/// Of a longer sheet people are shown so many rows; programs are given all of them.
pub const ROWS_SHOWN_MAX: usize = 400;

/// One table of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// What programs call it: the same whatever stands in it.
    pub name: String,
    /// What it is about.
    pub title: String,
    /// What its columns are called; the first says what a row is about.
    pub columns: Vec<String>,
    /// Its rows, each with a cell for every column.
    pub rows: Vec<Vec<Cell>>,
    /// The column that is drawn as bars, if one is.
    pub drawn: Option<usize>,
}

/// One cell of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A text.
    Text(String),
    /// A name so far below others, whose whole way stands for it where there are no others around.
    Below {
        /// How far.
        depth: usize,
        /// The name.
        name: String,
        /// The way to it.
        way: String,
    },
    /// A moment, as RFC 3339 writes it in UTC.
    Moment(String),
    /// A number of things, or an amount in minor units.
    Count(i64),
    /// An amount in so many decimals, as a whole number of the last.
    Amount(i64, u32),
    /// A share, from 0 to 1.
    Share(f64),
    /// Any other number.
    Number(f64),
    /// Nothing is known, or it has no ground.
    Unknown,
}

impl Cell {
    /// As people read it.
    pub fn shown(&self) -> String {
        match self {
            // A name of somebody's making is not to move a cursor.
            Self::Text(text) => text.replace(char::is_control, "\u{fffd}"),
            Self::Below { depth, name, .. } => {
                format!("{}{}", "  ".repeat(*depth), name.replace(char::is_control, "\u{fffd}"))
            }
            Self::Moment(moment) => match (moment.get(..10), moment.get(11..16)) {
                (Some(day), Some(time)) => format!("{day} {time} UTC"),
                _ => moment.clone(),
            },
            Self::Count(count) => amount(*count, 0),
            Self::Amount(minor, decimals) => amount(*minor, *decimals),
            Self::Share(share) => format!("{:.1} %", share * 100.0),
            Self::Number(number) => format!("{number:.1}"),
            Self::Unknown => "n/a".to_owned(),
        }
    }

    /// As a spreadsheet reads it: numbers as numbers, nothing where nothing is known.
    fn plain(&self) -> String {
        match self {
            // What a spreadsheet would take for a formula is a text all the same.
            Self::Text(text) | Self::Below { way: text, .. }
                if text.starts_with(['=', '+', '-', '@', '\t', '\r']) =>
            {
                format!("'{text}")
            }
            Self::Text(text) | Self::Moment(text) | Self::Below { way: text, .. } => text.clone(),
            Self::Count(count) => count.to_string(),
            Self::Amount(minor, decimals) => amount(*minor, *decimals).replace(',', ""),
            Self::Share(number) | Self::Number(number) => number.to_string(),
            Self::Unknown => String::new(),
        }
    }

    /// How long its bar is, relative to others; nothing where there is none.
    pub fn size(&self) -> f64 {
        match self {
            Self::Count(count) | Self::Amount(count, _) => *count as f64,
            Self::Share(number) | Self::Number(number) => *number,
            Self::Text(_) | Self::Moment(_) | Self::Below { .. } | Self::Unknown => 0.0,
        }
    }

    /// Whether it is a number, or would be.
    pub fn is_numeric(&self) -> bool {
        !matches!(self, Self::Text(_) | Self::Moment(_) | Self::Below { .. })
    }
}

impl Sheet {
    /// A sheet that is called by what it is about, without bars.
    pub fn new(title: impl Into<String>, columns: Vec<String>, rows: Vec<Vec<Cell>>) -> Self {
        let title = title.into();
        Self { name: title.clone(), title, columns, rows, drawn: None }
    }

    /// The sheet by this name, where what it is about has figures in it.
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// The sheet with bars for a column.
    pub fn drawn(self, column: usize) -> Self {
        Self { drawn: Some(column), ..self }
    }

    /// The rows that people are shown, and how many are left out.
    pub fn shown(&self) -> (&[Vec<Cell>], usize) {
        let shown = self.rows.len().min(ROWS_SHOWN_MAX);
        (&self.rows[..shown], self.rows.len() - shown)
    }

    /// Whether a column is one of numbers.
    pub fn is_numeric(&self, column: usize) -> bool {
        self.rows.first().and_then(|row| row.get(column)).is_some_and(Cell::is_numeric)
    }

    /// How long the bar of each row is against the longest, from 0 to 1; none if none is drawn.
    pub fn bars(&self) -> Option<Vec<f64>> {
        let drawn = self.drawn?;
        let sizes: Vec<f64> = self.rows.iter().map(|row| row[drawn].size().max(0.0)).collect();
        let longest = sizes.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        Some(sizes.into_iter().map(|size| size / longest).collect())
    }
}

/// Writes sheets as CSV, one after another with an empty line between them, and what stands below the report as the
/// last. The first column says of which sheet a row is.
pub fn write_csv(sheets: &[Sheet], note: Option<&str>, output: &mut dyn Write) -> Result<(), Exit> {
    let note = note.map(|note| Sheet::new("note", cells::heads(["note"]), vec![vec![cells::text(note)]]));
    let sheets = sheets.iter().chain(&note);
    for (place, sheet) in sheets.enumerate() {
        if place > 0 {
            writeln!(output)?;
        }
        let mut rows = csv::Writer::from_writer(&mut *output);
        rows.write_record(["table"].into_iter().chain(sheet.columns.iter().map(String::as_str)))?;
        for row in &sheet.rows {
            rows.write_record([sheet.name.clone()].into_iter().chain(row.iter().map(Cell::plain)))?;
        }
        rows.flush()?;
    }
    Ok(())
}

/// An amount of minor units in whole ones, with a comma before every third digit from the right.
fn amount(minor: i64, decimals: u32) -> String {
    let unit = 10_u64.pow(decimals);
    let (sign, size) = (if minor < 0 { "-" } else { "" }, minor.unsigned_abs());
    let digits = (size / unit).to_string();
    let place = |(index, digit): (usize, char)| {
        let comma = index > 0 && (digits.len() - index).is_multiple_of(3);
        comma.then_some(',').into_iter().chain([digit])
    };
    let whole: String = digits.chars().enumerate().flat_map(place).collect();
    match decimals as usize {
        0 => format!("{sign}{whole}"),
        digits => format!("{sign}{whole}.{:0digits$}", size % unit),
    }
}
