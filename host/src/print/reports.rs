//! Reports for people, out of their JSON, which a server gives as well.

use serde_json::Value;

/// Prints what reps made of their leads.
pub fn team(report: &Value) {
    println!(
        "{} leads came in, {} of them were called ({})",
        report["leads"],
        report["contacted"],
        percent(&report["contacted_share"])
    );
    println!("  to the first call, on the clock   {}", waits(&report["response"]["wall"]));
    println!("  to the first call, working time   {}", waits(&report["response"]["working"]));
    println!(
        "\n  {:<16} {:>6} {:>7} {:>26} {:>26} {:>9} {:>9} {:>9} {:>5} {:>5}",
        "rep",
        "given",
        "called",
        "response",
        "working time",
        "recycled",
        "returned",
        "rejected",
        "won",
        "load"
    );
    for (rep, work) in report["reps"].as_object().into_iter().flatten() {
        println!(
            "  {rep:<16} {:>6} {:>7} {:>26} {:>26} {:>9} {:>9} {:>9} {:>5} {:>5}",
            text(&work["given"]),
            percent(&work["contacted_share"]),
            waits(&work["response"]["wall"]),
            waits(&work["response"]["working"]),
            text(&work["recycled"]),
            text(&work["returned"]),
            text(&work["rejected"]),
            text(&work["won"]),
            text(&work["load"]),
        );
    }
    println!("\nTimes in hours: mean / half within / nine of ten within.");
}

/// Prints how far leads came.
pub fn stages(report: &Value) {
    let row = |name: &str, view: &Value| {
        print!("  {name:<34}");
        for (stage, step) in
            [("uql", ""), ("mql", "uql_to_mql"), ("sql", "mql_to_sql"), ("deal", "sql_to_deal")]
        {
            let share = if step.is_empty() { String::new() } else { format!(" ({})", percent(&view[step])) };
            print!(" {:>18}", format!("{}{share}", text(&view[stage])));
        }
        println!(" {:>8}", percent(&view["uql_to_deal"]));
    };
    println!("  {:<34} {:>18} {:>18} {:>18} {:>18} {:>8}", "", "uql", "mql", "sql", "deal", "in all");
    row("of those that came in", &report["cohort"]);
    row("in that time, whenever they came", &report["period"]);
    print!("  {:<34}", "where those that came in stand");
    report["standing"].as_array().into_iter().flatten().for_each(|count| print!(" {:>18}", text(count)));
    println!();
}

/// Prints whence leads came: sources below the branches that they belong to.
pub fn sources(report: &Value) {
    let row = |name: String, figures: &Value| {
        let [leads, won, value] = ["leads", "won", "won_value_minor"].map(|key| text(&figures[key]));
        println!("  {name:<36} {leads:>8} {won:>8} {value:>16}");
    };
    println!("  {:<36} {:>8} {:>8} {:>16}", "", "leads", "won", "in minor units");
    for (path, figures) in report["sources"].as_object().into_iter().flatten() {
        let (depth, leaf) = (path.matches('/').count(), path.rsplit('/').next().unwrap_or(path));
        row(format!("{}{leaf}", "  ".repeat(depth)), figures);
    }
    row("all".to_owned(), &report["all"]);
}

/// Prints what accounts are worth.
pub fn accounts(report: &Value) {
    let Some(by) = report["by"].as_str() else {
        println!("The policy does not say what tells an account, as `account = \"company.domain\"` does.");
        return;
    };
    let score = format!("score ({})", report["roll_up"].as_str().unwrap_or_default());
    println!("  {by:<36} {score:>16} {:>8} {:>8} {:>16}  owners", "leads", "deals", "in minor units");
    for account in report["accounts"].as_array().into_iter().flatten() {
        let [leads, deals, value] = ["leads", "deals", "deals_value_minor"].map(|key| text(&account[key]));
        let score = account["score"].as_f64().map_or_else(|| "n/a".to_owned(), |score| score.to_string());
        let owners = account["owners"].as_object().into_iter().flatten();
        let owners: Vec<String> = owners.map(|(rep, leads)| format!("{rep} {leads}")).collect();
        let name = account["account"].as_str().unwrap_or_default();
        println!("  {name:<36} {score:>16} {leads:>8} {deals:>8} {value:>16}  {}", owners.join(", "));
    }
}

fn text(value: &Value) -> String {
    value.to_string()
}

fn percent(share: &Value) -> String {
    share.as_f64().map_or_else(|| "n/a".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

fn waits(waits: &Value) -> String {
    let hours = |name: &str| waits[name].as_f64().map(|hours| format!("{hours:.1}"));
    match (hours("mean_hours"), hours("p50_hours"), hours("p90_hours")) {
        (Some(mean), Some(half), Some(most)) => format!("{mean} / {half} / {most}"),
        _ => "n/a".to_owned(),
    }
}
