//! Revisions: frozen, compared, activated while leads flow, rolled back; and decisions taken again.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use leadsman_domain::journal::{Event, Outcome};
use leadsman_domain::lead::Activity;
use leadsman_domain::order::Order;
use leadsman_domain::ruling::FaultClass;
use leadsman_domain::{Digest, Timestamp};
use leadsman_flow::backtest::{Comparison, Course, Rerun, compare, rerun};
use leadsman_flow::rules::{Rulebook, Rules};
use leadsman_flow::{Archive, Desk, FlowError, Frozen, Replay, Replayer, Revision, freeze};
use leadsman_ledger::Store;
use serde_json::{Value, json};

use crate::desk::{WON, act, conversion, files, large};
use crate::office::{MONDAY, Office, acme, desk_with, frozen, guest, order, submission, take_in, warrant};
use crate::program::{LEADS, POLICY, arg, json, leadsman, run, said, write};
use crate::serve::{Server, token};

/// Takes every decision about every lead again.
pub fn replay(archive: &Archive) -> Replay {
    let mut replayer = Replayer::new(archive, &Office);
    for lead in crate::office::ids(archive) {
        replayer.lead(&lead).unwrap();
    }
    replayer.found()
}

#[test]
fn every_decision_comes_out_the_same_again() {
    let desk = history(&Store::in_memory());
    let found = replay(desk.archive());
    assert_eq!(found.differences, []);
    assert_eq!((found.leads, found.skipped), (33, 0));
    assert!(found.same > 150, "{}", found.same);
}

#[test]
fn weights_that_are_no_short_fractions_come_out_the_same_again() {
    let decay = crate::desk::POLICY.replace("model = \"u-shaped\"", "model = \"time-decay\"");
    let desk = desk_with(&Store::in_memory(), files(&decay));
    let lead = take_in(&desk, large("acme")).lead;
    for days in 1..8 {
        let touch = Activity { channel: Some("email".to_owned()), ..act("page.visit", days) };
        desk.record(&lead, touch.clone(), touch.at).unwrap().wait().unwrap();
    }
    desk.convert(&lead, &conversion("deal-1", 1001), WON).unwrap().wait().unwrap();
    let found = replay(desk.archive());
    assert_eq!(found.differences, []);
    assert!(found.same > 10);
}

#[test]
fn a_rollback_goes_back_step_by_step_and_only_once_for_each_command() {
    let store = Store::in_memory();
    let desk = desk_with(&store, files(crate::desk::POLICY));
    let [second, third] =
        ["70", "71"].map(|points| frozen(&store, files(&crate::desk::POLICY.replace("67.3", points))));
    desk.activate(second, &warrant("")).unwrap();
    desk.activate(third, &warrant("")).unwrap();
    let back = |given_up| desk.roll_back(given_up, &warrant("bad")).map(|activation| activation.revision);
    assert_eq!(back(Some(third)).unwrap(), second);
    assert!(back(Some(third)).unwrap_err().to_string().contains("revision 2 is"));
    assert_eq!(back(None).unwrap(), 1);
    assert!(matches!(back(None), Err(FlowError::NothingBefore(1))));
    desk.activate(third, &warrant("")).unwrap();
    assert_eq!(back(None).unwrap(), 1);
}

#[test]
fn decisions_of_every_revision_come_out_the_same_again() {
    let store = Store::in_memory();
    let desk = desk_with(&store, files(crate::desk::POLICY));
    let other = frozen(&store, files(&crate::desk::POLICY.replace("67.3", "70")));
    take_in(&desk, large("one"));
    desk.activate(other, &warrant("more points")).unwrap();
    take_in(&desk, large("two"));
    desk.roll_back(None, &warrant("too many")).unwrap();
    take_in(&desk, large("three"));
    let found = replay(desk.archive());
    assert_eq!((found.leads, found.differences), (3, Vec::new()));
}

