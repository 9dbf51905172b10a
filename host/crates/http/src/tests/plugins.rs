//! Plugins come in as forms.

use axum::http::StatusCode;
use serde_json::json;

use super::world::{Answer, World, form};

async fn push(world: &World, parts: &[(&str, &[u8])]) -> Answer {
    let (kind, body) = form(parts);
    world.post_text("/v1/plugins", kind, body).await
}

#[tokio::test]
async fn a_plugin_comes_in_once_and_is_listed() {
    let world = World::new();
    let parts: [(&str, &[u8]); 3] =
        [("component", b"scorer"), ("configuration", b"{\"a\": 1}"), ("reason", b"the first")];
    let kept = push(&world, &parts).await;
    assert_eq!(kept.status, StatusCode::CREATED, "{}", kept.text());
    let kept = kept.json();
    assert_eq!((&kept["label"], &kept["new"]), (&json!("scorer@1.0.0"), &json!(true)));
    assert_eq!(kept["report"]["imports"], json!([]));
    assert_eq!(push(&world, &parts).await.status, StatusCode::OK);
    let listed = world.get("/v1/plugins").await.json();
    assert_eq!((&listed[0]["label"], &listed[0]["by"]), (&json!("scorer@1.0.0"), &json!("acme admin")));
    assert_eq!((&listed[0]["reason"], listed.as_array().unwrap().len()), (&json!("the first"), 1));
}

#[tokio::test]
async fn what_may_not_come_in_is_told_why() {
    let world = World::new();
    let refused = push(&world, &[("component", b"\xff"), ("reason", b"r")]).await;
    assert_eq!(refused.problem(), "refused-plugin");
    assert_eq!(refused.json()["detail"], "this is no component");
    let configured =
        push(&world, &[("component", b"a"), ("configuration", b"{\"bad\": 1}"), ("reason", b"r")]).await;
    assert_eq!(configured.problem(), "refused-plugin");
    assert_eq!(configured.json()["errors"][0]["pointer"], "/configuration/bad");
    let strange = push(&world, &[("component", b"a name"), ("reason", b"r")]).await;
    assert_eq!(strange.problem(), "refused-plugin");
    assert_eq!(world.get("/v1/plugins").await.json(), json!([]));
}

#[tokio::test]
async fn forms_that_do_not_fit_are_problems() {
    let world = World::new();
    let pointer = |answer: &Answer| answer.json()["errors"][0]["pointer"].clone();
    let missing = push(&world, &[("reason", b"r")]).await;
    assert_eq!((missing.problem().as_str(), pointer(&missing)), ("invalid-body", json!("/component")));
    let missing = push(&world, &[("component", b"a")]).await;
    assert_eq!((missing.problem().as_str(), pointer(&missing)), ("invalid-body", json!("/reason")));
    let json = push(&world, &[("component", b"a"), ("configuration", b"{"), ("reason", b"r")]).await;
    assert_eq!((json.problem().as_str(), pointer(&json)), ("malformed-json", json!("/configuration")));
    let twice = push(&world, &[("component", b"a"), ("component", b"b"), ("reason", b"r")]).await;
    assert_eq!((twice.problem().as_str(), pointer(&twice)), ("invalid-body", json!("/component")));
    let other = push(&world, &[("component", b"a"), ("extra", b"b"), ("reason", b"r")]).await;
    assert_eq!(other.problem(), "bad-body");
    let kind = world.post_text("/v1/plugins", "application/wasm", "a").await;
    assert_eq!(kind.problem(), "unsupported-type");
}
