//! Segments: which part of the market a lead belongs to, on several axes at once, such as its industry, its
//! maturity, its source and its value.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::filter::Filter;
use crate::lead::Lead;
use crate::value::{AttributeName, Facts, Value};

/// One axis of segments. A lead is in the first that fits, or in none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    /// Its name, such as `size`.
    pub name: String,
    /// Its segments, in order.
    pub segments: Vec<Segment>,
}

/// A segment of an axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Its name, such as `large`.
    pub name: String,
    /// Which leads are in it: those that fit every filter. Besides the facts, filters know `lead.grade`,
    /// `lead.stage`, `lead.mature`, `lead.score`, `lead.channel` and `lead.campaign`, the last two of the first
    /// touch.
    pub when: Vec<Filter>,
}

/// The segments that a lead is in, by axis.
#[must_use]
pub fn segments_of(axes: &[Axis], lead: &Lead) -> BTreeMap<String, String> {
    if axes.is_empty() {
        return BTreeMap::new();
    }
    let standing = standing(lead);
    let fits = |filter: &Filter| {
        let of_lead = filter.attribute.as_str().starts_with("lead.");
        filter.fits(if of_lead { &standing } else { &lead.facts })
    };
    let segment = |axis: &Axis| {
        let first = axis.segments.iter().find(|segment| segment.when.iter().all(fits))?;
        Some((axis.name.clone(), first.name.clone()))
    };
    axes.iter().filter_map(segment).collect()
}

/// What filters know of a lead besides its facts.
fn standing(lead: &Lead) -> Facts {
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    let first = lead.activities.iter().find_map(|activity| activity.touch());
    let grade = lead.standing.as_ref().map(|standing| standing.grade.as_str());
    let known = [
        ("lead.stage", text(lead.stage.as_str())),
        ("lead.mature", lead.standing.as_ref().map(|standing| Value::Flag(standing.mature))),
        ("lead.grade", grade.and_then(text)),
        ("lead.score", lead.score.as_ref().map(|score| Value::Number(score.total.as_f64()))),
        ("lead.channel", first.as_ref().and_then(|touch| text(&touch.channel))),
        ("lead.campaign", first.and_then(|touch| touch.campaign).map(Value::Text)),
    ];
    known.into_iter().filter_map(|(name, value)| Some((AttributeName::parse(name).ok()?, value?))).collect()
}
