//! The same lead sent again, and another lead sent with the same key.

use axum::http::StatusCode;
use serde_json::json;

use super::world::{World, lead};

#[tokio::test]
async fn the_same_key_and_body_get_the_same_answer() {
    let world = World::new();
    let first = world.post_keyed("order-1", lead("mei")).await;
    let again = world.post_keyed("order-1", lead("mei")).await;
    assert_eq!((first.status, again.status), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(first.json(), again.json());
    assert_eq!(first.headers["location"], again.headers["location"]);
    assert!(!first.headers.contains_key("idempotency-replayed"));
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(world.get("/v1/summary").await.json()["submissions"], 1);
}

#[tokio::test]
async fn the_same_key_with_another_body_is_refused() {
    let world = World::new();
    world.post_keyed("order-1", lead("mei")).await;
    let reused = world.post_keyed("order-1", lead("ida")).await;
    assert_eq!(reused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(reused.problem(), "idempotency-key-reused");
    assert_eq!(world.get("/v1/summary").await.json()["leads"], 1);
}

#[tokio::test]
async fn without_a_key_the_body_is_the_key() {
    let world = World::new();
    let first = world.post_text("/v1/leads", "application/json", r#"{"facts": {"a": 1, "b": 2}}"#).await;
    let again = world.post_text("/v1/leads", "application/json", r#"{"facts":{"b":2.0,"a":1}}"#).await;
    assert_eq!(first.json(), again.json());
    assert_eq!(again.headers["idempotency-replayed"], "true");
    let other = world.post("/v1/leads", json!({"facts": {"a": 1, "b": 3}})).await;
    assert_ne!(first.json()["lead"], other.json()["lead"]);
}

#[tokio::test]
async fn a_key_in_the_body_is_the_same_as_in_the_header() {
    let world = World::new();
    let mut keyed = lead("mei");
    keyed["key"] = json!("order-1");
    world.post("/v1/leads", keyed.clone()).await;
    assert_eq!(world.post_keyed("order-1", lead("mei")).await.headers["idempotency-replayed"], "true");
    let torn = world.post_keyed("order-2", keyed).await;
    assert_eq!(torn.json()["errors"][0]["pointer"], "/key");
}

#[tokio::test]
async fn keys_that_are_too_long_or_empty_are_refused() {
    let world = World::new();
    assert_eq!(world.post_keyed(&"k".repeat(255), lead("mei")).await.status, StatusCode::CREATED);
    for key in [String::new(), "k".repeat(256)] {
        let answer = world.post_keyed(&key, lead("ida")).await;
        assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::BAD_REQUEST, "bad-header"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_bodies_at_once_with_one_key_one_wins() {
    let world = std::sync::Arc::new(World::new());
    let calls: Vec<_> = (0..16)
        .map(|n| {
            let world = std::sync::Arc::clone(&world);
            tokio::spawn(
                async move { world.post_keyed("order-1", lead(&format!("n{}", n % 4))).await.status },
            )
        })
        .collect();
    let mut taken = 0;
    for call in calls {
        match call.await.unwrap() {
            StatusCode::CREATED => taken += 1,
            status => assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY),
        }
    }
    assert_eq!(taken, 4);
    assert_eq!(world.get("/v1/summary").await.json()["leads"], 1);
}
