//! What goes wrong, and how it is told.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use serde_json::json;

use super::world::{BREAKS, World, lead, request};
use crate::Limits;
use crate::tokens::Role;

async fn check(body: &str, status: StatusCode, problem: &str, pointer: &str, message: &str) {
    let answer = World::new().post_text("/v1/leads", "application/json", body.to_owned()).await;
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.problem(), problem);
    let error = &answer.json()["errors"][0];
    assert_eq!(error["pointer"], pointer, "{}", answer.text());
    assert!(error["message"].as_str().unwrap().contains(message), "{}", answer.text());
}

#[tokio::test]
async fn bad_bodies_are_told_place_by_place() {
    use StatusCode as S;
    let invalid = S::UNPROCESSABLE_ENTITY;
    let deep = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
    check("{\"facts\": {", S::BAD_REQUEST, "malformed-json", "/facts", "EOF").await;
    check("{\"facts\": {}} x", S::BAD_REQUEST, "malformed-json", "", "trailing").await;
    check(&format!("{{\"facts\": {{\"a\": {deep}}}}}"), invalid, "invalid-body", "/facts/a/0", "string")
        .await;
    check("{}", invalid, "invalid-body", "", "facts").await;
    check("{\"facts\": {}, \"source\": 1}", invalid, "invalid-body", "/source", "unknown field").await;
    check("{\"facts\": {\"a\": null}}", invalid, "invalid-body", "/facts/a", "leave the attribute out").await;
    check("{\"facts\": {\"a\": {\"b\": 1}}}", invalid, "invalid-body", "/facts/a", "`time`").await;
    check("{\"facts\": {\"a\": {\"time\": \"soon\"}}}", invalid, "invalid-body", "/facts/a/time", "RFC 3339")
        .await;
    check("{\"facts\": {\"a\": [1]}}", invalid, "invalid-body", "/facts/a/0", "string").await;
    check("{\"facts\": {\"a\": 1, \"a\": 2}}", invalid, "invalid-body", "/facts", "twice").await;
    check("{\"facts\": {\"a\": 9007199254740993}}", invalid, "invalid-body", "/facts/a", "as a text").await;
    check("{\"facts\": {\"A b\": 1}}", invalid, "invalid-body", "/facts/A b", "attribute name").await;
    check("{\"facts\": {\"a/~\": 1}}", invalid, "invalid-body", "/facts/a~1~0", "attribute name").await;
    let derived = "{\"facts\": {\"contact.email.valid\": true}}";
    check(derived, invalid, "invalid-body", "/facts/contact.email.valid", "derived").await;
    let ahead = "{\"facts\": {}, \"received\": \"2026-03-02T09:05:01Z\"}";
    check(ahead, invalid, "invalid-body", "/received", "five minutes").await;
    let naked = "{\"facts\": {}, \"campaign\": \"spring\"}";
    check(naked, invalid, "invalid-body", "/campaign", "channel").await;
    let activity = |member: &str| format!("{{\"facts\": {{}}, \"activities\": [{{{member}}}]}}");
    check(&activity("\"kind\": \"x\""), invalid, "invalid-body", "/activities/0/kind", "policy").await;
    check(&activity("\"kind\": \"\""), invalid, "invalid-body", "/activities/0/kind", "bytes").await;
    let negative = activity("\"kind\": \"web.visit\", \"quantity\": -1");
    check(&negative, invalid, "invalid-body", "/activities/0/quantity", "zero").await;
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once_with_its_line() {
    let world = World::new();
    let body = json!({"facts": {"A": 1, "B": 2}, "campaign": "spring"});
    assert_eq!(world.post("/v1/leads", body).await.json()["errors"].as_array().unwrap().len(), 3);
    let error = world.post_text("/v1/leads", "application/json", "{\n  \"facts\": 7\n}").await.json();
    assert_eq!(error["errors"][0]["line"], 2);
    assert!(error["errors"][0]["column"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn limits_types_routes_and_methods() {
    let world = World::with(Limits { body_bytes_max: 100, policy_body_bytes_max: 300, ..Limits::default() });
    let large = world.post("/v1/leads", lead(&"x".repeat(200))).await;
    assert_eq!((large.status, large.problem().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
    assert_eq!(large.json()["detail"], "the body has more than 100 bytes");
    let policy = |bytes: usize| json!({ "files": { "lists/x.txt": "x".repeat(bytes) }, "reason": "more" });
    assert_ne!(world.post("/v1/policy/revisions", policy(200)).await.problem(), "too-large");
    let large = world.post("/v1/policy/revisions", policy(300)).await;
    assert_eq!(large.json()["detail"], "the body has more than 300 bytes");
    let form = world.post_text("/v1/leads", "application/x-www-form-urlencoded", "a=b").await;
    assert_eq!(
        (form.status, form.problem().as_str()),
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-type")
    );
    let nowhere = world.get("/v2/leads").await;
    assert_eq!((nowhere.status, nowhere.problem().as_str()), (StatusCode::NOT_FOUND, "unknown-route"));
    let method = world.send(request("DELETE", "/v1/leads", None).body("".into()).unwrap()).await;
    assert_eq!(
        (method.status, method.problem().as_str()),
        (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed")
    );
    assert!(method.headers["allow"].to_str().unwrap().contains("POST"), "{:?}", method.headers);
    assert_eq!(world.get("/v1/leads/No+Id").await.problem(), "unknown-lead");
    for query in
        ["limit=0", "limit=201", "limit=x", "cursor=x", "colour=red", "owner=ann&pool=inbound", "owner=A"]
    {
        let answer = world.get(&format!("/v1/leads?{query}")).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (StatusCode::BAD_REQUEST, "bad-query"),
            "{query}"
        );
    }
}

#[tokio::test]
async fn what_breaks_inside_stays_inside() {
    let world = World::new();
    let broken = world.post("/v1/leads", lead(BREAKS)).await;
    assert_eq!((broken.status, broken.problem().as_str()), (StatusCode::INTERNAL_SERVER_ERROR, "internal"));
    assert!(!broken.text().contains("secret"), "{}", broken.text());
    assert_eq!(world.post("/v1/leads", lead("mei")).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn requests_keep_the_number_that_a_proxy_gave_them() {
    let world = World::new();
    let numbered =
        |id: &str| request("GET", "/healthz", None).header("x-request-id", id).body("".into()).unwrap();
    assert_eq!(world.send(numbered("edge-7")).await.headers["x-request-id"], "edge-7");
    let long = "x".repeat(65);
    for unfit in ["two words", &long, ""] {
        assert_ne!(world.send(numbered(unfit)).await.headers["x-request-id"], unfit);
    }
}

#[tokio::test]
async fn too_many_requests_at_once_are_told_to_come_back() {
    let world = World::with(Limits { requests_max: 0, ..Limits::default() });
    let busy = world.get("/v1/policy").await;
    assert_eq!((busy.status, busy.problem().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "busy"));
    assert_eq!(busy.headers["retry-after"], "1");
    assert_eq!(world.get("/healthz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_tenant_that_asks_too_much_at_once_leaves_room_for_others() {
    let world = World::with(Limits { requests_per_tenant_max: 1, ..Limits::default() });
    let never = Body::from_stream(futures_util::stream::pending::<Result<Bytes, Infallible>>());
    let hangs = world.post_text("/v1/leads", "application/json", never);
    let asks = async {
        // Until the one that hangs has the only place.
        while world.get("/v1/policy").await.status == StatusCode::OK {
            tokio::task::yield_now().await;
        }
        assert_eq!(world.get("/v1/policy").await.problem(), "busy");
        let other = request("GET", "/v1/policy", Some(&world.token("other", Role::Reader)));
        world.send(other.body(Body::empty()).unwrap()).await.status
    };
    tokio::select! {
        biased;
        _ = hangs => panic!("it never ends"),
        status = asks => assert_eq!(status, StatusCode::OK),
    }
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_given_up() {
    let world = World::with(Limits { request_wait: Duration::ZERO, ..Limits::default() });
    let never = Body::from_stream(futures_util::stream::pending::<Result<Bytes, Infallible>>());
    let slow = world.post_text("/v1/leads", "application/json", never).await;
    assert_eq!((slow.status, slow.problem().as_str()), (StatusCode::GATEWAY_TIMEOUT, "too-slow"));
}
