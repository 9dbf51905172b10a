//! What a lead had of the attributes that moved its score. Plugins say which attribute; the journal knows what the lead
//! had of it then, so it costs nothing where leads are scored.

use anyhow::Context as _;
use leadsman_domain::Facts;
use leadsman_domain::journal::Event;
use leadsman_domain::scoring::Contribution;
use leadsman_flow::History;
use serde_json::{Value, json};

/// How many characters of a text are shown to people.
const CHARACTERS_MAX: usize = 60;

/// The sentence of a contribution, with what the lead had of the attribute that it speaks about.
pub fn sentence(one: &Contribution, facts: Option<&Facts>) -> String {
    let (Some(name), Some(facts)) = (one.attribute(), facts) else { return one.message.to_string() };
    let value = facts.get(name).map_or_else(|| "not known".to_owned(), ToString::to_string);
    match value.char_indices().nth(CHARACTERS_MAX) {
        Some((end, _)) => one.message_about(&format!("{}…", &value[..end])),
        None => one.message_about(&value),
    }
}

/// A history as JSON, in which contributions that speak about an attribute have a `value`: what the lead had of it then,
/// null where that was not known.
pub fn told(history: &History) -> anyhow::Result<Value> {
    let mut told = serde_json::to_value(history).context("the history cannot be written as JSON")?;
    let (mut place, mut scored) = (0, None);
    history.each_entry(|entry, lead| {
        let contributions = entry.event.contributions();
        if let Some(lead) = lead.filter(|_| !contributions.is_empty()) {
            let was_scored = matches!(entry.event, Event::Scored { .. });
            let pointer = if was_scored { "score/contributions" } else { "outcome/assessment" };
            add(told.pointer_mut(&format!("/entries/{place}/{pointer}")), contributions, &lead.facts);
            if was_scored {
                scored = Some(lead.facts.clone());
            }
        }
        place += 1;
    });
    if let (Some(score), Some(facts)) = (&history.lead.score, scored) {
        add(told.pointer_mut("/lead/score/contributions"), &score.contributions, &facts);
    }
    Ok(told)
}

/// Adds values to contributions that were written as JSON.
fn add(written: Option<&mut Value>, contributions: &[Contribution], facts: &Facts) {
    let written = written.and_then(Value::as_array_mut).into_iter().flatten();
    for (written, one) in written.zip(contributions) {
        if let (Some(name), Some(members)) = (one.attribute(), written.as_object_mut()) {
            members.insert("value".to_owned(), json!(facts.get(name)));
        }
    }
}
