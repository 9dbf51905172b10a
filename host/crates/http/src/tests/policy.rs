//! Revisions over HTTP: which there are, changing from one to another, and back.

use axum::http::StatusCode;
use leadsman_domain::TenantId;
use leadsman_flow::{Warrant, freeze};
use serde_json::json;

use super::world::{NOW, World, apart, policy};

/// Freezes a second revision beside the one that decides.
fn second(world: &World) {
    let mut policy = policy();
    policy.reps.pop();
    let ledger = world.store.tenant(&TenantId::parse("acme").unwrap());
    let warrant = Warrant { by: "test".to_owned(), at: NOW, why: "one rep less".to_owned() };
    let (record, new) = apart(|| freeze(&*ledger, &policy, &[], &warrant).unwrap());
    assert_eq!((record.number, new), (2, true));
}

#[tokio::test]
async fn a_revision_is_activated_and_rolled_back_and_both_are_on_record() {
    let world = World::new();
    second(&world);
    let activated = world.post("/v1/policy/activate", json!({"revision": 2, "reason": "ida has left"})).await;
    assert_eq!(activated.status, StatusCode::OK);
    assert_eq!(activated.json()["reason"], "ida has left");
    assert_eq!(world.get("/v1/policy").await.json()["revision"], 2);
    let back = world.post("/v1/policy/rollback", json!({"reason": "she is back"})).await;
    assert_eq!((back.status, &back.json()["revision"]), (StatusCode::OK, &json!(1)));
    let revisions = world.get("/v1/policy/revisions").await.json();
    assert_eq!(revisions["active"], 1);
    assert_eq!(revisions["revisions"][1]["reason"], "one rep less");
    let order: Vec<_> =
        revisions["activations"].as_array().unwrap().iter().map(|one| one["revision"].clone()).collect();
    assert_eq!(order, [1, 2, 1]);
}

#[tokio::test]
async fn a_policy_is_frozen_and_compared() {
    let world = World::new();
    let body = json!({"files": {"policy.toml": "cap = 7"}, "reason": "more for the second"});
    let frozen = world.post("/v1/policy/revisions", body.clone()).await;
    assert_eq!(frozen.status, StatusCode::OK);
    let frozen = frozen.json();
    assert_eq!((&frozen["revision"], &frozen["new"]), (&json!(2), &json!(true)));
    let place = frozen["differences"][0]["place"].as_str().unwrap();
    assert!(place.starts_with("reps[") && place.ends_with("].cap"), "{place}");
    assert_eq!(world.get("/v1/policy").await.json()["revision"], 1);
    assert_eq!(world.post("/v1/policy/revisions", body).await.json()["new"], false);

    let broken = json!({"files": {"policy.toml": "nothing"}, "reason": "more"});
    let refused = world.post("/v1/policy/revisions", broken).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "invalid-body")
    );
    let error = &refused.json()["errors"][0];
    assert_eq!((&error["pointer"], &error["column"]), (&json!("/files/policy.toml"), &json!(7)));
}

#[tokio::test]
async fn what_cannot_be_activated_is_told_and_changes_nothing() {
    let world = World::new();
    let unknown = world.post("/v1/policy/activate", json!({"revision": 9, "reason": "new"})).await;
    assert_eq!((unknown.status, unknown.problem().as_str()), (StatusCode::NOT_FOUND, "unknown-revision"));
    let nowhere = world.post("/v1/policy/rollback", json!({"reason": "back"})).await;
    assert_eq!((nowhere.status, nowhere.problem().as_str()), (StatusCode::CONFLICT, "no-revision"));
    let silent = world.post("/v1/policy/activate", json!({"revision": 1})).await;
    assert_eq!(silent.problem(), "invalid-body");
    let revisions = world.get("/v1/policy/revisions").await.json();
    assert_eq!((&revisions["active"], revisions["activations"].as_array().unwrap().len()), (&json!(1), 1));
}
