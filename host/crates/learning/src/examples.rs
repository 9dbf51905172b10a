//! From a table to examples: which columns are attributes, of which kind, and which are left out and why.

use std::collections::{BTreeMap, BTreeSet};

use leadsman_domain::AttributeName;
use leadsman_domain::submission::is_derived;
use leadsman_model::{ATTRIBUTES_MAX, Encoder, Seen, VALUES_MAX, fold, moment_in_days};
use serde::Serialize;

use crate::label::Label;
use crate::table::{Column, Table};
use crate::{LearningError, Terms, moments};

/// From this share of distinct values on, a text is an identifier.
const DISTINCT_TEXTS: f64 = 0.9;

/// From this share of distinct values on, whole numbers that leave few gaps are an identifier.
const DISTINCT_NUMBERS: f64 = 0.98;

/// Numbers that count rows leave at most so many gaps for each.
const GAPS_MAX: f64 = 20.0;

/// A value of a text has a bin of its own if it has so many rows.
const ROWS_OF_VALUE_MIN: usize = 8;

/// A column that models do not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Its header.
    pub column: String,
    /// Why.
    pub why: String,
}

/// A column that models read.
#[derive(Debug, Clone)]
pub(crate) struct Attribute {
    pub header: String,
    pub name: String,
    pub kind: Kind,
    column: usize,
}

/// What a column holds.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// For each row a number; NaN where it is not known.
    Number(Vec<f64>),
    /// For each row a moment in milliseconds, and how it is written.
    Time(Vec<Option<i64>>, &'static str),
    /// Texts, which stand in the table.
    Text,
}

/// The rows of a table that have a label, and their attributes.
#[derive(Debug, Clone)]
pub(crate) struct Examples<'a> {
    pub table: &'a Table,
    pub attributes: Vec<Attribute>,
    pub left_out: Vec<LeftOut>,
    pub label: Label,
    /// When each row came in, in milliseconds, if the table says so, and how that is written.
    pub received: Option<(Vec<i64>, &'static str)>,
    time: Option<usize>,
}

impl<'a> Examples<'a> {
    pub fn of(table: &'a Table, label: Label, terms: &Terms) -> Result<Self, LearningError> {
        let mut excluded = BTreeSet::new();
        for name in terms.exclude.iter().chain(&terms.keep) {
            excluded.insert(table.place(name)?);
        }
        for name in &terms.keep {
            excluded.remove(&table.place(name)?);
        }
        let time = terms.time.as_deref().map(|name| table.place(name)).transpose()?;
        let received = time.map(|place| received(table, place)).transpose()?;
        let mut examples =
            Self { table, attributes: Vec::new(), left_out: Vec::new(), label, received, time };
        let mut names = BTreeMap::new();
        for (place, column) in table.columns.iter().enumerate() {
            let why = if place == examples.label.column {
                continue;
            } else if Some(place) == time {
                Err("says when the lead came in".to_owned())
            } else if excluded.contains(&place) {
                Err("excluded".to_owned())
            } else {
                kind(column, examples.received.is_some(), terms.keep.contains(&column.header))
            };
            match why {
                Ok(kind) => {
                    let name = attribute_name(&column.header, place, &mut names);
                    let header = column.header.clone();
                    examples.attributes.push(Attribute { header, name, kind, column: place });
                }
                Err(why) => examples.left_out.push(LeftOut { column: column.header.clone(), why }),
            }
        }
        for more in examples.attributes.drain(ATTRIBUTES_MAX.min(examples.attributes.len())..) {
            let why = format!("a model has at most {ATTRIBUTES_MAX} attributes; --exclude others to keep it");
            examples.left_out.push(LeftOut { column: more.header, why });
        }
        if examples.attributes.is_empty() {
            let all = examples.left_out.iter().map(|one| format!("{:?} {}", one.column, one.why));
            return Err(LearningError::NoAttributes(all.collect::<Vec<_>>().join(", ")));
        }
        Ok(examples)
    }

    /// Whether a row has the label.
    pub fn has_label(&self, row: u32) -> bool {
        self.label.values[row as usize] == Some(true)
    }

    /// When a row came in; the epoch if the table does not say, so that days are never compared with it.
    pub fn received(&self, row: usize) -> i64 {
        self.received.as_ref().map_or(0, |(received, _)| received[row])
    }

