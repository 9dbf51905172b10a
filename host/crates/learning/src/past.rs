//! Leads of the past as a table: what each said of itself when it came in, and whether it converted. What was
//! learned of it later is not there, so that it cannot give the answer away.

use std::collections::{BTreeMap, BTreeSet};

use leadsman_domain::{Digest, Facts, Timestamp, Value};

use crate::table::{Column, Table};

/// The column that says which leads converted.
pub const CONVERTED: &str = "converted";

/// The column that says when leads came in.
pub const RECEIVED: &str = "received";

/// A lead of the past.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    /// When it came in.
    pub received: Timestamp,
    /// What it said of itself then.
    pub facts: Facts,
    /// Whether it converted, up to now.
    pub converted: bool,
}

impl Table {
    /// Leads of the past as a table, with the columns [`CONVERTED`] and [`RECEIVED`] and one for each attribute.
    /// An attribute that is several texts for some lead is left out: a model reads one.
    #[must_use]
    pub fn of_past(leads: &[Past]) -> Self {
        let several = leads.iter().flat_map(|lead| lead.facts.iter()).filter_map(|(name, value)| {
            matches!(value, Value::Texts(texts) if texts.len() != 1).then_some(name.as_str())
        });
        let several: BTreeSet<&str> = several.chain([CONVERTED, RECEIVED]).collect();
        let names: BTreeSet<&str> =
            leads.iter().flat_map(|lead| lead.facts.iter().map(|(name, _)| name.as_str())).collect();
        let mut columns = vec![
            column(RECEIVED, leads.iter().map(|lead| Some(lead.received.to_string()))),
            column(CONVERTED, leads.iter().map(|lead| Some(flag(lead.converted)))),
        ];
        for name in names.difference(&several) {
            columns.push(column(name, leads.iter().map(|lead| lead.facts.get(name).map(written))));
        }
        let digest = digest(&columns);
        Self {
            columns,
            rows: leads.len(),
            delimiter: b',',
            missing: BTreeSet::new(),
            digest,
            from_file: false,
        }
    }
}

fn column(header: &str, texts: impl Iterator<Item = Option<String>>) -> Column {
    let mut column = Column { header: header.to_owned(), texts: Vec::new(), cells: Vec::new() };
    let mut places: BTreeMap<String, u32> = BTreeMap::new();
    for text in texts {
        let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let cell = text.map_or(0, |text| {
            *places.entry(text).or_insert_with_key(|text| {
                column.texts.push(text.clone());
                u32::try_from(column.texts.len()).unwrap_or(0)
            })
        });
        column.cells.push(cell);
    }
    column
}

/// A value as the evaluator reads it: flags as `yes` and `no`.
fn written(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => self::flag(*flag),
        Value::Time(at) => at.to_string(),
        Value::Texts(texts) => texts.concat(),
    }
}

fn flag(flag: bool) -> String {
    if flag { "yes".to_owned() } else { "no".to_owned() }
}

fn digest(columns: &[Column]) -> Digest {
    let mut bytes = Vec::new();
    for column in columns {
        for text in std::iter::once(&column.header).chain(&column.texts) {
            bytes.extend((text.len() as u64).to_le_bytes());
            bytes.extend(text.as_bytes());
        }
        column.cells.iter().for_each(|cell| bytes.extend(cell.to_le_bytes()));
    }
    Digest::of(&bytes)
}
