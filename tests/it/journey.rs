//! The program's main job, end to end.

use std::path::Path;

use crate::program::{LEADS, POLICY, arg, json, leadsman, run, said, write};

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("policy/policy.toml", POLICY.as_bytes()), ("leads.csv", LEADS.as_bytes())]);
    folder
}

fn import(folder: &Path) -> serde_json::Value {
    let (leads, policy, data) = (folder.join("leads.csv"), folder.join("policy"), folder.join("data"));
    let rejects = folder.join("rejects.csv");
    let arguments = [
        "run",
        arg(&leads),
        "--policy",
        arg(&policy),
        "--data",
        arg(&data),
        "--rejects",
        arg(&rejects),
        "--json",
    ];
    json(&arguments)
}

/// Every submission is counted in exactly one way.
pub fn adds_up(report: &serde_json::Value) -> bool {
    let count = |name: &str| report[name].as_u64().unwrap();
    let ways = ["invalid", "rejected", "duplicates", "assigned", "pooled", "held", "failed"];
    count("received") == ways.into_iter().map(count).sum::<u64>()
}

#[test]
fn a_file_runs_through_a_policy_and_again_changes_nothing() {
    let folder = folder();
    let report = import(folder.path());
    assert!(adds_up(&report), "{report}");
    for (what, count) in
        [("received", 7), ("invalid", 2), ("rejected", 1), ("duplicates", 1), ("assigned", 3)]
    {
        assert_eq!(report[what], count, "{what} in {report}");
    }
    assert_eq!(report["owners"], serde_json::json!({ "ann": 2, "bob": 1 }));
    assert_eq!(report["grades"], serde_json::json!({ "A": 1, "B": 2 }));
    let rejects = std::fs::read_to_string(folder.path().join("rejects.csv")).unwrap();
    let lines: Vec<&str> = rejects.lines().collect();
    assert!(lines[1].starts_with("6,size,") && lines[2].starts_with("8,,"), "{rejects}");

    let data = folder.path().join("data");
    let before = json(&["summary", "--data", arg(&data), "--json"]);
    let again = import(folder.path());
    assert_eq!(again["seen_before"], 5);
    for what in ["received", "invalid", "rejected", "duplicates", "assigned", "owners", "grades", "pools"] {
        assert_eq!(again[what], report[what], "{what}");
    }
    assert_eq!(json(&["summary", "--data", arg(&data), "--json"]), before);
    let doctor = json(&["doctor", "--data", arg(&data), "--json"]);
    assert_eq!((&doctor["leads"], &doctor["problems"]), (&4.into(), &serde_json::json!([])));
}

#[test]
fn a_lead_is_explained_in_words_and_in_json() {
    let folder = folder();
    import(folder.path());
    let data = folder.path().join("data");
    let tenant = "default".parse().unwrap();
    let lead = {
        let (store, _) = leadsman_ledger::Store::open(&data, leadsman_ledger::Options::default()).unwrap();
        let mut leads = Vec::new();
        leadsman_flow::Archive::new(store.tenant(&tenant)).each_lead(|lead| leads.push(lead)).unwrap();
        leads.into_iter().find(|lead| lead.facts.text("person.name") == Some("Ann Lee")).unwrap().id
    };
    let words = said(&run(&["explain", lead.as_str(), "--data", arg(&data)]));
    for part in
        ["belongs to ann", "grade A (hot)", "scoring by points", "+30", "large", "submitted again", "not bob"]
    {
        assert!(words.contains(part), "{part:?} in\n{words}");
    }
    let history = json(&["explain", lead.as_str(), "--data", arg(&data), "--json"]);
    assert_eq!(history["lead"]["score"]["total"], 30.0);
    let decided = history["entries"].as_array().unwrap().iter().filter(|entry| entry["event"] == "decided");
    let stamped = decided.clone().all(|entry| entry["plugin"]["digest"].as_str().unwrap().len() == 64);
    assert!(stamped && decided.count() >= 3, "{history:#}");
    let unknown = run(&["explain", "lead-0", "--data", arg(&data)]);
    assert_eq!(unknown.status.code(), Some(7), "{}", said(&unknown));
}

#[test]
fn the_demo_tells_where_its_leads_are() {
    let report = json(&["demo", "--leads", "300", "--json"]);
    assert!(adds_up(&report["tally"]), "{report:#}");
    let again = json(&["demo", "--leads", "300", "--json"]);
    assert_eq!((&report["tally"], &report["summary"]), (&again["tally"], &again["summary"]));
    assert!(report["summary"]["converted"].as_u64() > Some(0));
    assert_eq!(report["tally"]["failed"], 0);
}

#[test]
fn contact_data_is_shown_as_facts() {
    let facts = json(&[
        "contact",
        "--email",
        "Ann@Example.COM",
        "--phone",
        "(212) 634-5789",
        "--region",
        "US",
        "--json",
    ]);
    assert_eq!(facts["contact.phone.e164"], "+12126345789");
    assert_eq!(facts["contact.phone.valid"], true);
    assert_eq!(facts["contact.email.normal"], "ann@example.com");
    let fake = json(&["contact", "--email", "a@b", "--phone", "12345", "--region", "CN", "--json"]);
    assert_eq!((&fake["contact.email.valid"], &fake["contact.phone.valid"]), (&false.into(), &false.into()));
}

#[test]
fn a_folder_that_is_held_is_refused_with_a_code_of_its_own() {
    let folder = folder();
    import(folder.path());
    let data = folder.path().join("data");
    let (_store, _) = leadsman_ledger::Store::open(&data, leadsman_ledger::Options::default()).unwrap();
    let refused = run(&["summary", "--data", arg(&data)]);
    assert_eq!(refused.status.code(), Some(5), "{}", said(&refused));
    assert!(said(&refused).contains("another leadsman process"));
}

#[test]
fn wrong_usage_exits_with_two() {
    assert_eq!(leadsman().arg("fly").output().unwrap().status.code(), Some(2));
    assert_eq!(run(&["contact"]).status.code(), Some(2));
}
