//! Trials for people, as a server tells of them.

use serde_json::Value;

/// Prints the trial that runs and those that are over.
pub fn trials(trials: &Value) {
    match trials.get("running") {
        Some(running) => print_running(running),
        None => println!("no trial runs"),
    }
    let ended = trials["ended"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !ended.is_empty() {
        println!("\nOver");
    }
    for trial in ended {
        println!(
            "  {}: {}, {}",
            headline(trial),
            text(&trial["end"]),
            signed(trial, "ended", "ended_by", "ended_reason")
        );
    }
}

fn print_running(running: &Value) {
    println!("{}", headline(running));
    println!("  begun {}", signed(running, "begun", "by", "reason"));
    if let Some(canary) = running.get("canary") {
        let figure = |name: &str| {
            let [active, candidate] = ["active", "candidate"].map(|side| number(&canary[side][name]));
            println!("  {name:<24} {active:>12} -> {candidate:>12}");
        };
        ["leads", "failed", "rejected", "mean_score", "p99_us"].into_iter().for_each(figure);
    }
    if let Some(shadow) = running.get("shadow") {
        let figure = |name: &str| println!("  {name:<24} {:>12}", number(&shadow[name]));
        ["looked", "different", "waiting", "skipped"].into_iter().for_each(figure);
        print_comparison(&shadow["comparison"]);
    }
}

/// What would have been different; `--json` has the leads behind it.
fn print_comparison(comparison: &Value) {
    for (title, name) in
        [("Statuses", "statuses"), ("Grades", "grades"), ("Owners", "owners"), ("Full", "full")]
    {
        let counts = comparison[name].as_object().into_iter().flatten();
        let changed: Vec<_> = counts.filter(|(_, pair)| pair["was"] != pair["is"]).collect();
        if !changed.is_empty() {
            println!("{title}");
        }
        for (place, pair) in changed {
            println!("  {place:<24} {:>12} -> {:>12}", number(&pair["was"]), number(&pair["is"]));
        }
    }
    let shifted = comparison["score_shifts"].as_array().map_or(0, Vec::len);
    println!("Scores that shift          {shifted:>12}");
}

fn headline(trial: &Value) -> String {
    let how = match trial["percent"].as_f64() {
        Some(percent) => format!("a canary on {percent} % of leads"),
        None => "in the shadow".to_owned(),
    };
    format!("revision {} beside {}, {how}", number(&trial["candidate"]), number(&trial["against"]))
}

fn signed(trial: &Value, at: &str, by: &str, why: &str) -> String {
    format!("{} by {}: {}", text(&trial[at]), text(&trial[by]), text(&trial[why]))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}

fn number(value: &Value) -> String {
    match value.as_f64() {
        Some(number) if number.fract() == 0.0 => format!("{number:.0}"),
        Some(number) => format!("{number:.2}"),
        None => "none".to_owned(),
    }
}
