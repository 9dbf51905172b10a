//! Campaigns, for people.

use serde_json::Value;

/// Prints what is known of campaigns.
pub fn campaigns(campaigns: &Value) {
    println!("  {:<28} {:<20} {:>16} {:>12} {:>10}", "", "part of", "cost, minor", "impressions", "clicks");
    for (id, campaign) in campaigns.as_object().into_iter().flatten() {
        let parent = campaign["parent"].as_str().unwrap_or_default();
        let known =
            |key: &str| campaign[key].as_i64().map_or_else(|| "n/a".to_owned(), |known| known.to_string());
        let [cost, impressions, clicks] = ["cost_minor", "impressions", "clicks"].map(known);
        println!("  {id:<28} {parent:<20} {cost:>16} {impressions:>12} {clicks:>10}");
    }
}