    /// The column that says when leads came in, and how it is written.
    pub fn received_column(&self) -> Option<(String, &'static str)> {
        let column = self.table.columns.get(self.time?)?;
        Some((column.header.clone(), self.received.as_ref()?.1))
    }

    /// What is known of an attribute in a row.
    pub fn seen(&self, attribute: usize, row: usize) -> Seen<'_> {
        let Attribute { kind, column, .. } = &self.attributes[attribute];
        match kind {
            Kind::Number(numbers) if numbers[row].is_nan() => Seen::Missing,
            Kind::Number(numbers) => Seen::Number(numbers[row]),
            Kind::Time(moments, _) => moments[row].map_or(Seen::Missing, Seen::Time),
            Kind::Text => self.table.columns[*column].text(row).map_or(Seen::Missing, Seen::Text),
        }
    }

    /// How an attribute becomes a bin, by what some rows say.
    pub fn encoder(&self, attribute: usize, rows: &[u32]) -> Encoder {
        let Attribute { kind, column, .. } = &self.attributes[attribute];
        match kind {
            Kind::Number(numbers) => {
                let known = rows.iter().map(|&row| numbers[row as usize]);
                Encoder::Number(cuts(known.filter(|number| !number.is_nan()).collect()))
            }
            Kind::Time(moments, _) => {
                let days = rows.iter().filter_map(|&row| {
                    Some(moment_in_days(moments[row as usize]?, self.received(row as usize)))
                });
                Encoder::Time(cuts(days.collect()))
            }
            Kind::Text => Encoder::text(values(&self.table.columns[*column], rows)),
        }
    }

    /// The bins of an attribute in some rows.
    pub fn bins(&self, attribute: usize, encoder: &Encoder, rows: &[u32]) -> Vec<u8> {
        let Attribute { kind, column, .. } = &self.attributes[attribute];
        if !matches!(kind, Kind::Text) {
            let bin = |&row: &u32| {
                let row = row as usize;
                encoder.bin(self.seen(attribute, row), self.received(row))
            };
            return rows.iter().map(bin).collect();
        }
        // A text is looked up once, however many rows have it.
        let column = &self.table.columns[*column];
        let of_texts: Vec<u8> = [Seen::Missing]
            .into_iter()
            .chain(column.texts.iter().map(|text| Seen::Text(text)))
            .map(|seen| encoder.bin(seen, 0))
            .collect();
        rows.iter().map(|&row| of_texts[column.cells[row as usize] as usize]).collect()
    }
}

fn received(table: &Table, place: usize) -> Result<(Vec<i64>, &'static str), LearningError> {
    let column = &table.columns[place];
    let problem = |row: usize, text: &str| LearningError::Time {
        line: row as u64 + 2,
        column: column.header.clone(),
        text: text.to_owned(),
        remedy: "write times as 2026-04-15T09:30:00Z or 2026-04-15 09:30:00, all in the same way".to_owned(),
    };
    let Some(format) = moments::format_of(column.texts.iter().map(String::as_str)) else {
        let strange =
            |text: &&str| moments::FORMATS.iter().all(|format| moments::read(text, format).is_none());
        let row = (0..table.rows).find(|&row| column.text(row).as_ref().is_none_or(strange)).unwrap_or(0);
        return Err(problem(row, column.text(row).unwrap_or_default()));
    };
    let moment = |row| {
        let text = column.text(row).unwrap_or_default();
        moments::read(text, format).ok_or_else(|| problem(row, text))
    };
    Ok(((0..table.rows).map(moment).collect::<Result<_, _>>()?, format))
}

