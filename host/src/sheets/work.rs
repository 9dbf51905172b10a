//! What became of leads: by rep and team, by stage, and over time.

use serde_json::Value;

use super::cells::{Values, count, entries, heads, number, permille, share, text};
use super::{Cell, Sheet};

/// What reps made of their leads.
pub fn team(report: &Value) -> Vec<Sheet> {
    let values = Values::of(report);
    let response = |waits: &Value| ["mean_hours", "p50_hours", "p90_hours"].map(|key| number(&waits[key]));
    let clock = |name: &str, waits: &Value| [vec![text(name)], response(waits).to_vec()].concat();
    let title = format!(
        "{} leads came in, {} of them were called",
        count(&report["leads"]).shown(),
        share(&report["contacted_share"]).shown()
    );
    let columns = heads(["hours to the first call", "mean", "half within", "nine of ten within"]);
    let clocks = vec![
        clock("on the clock", &report["response"]["wall"]),
        clock("working time", &report["response"]["working"]),
    ];
    let whole = Sheet::new(title, columns, clocks).named("Response");
    let called = |(rep, work): (&String, &Value)| {
        let begin = [text(rep), count(&work["given"]), share(&work["contacted_share"])];
        let working = number(&work["response"]["working"]["p50_hours"]);
        begin.into_iter().chain(response(&work["response"]["wall"])).chain([working]).collect()
    };
    let columns = heads(["rep", "given", "called", "mean h", "half h", "90 % h", "half, working h"]);
    let calls = Sheet::new(
        "By rep: how soon their leads were called",
        columns,
        entries(&report["reps"]).map(called).collect(),
    );
    let came = |(rep, work): (&String, &Value)| {
        let counts = ["recycled", "returned", "rejected", "won"].map(|key| count(&work[key]));
        let end =
            [values.cell(&work["won_value_minor"]), permille(&work["won_permille"]), count(&work["load"])];
        [text(rep)].into_iter().chain(counts).chain(end).collect()
    };
    let mut rows: Vec<Vec<Cell>> = entries(&report["reps"]).map(came).collect();
    let nobodys = &report["nobodys"];
    if nobodys["won"].as_u64() > Some(0) {
        let begin = [text("nobody"), Cell::Unknown, Cell::Unknown, Cell::Unknown, count(&nobodys["won"])];
        let end = [values.cell(&nobodys["won_value_minor"]), Cell::Unknown, Cell::Unknown];
        rows.push(begin.into_iter().chain(end).collect());
    }
    let value = values.head("worth");
    let columns = heads(["rep", "recycled", "returned", "rejected", "won", &value, "part", "owns"]);
    let reps = Sheet::new("By rep: what came of them", columns, rows).drawn(4);
    let team = |(team, work): (&String, &Value)| {
        let begin = [text(team), count(&work["given"]), share(&work["contacted_share"]), count(&work["won"])];
        let end = [values.cell(&work["won_value_minor"]), permille(&work["won_permille"])];
        begin.into_iter().chain(end).collect()
    };
    let columns = heads(["team", "given", "called", "won", &value, "part"]);
    let teams = Sheet::new("By team", columns, entries(&report["teams"]).map(team).collect()).drawn(5);
    [whole, calls, reps, teams].into_iter().filter(|sheet| !sheet.rows.is_empty()).collect()
}

/// How far leads came.
pub fn stages(report: &Value) -> Vec<Sheet> {
    let steps = [("uql", ""), ("mql", "uql_to_mql"), ("sql", "mql_to_sql"), ("deal", "sql_to_deal")];
    let view = |title: &str, view: &Value| {
        let row = |(stage, step): (&str, &str)| vec![text(stage), count(&view[stage]), share(&view[step])];
        Sheet::new(title, heads(["stage", "leads", "of the stage before"]), steps.map(row).to_vec()).drawn(1)
    };
    let standing = steps.iter().zip(report["standing"].as_array().into_iter().flatten());
    let standing = standing.map(|((stage, _), leads)| vec![text(stage), count(leads)]).collect();
    vec![
        view("Of those that came in", &report["cohort"]),
        view("In that time, whenever they came in", &report["period"]),
        Sheet::new("Where those that came in stand", heads(["stage", "leads"]), standing).drawn(1),
    ]
}

/// What happened over time: in all, and part by part.
pub fn trends(report: &Value) -> Vec<Sheet> {
    let values = Values::of(report);
    let sheet = |title: String, periods: &Value| {
        let period = |(period, figures): (&String, &Value)| {
            let counts = ["new", "matured", "assigned", "won"].map(|key| count(&figures[key]));
            let worth = values.cell(&figures["won_value_minor"]);
            [text(period)].into_iter().chain(counts).chain([worth]).collect()
        };
        let rows: Vec<Vec<Cell>> = entries(periods).map(period).collect();
        let something = (1..5).find(|column| rows.iter().any(|row| row[*column].size() > 0.0));
        let worth = values.head("worth");
        let sheet = Sheet::new(title, heads(["period", "new", "matured", "assigned", "won", &worth]), rows);
        something.map_or(sheet.clone(), |column| sheet.drawn(column))
    };
    let (every, by) = ["every", "by"].map(|key| report[key].as_str().unwrap_or_default()).into();
    let parts = entries(&report["parts"]).map(|(part, periods)| sheet(format!("The {by} {part}"), periods));
    [sheet(format!("In all, {every} by {every}"), &report["periods"])].into_iter().chain(parts).collect()
}
