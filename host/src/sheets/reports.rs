//! Each report as sheets, out of its JSON, which a server gives as well.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Cell, Sheet};
use crate::attribution::{Attribution, ChannelFigures};

/// What reps made of their leads.
pub fn team(report: &Value) -> Vec<Sheet> {
    let response = |waits: &Value| ["mean_hours", "p50_hours", "p90_hours"].map(|key| number(&waits[key]));
    let clock = |name: &str, waits: &Value| [vec![text(name)], response(waits).to_vec()].concat();
    let whole = Sheet {
        title: format!(
            "{} leads came in, {} of them were called",
            count(&report["leads"]).shown(),
            share(&report["contacted_share"]).shown()
        ),
        columns: vec!["hours to the first call", "mean", "half within", "nine of ten within"],
        rows: vec![
            clock("on the clock", &report["response"]["wall"]),
            clock("working time", &report["response"]["working"]),
        ],
        drawn: None,
    };
    let rep = |(rep, work): (&String, &Value)| {
        let [mean, half, most] = response(&work["response"]["wall"]);
        let counts =
            ["recycled", "returned", "rejected", "won", "won_value_minor"].map(|key| count(&work[key]));
        let working = number(&work["response"]["working"]["p50_hours"]);
        let begin =
            [text(rep), count(&work["given"]), share(&work["contacted_share"]), mean, half, most, working];
        let end = [permille(&work["won_permille"]), count(&work["load"])];
        begin.into_iter().chain(counts).chain(end).collect()
    };
    let reps = Sheet {
        title: "By rep".to_owned(),
        columns: vec![
            "rep",
            "given",
            "called",
            "mean h",
            "half h",
            "90 % h",
            "half, working h",
            "recycled",
            "returned",
            "rejected",
            "won",
            "won, minor",
            "part",
            "owns",
        ],
        rows: entries(&report["reps"]).map(rep).collect(),
        drawn: Some(10),
    };
    let team = |(team, work): (&String, &Value)| {
        let counts = ["won", "won_value_minor"].map(|key| count(&work[key]));
        let begin = [text(team), count(&work["given"]), share(&work["contacted_share"])];
        begin.into_iter().chain(counts).chain([permille(&work["won_permille"])]).collect()
    };
    let teams = Sheet {
        title: "By team".to_owned(),
        columns: vec!["team", "given", "called", "won", "won, minor", "part"],
        rows: entries(&report["teams"]).map(team).collect(),
        drawn: Some(5),
    };
    [whole, reps, teams].into_iter().filter(|sheet| !sheet.rows.is_empty()).collect()
}

/// How far leads came.
pub fn stages(report: &Value) -> Vec<Sheet> {
    let steps = [("uql", ""), ("mql", "uql_to_mql"), ("sql", "mql_to_sql"), ("deal", "sql_to_deal")];
    let view = |title: &str, view: &Value| Sheet {
        title: title.to_owned(),
        columns: vec!["stage", "leads", "of the stage before"],
        rows: steps.map(|(stage, step)| vec![text(stage), count(&view[stage]), share(&view[step])]).to_vec(),
        drawn: Some(1),
    };
    let standing = steps.iter().zip(report["standing"].as_array().into_iter().flatten());
    vec![
        view("Of those that came in", &report["cohort"]),
        view("In that time, whenever they came in", &report["period"]),
        Sheet {
            title: "Where those that came in stand".to_owned(),
            columns: vec!["stage", "leads"],
            rows: standing.map(|((stage, _), leads)| vec![text(stage), count(leads)]).collect(),
            drawn: Some(1),
        },
    ]
}

/// Whence leads came: sources below the branches that they belong to.
pub fn sources(report: &Value) -> Vec<Sheet> {
    let figures = |figures: &Value| ["leads", "won", "won_value_minor"].map(|key| count(&figures[key]));
    let source = |(path, of): (&String, &Value)| {
        let (depth, leaf) = (path.matches('/').count(), path.rsplit('/').next().unwrap_or(path));
        let name = Cell::Text(format!("{}{leaf}", "  ".repeat(depth)));
        [name].into_iter().chain(figures(of)).collect()
    };
    let [leads, won, value] = figures(&report["all"]).map(|cell| cell.shown());
    vec![Sheet {
        title: format!("Whence {leads} leads came; {won} of them won, worth {value} in minor units"),
        columns: vec!["source", "leads", "won", "won, minor"],
        rows: entries(&report["sources"]).map(source).collect(),
        drawn: Some(1),
    }]
}

