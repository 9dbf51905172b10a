//! Rows: one record becomes one submission.

use std::collections::HashMap;

use leadsman_domain::lead::Activity;
use leadsman_domain::mapping::{ActivityColumn, ActivityReading, ColumnMapping, Origin, TimeColumn, Unknown};
use leadsman_domain::sources::Sources;
use leadsman_domain::submission::{self, Submission};
use leadsman_domain::text::fold;
use leadsman_domain::{Digest, Facts, Timestamp};

use super::header::{self, InvalidFile};
use super::record::{Defect, Record};
use super::rejected::{ADDED_COLUMNS, RejectedRow, Rejection};
use super::{ImportContext, cell};
use crate::derive::complete;

const EXCERPT_CHARACTERS: usize = 80;

/// Reads records by a mapping.
pub(super) struct RowReader {
    mapping: ColumnMapping,
    context: ImportContext,
    headers: Vec<String>,
    places: HashMap<String, usize>,
    /// How often the file has said the same, by its digest; for rows without a key.
    said: HashMap<Digest, u64>,
    /// The channels that the policy knows.
    sources: Sources,
}

/// What is wrong, and in which field.
struct Fault {
    index: Option<usize>,
    reason: Rejection,
}

impl From<Rejection> for Fault {
    fn from(reason: Rejection) -> Self {
        Self { index: None, reason }
    }
}

impl RowReader {
    pub fn new(
        mapping: ColumnMapping,
        headers: &[String],
        context: ImportContext,
    ) -> Result<Self, InvalidFile> {
        header::check(headers, &mapping)?;
        let places = headers.iter().enumerate().map(|(index, header)| (header.clone(), index)).collect();
        let (headers, said, sources) = (headers.to_vec(), HashMap::new(), Sources::default());
        Ok(Self { mapping, context, headers, places, said, sources })
    }

    /// Refuses rows that came by channels which this tree of sources does not know.
    pub fn know(&mut self, sources: Sources) {
        self.sources = sources;
    }

    /// Reads a record.
    pub fn read(&mut self, record: Record) -> Result<Submission, RejectedRow> {
        self.submission(&record).map_err(|fault| self.rejected(record, fault))
    }

    fn submission(&mut self, record: &Record) -> Result<Submission, Fault> {
        let fields = self.texts(record)?;
        let row = Row { reader: self, fields: &fields };
        let received = match &self.mapping.received {
            None => self.context.imported_at,
            Some(column) => row.time(column)?.ok_or(Fault::from(Rejection::NoReceived))?,
        };
        let mut facts = Facts::new();
        for column in &self.mapping.columns {
            let value =
                row.convert(&column.column, |text| cell::value(text, &column.kind, self.mapping.zone))?;
            if let Some(value) = value {
                facts.set(column.attribute.clone(), value);
            }
        }
        let mut activities = Vec::new();
        for column in &self.mapping.activities {
            activities.extend(row.activity(column, received)?);
        }
        let origin = row.origin()?;
        let key = self.key(&fields)?;
        let mut submission = Submission { key, received, facts, origin, activities };
        complete(&mut submission, self.context.region).map_err(Rejection::from)?;
        Ok(submission)
    }

    /// The fields as texts, as many as there are headers.
    fn texts<'a>(&self, record: &'a Record) -> Result<Vec<&'a str>, Fault> {
        let at = |index, reason| Fault { index: Some(index), reason };
        match record.defect {
            Some(Defect::LongField(index)) => return Err(at(index, Rejection::LongField)),
            Some(Defect::OpenQuote(index)) => return Err(at(index, Rejection::OpenQuote)),
            Some(Defect::LongRow) => return Err(Rejection::LongRow.into()),
            None => {}
        }
        let (expected, found) = (self.headers.len(), record.fields.len());
        if expected != found {
            return Err(Rejection::FieldCount { expected, found }.into());
        }
        let fields = record.fields.iter().enumerate();
        fields
            .map(|(index, field)| std::str::from_utf8(field).map_err(|_| at(index, Rejection::NotUtf8)))
            .collect()
    }

    fn key(&mut self, fields: &[&str]) -> Result<Digest, Fault> {
        let source = &self.mapping.source;
        if let Some(column) = &self.mapping.key {
            let row = Row { reader: self, fields };
            let id = row.text(column).ok_or(Fault::from(Rejection::NoKey))?;
            return Ok(Submission::key_of(source, id));
        }
        let original =
            self.headers.iter().zip(fields).filter(|(header, _)| !ADDED_COLUMNS.contains(&header.as_str()));
        let parts = [b"row".as_slice(), source.as_bytes()].into_iter();
        let content = Digest::of_parts(parts.chain(original.map(|(_, field)| field.as_bytes())));
        let times = self.said.entry(content).or_default();
        *times += 1;
        Ok(Digest::of_parts([content.as_bytes().as_slice(), &times.to_le_bytes()]))
    }

    fn rejected(&self, record: Record, fault: Fault) -> RejectedRow {
        let field = fault.index.and_then(|index| record.fields.get(index));
        RejectedRow {
            line: record.line,
            column: fault.index.and_then(|index| self.headers.get(index)).cloned(),
            value: field.map(|field| excerpt(field)),
            reason: fault.reason,
            fields: record.fields,
        }
    }
}

