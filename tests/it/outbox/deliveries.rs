//! Messages on their way: from a server that runs, stops and is killed, to a receiver that fails.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;

use leadsman_flow::Archive;
use leadsman_ledger::{Options, Store};
use serde_json::json;

use super::receiver::{Crm, Manner};
use crate::program::{arg, leadsman, run, said, write};
use crate::serve::{Server, token};

/// A policy that gives every lead to somebody.
const POLICY: &str = r#"
default_pool = "inbound"
[[pools]]
id = "inbound"
[[pools.allocation]]
plugin = "round-robin"
[[reps]]
id = "ann"
[[reps]]
id = "ben"
"#;

/// Lets messages go to this machine.
pub const PRIVATE: &str = "--allow-private-webhooks";

/// An installation with one tenant.
pub fn installation() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("tenants/acme/policy.toml", POLICY.as_bytes())]);
    folder
}

/// Registers a receiver at the command line.
pub fn register(folder: &Path, crm: &Crm, name: &str, more: &[&str]) {
    let data = folder.join("data");
    let begin =
        ["webhook", "add", &crm.address, "--name", name, "--data", arg(&data), "--tenant", "acme", PRIVATE];
    let added = run(&[&begin[..], more].concat());
    assert!(added.status.success(), "{}", said(&added));
    crm.trust(std::str::from_utf8(&added.stdout).unwrap());
}

/// Sends a lead of its own, and gives its id once it is acknowledged.
pub fn send(server: &Server, token: &str, number: usize) -> Option<String> {
    let body = json!({ "facts": { "contact.email": format!("p{number}@northwind.com") } });
    let answer = server.try_post(token, "/v1/leads", &body)?;
    answer["lead"].as_str().map(str::to_owned)
}

#[test]
fn f54_every_message_arrives_once_under_its_key_though_the_receiver_fails_at_first() {
    let folder = installation();
    let crm = Crm::listen(Manner::FailsFirst(1));
    let token = token(folder.path(), "acme", "admin");
    register(folder.path(), &crm, "crm", &["--events", "lead.assigned", "--facts", "contact.email"]);
    let server = Server::start_with(folder.path(), &[PRIVATE]);
    let leads: BTreeSet<String> = (0..10).filter_map(|number| send(&server, &token, number)).collect();
    let seen = crm.until(|seen| seen.messages.len() == leads.len());
    assert_eq!(seen.leads("lead.assigned"), leads);
    assert!(seen.attempts.values().all(|attempts| *attempts == 2), "{:?}", seen.attempts);
    drop(seen);
    assert!(server.drain());
}

#[test]
fn a_server_that_is_killed_amid_deliveries_loses_none_and_sends_each_under_its_key() {
    let folder = installation();
    let crm = Crm::listen(Manner::Takes);
    let token = token(folder.path(), "acme", "admin");
    register(folder.path(), &crm, "crm", &["--events", "lead.assigned"]);
    let acknowledged = Mutex::new(BTreeSet::new());
    let mut amid = 0;
    for round in 0..6 {
        let server = Server::start_with(folder.path(), &[PRIVATE]);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let leads = (round * 1000..).map_while(|number| send(&server, &token, number));
                for lead in leads {
                    acknowledged.lock().unwrap().insert(lead);
                }
            });
            let enough = crm.seen().messages.len() + 20;
            let seen = crm.until(|seen| seen.messages.len() >= enough);
            amid += usize::from(acknowledged.lock().unwrap().len() > seen.messages.len());
            server.kill();
        });
    }
    assert!(amid >= 3, "only {amid} of 6 were killed while messages waited");
    let server = Server::start_with(folder.path(), &[PRIVATE]);
    while server.metric("leadsman_messages_waiting{tenant=\"acme\"}") != Some(0.0) {
        std::thread::yield_now();
    }
    assert!(server.drain());
    let (store, _) = Store::open(folder.path().join("data"), Options::default()).unwrap();
    let leads = crate::office::ids(&Archive::new(store.tenant(&"acme".parse().unwrap())));
    let leads: BTreeSet<String> = leads.iter().map(ToString::to_string).collect();
    let seen = crm.seen();
    assert!(acknowledged.lock().unwrap().is_subset(&leads));
    assert_eq!((seen.leads("lead.assigned"), seen.messages.len()), (leads.clone(), leads.len()));
}

#[test]
fn a_dead_receiver_delays_nobody_else_and_is_looked_after_at_the_command_line() {
    let folder = installation();
    let (crm, gone, hangs) =
        (Crm::listen(Manner::Takes), Crm::listen(Manner::Gone), Crm::listen(Manner::Hangs));
    let admin = token(folder.path(), "acme", "admin");
    register(folder.path(), &gone, "a-gone", &[]);
    register(folder.path(), &hangs, "b-hangs", &[]);
    register(folder.path(), &crm, "crm", &["--events", "lead.assigned"]);
    let server = Server::start_with(folder.path(), &[PRIVATE]);
    (0..5).for_each(|number| drop(send(&server, &admin, number).unwrap()));
    drop(crm.until(|seen| seen.messages.len() == 5));
    drop(gone.until(|seen| !seen.attempts.is_empty()));
    drop(hangs.until(|seen| seen.attempts.len() == 1));
    let webhook = |arguments: &[&str]| {
        let output = leadsman()
            .args(["webhook"])
            .args(arguments)
            .args(["--server", &server.address])
            .env("LEADSMAN_TOKEN", &admin)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", said(&output));
        said(&output)
    };
    let counted = |outcome: &str| {
        server.metric(&format!("leadsman_messages_total{{tenant=\"acme\",outcome=\"{outcome}\"}}"))
    };
    // A receiver has a message before its sender has the answer.
    while counted("given-up") != Some(1.0) || counted("delivered") < Some(5.0) {
        std::thread::yield_now();
    }
    assert_eq!(counted("delivered"), Some(5.0));
    let listed = webhook(&["list"]);
    assert!(listed.contains("wants no more messages") && !listed.contains("whsec_"), "{listed}");
    assert!(webhook(&["failed", "a-gone"]).contains("given up: it answered 410"));
    assert!(webhook(&["retry", "a-gone"]).contains("messages are sent again"));
    webhook(&["remove", "a-gone"]);
    assert!(!webhook(&["list"]).contains("a-gone"));
    assert!(server.drain());
}
