//! A figure of a report: its place in the report's JSON, and how it is found there.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use serde_json::{Map, Number, Value};

use super::pick::pick;
use crate::error::FlowError;

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
    /// The names on the way to it.
    pub(super) fn way(&self) -> Vec<&str> {
        self.way.iter().map(String::as_str).collect()
    }

    /// What it is in a report, if it is a number there. Nothing else of the report is written.
    pub(super) fn number(&self, report: &impl Serialize) -> Option<Number> {
        match pick(report, &self.way) {
            Some(Value::Number(number)) => Some(number),
            _ => None,
        }
    }

    /// The figure in a report.
    pub(super) fn of<'a>(&self, report: &'a Value) -> Option<&'a Value> {
        follow(report, &self.way)
    }

    /// Says that a report has no such figure, and what there is instead.
    pub(super) fn missing(&self, report: &Value) -> FlowError {
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

/// What is at the end of a way through a value.
pub(super) fn follow<'a>(value: &'a Value, way: &[String]) -> Option<&'a Value> {
    way.iter().try_fold(value, |value, name| member(value, name))
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
pub(super) fn shows(alone: &Number, without: Option<&Number>) -> bool {
    match without {
        Some(without) => alone != without,
        None => alone.is_f64() || alone.as_i64() != Some(0),
    }
}