/// A desk with a history: leads in bulk and alone, junk that was released, activities, a conversion, an
/// assignment by hand.
fn history(store: &Store) -> Desk {
    let desk = desk_with(store, files(crate::desk::POLICY));
    let bulk: Vec<_> = (0..40).map(|number| large(&format!("company{}", number % 30))).collect();
    desk.take_in(bulk).unwrap().wait().unwrap();
    let junk = [("contact.email", "x@example.com"), ("message", "a fraud"), ("company.size", "900")];
    let rejected = take_in(&desk, submission("junk", &junk)).lead;
    let small = take_in(&desk, submission("small", &[("contact.email", "y@example.com")])).lead;
    let lead = take_in(&desk, large("acme")).lead;
    order(&desk, &rejected, Order::Release, MONDAY).unwrap();
    let assign = Order::Assign { rep: "b".parse().unwrap(), suggested: Vec::new() };
    order(&desk, &small, assign, MONDAY).unwrap();
    for (kind, days) in [("page.visit", 1), ("email.complaint", 2), ("email.reply", 12)] {
        desk.record(&lead, act(kind, days), act(kind, days).at).unwrap().wait().unwrap();
    }
    desk.convert(&lead, &conversion("deal-1", 1001), WON).unwrap().wait().unwrap();
    desk
}

fn again(desk: &Desk, number: u64) -> Rerun {
    let course = Course::of(desk.archive(), Timestamp::from_ms(0), MONDAY.plus_ms(1 << 40)).unwrap();
    let revision = Revision::ready(desk.archive().revision(number).unwrap(), &Office).unwrap();
    let ledger = Store::in_memory().tenant(&acme());
    rerun(&course, revision, ledger, &mut |_| {}).unwrap()
}

#[test]
fn history_told_again_to_the_same_rules_ends_the_same() {
    let desk = history(&Store::in_memory());
    let found = again(&desk, 1);
    assert_eq!((found.misfits, found.faults, found.leads.len()), (0, 0, 33));
    for (id, ending) in &found.leads {
        let lead = desk.archive().lead(id).unwrap();
        assert_eq!(ending.owner.as_ref(), lead.status.owner(), "{id}");
        assert_eq!(ending.score, lead.score.map(|score| score.total.as_f64()), "{id}");
    }
    let comparison = compare(&found, &again(&desk, 1));
    assert_eq!((comparison.status_moves, comparison.score_shifts), (Vec::new(), Vec::new()));
}

#[test]
fn a_backtest_tells_which_leads_would_have_gone_elsewhere() {
    let store = Store::in_memory();
    let desk = history(&store);
    let capped = crate::desk::POLICY.replace("weight = 5", "weight = 5\ncap = 3").replace("67.3", "81");
    let candidate = frozen(&store, files(&capped));
    let (was, is) = (again(&desk, 1), again(&desk, candidate));
    let comparison = compare(&was, &is);
    assert_eq!((comparison.owners["a"].is, comparison.revision.is), (3, 2));
    assert!(comparison.owner_moves.iter().all(|one| one.was.as_deref() == Some("a") || one.leads.len() < 12));
    let moved: usize = comparison.grade_moves.iter().map(|one| one.leads.len()).sum();
    assert!(moved >= 30, "{:?}", comparison.grade_moves);
    assert!(comparison.full[&"a".parse().unwrap()].is > 20);
    let bytes = |comparison: &Comparison| serde_json::to_vec(comparison).unwrap();
    assert_eq!(bytes(&comparison), bytes(&compare(&again(&desk, 1), &again(&desk, candidate))));
    assert_eq!(desk.revision().number, 1, "a backtest changes nothing");
}

#[test]
fn faults_and_the_inert_clock_come_out_the_same_again() {
    for name in ["asks-the-clock", "loops-for-ever", "scores-nan", "panics-on-trigger", "says-too-much"] {
        let policy = format!(
            "default_pool = \"inbound\"\n[[scoring]]\npath = \"guests/{name}.wasm\"\n[[pools]]\nid = \"inbound\"\n"
        );
        let desk = crate::office::desk(&policy);
        take_in(&desk, submission("1", &[("trigger", "yes")]));
        let found = replay(desk.archive());
        assert_eq!((found.same + found.skipped, found.differences), (1, Vec::new()), "{name}");
    }
}

