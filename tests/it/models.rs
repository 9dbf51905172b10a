//! The way of a model: from the leads that it learns from to the server where it decides.

use std::path::Path;

use leadsman_domain::Value as Fact;
use leadsman_domain::lead::Lead;
use leadsman_flow::Archive;
use leadsman_ledger::{Options, Store};
use serde_json::{Map, Value, json};

use crate::predictive::made_up;
use crate::program::{POLICY, arg, json as told, leadsman, said, write};
use crate::serve::{Server, token};

fn archive(data: &Path, tenant: &str) -> Archive {
    let (store, _) = Store::open(data, Options::default()).unwrap();
    Archive::new(store.tenant(&tenant.parse().unwrap()))
}

/// A lead as another system would send it.
fn body(lead: &Lead) -> Value {
    let fact = |fact: &Fact| match fact {
        Fact::Text(text) => json!(text),
        Fact::Number(number) => json!(number),
        Fact::Flag(flag) => json!(flag),
        Fact::Time(at) => json!({ "time": at.to_string() }),
        Fact::Texts(texts) => json!(texts),
    };
    let facts: Map<String, Value> =
        lead.facts.iter().map(|(name, value)| (name.to_string(), fact(value))).collect();
    json!({ "facts": facts, "received": lead.received.to_string() })
}

#[test]
fn what_was_learned_offline_says_the_same_on_a_server_that_it_was_sent_to() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (table, model) = (at("leads.csv"), at("model"));
    std::fs::write(&table, made_up(400)).unwrap();
    let train = ["train", arg(&table), "--label", "Won?", "--positive", "ja", "--time", "Came in"];
    told(&[&train[..], &["--out", arg(&model), "--json"]].concat());
    // As large as documents of models and lists get, far beyond other bodies.
    let document = std::fs::read_to_string(model.join("models/model.json")).unwrap();
    std::fs::write(model.join("models/model.json"), document + &" ".repeat(3 << 20)).unwrap();
    let offline = at("offline");
    told(&["run", arg(&table), "--policy", arg(&model), "--data", arg(&offline), "--json"]);

    write(folder.path(), &[("tenants/acme/policy.toml", POLICY.as_bytes())]);
    let admin = token(folder.path(), "acme", "admin");
    let server = Server::start(folder.path());
    let must = |arguments: &[&str]| {
        let arguments = [arguments, &["--server", &server.address]].concat();
        let output = leadsman().env("LEADSMAN_TOKEN", &admin).args(&arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(must(&["policy", "apply", arg(&model)]).starts_with("frozen as revision 2"));
    assert!(must(&["policy", "apply", arg(&model)]).starts_with("known as revision 2"));
    must(&["trial", "begin", "2", "--shadow", "--why", "what would it foretell?"]);
    let first = json!({ "facts": { "quelle": "Messe", "contact.email": "ann@northwind.com" } });
    assert_eq!(server.post(&admin, "/v1/leads", &first).0, 201);
    let looked = |told: &str| told.lines().any(|line| line.split_whitespace().eq(["looked", "1"]));
    assert!((0..500).any(|_| looked(&must(&["trial", "show"]))), "the shadow looks at the lead");
    must(&["trial", "promote", "--why", "it foretells well"]);

    let archived = archive(&offline, "default");
    let mut foretold = Vec::new();
    archived.each_lead(|lead| foretold.push(lead)).unwrap();
    for lead in foretold.iter().step_by(20) {
        let (status, taken) = server.post(&admin, "/v1/leads", &body(lead));
        assert_eq!(status, 201, "{taken}");
        let (_, live) = server.get(&admin, &format!("/v1/leads/{}", taken["lead"].as_str().unwrap()));
        let score = lead.score.as_ref().unwrap();
        assert_eq!(live["score"]["probability"], json!(score.probability), "{live}");
        assert_eq!(live["score"]["contributions"], json!(score.contributions), "{live}");
    }
    assert!(server.drain());
}
