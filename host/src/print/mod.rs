//! What people read: tables, funnels, histories. And JSON for programs.

mod bench;
mod campaigns;
mod cases;
mod history;
mod packs;
mod report;
mod rules;
mod sheets;
mod simulation;
mod standard;
mod top;
mod training;
mod trials;
mod webhooks;

use std::collections::BTreeMap;
use std::io::Write as _;

use leadsman_domain::{Facts, Value};
use serde::Serialize;
use serde_json::json;

use crate::exit::Exit;

pub use bench::benched;
pub use campaigns::campaigns;
pub use cases::tested;
pub use history::history;
pub use packs::{pack, upgrade};
pub use report::{summary, tally};
pub use rules::{
    comparison, differences, differences_from, ended_trials, inspected, replay, revisions, uploads,
};
pub use sheets::sheets;
pub use simulation::simulations;
pub use standard::standard;
pub use top::look;
pub use training::training;
pub use trials::trials;
pub use webhooks::{failed_messages, webhooks};

/// Prints a value as one JSON document.
pub fn json(value: &impl Serialize) -> Result<(), Exit> {
    let mut output = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut output, value)?;
    writeln!(output)?;
    Ok(())
}

/// Facts as plain JSON values: text as text, numbers as numbers.
pub fn plain(facts: &Facts) -> BTreeMap<String, serde_json::Value> {
    let value = |value: &Value| match value {
        Value::Text(text) => json!(text),
        Value::Number(number) => json!(number),
        Value::Flag(flag) => json!(flag),
        Value::Time(moment) => json!(moment.to_string()),
        Value::Texts(texts) => json!(texts),
    };
    facts.iter().map(|(name, one)| (name.to_string(), value(one))).collect()
}