#[test]
fn company_gives_no_lead_an_answer_that_it_would_not_get_alone() {
    let tight = crate::desk::POLICY
        .replace("plugin = \"points\"", "plugin = \"points\"\nlimits = { fuel = 150000 }")
        .replace(
            "rules = [",
            "rules = [{ name = \"asks\", points = 1, when = { attribute = \"message\", contains = \"price\" } }, ",
        );
    let desk = desk_with(&Store::in_memory(), files(&tight));
    let wordy = "word ".repeat(12_000);
    let together: Vec<_> = (0..20)
        .map(|number| {
            let email = format!("{number}@company{number}.com");
            let message = if number == 7 { wordy.as_str() } else { "hello" };
            submission(&number.to_string(), &[("contact.email", &email), ("message", message)])
        })
        .collect();
    desk.take_in(together).unwrap().wait().unwrap();
    let faults: Vec<_> = crate::office::ids(desk.archive())
        .iter()
        .map(|lead| crate::office::faults(&desk, lead))
        .filter(|faults| !faults.is_empty())
        .collect();
    assert_eq!(faults, [["fuel"]]);
    assert_eq!(replay(desk.archive()).differences, []);
}

#[test]
fn a_plugin_that_remembers_is_never_shown_two_leads_at_once() {
    for name in ["remembers", "asks-the-clock"] {
        let policy = format!(
            "default_pool = \"inbound\"\n[[scoring]]\npath = \"guests/{name}.wasm\"\n[[pools]]\nid = \"inbound\"\n"
        );
        let desk = crate::office::desk(&policy);
        let together = ["1", "2", "3"].map(|key| submission(key, &[])).to_vec();
        desk.take_in(together).unwrap().wait().unwrap();
        let found = replay(desk.archive());
        assert_eq!((found.same, found.differences), (3, Vec::new()), "{name}");
    }
}

/// Rules that leave a plugin no room for its answer.
struct Otherwise;

impl Rules for Otherwise {
    fn ready(&self, frozen: &Frozen) -> Result<Arc<dyn Rulebook>, String> {
        let mut other = frozen.clone();
        other.policy.scoring[0].limits.output_bytes = 1;
        Office.ready(&other)
    }
}

#[test]
fn a_decision_that_comes_out_otherwise_is_shown() {
    let desk = desk_with(&Store::in_memory(), files(crate::desk::POLICY));
    let lead = take_in(&desk, large("one")).lead;
    let mut replayer = Replayer::new(desk.archive(), &Otherwise);
    replayer.lead(&lead).unwrap();
    let found = replayer.found();
    assert_eq!(found.differences.len(), 1);
    let difference = &found.differences[0];
    assert_eq!((&difference.lead, difference.plugin.name.as_str()), (&lead, "points"));
    assert!(matches!(difference.recorded, Outcome::Assessment(_)));
    assert!(
        matches!(&difference.again, Some(Outcome::Fault { fault, .. }) if fault.class == FaultClass::OutputTooLarge)
    );
}

#[test]
fn content_that_was_frozen_before_keeps_its_number() {
    let store = Store::in_memory();
    let desk = desk_with(&store, files(crate::desk::POLICY));
    let other = files(&crate::desk::POLICY.replace("67.3", "70"));
    assert_eq!([frozen(&store, other.clone()), frozen(&store, other.clone())], [2, 2]);
    assert_eq!(frozen(&store, files(crate::desk::POLICY)), 1);
    assert_eq!(desk.archive().revisions().unwrap().len(), 2);
    assert_eq!(desk.revision().number, 1);
}

#[test]
fn no_decision_mixes_two_revisions_while_they_change() {
    let store = Store::in_memory();
    let desk = desk_with(&store, files(crate::desk::POLICY));
    let other = frozen(&store, files(&crate::desk::POLICY.replace("67.3", "70")));
    let done = AtomicBool::new(false);
    let taken = |worker: usize, desk: &Desk| {
        for number in 0..60 {
            take_in(desk, large(&format!("company{worker}x{number}")));
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..3)
            .map(|worker| {
                scope.spawn({
                    let desk = &desk;
                    move || taken(worker, desk)
                })
            })
            .collect();
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                desk.activate(other, &warrant("there")).unwrap();
                desk.roll_back(Some(other), &warrant("and back")).unwrap();
            }
        });
        workers.into_iter().for_each(|worker| worker.join().unwrap());
        done.store(true, Ordering::Relaxed);
    });
    let (mut used, archive) = (BTreeSet::new(), desk.archive());
    for lead in crate::office::ids(archive) {
        let mut revisions = BTreeSet::new();
        for entry in archive.history(&lead).unwrap().entries {
            if let Event::Decided(decision) = entry.event {
                revisions.insert(decision.revision);
            }
        }
        assert_eq!(revisions.len(), 1, "{lead}: {revisions:?}");
        used.extend(revisions);
    }
    assert!(used.contains(&1), "{used:?}");
    assert_eq!(replay(archive).differences, []);
}

