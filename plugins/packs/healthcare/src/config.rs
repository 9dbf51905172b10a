//! The configuration, and what can be wrong with it.

use std::collections::BTreeMap;

use leadsman_sdk::prelude::*;

use crate::Gate;

/// What sales may do with a lead, and for how long.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What sales does with a lead, such as `phone`.
    purpose: String,
    /// Consent that is older is to be asked for anew.
    lasts: Duration,
    /// Lines whose consent lasts shorter, or longer.
    #[serde(default)]
    lines: BTreeMap<String, Duration>,
    /// Purposes that need a confirmed address.
    #[serde(default)]
    confirmed: Vec<String>,
    /// The pool whose people may ask.
    ask: String,
}

/// Checks a configuration.
pub fn check(config: Config) -> Result<Gate, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut millis = |place: String, duration: &Duration| {
        duration.millis().unwrap_or_else(|message| {
            problems.push(Problem::at(place, message));
            0
        })
    };
    let lasts_ms = millis("/lasts".to_owned(), &config.lasts);
    let lines = config.lines.iter();
    let lines_ms =
        lines.map(|(line, lasts)| (line.to_lowercase(), millis(format!("/lines/{line}"), lasts))).collect();
    let purpose = config.purpose.trim().to_lowercase();
    if purpose.is_empty() || purpose.contains([':', '*']) {
        problems.push(Problem::at("/purpose", "must be one word such as `phone`"));
    }
    if config.ask.trim().is_empty() {
        problems.push(Problem::at("/ask", "must be a pool of the policy"));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let needs_confirmation = config.confirmed.iter().any(|one| one.trim().eq_ignore_ascii_case(&purpose));
    Ok(Gate { purpose, lasts_ms, lines_ms, needs_confirmation, ask: config.ask })
}
