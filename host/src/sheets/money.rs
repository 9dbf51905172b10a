//! What leads cost and bring: campaigns, rebates, forecasts and plans.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::cells::{Values, count, elements, entries, heads, share, text};
use super::{Cell, Sheet};

/// What campaigns cost and brought, parts below what they are part of. Costs are taken to be in the currency of the
/// deals.
pub fn campaigns(report: &Value) -> Vec<Sheet> {
    let Some(campaigns) = report["campaigns"].as_object() else { return Vec::new() };
    let values = Values::of(report);
    let mut parts: BTreeMap<Option<&str>, Vec<&str>> = BTreeMap::new();
    for (id, figures) in campaigns {
        let parent = figures["parent"].as_str().filter(|parent| campaigns.contains_key(*parent));
        parts.entry(parent).or_default().push(id);
    }
    let mut order: Vec<(usize, &str)> = Vec::new();
    let mut left: Vec<(usize, &str)> = below(&parts, None).map(|id| (0, id)).collect();
    while let Some((depth, id)) = left.pop() {
        order.push((depth, id));
        left.extend(below(&parts, Some(id)).map(|part| (depth + 1, part)));
    }
    let sheet = |title: &str, columns: Vec<String>, cells: &dyn Fn(&Value) -> Vec<Cell>| {
        let row = |(depth, id): &(usize, &str)| {
            let name = campaigns[*id]["name"].as_str().filter(|name| name != id);
            let name = name.map_or_else(|| (*id).to_owned(), |name| format!("{id}, {name}"));
            let name = Cell::Below { depth: *depth, name, way: (*id).to_owned() };
            [name].into_iter().chain(cells(&campaigns[*id])).collect()
        };
        Sheet::new(title, columns, order.iter().map(row).collect())
    };
    let [own, cost, credited, a_lead] =
        ["itself", "cost", "credited", "a lead"].map(|name| values.head(name));
    let spent = |cost: &Value| if cost.as_i64() == Some(0) { Cell::Unknown } else { values.cell(cost) };
    let (funnel, steps) = (
        ["impressions", "clicks", "leads", "customers", "opportunities", "orders"],
        ["clicks", "leads", "customers", "opportunities", "orders"],
    );
    vec![
        sheet(
            "Campaigns, each with its parts: what they cost so far, and what is credited to them",
            heads(["campaign", &own, &cost, "orders", &credited, "return"]),
            &|one| {
                let whole = &one["whole"];
                vec![
                    spent(&one["own"]["cost_minor"]),
                    spent(&whole["cost_minor"]),
                    count(&whole["orders"]),
                    values.cell(&whole["credited_minor"]),
                    share(&whole["return_on_investment"]),
                ]
            },
        )
        .drawn(4),
        sheet(
            "From being shown to orders",
            heads(["campaign", "shown", "clicks", "leads", "customers", "opportunities", "orders"]),
            &|one| {
                let known = |step: &str| match &one["whole"][step] {
                    // Nobody said how often it was shown, or followed.
                    unknown if ["impressions", "clicks"].contains(&step) && *unknown == 0 => Cell::Unknown,
                    known => count(known),
                };
                funnel.map(known).to_vec()
            },
        ),
        sheet(
            "Each step of the one before",
            heads(["campaign", "clicks", "leads", "customers", "opportunities", "orders"]),
            &|one| steps.map(|step| share(&one["whole"]["shares"][step])).to_vec(),
        ),
        sheet(
            "Whom they reached, and what a lead cost",
            heads(["campaign", "leads", "new", "known before", "of the leads", &a_lead]),
            &|one| {
                let whole = &one["whole"];
                let [leads, known] = ["leads", "known_customers"].map(|key| whole[key].as_i64().unwrap_or(0));
                let known_share = share(&whole["shares"]["known_customers"]);
                let counts = [leads, leads - known, known].map(Cell::Count);
                counts.into_iter().chain([known_share, values.mean(&whole["cost_of_lead_minor"])]).collect()
            },
        )
        .drawn(1),
    ]
}

/// The parts of a campaign, or the campaigns that are part of none, the last first.
fn below<'a>(
    parts: &BTreeMap<Option<&'a str>, Vec<&'a str>>,
    campaign: Option<&'a str>,
) -> impl Iterator<Item = &'a str> {
    parts.get(&campaign).cloned().unwrap_or_default().into_iter().rev()
}

