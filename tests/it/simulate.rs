//! Simulated weeks of a team: told the same each time, and better under the better policy.

use std::path::Path;

use serde_json::Value;

use crate::program::{arg, json, run, said, write};

fn team() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/team")
}

/// The team's policy, with deadlines that nobody minds.
fn easy(folder: &Path) {
    let read = |name: &str| std::fs::read_to_string(team().join(name)).unwrap();
    let policy = read("policy.toml").replace("within = \"8h\"", "within = \"900h\"");
    let calendar = read("calendars/office.toml");
    write(folder, &[("policy.toml", policy.as_bytes()), ("calendars/office.toml", calendar.as_bytes())]);
}

#[test]
fn a_simulation_is_the_same_twice_and_tells_two_policies_apart() {
    let folder = tempfile::tempdir().unwrap();
    easy(folder.path());
    let team = team();
    let arguments = [
        "simulate",
        arg(&team),
        "--beside",
        arg(folder.path()),
        "--days",
        "12",
        "--leads-a-day",
        "60",
        "--json",
    ];
    let first = run(&arguments);
    assert!(first.status.success(), "{}", said(&first));
    assert_eq!(first.stdout, run(&arguments).stdout);
    let told: Value = serde_json::from_slice(&first.stdout).unwrap();
    let [strict, easy] = [0, 1].map(|place| &told["policies"][place]);
    assert_eq!(strict["leads"], easy["leads"], "the world is the same");
    let number = |report: &Value, name: &str| report[name].as_u64().unwrap();
    assert!(number(strict, "recycled") > 0 && number(easy, "recycled") == 0, "{told}");
    assert!(number(strict, "reminders") > 0);
    let calls = |report: &Value| {
        let reps = report["reps"].as_object().unwrap().values();
        reps.map(|rep| rep["calls"].as_u64().unwrap()).sum::<u64>()
    };
    assert!(calls(strict) >= number(strict, "contacted") && calls(easy) > 0);
    for report in [strict, easy] {
        let given: u64 =
            report["reps"].as_object().unwrap().values().map(|rep| rep["given"].as_u64().unwrap()).sum();
        assert!(given >= number(report, "given"), "{report}");
        assert_eq!(number(report, "given"), number(report, "contacted") + number(report, "lost"));
    }
}

#[test]
fn another_seed_tells_another_story() {
    let team = team();
    let told = |seed: &str| {
        json(&["simulate", arg(&team), "--days", "3", "--leads-a-day", "30", "--seed", seed, "--json"])
    };
    assert_ne!(told("1")["policies"], told("2")["policies"]);
}

#[test]
fn calls_have_to_be_activities_that_the_policy_knows() {
    let team = team();
    let output = run(&["simulate", arg(&team), "--call", "phone.call"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(said(&output).contains("call.done, email.reply, page.visit"), "{}", said(&output));
}
