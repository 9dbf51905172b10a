//! `leadsman test`: cases as authors write them, and what is said when they come out otherwise.

use std::path::Path;

use crate::program::{LEADS, POLICY, arg, json, run, said, write};

const CASES: &str = r#"
[[case]]
name = "a large company"
at = 2026-03-02T09:00:00+01:00
facts = { "company.size" = 500, "contact.email" = "ann@northwind.com", "person.name" = "Ann Lee" }
channel = "paid-search"
[case.expect]
status = "assigned"
score = 30
rules = { large = 30 }
grade = "A"
owner = "ann"
reasons = ["company.size is at least 100"]
[[case.then]]
after = "1h"
facts = { "company.size" = 20 }
[case.then.expect]
score = 0
rules = {}
[[case.then]]
after = "1d"
submit = { "contact.email" = "ANN@northwind.com", "person.name" = "Ann Lee" }
[case.then.expect]
known = true
[[case.then]]
order = { order = "claim", rep = "bob" }
[case.then.expect]
refused = "ann owns it"
[[case.then]]
conversion = { value = 1000 }
[case.then.expect]
stage = "deal"

[[case]]
name = "no way to reach them"
facts = { "contact.email" = "not a mail" }
[case.expect]
status = "rejected"
findings = ["invalid-email"]
"#;

fn project(folder: &Path, cases: &str) {
    write(folder, &[("policy.toml", POLICY.as_bytes()), ("cases/all.toml", cases.as_bytes())]);
}

#[test]
fn cases_that_come_out_as_expected_pass_and_every_rule_fired() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path(), CASES);
    let told = json(&["test", arg(folder.path()), "--json"]);
    assert_eq!(told["cases"].as_array().unwrap().len(), 2, "{told}");
    assert_eq!((&told["rules"], &told["rules_fired"]), (&1.into(), &1.into()), "{told}");
    assert_eq!(told["never_fired"], serde_json::json!([]));
    assert!(told["cases"][0]["fuel"].as_u64().unwrap() > 0);
}

#[test]
fn a_case_that_comes_out_otherwise_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path(), &CASES.replacen("score = 30", "score = 31", 1).replace("\"deal\"", "\"sql\""));
    let output = run(&["test", arg(folder.path())]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(10), "{said}");
    assert!(said.contains("cases/all.toml:9:9: expected the score 31, found 30"), "{said}");
    assert!(said.contains("expected the stage sql, found deal"), "{said}");
    assert!(said.contains("1 of 2 cases failed"), "{said}");
    let output = run(&["test", arg(folder.path()), "no way"]);
    assert!(output.status.success(), "only the other case is told");
}

#[test]
fn bad_cases_are_told_with_place_and_remedy() {
    let bad = [
        ("score = 30", "scor = 30", "did you mean `score`?"),
        ("\"company.size\" = 500", "company.size = 500", "in quotes"),
        ("order = \"claim\"", "order = \"grab\"", "this is not an order"),
        ("status = \"rejected\"", "status = \"gone\"", "`gone` is not known here"),
        ("after = \"1d\"", "after = \"soon\"", "this is not a span of time"),
        ("name = \"no way to reach them\"", "name = \"a large company\"", "is there already"),
        (
            "conversion = { value = 1000 }",
            "conversion = { value = 1 }\nfacts = {}",
            "two things happen at once",
        ),
    ];
    for (good, instead, told) in bad {
        let folder = tempfile::tempdir().unwrap();
        assert!(CASES.contains(good));
        project(folder.path(), &CASES.replace(good, instead));
        let output = run(&["test", arg(folder.path())]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(4), "{said}");
        assert!(said.contains(told) && said.contains("cases/all.toml:"), "{instead}: {said}");
    }
}

#[test]
fn more_fuel_than_the_baseline_is_a_regression() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path(), CASES);
    assert!(run(&["test", arg(folder.path()), "--bless"]).status.success());
    assert!(run(&["test", arg(folder.path())]).status.success(), "fuel is the same every time");
    let path = folder.path().join("fuel.json");
    let mut baseline: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let points = &mut baseline["cases/all.toml: a large company"]["points"];
    *points = (points.as_u64().unwrap() / 2).into();
    std::fs::write(&path, baseline.to_string()).unwrap();
    let output = run(&["test", arg(folder.path())]);
    assert_eq!(output.status.code(), Some(10));
    assert!(
        said(&output).contains("more fuel: cases/all.toml: a large company, points"),
        "{}",
        said(&output)
    );
}