/// What accounts are worth.
pub fn accounts(report: &Value) -> Vec<Sheet> {
    let account = |account: &Value| {
        let owners = entries(&account["owners"]).map(|(rep, leads)| format!("{rep} {leads}"));
        let owners = owners.collect::<Vec<_>>().join(", ");
        let counts = ["leads", "deals", "deals_value_minor"].map(|key| count(&account[key]));
        let begin = [text(account["account"].as_str().unwrap_or_default()), number(&account["score"])];
        begin.into_iter().chain(counts).chain([Cell::Text(owners)]).collect()
    };
    let title = match report["by"].as_str() {
        Some(by) => {
            format!("By {by}; of several scores the {}", report["roll_up"].as_str().unwrap_or_default())
        }
        None => {
            "The policy does not say what tells an account, as `account = \"company.domain\"` does".to_owned()
        }
    };
    vec![Sheet {
        title,
        columns: vec!["account", "score", "leads", "deals", "deals, minor", "owners"],
        rows: report["accounts"].as_array().into_iter().flatten().map(account).collect(),
        drawn: Some(1),
    }]
}

/// How good channels are: in all, and month by month.
pub fn channels(report: &Value) -> Vec<Sheet> {
    let sheet = |title: &str, channels: &Value| {
        let channel = |(channel, figures): (&String, &Value)| {
            let counts = ["leads", "mql", "sql", "won"].map(|key| count(&figures[key]));
            let end = [share(&figures["won_share"]), count(&figures["won_value_minor"])];
            [text(channel)].into_iter().chain(counts).chain(end).collect()
        };
        Sheet {
            title: title.to_owned(),
            columns: vec!["channel", "leads", "mql", "sql", "won", "of the leads", "won, minor"],
            rows: entries(channels).map(channel).collect(),
            drawn: Some(1),
        }
    };
    let months = entries(&report["cohorts"]).map(|(month, channels)| sheet(month, channels));
    [sheet("In all", &report["channels"])].into_iter().chain(months).collect()
}

/// What campaigns cost and brought, parts below what they are part of.
pub fn campaigns(report: &Value) -> Vec<Sheet> {
    let Some(campaigns) = report["campaigns"].as_object() else { return Vec::new() };
    let mut parts: BTreeMap<Option<&str>, Vec<&str>> = BTreeMap::new();
    for (id, figures) in campaigns {
        let parent = figures["parent"].as_str().filter(|parent| campaigns.contains_key(*parent));
        parts.entry(parent).or_default().push(id);
    }
    let (mut rows, mut left): (Vec<Vec<Cell>>, Vec<(usize, &str)>) =
        (Vec::new(), below(&parts, None).map(|id| (0, id)).collect());
    while let Some((depth, id)) = left.pop() {
        let (whole, shares) = (&campaigns[id]["whole"], &campaigns[id]["whole"]["shares"]);
        let [cost, shown, clicks, leads] =
            ["cost_minor", "impressions", "clicks", "leads"].map(|key| count(&whole[key]));
        let [customers, opportunities, orders] =
            ["customers", "opportunities", "orders"].map(|key| count(&whole[key]));
        rows.push(vec![
            Cell::Text(format!("{}{id}", "  ".repeat(depth))),
            cost,
            shown,
            clicks,
            leads,
            share(&shares["known_customers"]),
            customers,
            opportunities,
            orders,
            number(&whole["cost_of_lead_minor"]),
            count(&whole["credited_minor"]),
            share(&whole["return_on_investment"]),
        ]);
        left.extend(below(&parts, Some(id)).map(|part| (depth + 1, part)));
    }
    vec![Sheet {
        title: "Campaigns, each with its parts".to_owned(),
        columns: vec![
            "campaign",
            "cost, minor",
            "shown",
            "clicks",
            "leads",
            "known",
            "customers",
            "opportunities",
            "orders",
            "a lead, minor",
            "credited, minor",
            "return",
        ],
        rows,
        drawn: Some(10),
    }]
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
    let step = |step: &Value| {
        let name = step["step"].as_str().unwrap_or_default().replace("_to_", " to ");
        let mark = if step["step"] == report["weakest"] { "weakest" } else { "" };
        let [before, now, change] = ["before", "now", "change"].map(|key| share(&step[key]));
        vec![Cell::Text(name), before, now, change, text(mark)]
    };
    let stock = |(place, stage): (usize, &str)| {
        vec![text(stage), count(&report["stock"][place]), share(&report["to_deal"][place])]
    };
    let deals = match (report["deals"].as_f64(), report["value_minor"].as_i64()) {
        (Some(deals), Some(value)) => {
            format!(
                "{deals:.1} deals may come of those on their way, worth {} in minor units",
                Cell::Count(value).shown()
            )
        }
        _ => "There are no deals yet to learn from".to_owned(),
    };
    vec![
        Sheet {
            title: "Steps to the deal".to_owned(),
            columns: vec!["step", "before", "now", "change", ""],
            rows: report["steps"].as_array().into_iter().flatten().map(step).collect(),
            drawn: Some(2),
        },
        Sheet {
            title: deals,
            columns: vec!["stage", "leads", "come to a deal"],
            rows: ["uql", "mql", "sql"].into_iter().enumerate().map(stock).collect(),
            drawn: Some(1),
        },
    ]
}