/// The fields of one row by their headers.
struct Row<'a> {
    reader: &'a RowReader,
    fields: &'a [&'a str],
}

impl<'a> Row<'a> {
    /// The text of a column, without white space at the ends; none if it stands for "not known".
    fn text(&self, column: &str) -> Option<&'a str> {
        let text = self.fields.get(*self.reader.places.get(column)?)?.trim();
        let is_known = !text.is_empty() && !self.reader.mapping.missing.contains(&fold(text));
        is_known.then_some(text)
    }

    fn convert<T>(
        &self,
        column: &str,
        read: impl FnOnce(&str) -> Result<T, Rejection>,
    ) -> Result<Option<T>, Fault> {
        let value = self.text(column).map(read).transpose();
        value.map_err(|reason| Fault { index: self.reader.places.get(column).copied(), reason })
    }

    fn time(&self, column: &TimeColumn) -> Result<Option<Timestamp>, Fault> {
        let zone = self.reader.mapping.zone;
        self.convert(&column.column, |text| cell::time(text, &column.formats, zone))
    }

    fn activity(&self, column: &ActivityColumn, received: Timestamp) -> Result<Option<Activity>, Fault> {
        let counted = self.convert(&column.column, |text| match &column.reading {
            ActivityReading::Quantity(kind) => Ok(Some((kind, quantity(text)?))),
            ActivityReading::Kind { kinds, unknown_values } => match kinds.get(&fold(text)) {
                Some(kind) => Ok(Some((kind, 1.0))),
                None if *unknown_values == Unknown::Ignore => Ok(None),
                None => Err(Rejection::UnknownValue),
            },
        })?;
        let Some((kind, quantity)) = counted.flatten().filter(|(_, quantity)| *quantity > 0.0) else {
            return Ok(None);
        };
        let at = column.at.as_ref().map(|at| self.time(at)).transpose()?.flatten();
        Ok(Some(Activity {
            kind: kind.clone(),
            at: at.unwrap_or(received),
            quantity,
            channel: column.channel.clone(),
            campaign: None,
            by: None,
        }))
    }

    fn origin(&self) -> Result<Option<submission::Origin>, Fault> {
        let mapping = &self.reader.mapping;
        let Some(from) = &mapping.channel else { return Ok(None) };
        let Some(channel) = self.word(from) else { return Ok(None) };
        self.reader.sources.check(&channel).map_err(|unknown| Fault {
            index: match from {
                Origin::Column(column) => self.reader.places.get(column).copied(),
                Origin::Constant(_) => None,
            },
            reason: Rejection::UnknownSource(Box::new(unknown)),
        })?;
        let campaign = mapping.campaign.as_ref().and_then(|campaign| self.word(campaign));
        Ok(Some(submission::Origin { channel, campaign }))
    }

    fn word(&self, origin: &Origin) -> Option<String> {
        match origin {
            Origin::Constant(word) => Some(word.clone()),
            Origin::Column(column) => self.text(column).map(str::to_owned),
        }
    }
}

fn quantity(text: &str) -> Result<f64, Rejection> {
    let quantity = cell::number(text)?;
    if quantity < 0.0 { Err(Rejection::NegativeQuantity) } else { Ok(quantity) }
}

fn excerpt(field: &[u8]) -> String {
    let beginning = &field[..field.len().min(EXCERPT_CHARACTERS * 4)];
    let text = String::from_utf8_lossy(beginning);
    let mut excerpt: String = text.chars().take(EXCERPT_CHARACTERS).collect();
    if excerpt.len() < field.len() {
        excerpt.push('…');
    }
    excerpt
}