#[test]
fn a_journal_becomes_cases_that_pass_and_hold_no_personal_data() {
    let folder = tempfile::tempdir().unwrap();
    let (project, data, leads) =
        (folder.path().join("project"), folder.path().join("data"), folder.path().join("leads.csv"));
    write(&project, &[("policy.toml", POLICY.as_bytes())]);
    std::fs::create_dir(project.join("cases")).unwrap();
    std::fs::write(&leads, LEADS).unwrap();
    let output = run(&["run", arg(&leads), "--policy", arg(&project), "--data", arg(&data)]);
    assert!(output.status.success(), "{}", said(&output));
    let log = std::fs::read(data.join("log").read_dir().unwrap().next().unwrap().unwrap().path()).unwrap();
    let log = String::from_utf8_lossy(&log);
    let ids: std::collections::BTreeSet<&str> =
        log.match_indices("\"lead-").map(|(at, _)| &log[at + 1..at + 26]).collect();
    assert!(ids.len() >= 4, "{ids:?}");
    let file = project.join("cases/journal.toml");
    for id in ids {
        let fixture =
            |file: &Path| run(&["fixture", "--lead", id, "--data", arg(&data), "--into", arg(file)]);
        let output = fixture(&file);
        assert!(output.status.success(), "{}", said(&output));
        let known = std::fs::read(&file).unwrap();
        let again = fixture(&file);
        assert!(
            again.status.code() == Some(4) && said(&again).contains("is there already"),
            "{}",
            said(&again)
        );
        assert_eq!(
            std::fs::read(&file).unwrap(),
            known,
            "nothing is added to what would be no file of cases"
        );
        let policy = fixture(&project.join("policy.toml"));
        assert!(
            policy.status.code() == Some(4) && said(&policy).contains("nothing is added"),
            "{}",
            said(&policy)
        );
    }
    let cases = std::fs::read_to_string(&file).unwrap();
    for personal in ["Ann Lee", "northwind", "Ed Fox", "oakline"] {
        assert!(!cases.contains(personal), "{personal}: {cases}");
    }
    let output = run(&["test", arg(&project)]);
    assert!(output.status.success(), "{}", said(&output));
    let unmasked = run(&["fixture", "--lead", "lead-00000000000000000000", "--data", arg(&data)]);
    assert_eq!(unmasked.status.code(), Some(7), "{}", said(&unmasked));
}

#[test]
fn a_watched_project_is_tested_again_when_a_file_changes() {
    use std::io::{BufRead as _, BufReader};
    let folder = tempfile::tempdir().unwrap();
    project(folder.path(), CASES);
    let mut watching = crate::program::leadsman()
        .args(["test", arg(folder.path()), "--watch"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(watching.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("all is as expected")));
    // Looking at files changes nothing.
    for _ in 0..20 {
        std::fs::read(folder.path().join("policy.toml")).unwrap();
    }
    project(folder.path(), &CASES.replacen("score = 30", "score = 31", 1));
    let before = lines.by_ref().take_while(|line| !line.contains("expected the score 31, found 30"));
    assert_eq!(before.filter(|line| line.contains("waiting for a change")).count(), 0, "not tested in vain");
    assert!(lines.any(|line| line.contains("1 of 2 cases failed; waiting for a change")));
    watching.kill().unwrap();
    watching.wait().unwrap();
}

#[test]
fn leads_live_under_the_policy_of_a_team_as_its_cases_tell() {
    let team = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/team");
    let output = run(&["test", arg(&team)]);
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn whoever_reads_only_the_beginning_is_told_of_no_defect() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path(), CASES);
    let mut testing = crate::program::leadsman()
        .args(["test", arg(folder.path())])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(testing.stdout.take());
    let output = testing.wait_with_output().unwrap();
    assert_eq!((output.status.code(), said(&output).as_str()), (Some(0), ""));
}
