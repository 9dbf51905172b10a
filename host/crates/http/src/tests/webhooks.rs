//! Receivers of messages: registered, listed, removed, each for its tenant only.

use axum::body::Body;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::world::{Answer, World, lead, request};
use crate::tokens::Role;

fn crm() -> Value {
    json!({"name": "crm", "url": "https://example.com/hook", "events": ["lead.assigned"], "facts": ["person.name"]})
}

async fn remove(world: &World, name: &str) -> Answer {
    let path = format!("/v1/webhooks/{name}");
    world.send(request("DELETE", &path, Some(&world.admin())).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn the_secret_is_shown_once() {
    let world = World::new();
    let added = world.post("/v1/webhooks", crm()).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text());
    let secret = added.json()["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_"), "{secret}");
    let listed = world.get("/v1/webhooks").await;
    assert!(!listed.text().contains("whsec_"), "{}", listed.text());
    let expected = json!([{
        "name": "crm", "url": "https://example.com/hook", "events": ["lead.assigned"], "facts": ["person.name"],
        "added": "2026-03-02T09:00:00.000Z", "by": "acme admin", "waiting": 0,
    }]);
    assert_eq!(listed.json(), expected);
}

#[tokio::test]
async fn what_waits_is_counted_and_goes_with_its_receiver() {
    let world = World::new();
    world.post("/v1/webhooks", crm()).await;
    world.post("/v1/leads", lead("mei")).await;
    assert_eq!(world.get("/v1/webhooks").await.json()[0]["waiting"], 1);
    assert_eq!(world.get("/v1/webhooks/crm/failed").await.json(), json!([]));
    assert_eq!(world.post("/v1/webhooks/crm/retry", json!({})).await.json(), json!({"messages": 0}));
    assert_eq!(remove(&world, "crm").await.status, StatusCode::OK);
    assert_eq!(world.get("/v1/webhooks").await.json(), json!([]));
    assert_eq!(remove(&world, "crm").await.problem(), "unknown-receiver");
    assert_eq!(world.get("/v1/webhooks/crm/failed").await.problem(), "unknown-receiver");
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_its_place() {
    let world = World::new();
    world.post("/v1/webhooks", crm()).await;
    assert_eq!(world.post("/v1/webhooks", crm()).await.problem(), "receiver-taken");
    for (field, value, place) in [
        ("url", json!("https://house/"), "/url"),
        ("name", json!("C R M"), "/name"),
        ("events", json!(["lead.lost"]), "/events/0"),
        ("facts", json!(["Company Size"]), "/facts/0"),
    ] {
        let mut new = crm();
        new[field] = value;
        let answer = world.post("/v1/webhooks", new).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text());
        assert_eq!(answer.json()["errors"][0]["pointer"], place, "{}", answer.text());
    }
    for number in 1..10 {
        let mut new = crm();
        new["name"] = json!(format!("crm-{number}"));
        assert_eq!(world.post("/v1/webhooks", new).await.status, StatusCode::CREATED);
    }
    let mut new = crm();
    new["name"] = json!("crm-10");
    assert_eq!(world.post("/v1/webhooks", new).await.problem(), "too-large");
}

#[tokio::test]
async fn another_tenant_has_receivers_of_its_own() {
    let world = World::new();
    world.post("/v1/webhooks", crm()).await;
    let stranger = world.token("other", Role::Admin);
    let list = request("GET", "/v1/webhooks", Some(&stranger)).body(Body::empty()).unwrap();
    assert_eq!(world.send(list).await.json(), json!([]));
    let failed = request("GET", "/v1/webhooks/crm/failed", Some(&stranger)).body(Body::empty()).unwrap();
    assert_eq!(world.send(failed).await.problem(), "unknown-receiver");
}
