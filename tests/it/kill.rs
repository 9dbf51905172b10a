//! Killed in the middle: an import that was killed again and again ends where one that was not ends.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use leadsman_domain::journal::{Entry, Event};
use leadsman_domain::lead::Lead;
use leadsman_domain::time::DAY_MS;
use leadsman_flow::{Archive, Desk};
use leadsman_ledger::{Options, Store};

use crate::office::{MONDAY, Office};
use crate::program::{POLICY, arg, json, leadsman, said, write};
use crate::serve::{Server, token};

const ROWS: usize = 6_000;
const KILLS: usize = 30;

fn table() -> String {
    let mut table = "id,name,mail,size,when\n".to_owned();
    for row in 0..ROWS {
        // Every ninth row is a lead that came before.
        let person = if row % 9 == 8 { row / 2 } else { row };
        writeln!(table, "{row},Person {person},p{person}@northwind.com,{},2026-01-05 08:00:00", row % 300)
            .unwrap();
    }
    table
}

fn arguments<'a>(folder: &'a Path, data: &'a str) -> Vec<&'a str> {
    let leads = folder.join("leads.csv").to_str().unwrap().to_owned().leak();
    let policy = folder.join("policy").to_str().unwrap().to_owned().leak();
    vec!["run", leads, "--policy", policy, "--data", data, "--json"]
}

fn leads(data: &Path) -> BTreeMap<String, Lead> {
    let (store, _) = Store::open(data, Options::default()).unwrap();
    let archive = Archive::new(store.tenant(&"default".parse().unwrap()));
    let mut problems = Vec::new();
    archive.audit(|lead, cause| problems.push(format!("{lead}: {cause}"))).unwrap();
    assert_eq!(problems, Vec::<String>::new());
    let mut leads = BTreeMap::new();
    archive.each_lead(|lead| drop(leads.insert(lead.id.to_string(), lead))).unwrap();
    leads
}

#[test]
fn an_import_that_is_killed_thirty_times_ends_like_one_that_is_not() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("policy/policy.toml", POLICY.as_bytes()), ("leads.csv", table().as_bytes())]);
    let (whole, killed) = (folder.path().join("whole"), folder.path().join("killed"));
    let report = json(&arguments(folder.path(), arg(&whole)));
    let mut kills = 0;
    for attempt in 0..KILLS {
        let mut child = leadsman()
            .args(arguments(folder.path(), arg(&killed)))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        wait_for_bytes(&killed.join("log"), 3_000 + 1_500 * (attempt as u64 % 7));
        kills += usize::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        let mut printed = String::new();
        child.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
    }
    assert!(kills >= KILLS / 2, "only {kills} of {KILLS} were killed while they ran");
    let after = json(&arguments(folder.path(), arg(&killed)));
    for what in ["received", "invalid", "rejected", "duplicates", "assigned", "owners", "grades"] {
        assert_eq!(after[what], report[what], "{what}");
    }
    assert_eq!(leads(&killed), leads(&whole));
}

/// Waits until the program has got a little further than before it, as the log shows: the moment
/// of the kill follows from the work, not from a clock.
fn wait_for_bytes(log: &Path, bytes: u64) {
    let written = || -> u64 {
        let segments = std::fs::read_dir(log).into_iter().flatten().flatten();
        segments.filter_map(|segment| std::fs::read(segment.path()).ok()).map(|bytes| used(&bytes)).sum()
    };
    let goal = written() + bytes;
    for _ in 0..2_000 {
        if written() >= goal {
            return;
        }
        std::thread::yield_now();
    }
}

/// Segments are preallocated with zeros: what is used ends at the last other byte.
fn used(segment: &[u8]) -> u64 {
    segment.iter().rposition(|byte| *byte != 0).map_or(0, |last| last as u64 + 1)
}

/// A pool from which ann may take thirty leads, each of which she has to call within a day.
const SEA: &str = r#"
default_pool = "sea"
identity = []
[[pools]]
id = "sea"
[[pools.follow_up]]
plugin = "follow-up"
config = { counts = ["call"], rules = [{ name = "first", since = "owned", within = "24h", met_by = "activity", then = { recycle = true } }] }
[[reps]]
id = "ann"
cap = 30
"#;

/// Claims leads until the server is killed, and notes what was acknowledged.
fn claim(server: &Server, token: &str, leads: &[String], acknowledged: &Mutex<Vec<String>>) {
    let client = reqwest::blocking::Client::new();
    for lead in leads {
        let address = format!("{}/v1/leads/{lead}/orders", server.address);
        let order = serde_json::json!({ "order": "claim", "rep": "ann", "reason": "hers" });
        let Ok(answer) = client.post(address).bearer_auth(token).json(&order).send() else { return };
        if answer.status().is_success() {
            acknowledged.lock().unwrap().push(lead.clone());
        }
    }
}

