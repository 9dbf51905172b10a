//! What was learned as a section of a policy, which gives credit by the channels' shares of the conversions.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use leadsman_credit::{Journeys, Tally};
use leadsman_domain::attribution::TouchRules;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::BUILT_IN;
use crate::exit::Exit;
use crate::spans;

/// Writes the section.
pub(super) fn write(file: &Path, journeys: &Journeys, tally: &Tally, rules: &TouchRules) -> Result<(), Exit> {
    let channels: Map<String, Value> = tally
        .weights(journeys)
        .into_iter()
        .map(|(channel, weight)| (channel.to_owned(), json!(weight)))
        .collect();
    let section = Section {
        scenario: "default",
        plugin: BUILT_IN,
        touches: TouchSection {
            lookback: span(rules.lookback_ms),
            session: span(rules.session_ms),
            direct: rules.direct.as_deref(),
        },
        config: json!({ "model": "channel-weights", "channels": channels }),
    };
    let text = toml::to_string(&Sections { attribution: [section] })?;
    Ok(std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))?)
}

/// A span of time as policies have it, such as `30d`.
pub(super) fn span(ms: Option<i64>) -> Option<String> {
    let ms = ms.and_then(|ms| u64::try_from(ms).ok());
    ms.map(|ms| spans::written(Duration::from_millis(ms)))
}

#[derive(Serialize)]
struct Sections<'a> {
    attribution: [Section<'a>; 1],
}

#[derive(Serialize)]
struct Section<'a> {
    scenario: &'a str,
    plugin: &'a str,
    #[serde(skip_serializing_if = "TouchSection::is_empty")]
    touches: TouchSection<'a>,
    config: Value,
}

#[derive(PartialEq, Default, Serialize)]
struct TouchSection<'a> {
    lookback: Option<String>,
    session: Option<String>,
    direct: Option<&'a str>,
}

impl TouchSection<'_> {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
