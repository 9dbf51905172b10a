//! Leads on their way, as clients see them.

use axum::http::StatusCode;
use serde_json::json;

use super::world::{World, lead};

#[tokio::test]
async fn a_lead_comes_in_and_is_shown() {
    let world = World::new();
    let mut body = lead("mei");
    body["facts"]["company.size"] = json!(120);
    body["facts"]["wants.demo"] = json!(true);
    body["facts"]["met"] = json!({"time": "2026-03-01T10:00:00+01:00"});
    body["facts"]["tags"] = json!(["a", "b"]);
    body["activities"] = json!([{"kind": "web.visit", "at": "2026-03-01T08:00:00Z", "quantity": 3}]);
    let answer = world.post("/v1/leads", body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    let said = answer.json();
    assert_eq!(
        (&said["settled"], &said["owner"], &said["pool"]),
        (&json!("assigned"), &json!("ann"), &json!("inbound"))
    );
    let shown = world.get(answer.headers["location"].to_str().unwrap()).await.json();
    assert_eq!(shown["lead"], said["lead"]);
    assert_eq!(shown["received"], "2026-03-02T09:00:00.000Z");
    assert_eq!(shown["score"]["total"], 10.0);
    assert_eq!(shown["status"]["is"], "assigned");
    let facts = &shown["facts"];
    assert_eq!(facts["contact.email.valid"], true);
    assert_eq!(facts["company.size"], 120.0);
    assert_eq!(facts["met"], json!({"time": "2026-03-01T09:00:00.000Z"}));
    assert_eq!(facts["tags"], json!(["a", "b"]));
    assert_eq!(shown["activities"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn one_more_touch_is_no_new_lead() {
    let world = World::new();
    let id = world.new_lead("mei").await;
    let again = world.post("/v1/leads", json!({"facts": {"contact.email": "mei@example.com"}})).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(again.json()["lead"], id);
    assert_eq!(again.json()["settled"], "duplicate");
    assert!(!again.headers.contains_key("location"));
}

#[tokio::test]
async fn the_journal_and_the_decisions_are_told() {
    let world = World::new();
    let id = world.new_lead("mei").await;
    let history = world.get(&format!("/v1/leads/{id}/history")).await.json();
    assert_eq!(history["entries"][0]["event"], "received");
    assert_eq!(history["lead"]["lead"], id);
    let decisions = world.get(&format!("/v1/leads/{id}/decisions")).await.json();
    let decisions = decisions["decisions"].as_array().unwrap();
    let stages: Vec<_> = decisions.iter().map(|one| one["decision"]["stage"].as_str().unwrap()).collect();
    assert_eq!(stages, ["screening", "scoring", "routing", "routing"]);
    let allocation = &decisions[3]["decision"];
    assert_eq!(allocation["situation"]["question"], "allocation");
    assert_eq!(allocation["outcome"]["proposal"]["choice"], json!({"to": "rep", "rep": "ann"}));
    assert_eq!(allocation["plugin"]["name"], "plain");
}

#[tokio::test]
async fn activities_change_the_lead() {
    let world = World::new();
    let path = format!("/v1/leads/{}/activities", world.new_lead("mei").await);
    let recorded = world.post(&path, json!({"kind": "email.reply"})).await;
    assert_eq!(recorded.status, StatusCode::OK);
    assert_eq!(recorded.json()["score"], 10.0);
    assert!(recorded.json().get("facts").is_none(), "whoever sends leads does not read them");
    let unknown = world.post(&path, json!({"kind": "email.replly"})).await;
    assert_eq!(
        (unknown.status, unknown.problem().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "unknown-activity")
    );
    assert!(unknown.json()["detail"].as_str().unwrap().contains("email.reply"));
    let ahead = world.post(&path, json!({"kind": "email.reply", "at": "2026-03-03T00:00:00Z"})).await;
    assert_eq!(ahead.json()["errors"][0]["pointer"], "/at");
}

#[tokio::test]
async fn conversions_are_recorded_once() {
    let world = World::new();
    let id = world.new_lead("mei").await;
    let path = format!("/v1/leads/{id}/conversions");
    let deal = json!({"id": "deal-1", "value_minor": 1001, "currency": "EUR"});
    let won = world.post(&path, deal.clone()).await;
    assert_eq!(won.status, StatusCode::OK, "{}", won.text());
    assert_eq!(won.json()["credits"][0]["value_minor"], 1001);
    assert_eq!(world.post(&path, deal.clone()).await.json(), won.json());
    let mut other = deal.clone();
    other["value_minor"] = json!(1002);
    let differs = world.post(&path, other).await;
    assert_eq!((differs.status, differs.problem().as_str()), (StatusCode::CONFLICT, "conversion-differs"));
    let elsewhere = format!("/v1/leads/{}/conversions", world.new_lead("ida").await);
    assert_eq!(world.post(&elsewhere, deal).await.problem(), "conversion-elsewhere");
    let currency = world.post(&path, json!({"id": "deal-2", "value_minor": 1, "currency": "Euro"})).await;
    assert_eq!(currency.json()["errors"][0]["pointer"], "/currency");
}

#[tokio::test]
async fn leads_are_listed_by_page() {
    let world = World::new();
    for n in 0..5 {
        world.new_lead(&format!("n{n}")).await;
    }
    for query in ["", "owner=ann&"] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = world.get(&format!("/v1/leads?{query}limit=2{cursor}")).await.json();
            seen.extend(page["leads"].as_array().unwrap().iter().map(|lead| lead["lead"].clone()));
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let all = seen.len();
        seen.sort_by_key(ToString::to_string);
        seen.dedup();
        assert_eq!((all, seen.len()), (5, 5), "{query}");
    }
    assert_eq!(world.get("/v1/leads?owner=bob").await.json()["leads"], json!([]));
    assert_eq!(world.get("/v1/leads?pool=inbound").await.json()["leads"], json!([]));
}

#[tokio::test]
async fn the_policy_and_the_summary_are_told() {
    let world = World::new();
    world.new_lead("mei").await;
    let policy = world.get("/v1/policy").await.json();
    assert_eq!(policy["revision"], 1);
    let steps: Vec<_> =
        policy["plugins"].as_array().unwrap().iter().map(|one| one["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["screening", "scoring", "dispatch", "allocation", "attribution"]);
    let summary = world.get("/v1/summary").await.json();
    assert_eq!((&summary["leads"], &summary["assigned"]), (&json!(1), &json!(1)));
    assert_eq!(summary["owners"][0], json!({"owner": "ann", "weight": 1, "cap": null, "leads": 1}));
}
