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

/// A world of its own: half of those who come in agree to be called, and all come through one channel.
const WORLD: &str = r##"
leads_a_day = 20
quiet = 0.5
[calls]
every = "10m"
conversations = 1
[[channels]]
name = "fair"
[[facts]]
attribute = "contact.phone"
choices = [{ is = "+49 151 1#######" }]
[[facts]]
attribute = "consent.contact"
likely = 0.5
[[facts]]
attribute = "company.size"
range = [10, 1000]
step = 10
skew = 2
interest = 0.5
[[activities]]
kind = "email.reply"
after = "2d"
rate = [0, 2]
[[deals]]
value_minor = [500, 500]
"##;

/// The team's policy, which asks for consent and has segments, with that world.
fn worldly(folder: &Path) {
    let read = |name: &str| std::fs::read_to_string(team().join(name)).unwrap();
    let consent = "[eligibility]\nconsent = \"consent.contact\"\n[[segments]]\naxis = \"size\"\nname = \"large\"\n\
                   when = [{ attribute = \"company.size\", at_least = 500 }]\n";
    let policy = format!("{}\n{consent}", read("policy.toml"));
    let calendar = read("calendars/office.toml");
    let files: [(&str, &[u8]); 3] = [
        ("policy.toml", policy.as_bytes()),
        ("calendars/office.toml", calendar.as_bytes()),
        ("world.toml", WORLD.as_bytes()),
    ];
    write(folder, &files);
}

#[test]
fn a_policy_brings_the_world_that_it_is_made_for() {
    let folder = tempfile::tempdir().unwrap();
    worldly(folder.path());
    let arguments = ["simulate", arg(folder.path()), "--days", "7", "--seed", "3", "--json"];
    let first = run(&arguments);
    assert!(first.status.success(), "{}", said(&first));
    assert_eq!(first.stdout, run(&arguments).stdout, "the same seed tells the same story");
    let told: Value = serde_json::from_slice(&first.stdout).unwrap();
    let report = &told["policies"][0];
    let number = |name: &str| report[name].as_u64().unwrap();
    // Epiphany and the weekend are quiet.
    assert_eq!(number("leads") + number("rejected"), 4 * 20 + 3 * 10);
    assert_eq!(number("contacted_without_consent"), 0);
    let given = number("given");
    assert!(given > 20 && given < 90, "about half of them agreed: {given}");
    assert_eq!(number("value_minor"), 500 * number("deals"));
    assert!(number("deals") > 0);
    let large = &report["groups"]["size"]["large"];
    assert!(large["contacted"].as_u64() > Some(0) && large["leads"].as_u64() < Some(60), "{large}");
}

#[test]
fn another_world_can_be_named_and_its_mistakes_have_their_places() {
    let folder = tempfile::tempdir().unwrap();
    let bad = WORLD.replace("email.reply", "email.replied");
    write(folder.path(), &[("good.toml", WORLD.as_bytes()), ("bad.toml", bad.as_bytes())]);
    let (team, good, bad) = (team(), folder.path().join("good.toml"), folder.path().join("bad.toml"));
    let told = json(&["simulate", arg(&team), "--world", arg(&good), "--days", "2", "--json"]);
    assert_eq!(told["policies"][0]["leads"], 20 + 10);
    assert!(told["policies"][0].get("contacted_without_consent").is_none());
    let output = run(&["simulate", arg(&team), "--world", arg(&bad)]);
    assert_eq!(output.status.code(), Some(3));
    let said = said(&output);
    assert!(said.contains("bad.toml:22:8") && said.contains("did you mean `email.reply`?"), "{said}");
}

#[test]
fn mistakes_in_the_world_of_a_policy_are_told_before_it_is_simulated_or_signed() {
    let folder = tempfile::tempdir().unwrap();
    worldly(folder.path());
    write(folder.path(), &[("world.toml", WORLD.replace("email.reply", "email.replied").as_bytes())]);
    let (policy, pack) = (arg(folder.path()), folder.path().join("team.pack"));
    for arguments in [
        &["policy", "check", policy][..],
        &["check", policy],
        &["pack", "build", policy, "--out", arg(&pack)],
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains("world.toml:22:8"), "{arguments:?}: {}", said(&output));
    }
    assert!(!pack.exists());
}
