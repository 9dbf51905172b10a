//! The way of a model: from the leads that it learns from to the server where it decides.

use std::path::Path;

use leadsman_domain::attribution::Conversion;
use leadsman_domain::lead::Lead;
use leadsman_domain::order::Order;
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{LeadId, Value as Fact};
use leadsman_flow::{Archive, Desk};
use leadsman_ledger::{Options, Store};
use serde_json::{Map, Value, json};

use crate::desk::conversion;
use crate::office::{MONDAY, desk_in, ids, order, submission, take_in};
use crate::predictive::made_up;
use crate::program::{POLICY, arg, json as told, leadsman, run, said, write};
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
    let (mut foretold, mut told_of) = (Vec::new(), 0);
    archived.each_lead(|lead| foretold.push(lead)).unwrap();
    for lead in foretold.iter().step_by(20) {
        let (status, taken) = server.post(&admin, "/v1/leads", &body(lead));
        assert_eq!(status, 201, "{taken}");
        let (_, live) = server.get(&admin, &format!("/v1/leads/{}", taken["lead"].as_str().unwrap()));
        let score = lead.score.as_ref().unwrap();
        assert_eq!(live["score"]["probability"], json!(score.probability), "{live}");
        assert_eq!(live["score"]["contributions"], json!(score.contributions), "{live}");
        let (_, history) =
            server.get(&admin, &format!("/v1/leads/{}/history", taken["lead"].as_str().unwrap()));
        for one in scored_in(&history) {
            let says = one["attribute"].as_str().map(|name| (&one["value"], &history["lead"]["facts"][name]));
            let (value, fact) = says.unwrap_or((&Value::Null, &Value::Null));
            assert_eq!(value, fact, "{one}");
            told_of += usize::from(!fact.is_null());
        }
    }
    assert!(told_of > 20, "{told_of} reasons show a value");
    assert!(server.drain());
}

/// The contributions to the score in a history, as the API tells it.
fn scored_in(history: &Value) -> &[Value] {
    let entries = history["entries"].as_array().unwrap();
    let scored = entries.iter().find(|entry| entry["event"] == "scored").unwrap();
    scored["score"]["contributions"].as_array().unwrap()
}

#[test]
fn a_reason_shows_what_the_lead_had_then_of_the_attribute_that_moved_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (table, model, data) = (at("leads.csv"), at("model"), at("data"));
    std::fs::write(&table, made_up(400)).unwrap();
    told(&["train", arg(&table), "--label", "Won?", "--positive", "ja", "--out", arg(&model), "--json"]);
    told(&["run", arg(&table), "--policy", arg(&model), "--data", arg(&data), "--json"]);
    let (mut shown, mut unknown) = (0, 0);
    let leads = ids(&archive(&data, "default"));
    for lead in leads.iter().step_by(40) {
        let lead = lead.to_string();
        let history = told(&["explain", &lead, "--data", arg(&data), "--json"]);
        let output = run(&["explain", &lead, "--data", arg(&data)]);
        let text = String::from_utf8(output.stdout).unwrap();
        for one in history["lead"]["score"]["contributions"].as_array().unwrap() {
            let rule = one["rule"].as_str().unwrap();
            let Some(value) = one.get("value") else {
                assert!(["average lead", "other attributes"].contains(&rule), "{one}");
                continue;
            };
            assert_eq!(value, history["lead"]["facts"].get(rule).unwrap_or(&Value::Null));
            let detail = match value.get("text").or(value.get("number")) {
                Some(value) => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
                None if value.is_null() => "not known".to_owned(),
                None => continue,
            };
            let detail = detail.trim_end_matches(".0");
            let sentence = format!("What `{rule}` says of such a lead ({detail}).");
            assert!(text.contains(&sentence), "{sentence} is missing in {text}");
            (shown, unknown) = (shown + 1, unknown + usize::from(value.is_null()));
        }
        let scored = history["entries"].as_array().unwrap().iter().find(|entry| entry["event"] == "scored");
        assert_eq!(scored.unwrap()["score"], history["lead"]["score"]);
    }
    assert!(shown > 20 && unknown > 0, "{shown} shown, {unknown} not known");
}

/// Leads of which two of three from the fair convert, and one in ten of the others. What they say afterwards gives the
/// answer away. Gives how many converted.
fn past(data: &Path, count: usize) -> usize {
    let (store, _) = Store::open(data, Options::default()).unwrap();
    let desk = desk_in(&store, "default_pool = \"sea\"\nidentity = []\n[[pools]]\nid = \"sea\"\n");
    let is_won = |nth: usize| if nth.is_multiple_of(2) { !nth.is_multiple_of(3) } else { nth % 10 == 1 };
    let leads: Vec<LeadId> = (0..count).map(|nth| came(&desk, nth)).collect();
    for (nth, lead) in leads.iter().enumerate() {
        let at = MONDAY.plus_ms(40 * DAY_MS + nth as i64);
        let outcome = if is_won(nth) { "good" } else { "bad" };
        let said = submission("later", &[("outcome", outcome)]).facts;
        desk.correct(lead, &said, at).unwrap().wait().unwrap();
        if is_won(nth) {
            let deal = Conversion { at, ..conversion(&format!("deal-{nth}"), 100) };
            desk.convert(lead, &deal, at).unwrap().wait().unwrap();
        }
    }
    // Two that did not convert are one by now.
    let merge = Order::Merge { other: leads[5].clone() };
    order(&desk, &leads[3], merge, MONDAY.plus_ms(50 * DAY_MS)).unwrap();
    drop(desk);
    store.close();
    (0..count).filter(|nth| is_won(*nth)).count()
}

fn came(desk: &Desk, nth: usize) -> LeadId {
    let (key, size) = (format!("n{nth}"), (nth * 37 % 500).to_string());
    let (email, source) = (format!("{key}@{key}.com"), ["fair", "web"][nth % 2]);
    let facts = [("contact.email", email.as_str()), ("source", source), ("size", &size)];
    let mut lead = submission(&key, &facts);
    lead.received = MONDAY.plus_ms(nth as i64 * DAY_MS / 8);
    take_in(desk, lead).lead
}

#[test]
fn a_model_is_learned_from_what_leads_said_at_first_and_what_became_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("data"), folder.path().join("model"));
    let converted = past(&data, 300);
    let train = ["train", "--data", arg(&data), "--tenant", "acme", "--out", arg(&out), "--json"];
    let report = told(&train);
    assert_eq!((&report["rows"], &report["converted"]), (&json!(299), &json!(converted)), "{report:#}");
    let attributes = report["attributes"].as_array().unwrap().iter();
    let names: Vec<&str> = attributes.filter_map(|one| one["attribute"].as_str()).collect();
    assert!(names.contains(&"source") && !names.contains(&"outcome"), "{names:?}");
    assert!(report["cross_validation"]["auc"].as_f64() > Some(0.7), "{report:#}");
    let checked = run(&["policy", "check", arg(&out)]);
    assert!(checked.status.success(), "{}", said(&checked));
}

#[test]
fn too_few_leads_of_the_past_are_refused_with_their_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let converted = past(&data, 80);
    let refused = run(&["train", "--data", arg(&data), "--tenant", "acme"]);
    let numbers = format!("{converted} leads with \"converted\" and {} without", 79 - converted);
    assert_eq!(refused.status.code(), Some(9), "{}", said(&refused));
    assert!(said(&refused).contains(&numbers), "{}", said(&refused));
    assert!(said(&refused).contains("at least 40 of each are needed"), "{}", said(&refused));
}
