//! How reports are made: leads are shown to a fold one after the other. And the way back, from a figure of a report
//! to the leads that are behind it: those that would show in it if they were alone.

use std::fmt;
use std::str::FromStr;

use leadsman_domain::LeadId;
use leadsman_domain::lead::Status;
use serde::Serialize;
use serde_json::{Map, Number, Value};

use crate::error::FlowError;
use crate::history::{Archive, History};

/// What a report asks of leads. A figure of it is the sum, or the mean, of what it would be for each lead alone;
/// that is what leads from a figure to its leads.
pub trait Fold {
    /// The report in the making.
    type Sums;
    /// The report.
    type Report: Serialize;
    /// Whether journals have to be read. Else what stands in the leads is enough, and entries are not shown.
    const JOURNALS: bool;

    /// The report before any lead is shown.
    fn begin(&self) -> Self::Sums;
    /// Shows a lead that is no junk and is known by name; it may be part of another one by now.
    fn add(&self, sums: &mut Self::Sums, history: &History);
    /// The report after all leads were shown.
    fn finish(&self, sums: Self::Sums) -> Self::Report;
}

/// A figure of a report: a JSON pointer (RFC 6901) into it, such as `/channels/ads/won`. In a list, an element with
/// a name goes by that, as in `/accounts/acme.com/leads`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    pointer: String,
    way: Vec<String>,
}

/// What is no figure of any report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no figure: write its place in the report's JSON, such as /channels/ads/won")]
pub struct InvalidFigure(String);

/// The leads behind a figure of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Behind {
    /// Which figure.
    pub of: String,
    /// What it is; none where it has no ground.
    pub figure: Option<Number>,
    /// The leads, in the order in which they came in, or of their ids where no journal was read.
    pub leads: Vec<Part>,
}

/// A lead behind a figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// The lead.
    pub lead: LeadId,
    /// What the figure would be if there were no other lead: 1 where leads are counted, its value where value is.
    pub alone: Number,
}

/// The members by which an element of a list is called.
const NAMES: [&str; 4] = ["account", "conversion", "step", "channel"];

impl FromStr for Figure {
    type Err = InvalidFigure;

    fn from_str(pointer: &str) -> Result<Self, Self::Err> {
        let rest = pointer.strip_prefix('/').ok_or_else(|| InvalidFigure(pointer.to_owned()))?;
        let way = rest.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
        Ok(Self { pointer: pointer.to_owned(), way })
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.pointer)
    }
}

impl Figure {
    /// The figure in a report.
    fn of<'a>(&self, report: &'a Value) -> Option<&'a Value> {
        self.way.iter().try_fold(report, |value, name| member(value, name))
    }

    /// Says that a report has no such figure, and what there is instead.
    fn missing(&self, report: &Value) -> FlowError {
        let mut there = report;
        for name in &self.way {
            let Some(next) = member(there, name) else { break };
            there = next;
        }
        let names = match there {
            Value::Object(members) => members.keys().cloned().collect(),
            Value::Array(elements) => {
                let called = |(place, one): (usize, &Value)| {
                    name_of(one).map_or_else(|| place.to_string(), ToOwned::to_owned)
                };
                elements.iter().enumerate().map(called).collect::<Vec<_>>()
            }
            _ => Vec::new(),
        };
        FlowError::NoFigure { figure: self.pointer.clone(), there: names.join(", ") }
    }
}

/// A member of an object, or an element of a list by its name or its place.
fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Object(members) => members.get(name),
        Value::Array(elements) => {
            let by_name = elements.iter().find(|one| name_of(one) == Some(name));
            by_name.or_else(|| elements.get(name.parse::<usize>().ok()?).filter(|one| name_of(one).is_none()))
        }
        _ => None,
    }
}

fn name_of(element: &Value) -> Option<&str> {
    let members: &Map<String, Value> = element.as_object()?;
    NAMES.iter().find_map(|name| members.get(*name)?.as_str())
}

/// Whether a figure of one lead alone shows that the lead is behind it: a count or an amount that is not what it
/// is without any lead, or a share or a mean that has a ground.
fn shows(alone: &Number, without: Option<&Number>) -> bool {
    match without {
        Some(without) => alone != without,
        None => alone.is_f64() || alone.as_i64() != Some(0),
    }
}

impl Archive {
    /// Makes a report. Reads every lead, one after the other.
    ///
    /// # Errors
    ///
    /// When one of them cannot be read.
    pub fn report<F: Fold>(&self, fold: &F) -> Result<F::Report, FlowError> {
        let mut sums = fold.begin();
        self.each_known(F::JOURNALS, |history| fold.add(&mut sums, history))?;
        Ok(fold.finish(sums))
    }

    /// Tells the leads behind a figure of a report. Reads every lead, one after the other.
    ///
    /// # Errors
    ///
    /// When the report has no such figure, or a lead cannot be read.
    pub fn behind<F: Fold>(&self, fold: &F, figure: &Figure) -> Result<Behind, FlowError> {
        let told = |sums| serde_json::to_value(fold.finish(sums)).unwrap_or_default();
        let without = told(fold.begin());
        let without = figure.of(&without).and_then(Value::as_number);
        let (mut whole, mut leads) = (fold.begin(), Vec::new());
        self.each_known(F::JOURNALS, |history| {
            fold.add(&mut whole, history);
            let mut alone = fold.begin();
            fold.add(&mut alone, history);
            let alone = told(alone);
            let alone = figure.of(&alone).and_then(Value::as_number);
            if let Some(alone) = alone.filter(|alone| shows(alone, without)) {
                leads.push(Part { lead: history.lead.id.clone(), alone: alone.clone() });
            }
        })?;
        let whole = told(whole);
        match figure.of(&whole) {
            Some(value @ (Value::Number(_) | Value::Null)) => {
                Ok(Behind { of: figure.to_string(), figure: value.as_number().cloned(), leads })
            }
            _ => Err(figure.missing(&whole)),
        }
    }

    /// Shows every lead that is no junk and is known by name, those that are part of another one by now included.
    fn each_known(&self, journals: bool, mut visit: impl FnMut(&History)) -> Result<(), FlowError> {
        let mut known = |history: &History| {
            if !matches!(history.lead.status, Status::Rejected | Status::Anonymous) {
                visit(history);
            }
        };
        if journals {
            return self.each_id(|id| {
                known(&self.history(&id)?);
                Ok(())
            });
        }
        self.each_lead(|lead| known(&History { lead, entries: Vec::new() }))
    }
}