/// How many leads it takes.
pub fn plan(plan: &Value) -> Vec<Sheet> {
    let layers =
        [("deals", "deals"), ("sql", "sales-qualified"), ("mql", "marketing-qualified"), ("uql", "leads")];
    let layer = |(stage, name): (&str, &str)| {
        vec![text(name), count(&plan[stage]), text(plan["rates"][stage].as_str().unwrap_or_default())]
    };
    let channel = |channel: &Value| {
        let name = channel["channel"].as_str().unwrap_or_default();
        vec![text(name), count(&channel["leads"]), count(&channel["cost_minor"])]
    };
    let channels: Vec<Vec<Cell>> = plan["channels"].as_array().into_iter().flatten().map(channel).collect();
    let together = vec![text("together"), count(&plan["uql"]), count(&plan["cost_minor"])];
    let layers = Sheet {
        title: "Backwards from deals".to_owned(),
        columns: vec!["stage", "leads", "go on"],
        rows: layers.map(layer).to_vec(),
        drawn: Some(1),
    };
    let channels = Sheet {
        title: "Where the leads come from".to_owned(),
        columns: vec!["channel", "leads", "cost, minor"],
        rows: if channels.is_empty() { channels } else { [channels, vec![together]].concat() },
        drawn: None,
    };
    [layers, channels].into_iter().filter(|sheet| !sheet.rows.is_empty()).collect()
}

/// What referrers brought about.
pub fn referrers(report: &Value) -> Vec<Sheet> {
    let referrer = |(referrer, figures): (&String, &Value)| {
        let counts = ["touches", "leads", "won", "conversions"].map(|key| count(&figures[key]));
        let credited = figures["credited_millionths"].as_i64().unwrap_or(0);
        let end = [Cell::Amount(credited, 6), count(&figures["credited_minor"])];
        [text(referrer)].into_iter().chain(counts).chain(end).collect()
    };
    vec![Sheet {
        title: "Whose links and shares were followed, and what that earned".to_owned(),
        columns: vec!["referrer", "touches", "leads", "won", "conversions", "credited", "credited, minor"],
        rows: entries(&report["referrers"]).map(referrer).collect(),
        drawn: Some(6),
    }]
}

/// What agents get.
pub fn rebates(report: &Value) -> Vec<Sheet> {
    let sums = entries(&report["agents"]).flat_map(|(agent, currencies)| {
        entries(currencies).map(move |(currency, sums)| {
            let counts = ["conversions", "value_minor", "rebate_minor"].map(|key| count(&sums[key]));
            [text(agent), text(currency)].into_iter().chain(counts).collect()
        })
    });
    let line = |line: &Value| {
        let texts = ["at", "agent", "lead", "conversion", "rate", "currency"];
        let texts = texts.map(|key| text(line[key].as_str().unwrap_or_default()));
        let counts = ["value_minor", "rebate_minor"].map(|key| count(&line[key]));
        texts.into_iter().chain(counts).collect()
    };
    vec![
        Sheet {
            title: "What agents get".to_owned(),
            columns: vec!["agent", "currency", "conversions", "worth, minor", "rebate, minor"],
            rows: sums.collect(),
            drawn: Some(4),
        },
        Sheet {
            title: "Of which deals".to_owned(),
            columns: vec![
                "won",
                "agent",
                "lead",
                "conversion",
                "rate",
                "currency",
                "worth, minor",
                "rebate, minor",
            ],
            rows: report["lines"].as_array().into_iter().flatten().map(line).collect(),
            drawn: None,
        },
    ]
}

