//! Receivers, and messages that they did not get.

use serde_json::Value;

/// Prints receivers, a line for each.
pub fn webhooks(receivers: &Value) {
    for one in receivers.as_array().into_iter().flatten() {
        let gone = if one["gone"].is_string() { "  wants no more messages" } else { "" };
        println!("{:<16} {}  {} waiting{gone}", text(&one["name"]), text(&one["url"]), one["waiting"]);
        let told = words(&one["events"]);
        println!("  is told {}", if told.is_empty() { "everything".to_owned() } else { told });
        let facts = words(&one["facts"]);
        if !facts.is_empty() {
            println!("  sees {facts}");
        }
    }
}

/// Prints messages that could not be delivered, two lines for each.
pub fn failed_messages(failed: &Value) {
    for one in failed.as_array().into_iter().flatten() {
        let next = one["next"].as_str().map_or("given up".to_owned(), |next| format!("again at {next}"));
        println!("{} {} {}", text(&one["at"]), text(&one["event"]), text(&one["lead"]));
        println!("  after {} attempts {next}: {}", one["attempts"], text(&one["cause"]));
    }
}

fn words(list: &Value) -> String {
    list.as_array().into_iter().flatten().map(text).collect::<Vec<_>>().join(", ")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
