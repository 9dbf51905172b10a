//! Grading: bands that tile all scores, the maturity line, and advice for grades.

use std::collections::BTreeSet;

use leadsman_domain::grading::{Advice, Bands, DeclaredBand, Grading, Scale};
use leadsman_domain::scoring::Points;

use crate::reader::{Node, Section};
use crate::suggestion;

/// Reads the grading; without one leads have no grade and are mature from the start.
pub(crate) fn read(node: Option<Node<'_>>) -> Grading {
    let empty = Grading { scale: None, mature_from: None, mature_from_probability: None, advice: Vec::new() };
    let Some(section) = node.and_then(|node| node.section()) else { return empty };
    let mature_from = section.get("mature_from").and_then(|node| points(&node));
    let mature_from_probability = section.get("mature_from_probability").and_then(|node| percent(&node));
    let scale = scale(&section);
    let mut grading = Grading { scale, mature_from, mature_from_probability, advice: Vec::new() };
    let advice = section.get("advice").map(|node| node.sections()).unwrap_or_default();
    let grades = grading.grades();
    let mut advised = BTreeSet::new();
    grading.advice =
        advice.into_iter().filter_map(|section| self::advice(section, &grades, &mut advised)).collect();
    section.close();
    grading
}

pub(crate) fn points(node: &Node<'_>) -> Option<Points> {
    let number = node.number()?;
    Points::from_f64(number).map_err(|error| node.problem(error.to_string(), None)).ok()
}

/// A probability in percent.
fn percent(node: &Node<'_>) -> Option<Points> {
    let percent = points(node)?;
    if (0..=100_000).contains(&percent.thousandths()) {
        return Some(percent);
    }
    node.problem("a probability is from 0 to 100 percent", None);
    None
}

fn scale(section: &Section<'_>) -> Option<Scale> {
    if let Some(probability) = section.get("probability") {
        for other in ["bands", "fit", "engagement"].into_iter().filter_map(|key| section.get(key)) {
            let help = "keep the one that decides; the others are shown all the same".to_owned();
            other.problem_with_key("grades come from `probability` already", Some(help));
        }
        return tiled(&probability).map(Scale::Probability);
    }
    let (bands, fit, engagement) = (section.get("bands"), section.get("fit"), section.get("engagement"));
    match (bands, fit, engagement) {
        (None, None, None) => None,
        (Some(bands), None, None) => tiled(&bands).map(Scale::Bands),
        (None, Some(fit), Some(engagement)) => {
            let (fit, engagement) = (tiled(&fit), tiled(&engagement));
            Some(Scale::Matrix { fit: fit?, engagement: engagement? })
        }
        (Some(bands), ..) => {
            bands.problem_with_key(
                "grades come from `bands` alone, or from `fit` and `engagement` together",
                None,
            );
            None
        }
        (None, Some(one), None) | (None, None, Some(one)) => {
            one.problem_with_key("`fit` and `engagement` make grades together; one of them is missing", None);
            None
        }
    }
}

fn tiled(node: &Node<'_>) -> Option<Bands> {
    let sections = node.sections();
    let count = sections.len();
    let declared: Vec<DeclaredBand> = sections.into_iter().filter_map(band).collect();
    if declared.len() < count {
        return None;
    }
    let help =
        "each band goes `from` a score to `below` a score; the lowest has no `from`, the highest no `below`";
    Bands::tile(&declared)
        .map_err(|error| node.problem_with_key(error.to_string(), Some(help.to_owned())))
        .ok()
}

fn band(section: Section<'_>) -> Option<DeclaredBand> {
    let label = section.require("label").and_then(|node| node.text());
    let from = section.get("from").map(|node| points(&node));
    let below = section.get("below").map(|node| points(&node));
    let meaning = section.get("meaning").map_or(label, |node| node.text());
    section.close();
    let bound = |bound: Option<Option<Points>>| match bound {
        None => Some(None),
        Some(points) => points.map(|points| Some(points.as_f64())),
    };
    Some(DeclaredBand {
        label: label?.to_owned(),
        from: bound(from)?,
        below: bound(below)?,
        meaning: meaning?.to_owned(),
    })
}

fn advice(section: Section<'_>, grades: &[String], advised: &mut BTreeSet<String>) -> Option<Advice> {
    let node = section.require("grade");
    let grade = node.as_ref().and_then(Node::text);
    let id = section.require("id").and_then(|node| node.text());
    let text = section.require("text").and_then(|node| node.text());
    let track = section.get("track").and_then(|node| node.text()).map(str::to_owned);
    section.close();
    let (node, grade) = (node?, grade?.to_owned());
    if !grades.is_empty() && !grades.contains(&grade) {
        let help = suggestion::help(&grade, grades.iter().map(String::as_str));
        node.problem(format!("there is no grade `{grade}`"), help);
    }
    if !advised.insert(grade.clone()) {
        node.problem(format!("there is advice for `{grade}` already"), None);
    }
    Some(Advice { grade, id: id?.to_owned(), text: text?.to_owned(), track })
}
