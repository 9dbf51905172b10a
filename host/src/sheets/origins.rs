//! Whence leads came: sources, channels, accounts, referrers.

use serde_json::Value;

use super::cells::{Values, count, elements, entries, heads, number, share, text};
use super::{Cell, Sheet};

/// Whence leads came: sources below the branches that they belong to.
pub fn sources(report: &Value) -> Vec<Sheet> {
    let values = Values::of(report);
    let source = |(path, of): (&String, &Value)| {
        let name = Cell::Below {
            depth: path.matches('/').count(),
            name: path.rsplit('/').next().unwrap_or(path).to_owned(),
            way: path.clone(),
        };
        vec![name, count(&of["leads"]), count(&of["won"]), values.cell(&of["won_value_minor"])]
    };
    let all = &report["all"];
    let title = format!(
        "Whence {} leads came; {} of them won, worth {}",
        count(&all["leads"]).shown(),
        count(&all["won"]).shown(),
        values.told(&all["won_value_minor"])
    );
    let columns = heads(["source", "leads", "won", &values.head("worth")]);
    let rows = entries(&report["sources"]).map(source).collect();
    vec![Sheet::new(title, columns, rows).named("Sources").drawn(1)]
}

/// How good channels are: in all, and month by month.
pub fn channels(report: &Value) -> Vec<Sheet> {
    let values = Values::of(report);
    let sheet = |title: &str, channels: &Value| {
        let channel = |(channel, figures): (&String, &Value)| {
            let counts = ["leads", "mql", "sql", "won"].map(|key| count(&figures[key]));
            let end = [share(&figures["won_share"]), values.cell(&figures["won_value_minor"])];
            [text(channel)].into_iter().chain(counts).chain(end).collect()
        };
        let worth = values.head("worth");
        let columns = heads(["channel", "leads", "mql", "sql", "won", "of the leads", &worth]);
        Sheet::new(title, columns, entries(channels).map(channel).collect()).drawn(1)
    };
    let months = entries(&report["cohorts"]).map(|(month, channels)| sheet(month, channels));
    [sheet("In all", &report["channels"])].into_iter().chain(months).collect()
}

/// What accounts are worth.
pub fn accounts(report: &Value) -> Vec<Sheet> {
    let values = Values::of(report);
    let account = |account: &Value| {
        let owners = entries(&account["owners"]).map(|(rep, leads)| format!("{rep} {leads}"));
        let owners = owners.collect::<Vec<_>>().join(", ");
        vec![
            text(account["account"].as_str().unwrap_or_default()),
            number(&account["score"]),
            count(&account["leads"]),
            count(&account["deals"]),
            values.cell(&account["deals_value_minor"]),
            Cell::Text(owners),
        ]
    };
    let title = match report["by"].as_str() {
        Some(by) => {
            format!("By {by}; of several scores the {}", report["roll_up"].as_str().unwrap_or_default())
        }
        None => {
            "The policy does not say what tells an account, as `account = \"company.domain\"` does".to_owned()
        }
    };
    let columns = heads(["account", "score", "leads", "deals", &values.head("worth"), "owners"]);
    vec![
        Sheet::new(title, columns, elements(&report["accounts"]).map(account).collect())
            .named("Accounts")
            .drawn(1),
    ]
}

/// What referrers brought about.
pub fn referrers(report: &Value) -> Vec<Sheet> {
    let values = Values::of(report);
    let referrer = |(referrer, figures): (&String, &Value)| {
        let counts = ["touches", "leads", "won", "conversions"].map(|key| count(&figures[key]));
        let credited = figures["credited_millionths"].as_i64().unwrap_or(0);
        let end = [Cell::Amount(credited, 6), values.cell(&figures["credited_minor"])];
        [text(referrer)].into_iter().chain(counts).chain(end).collect()
    };
    let worth = values.head("worth");
    let columns = heads(["referrer", "touches", "leads", "won", "conversions", "credited", &worth]);
    let rows = entries(&report["referrers"]).map(referrer).collect();
    vec![Sheet::new("Whose links and shares were followed, and what that earned", columns, rows).drawn(6)]
}