#[test]
fn claims_that_were_acknowledged_survive_every_kill_with_their_timers_and_within_the_cap() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("tenants/acme/policy.toml", SEA.as_bytes())]);
    let token = token(folder.path(), "acme", "admin");
    let server = Server::start(folder.path());
    let lead = |number: usize| {
        let body = serde_json::json!({ "facts": { "contact.email": format!("p{number}@northwind.com") } });
        server.post(&token, "/v1/leads", &body).1["lead"].as_str().unwrap().to_owned()
    };
    let leads: Vec<String> = (0..60).map(lead).collect();
    drop(server);
    let acknowledged = Mutex::new(Vec::new());
    for round in 1..=6 {
        let server = Server::start(folder.path());
        std::thread::scope(|scope| {
            let claims: Vec<_> = leads
                .chunks(15)
                .map(|part| {
                    let (server, token, acknowledged) = (&server, &token, &acknowledged);
                    scope.spawn(move || claim(server, token, part, acknowledged))
                })
                .collect();
            // After so many more the rest is cut off wherever it is.
            let enough = || acknowledged.lock().unwrap().len() >= round * 4;
            while !enough() && !claims.iter().all(|claim| claim.is_finished()) {
                std::thread::yield_now();
            }
            server.kill();
        });
    }
    let (store, _) = Store::open(folder.path().join("data"), Options::default()).unwrap();
    let archive = Archive::new(store.tenant(&"acme".parse().unwrap()));
    let mut problems = Vec::new();
    archive.audit(|lead, cause| problems.push(format!("{lead}: {cause}"))).unwrap();
    assert_eq!(problems, Vec::<String>::new());
    let mut owned = 0;
    archive
        .each_lead(|lead| {
            let is_owned = lead.status.owner().is_some();
            owned += usize::from(is_owned);
            assert!(is_owned || !acknowledged.lock().unwrap().iter().any(|one| lead.id.as_str() == one));
            assert_eq!(lead.follow_up.next.is_some(), is_owned, "{}", lead.id);
        })
        .unwrap();
    assert!((acknowledged.lock().unwrap().len()..=30).contains(&owned), "{owned}");
    assert!(owned >= 20, "{owned}");
}

/// What is said of a lead that nobody looks at, at three moments of its first day.
const WATCHED: &str = r#"
[[follow_up]]
plugin = "follow-up"
config = { rules = [{ name = "call", since = "owned", within = "24h", warn = ["4h"], escalate = "1h", then = { escalate = "It is late." } }] }
"#;

#[test]
fn what_falls_due_amid_kills_happens_once_each_at_its_moment() {
    let folder = tempfile::tempdir().unwrap();
    let (policy, table) = (format!("{POLICY}{WATCHED}"), table());
    let files = [
        ("policy/policy.toml", policy.as_bytes()),
        ("tenants/default/policy.toml", policy.as_bytes()),
        ("leads.csv", table.as_bytes()),
    ];
    write(folder.path(), &files);
    let data = folder.path().join("data");
    json(&arguments(folder.path(), arg(&data)));
    // The leads came in long ago: as soon as a server runs, everything is due.
    for attempt in 0..8 {
        let server = Server::start(folder.path());
        wait_for_bytes(&data.join("log"), 50_000 * (attempt + 1));
        server.kill();
    }
    let (store, _) = Store::open(&data, Options::default()).unwrap();
    let desk = Desk::open(store.tenant(&"default".parse().unwrap()), Arc::new(Office)).unwrap();
    while !desk.wake(MONDAY.plus_ms(365 * DAY_MS)).unwrap().leads.is_empty() {}
    let hours = |entry: &Entry, lead: &Lead| entry.at.ms_since(lead.received) / (60 * 60 * 1000);
    for id in crate::office::ids(desk.archive()) {
        let history = desk.archive().history(&id).unwrap();
        let done = history.entries.iter().filter(|entry| matches!(entry.event, Event::FollowedUp { .. }));
        let done: Vec<i64> = done.map(|entry| hours(entry, &history.lead)).collect();
        assert_eq!(done, [20, 23, 24], "{id}");
    }
    assert_eq!(desk.next_due().unwrap(), None);
}

#[test]
fn a_wrecked_state_comes_back_from_the_log() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("policy/policy.toml", POLICY.as_bytes()), ("leads.csv", table().as_bytes())]);
    let data = folder.path().join("data");
    json(&arguments(folder.path(), arg(&data)));
    let before = leads(&data);
    let state = data.join("state");
    for entry in std::fs::read_dir(&state).unwrap().flatten() {
        if entry.path().is_file() {
            let bytes = std::fs::read(entry.path()).unwrap();
            std::fs::write(entry.path(), &bytes[..bytes.len() / 2]).unwrap();
        }
    }
    let summary = leadsman().args(["summary", "--data", arg(&data), "--json"]).output().unwrap();
    assert!(summary.status.success(), "{}", said(&summary));
    assert!(said(&summary).contains("made anew from the log"), "{}", said(&summary));
    assert_eq!(leads(&data), before);
    let rebuilt = leadsman().args(["rebuild", "--data", arg(&data)]).output().unwrap();
    assert!(rebuilt.status.success(), "{}", said(&rebuilt));
    assert_eq!(leads(&data), before);
}