/// What happened over time: in all, and part by part.
pub fn trends(report: &Value) -> Vec<Sheet> {
    let sheet = |title: String, periods: &Value| {
        let period = |(period, figures): (&String, &Value)| {
            let counts =
                ["new", "matured", "assigned", "won", "won_value_minor"].map(|key| count(&figures[key]));
            [text(period)].into_iter().chain(counts).collect()
        };
        Sheet {
            title,
            columns: vec!["period", "new", "matured", "assigned", "won", "won, minor"],
            rows: entries(periods).map(period).collect(),
            drawn: Some(1),
        }
    };
    let (every, by) = ["every", "by"].map(|key| report[key].as_str().unwrap_or_default()).into();
    let parts = entries(&report["parts"]).map(|(part, periods)| sheet(format!("The {by} {part}"), periods));
    [sheet(format!("In all, {every} by {every}"), &report["periods"])].into_iter().chain(parts).collect()
}

/// A page of the leads behind a figure, which is told on the first.
pub fn behind(behind: &Value) -> Vec<Sheet> {
    let leads = behind["leads"].as_array();
    let (count_of, of) = (leads.map_or(0, Vec::len), behind["of"].as_str().unwrap_or_default());
    let alone = |alone: &Value| match alone.as_i64() {
        Some(_) => count(alone),
        None => number(alone),
    };
    let lead = |lead: &Value| vec![text(lead["lead"].as_str().unwrap_or_default()), alone(&lead["alone"])];
    vec![Sheet {
        title: match (&behind["figure"], behind["next"].as_str()) {
            (Value::Null, None) => format!("{count_of} leads behind {of}"),
            (figure, None) => format!("{count_of} leads behind {of}, which is {}", alone(figure).shown()),
            (Value::Null, Some(next)) => format!("{count_of} leads behind {of}; more: --cursor {next}"),
            (figure, Some(next)) => {
                let figure = alone(figure).shown();
                format!("The first {count_of} leads behind {of}, which is {figure}; more: --cursor {next}")
            }
        },
        columns: vec!["lead", "it alone"],
        rows: leads.into_iter().flatten().map(lead).collect(),
        drawn: None,
    }]
}

/// What channels earned.
pub fn attribution(attribution: &Attribution) -> Vec<Sheet> {
    let Attribution { model, journeys, in_vain, conversions, value_minor, decimals, channels, .. } =
        attribution;
    let shown = |count: &u64| whole(*count).shown();
    let channel = |channel: &ChannelFigures| {
        let all = conversions.saturating_mul(1_000_000).max(1) as f64;
        vec![
            text(&channel.channel),
            whole(channel.touches),
            Cell::Amount(channel.conversion_millionths, 6),
            Cell::Amount(channel.value_minor, *decimals),
            channel.removal_effect.map_or(Cell::Unknown, Cell::Share),
            Cell::Share(channel.conversion_millionths as f64 / all),
        ]
    };
    vec![Sheet {
        title: format!(
            "{model}: {} conversions worth {} on {} journeys; {} ended in nothing",
            shown(conversions),
            Cell::Amount(*value_minor, *decimals).shown(),
            shown(journeys),
            shown(in_vain)
        ),
        columns: vec!["channel", "touches", "conversions", "value", "lost without", "share"],
        rows: channels.iter().map(channel).collect(),
        drawn: Some(5),
    }]
}

fn entries(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn whole(count: u64) -> Cell {
    Cell::Count(i64::try_from(count).unwrap_or(i64::MAX))
}

fn count(value: &Value) -> Cell {
    value.as_i64().map_or(Cell::Unknown, Cell::Count)
}

fn share(value: &Value) -> Cell {
    value.as_f64().map_or(Cell::Unknown, Cell::Share)
}

fn permille(value: &Value) -> Cell {
    value.as_f64().map_or(Cell::Unknown, |permille| Cell::Share(permille / 1000.0))
}

fn number(value: &Value) -> Cell {
    value.as_f64().map_or(Cell::Unknown, Cell::Number)
}
