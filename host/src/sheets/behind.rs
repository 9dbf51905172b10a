//! The leads behind a figure of a report.

use serde_json::Value;

use super::Sheet;
use super::cells::{count, elements, heads, number, text};

/// A page of the leads behind a figure, which is told on the first.
pub fn behind(behind: &Value) -> Vec<Sheet> {
    let leads = behind["leads"].as_array().map_or(0, Vec::len);
    let of = behind["of"].as_str().unwrap_or_default();
    let alone = |alone: &Value| match alone.as_i64() {
        Some(_) => count(alone),
        None => number(alone),
    };
    let lead = |lead: &Value| vec![text(lead["lead"].as_str().unwrap_or_default()), alone(&lead["alone"])];
    let title = match (&behind["figure"], behind["next"].as_str()) {
        (Value::Null, None) => format!("{leads} leads behind {of}"),
        (figure, None) => format!("{leads} leads behind {of}, which is {}", alone(figure).shown()),
        (Value::Null, Some(next)) => format!("{leads} leads behind {of}; more: --cursor {next}"),
        (figure, Some(next)) => {
            let figure = alone(figure).shown();
            format!("The first {leads} leads behind {of}, which is {figure}; more: --cursor {next}")
        }
    };
    let rows = elements(&behind["leads"]).map(lead).collect();
    vec![Sheet::new(title, heads(["lead", "it alone"]), rows).named(of)]
}