#[test]
fn a_revision_that_cannot_be_made_ready_leaves_the_old_one_at_work() {
    let store = Store::in_memory();
    let desk = desk_with(&store, files(crate::desk::POLICY));
    let ledger = store.tenant(&acme());
    let mut policy = (*desk.revision().policy).clone();
    policy.scoring[0].configuration = json!({ "rules": "many" });
    let components: Vec<Vec<u8>> = desk.archive().revision(1).unwrap().components;
    let (record, _) = freeze(&*ledger, &policy, &components, &warrant("broken")).unwrap();
    let refused = desk.activate(record.number, &warrant("broken")).unwrap_err().to_string();
    assert!(refused.contains("revision 2") && refused.contains("points"), "{refused}");
    assert_eq!(desk.revision().number, 1);
    assert_eq!(desk.archive().activations().unwrap().len(), 1);
    take_in(&desk, large("one"));
}

/// A folder with a policy, a second one that differs, and leads.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let second =
        POLICY.replace("points = 30", "points = 10").replace("weight = 2\n", "weight = 2\ncap = 1\n");
    let files = [
        ("tenants/acme/policy.toml", POLICY.as_bytes()),
        ("second/policy.toml", second.as_bytes()),
        ("leads.csv", LEADS.as_bytes()),
    ];
    write(folder.path(), &files);
    folder
}

fn run_leads(folder: &Path) {
    let (leads, policy) = (folder.join("leads.csv"), folder.join("tenants/acme"));
    let data = folder.join("data");
    json(&["run", arg(&leads), "--policy", arg(&policy), "--data", arg(&data), "--tenant", "acme", "--json"]);
}

/// The arguments of `leadsman backtest`, or of a verb of `leadsman policy`.
fn policy<'a>(data: &'a str, verb: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let verbs: &[&str] = if verb == "backtest" { &["backtest"] } else { &["policy", verb] };
    verbs.iter().chain(more).chain(&["--data", data, "--tenant", "acme"]).copied().collect()
}

#[test]
fn a_policy_is_checked_compared_frozen_activated_and_rolled_back() {
    let folder = folder();
    run_leads(folder.path());
    let (second, data) = (folder.path().join("second"), folder.path().join("data"));
    let of = |verb, more: &[_]| policy(arg(&data), verb, more);
    let checked = json(&["policy", "check", arg(&second), "--json"]);
    assert_eq!(checked["plugins"].as_array().unwrap().len(), 3);

    let words = said(&run(&of("diff", &[arg(&second)])));
    for line in ["scoring[points].configuration.rules[large].points: 30 -> 10", "reps[ann].cap: new, 1"] {
        assert!(words.contains(line), "{line:?} in\n{words}");
    }
    let applied = json(&of("apply", &[arg(&second), "--json"]));
    assert_eq!(applied, json!({ "revision": 2, "digest": checked["digest"], "new": true, "active": false }));
    let tried = run(&of("backtest", &["--revision", "2", "--json"])).stdout;
    assert_eq!(tried, run(&of("backtest", &["--revision", "2", "--json"])).stdout);
    let tried: Value = serde_json::from_slice(&tried).unwrap();
    assert_eq!((&tried["submissions"], &tried["grades"]["A"]), (&json!(5), &json!({ "was": 1, "is": 0 })));
    assert!(said(&run(&of("backtest", &["--revision", "2"]))).contains("A -> B: 1 leads"));
    let activated = json(&of("activate", &["2", "--why", "a trial", "--by", "mei", "--json"]));
    assert_eq!((&activated["revision"], &activated["by"]), (&json!(2), &json!("mei")));
    assert!(said(&run(&of("diff", &[arg(&second)]))).contains("the same as revision 2"));
    json(&of("rollback", &["--why", "enough", "--json"]));
    let log = json(&of("log", &["--json"]));
    let order: Vec<&Value> =
        log["activations"].as_array().unwrap().iter().map(|one| &one["revision"]).collect();
    assert_eq!((&log["active"], order), (&json!(1), vec![&json!(1), &json!(2), &json!(1)]));
    assert!(said(&run(&of("log", &[]))).contains("enough"));
    assert_eq!(run(&of("activate", &["9"])).status.code(), Some(7));

    let again = json(&["replay", "--data", arg(&data), "--tenant", "acme", "--json"]);
    assert_eq!((&again["differences"], &again["skipped"]), (&json!([]), &json!(0)));
    assert!(again["same"].as_u64() >= Some(10), "{again}");
}