/// Where the way to the deal is weakest, and what the leads that are on it may bring.
pub fn forecast(report: &Value) -> Vec<Sheet> {
    let is_compared = elements(&report["steps"]).any(|step| step["change"].is_number());
    let step = |step: &Value| {
        let name = step["step"].as_str().unwrap_or_default().replace("_to_", " to ");
        let mark = match (step["step"] == report["weakest"], is_compared) {
            (false, _) => "",
            (true, true) => "fell most",
            (true, false) => "least of all",
        };
        let [before, now] = ["before", "now"].map(|key| share(&step[key]));
        let points = step["change"].as_f64().map_or(Cell::Unknown, |change| Cell::Number(change * 100.0));
        vec![Cell::Text(name), before, now, points, text(mark)]
    };
    let stock = |(place, stage): (usize, &str)| {
        vec![text(stage), count(&report["stock"][place]), share(&report["to_deal"][place])]
    };
    let deals = match report["deals"].as_f64() {
        Some(deals) => format!(
            "{deals:.1} deals may come of those on their way, worth {}",
            Values::of(report).told(&report["value_minor"])
        ),
        None => "There are no deals yet to learn from".to_owned(),
    };
    let steps = elements(&report["steps"]).map(step).collect();
    let stocks = ["uql", "mql", "sql"].into_iter().enumerate().map(stock).collect();
    vec![
        Sheet::new("Steps to the deal", heads(["step", "before", "now", "change, points", ""]), steps)
            .drawn(2),
        Sheet::new(deals, heads(["stage", "leads", "come to a deal"]), stocks).named("On their way").drawn(1),
    ]
}

/// How many leads it takes.
pub fn plan(plan: &Value) -> Vec<Sheet> {
    let layers =
        [("deals", "deals"), ("sql", "sales-qualified"), ("mql", "marketing-qualified"), ("uql", "leads")];
    let rate = |stage: &str| {
        let percent =
            plan["rates"][stage].as_str().and_then(|rate| rate.strip_suffix(" %")?.parse::<f64>().ok());
        percent.map_or(Cell::Unknown, |percent| Cell::Share(percent / 100.0))
    };
    let layer = |(stage, name): (&str, &str)| vec![text(name), count(&plan[stage]), rate(stage)];
    let values = Values::of(plan);
    let channel = |channel: &Value| {
        let name = channel["channel"].as_str().unwrap_or_default();
        vec![text(name), count(&channel["leads"]), values.cell(&channel["cost_minor"])]
    };
    let channels: Vec<Vec<Cell>> = elements(&plan["channels"]).map(channel).collect();
    let together = vec![text("together"), count(&plan["uql"]), values.cell(&plan["cost_minor"])];
    let rows = if channels.is_empty() { channels } else { [channels, vec![together]].concat() };
    let layers =
        Sheet::new("Backwards from deals", heads(["stage", "leads", "go on"]), layers.map(layer).to_vec());
    let columns = heads(["channel", "leads", &values.head("cost")]);
    let channels = Sheet::new("Where the leads come from", columns, rows);
    [layers.drawn(1), channels].into_iter().filter(|sheet| !sheet.rows.is_empty()).collect()
}

/// What agents get.
pub fn rebates(report: &Value) -> Vec<Sheet> {
    let agents = || {
        let of =
            |(agent, currencies)| entries(currencies).map(move |(currency, sums)| (agent, currency, sums));
        entries(&report["agents"]).flat_map(of)
    };
    let currencies: BTreeSet<&String> = agents().map(|(_, currency, _)| currency).collect();
    let sums = agents().map(|(agent, currency, sums): (&String, &String, &Value)| {
        let values = Values::in_currency(Some(currency));
        let amounts = ["value_minor", "rebate_minor"].map(|key| values.cell(&sums[key]));
        let begin = [text(agent), text(currency), count(&sums["conversions"])];
        begin.into_iter().chain(amounts).collect()
    });
    let line = |line: &Value| {
        let values = Values::in_currency(line["currency"].as_str());
        let of = |key: &str| line[key].as_str().unwrap_or_default();
        let texts = ["agent", "lead", "conversion", "rate", "currency"].map(|key| text(of(key)));
        let amounts = ["value_minor", "rebate_minor"].map(|key| values.cell(&line[key]));
        [Cell::Moment(of("at").to_owned())].into_iter().chain(texts).chain(amounts).collect()
    };
    let sums = Sheet::new(
        "What agents get",
        heads(["agent", "currency", "conversions", "worth", "rebate"]),
        sums.collect(),
    );
    let columns = heads(["won", "agent", "lead", "deal", "rate", "currency", "worth", "rebate"]);
    vec![
        // What is in several currencies is not to be compared.
        if currencies.len() == 1 { sums.drawn(4) } else { sums },
        Sheet::new("Of which deals", columns, elements(&report["lines"]).map(line).collect()),
    ]
}
