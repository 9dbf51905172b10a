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
        "\n  {:<16} {:>6} {:>7} {:>26} {:>26} {:>9} {:>9} {:>9} {:>5} {:>8} {:>5}",
        "rep",
        "given",
        "called",
        "response",
        "working time",
        "recycled",
        "returned",
        "rejected",
        "won",
        "share",
        "load"
    );
    for (rep, work) in report["reps"].as_object().into_iter().flatten() {
        println!(
            "  {rep:<16} {:>6} {:>7} {:>26} {:>26} {:>9} {:>9} {:>9} {:>5} {:>8} {:>5}",
            text(&work["given"]),
            percent(&work["contacted_share"]),
            waits(&work["response"]["wall"]),
            waits(&work["response"]["working"]),
            text(&work["recycled"]),
            text(&work["returned"]),
            text(&work["rejected"]),
            text(&work["won"]),
            permille(&work["won_permille"]),
            text(&work["load"]),
        );
    }
    for (team, work) in report["teams"].as_object().into_iter().flatten() {
        println!(
            "\n  team {team}: {} given, {} called, {} won, {} of what was won",
            text(&work["given"]),
            percent(&work["contacted_share"]),
            text(&work["won"]),
            permille(&work["won_permille"]),
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

/// Prints how good channels are: in all, and month by month.
pub fn channels(report: &Value) {
    let head = || {
        println!(
            "  {:<24} {:>8} {:>8} {:>8} {:>8} {:>8} {:>16}",
            "", "leads", "mql", "sql", "won", "", "in minor units"
        )
    };
    let rows = |channels: &Value| {
        for (channel, figures) in channels.as_object().into_iter().flatten() {
            let [leads, mql, sql, won] = ["leads", "mql", "sql", "won"].map(|key| text(&figures[key]));
            let (share, value) = (percent(&figures["won_share"]), text(&figures["won_value_minor"]));
            println!("  {channel:<24} {leads:>8} {mql:>8} {sql:>8} {won:>8} {share:>8} {value:>16}");
        }
    };
    head();
    rows(&report["channels"]);
    for (month, channels) in report["cohorts"].as_object().into_iter().flatten() {
        println!("\n{month}");
        rows(channels);
    }
}

/// Prints where the way to the deal is weakest, and what the leads that are on it may bring.
pub fn forecast(report: &Value) {
    println!("  {:<24} {:>10} {:>10} {:>10}", "", "before", "now", "change");
    for step in report["steps"].as_array().into_iter().flatten() {
        let name = step["step"].as_str().unwrap_or_default().replace("_to_", " to ");
        let change = step["change"]
            .as_f64()
            .map_or_else(|| "n/a".to_owned(), |change| format!("{:+.1} %", change * 100.0));
        let mark = if step["step"] == report["weakest"] { "  <- weakest" } else { "" };
        println!(
            "  {name:<24} {:>10} {:>10} {change:>10}{mark}",
            percent(&step["before"]),
            percent(&step["now"])
        );
    }
    println!("\n  {:<24} {:>10} {:>10}", "on their way", "leads", "to a deal");
    for (place, stage) in ["uql", "mql", "sql"].into_iter().enumerate() {
        println!(
            "  {stage:<24} {:>10} {:>10}",
            text(&report["stock"][place]),
            percent(&report["to_deal"][place])
        );
    }
    match report["deals"].as_f64() {
        Some(deals) => {
            println!(
                "\n  {deals:.1} deals may come of them, worth {} in minor units",
                text(&report["value_minor"])
            );
        }
        None => println!("\n  There are no deals yet to learn from."),
    }
}

/// Prints how many leads it takes.
pub fn plan(plan: &Value) {
    for (stage, name) in
        [("deals", "deals"), ("sql", "sales-qualified"), ("mql", "marketing-qualified"), ("uql", "leads")]
    {
        let rate =
            plan["rates"][stage].as_str().map(|rate| format!("  {rate} of them go on")).unwrap_or_default();
        println!("  {name:<24} {:>10}{rate}", text(&plan[stage]));
    }
    let channels = plan["channels"].as_array().into_iter().flatten();
    for channel in channels {
        let name = channel["channel"].as_str().unwrap_or_default();
        let cost = &channel["cost_minor"];
        let cost = if cost.is_null() { String::new() } else { format!("  for {cost} in minor units") };
        println!("    {name:<22} {:>10}{cost}", text(&channel["leads"]));
    }
    if !plan["cost_minor"].is_null() {
        println!(
            "    {:<22} {:>10}  for {} in minor units",
            "together",
            text(&plan["uql"]),
            plan["cost_minor"]
        );
    }
}

/// Prints by which version of the standard a report was made.
pub fn standard(report: &Value) {
    let standard = &report["standard"];
    if let (Some(version), Some(digest)) = (standard["version"].as_u64(), standard["digest"].as_str()) {
        let digest = digest.get(..12).unwrap_or(digest);
        println!(
            "\nQualified by version {version} of the standard, of revision {} ({digest}).",
            standard["revision"]
        );
    }
}

pub(super) fn text(value: &Value) -> String {
    value.to_string()
}

/// Thousandths as a percentage.
fn permille(share: &Value) -> String {
    share.as_u64().map_or_else(|| "n/a".to_owned(), |share| format!("{}.{} %", share / 10, share % 10))
}

pub(super) fn percent(share: &Value) -> String {
    share.as_f64().map_or_else(|| "n/a".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

fn waits(waits: &Value) -> String {
    let hours = |name: &str| waits[name].as_f64().map(|hours| format!("{hours:.1}"));
    match (hours("mean_hours"), hours("p50_hours"), hours("p90_hours")) {
        (Some(mean), Some(half), Some(most)) => format!("{mean} / {half} / {most}"),
        _ => "n/a".to_owned(),
    }
}
