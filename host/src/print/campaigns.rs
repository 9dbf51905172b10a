//! Campaigns, for people.

use std::collections::BTreeMap;

use serde_json::Value;

use super::reports::{percent, text};

/// Prints what is known of campaigns.
pub fn campaigns_known(campaigns: &Value) {
    println!("  {:<28} {:<20} {:>16} {:>12} {:>10}", "", "part of", "cost, minor", "impressions", "clicks");
    for (id, campaign) in campaigns.as_object().into_iter().flatten() {
        let parent = campaign["parent"].as_str().unwrap_or_default();
        let [cost, impressions, clicks] =
            ["cost_minor", "impressions", "clicks"].map(|key| known(&campaign[key]));
        println!("  {id:<28} {parent:<20} {cost:>16} {impressions:>12} {clicks:>10}");
    }
}

/// Prints what campaigns cost and brought: each with its parts, below what it is part of.
pub fn campaigns(report: &Value) {
    println!(
        "  {:<28} {:>12} {:>10} {:>8} {:>7} {:>6} {:>7} {:>7} {:>7} {:>13} {:>9}",
        "",
        "cost, minor",
        "shown",
        "clicks",
        "leads",
        "known",
        "oppor.",
        "orders",
        "of them",
        "credited",
        "return"
    );
    let Some(campaigns) = report["campaigns"].as_object() else { return };
    let mut parts: BTreeMap<Option<&str>, Vec<&str>> = BTreeMap::new();
    for (id, figures) in campaigns {
        let parent = figures["parent"].as_str().filter(|parent| campaigns.contains_key(*parent));
        parts.entry(parent).or_default().push(id);
    }
    let top = parts.get(&None).cloned().unwrap_or_default();
    let mut left: Vec<(usize, &str)> = top.into_iter().rev().map(|id| (0, id)).collect();
    while let Some((depth, id)) = left.pop() {
        let whole = &campaigns[id]["whole"];
        let name = format!("{}{id}", "  ".repeat(depth));
        let figure = |key: &str| text(&whole[key]);
        let back = whole["return_on_investment"].as_f64();
        println!(
            "  {name:<28} {:>12} {:>10} {:>8} {:>7} {:>6} {:>7} {:>7} {:>7} {:>13} {:>9}",
            figure("cost_minor"),
            figure("impressions"),
            figure("clicks"),
            figure("leads"),
            percent(&whole["shares"]["known_customers"]),
            figure("opportunities"),
            figure("orders"),
            percent(&whole["shares"]["orders"]),
            figure("credited_minor"),
            back.map_or_else(|| "n/a".to_owned(), |back| format!("{:+.0} %", back * 100.0)),
        );
        let below = parts.get(&Some(id)).cloned().unwrap_or_default();
        left.extend(below.into_iter().rev().map(|part| (depth + 1, part)));
    }
}

fn known(value: &Value) -> String {
    if value.is_null() { "n/a".to_owned() } else { text(value) }
}