#[test]
fn a_running_server_changes_its_rules_and_remembers_what_was_rolled_back() {
    let folder = folder();
    run_leads(folder.path());
    let (data, policy) = (folder.path().join("data"), folder.path().join("second"));
    json(&["policy", "apply", arg(&policy), "--data", arg(&data), "--tenant", "acme", "--json"]);
    let admin = token(folder.path(), "acme", "admin");
    let server = Server::start(folder.path());
    assert_eq!(server.get(&admin, "/v1/policy").1["revision"], 1);
    let (status, activated) =
        server.post(&admin, "/v1/policy/activate", &json!({ "revision": 2, "reason": "a trial" }));
    assert_eq!((status, &activated["revision"]), (200, &json!(2)));
    let brought = POLICY.replace("plugin = \"contact-check\"", "path = \"mine.wasm\"");
    let body =
        json!({ "files": { "policy.toml": brought, "mine.wasm": "\0asm\r\0\u{1}\0" }, "reason": "mine" });
    let (status, refused) = server.post(&admin, "/v1/policy/revisions", &body);
    assert_eq!(status, 422, "{refused}");
    assert!(refused["errors"][0]["message"].as_str().unwrap().contains("upload it first"), "{refused}");
    let lead = json!({ "facts": { "contact.email": "flo@redwater.com", "company.size": 500 } });
    let (_, taken) = server.post(&admin, "/v1/leads", &lead);
    assert_eq!(taken["grade"], "B", "{taken}");
    assert!(server.drain());

    let server = Server::start(folder.path());
    assert_eq!(
        server.get(&admin, "/v1/policy").1["revision"],
        2,
        "what was activated decides after a restart"
    );
    let back = server.post(&admin, "/v1/policy/rollback", &json!({ "reason": "enough" })).1;
    assert_eq!(back["revision"], 1);
    assert!(server.drain());
    let server = Server::start(folder.path());
    assert_eq!(server.get(&admin, "/v1/policy").1["revision"], 1);
    assert!(server.drain());

    // A folder that changes is followed, there and back.
    let path = folder.path().join("tenants/acme/policy.toml");
    for (text, revision) in [(POLICY.replace("points = 30", "points = 40"), 3), (POLICY.to_owned(), 1)] {
        std::fs::write(&path, text).unwrap();
        let server = Server::start(folder.path());
        assert_eq!(server.get(&admin, "/v1/policy").1["revision"], revision);
        assert!(server.drain());
    }
}

#[test]
fn a_component_is_inspected_offline() {
    let inspected = json(&["plugin", "inspect", "blocklist", "--json"]);
    assert_eq!(inspected["stages"], json!(["screening"]));
    let digest = Digest::of(leadsman_artifacts::built_in("blocklist").unwrap()).to_string();
    assert_eq!(inspected["digest"], digest);
    assert!(inspected["configuration_schema"]["properties"].is_object(), "{inspected:#}");

    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[
            ("remembers.wasm", guest("remembers")),
            ("socket.wasm", guest("opens-a-socket")),
            ("points.json", br#"{"rules": [{"name": "big", "points": 3, "when": {"attribute": "company.size", "at_least": 9}}]}"#),
        ],
    );
    let words = said(&run(&["plugin", "inspect", arg(&folder.path().join("remembers.wasm"))]));
    assert!(words.contains("stages   scoring"), "{words}");
    let configured = arg(&folder.path().join("points.json")).to_owned();
    let needs = json(&["plugin", "inspect", "points", "--config", &configured, "--json"]);
    assert_eq!(needs["needs"]["attributes"], json!(["company.size"]));
    let socket = run(&["plugin", "inspect", arg(&folder.path().join("socket.wasm"))]);
    assert_eq!(socket.status.code(), Some(3));
    assert!(said(&socket).contains("wasi:sockets"), "{}", said(&socket));
    assert_eq!(
        leadsman().args(["plugin", "inspect", "nothing.wasm"]).output().unwrap().status.code(),
        Some(4)
    );
}