/// What a column holds, or why it is left out.
fn kind(column: &Column, has_received: bool, keep: bool) -> Result<Kind, String> {
    let (known, distinct) = (column.known(), column.texts.len());
    if known == 0 {
        return Err("empty".to_owned());
    }
    if distinct == 1 && known == column.cells.len() {
        return Err("the same in every row".to_owned());
    }
    let numbers: Option<Vec<f64>> = column.texts.iter().map(|text| number(text)).collect();
    if let Some(numbers) = numbers {
        if !keep && is_counter(&numbers, known) {
            return Err(format!("an identifier: {distinct} different whole numbers in {known} rows"));
        }
        let of_row = |&cell: &u32| match cell.checked_sub(1) {
            Some(place) => numbers[place as usize],
            None => f64::NAN,
        };
        return Ok(Kind::Number(column.cells.iter().map(of_row).collect()));
    }
    if let Some(format) = moments::format_of(column.texts.iter().map(String::as_str)) {
        if !has_received {
            return Err(
                "a time, which says something only beside when the lead came in: see --time".to_owned()
            );
        }
        let read: Vec<Option<i64>> = column.texts.iter().map(|text| moments::read(text, format)).collect();
        let of_row = |&cell: &u32| cell.checked_sub(1).and_then(|place| read[place as usize]);
        return Ok(Kind::Time(column.cells.iter().map(of_row).collect(), format));
    }
    if !keep && distinct > VALUES_MAX && distinct as f64 >= DISTINCT_TEXTS * known as f64 {
        return Err(format!("an identifier: {distinct} different texts in {known} rows"));
    }
    Ok(Kind::Text)
}

/// A decimal number as the import reads it.
fn number(text: &str) -> Option<f64> {
    let is_known = |byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E');
    text.parse::<f64>().ok().filter(|number| text.bytes().all(is_known) && number.is_finite())
}

/// Whether numbers count rows.
fn is_counter(numbers: &[f64], known: usize) -> bool {
    let (lowest, highest) = numbers
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &number| (low.min(number), high.max(number)));
    let distinct = numbers.len() as f64;
    numbers.len() > VALUES_MAX
        && distinct >= DISTINCT_NUMBERS * known as f64
        && numbers.iter().all(|number| number.fract() == 0.0)
        && (highest - lowest < GAPS_MAX * distinct || lowest >= 1e8)
}

/// The name of the attribute that a column becomes.
fn attribute_name(header: &str, place: usize, taken: &mut BTreeMap<String, usize>) -> String {
    let is_name = AttributeName::parse(header).is_ok();
    let mut name = if is_name { header.to_owned() } else { slug(header) };
    if name.is_empty() || (is_derived(&name) && !is_name) {
        name = format!("column-{}", place + 1);
    }
    while taken.contains_key(&name) {
        name = format!("{name}-{}", place + 1);
    }
    taken.insert(name.clone(), place);
    name
}

fn slug(header: &str) -> String {
    let mut slug = String::new();
    for character in header.chars().flat_map(char::to_lowercase) {
        if character.is_ascii_alphanumeric() {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(100);
    slug.trim_end_matches('-').to_owned()
}

/// Cuts half-way between neighbours, at most as many as there are bins, with about as many rows between each.
fn cuts(mut numbers: Vec<f64>) -> Vec<f64> {
    numbers.sort_unstable_by(f64::total_cmp);
    let mut cuts: Vec<f64> = Vec::new();
    let mut cut_between = |low: f64, high: f64| {
        let half = low + (high - low) / 2.0;
        let cut = if half > low && half.is_finite() { half } else { high };
        if cuts.last().is_none_or(|&last| last < cut) {
            cuts.push(cut);
        }
    };
    let changes: Vec<usize> = (1..numbers.len()).filter(|&at| numbers[at - 1] < numbers[at]).collect();
    if changes.len() <= VALUES_MAX {
        changes.iter().for_each(|&at| cut_between(numbers[at - 1], numbers[at]));
    } else {
        for nth in 1..=VALUES_MAX {
            let wanted = nth * numbers.len() / (VALUES_MAX + 1);
            let at = changes[changes.partition_point(|&at| at < wanted).min(changes.len() - 1)];
            cut_between(numbers[at - 1], numbers[at]);
        }
    }
    cuts
}

/// The values of a text that have a bin of their own: the most frequent ones.
fn values(column: &Column, rows: &[u32]) -> Vec<String> {
    let mut of_texts = vec![0_usize; column.texts.len() + 1];
    rows.iter().for_each(|&row| of_texts[column.cells[row as usize] as usize] += 1);
    let mut of_values: BTreeMap<String, usize> = BTreeMap::new();
    for (text, &count) in column.texts.iter().zip(&of_texts[1..]).filter(|(_, count)| **count > 0) {
        *of_values.entry(fold(text).into_owned()).or_default() += count;
    }
    let mut frequent: Vec<(String, usize)> =
        of_values.into_iter().filter(|(_, count)| *count >= ROWS_OF_VALUE_MIN).collect();
    frequent.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    frequent.truncate(VALUES_MAX);
    frequent.into_iter().map(|(value, _)| value).collect()
}
