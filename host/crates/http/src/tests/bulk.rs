//! Many leads, or many orders, in one request.

use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use futures_util::stream;
use serde_json::{Value, json};

use super::world::{Answer, World, lead};
use crate::Limits;
use crate::tokens::Role;

const NDJSON: &str = "application/x-ndjson";

async fn send(world: &World, body: impl Into<Body>) -> Answer {
    world.post_text("/v1/leads/bulk", NDJSON, body).await
}

fn statuses(lines: &[Value]) -> Vec<(u64, u64)> {
    lines.iter().map(|line| (line["line"].as_u64().unwrap(), line["status"].as_u64().unwrap())).collect()
}

#[tokio::test]
async fn bad_lines_do_not_stop_the_others() {
    let world = World::with(Limits { bulk_chunk_lines: 2, bulk_line_bytes_max: 200, ..Limits::default() });
    let body = [
        lead("mei").to_string(),
        "{\"facts\": ".to_owned(),
        String::new(),
        "{\"facts\": {}, \"colour\": 1}".to_owned(),
        lead(&"x".repeat(200)).to_string(),
        lead("mei").to_string() + "\r",
        json!({"facts": {"contact.email": "mei@example.com"}}).to_string(),
        lead("junk").to_string(),
        lead("ida").to_string(),
    ];
    let answer = send(&world, body.join("\n")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers["content-type"], NDJSON);
    let lines = answer.lines();
    let expected = [(1, 201), (2, 400), (4, 422), (5, 413), (6, 201), (7, 200), (8, 201), (9, 201)];
    assert_eq!(statuses(&lines), expected);
    assert_eq!(lines[0]["settled"], "assigned");
    assert_eq!(lines[1]["problem"]["type"], "urn:leadsman:problem:malformed-json");
    assert_eq!(lines[2]["problem"]["errors"][0]["pointer"], "/colour");
    assert_eq!((&lines[4]["replayed"], &lines[4]["lead"]), (&json!(true), &lines[0]["lead"]));
    assert_eq!((&lines[5]["settled"], &lines[5]["lead"]), (&json!("duplicate"), &lines[0]["lead"]));
    assert_eq!(lines[6]["findings"], json!(["junk"]));
}

#[tokio::test]
async fn keys_of_lines_hold_within_a_request_and_beyond() {
    let world = World::new();
    let keyed = |name: &str, key: &str| {
        let mut lead = lead(name);
        lead["key"] = json!(key);
        lead.to_string()
    };
    let body = [keyed("mei", "1"), keyed("ida", "1"), keyed("mei", "1"), keyed("eve", "2")].join("\n");
    let lines = send(&world, body.clone()).await.lines();
    assert_eq!(statuses(&lines), [(1, 201), (2, 422), (3, 201), (4, 201)]);
    assert_eq!(lines[1]["problem"]["type"], "urn:leadsman:problem:idempotency-key-reused");
    assert_eq!(lines[2]["replayed"], true);
    let again = send(&world, body).await.lines();
    assert!([0, 2, 3].iter().all(|place| again[*place]["replayed"] == true));
    assert_eq!(world.post_keyed("2", lead("eve")).await.headers["idempotency-replayed"], "true");
}

#[tokio::test]
async fn many_lines_in_small_pieces_are_answered_in_order() {
    let world = World::with(Limits { bulk_chunk_lines: 7, ..Limits::default() });
    let body: String = (0..100).map(|n| lead(&format!("n{n}")).to_string() + "\n").collect();
    let pieces: Vec<_> =
        body.as_bytes().chunks(13).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())).collect();
    let lines = send(&world, Body::from_stream(stream::iter(pieces))).await.lines();
    assert_eq!(statuses(&lines), (1..=100).map(|n| (n, 201)).collect::<Vec<_>>());
    assert_eq!(world.get("/v1/summary").await.json()["leads"], 100);
}

#[tokio::test]
async fn limits_hold() {
    let limits =
        Limits { bulk_body_bytes_max: 300, bulk_lines_max: 2, bulk_chunk_lines: 2, ..Limits::default() };
    let world = World::with(limits);
    let five: Vec<String> = (0..5).map(|n| lead(&format!("n{n}")).to_string()).collect();
    let announced = send(&world, five.join("\n")).await;
    // Bodies of a known length come without the header when nothing is sent over a wire.
    assert_eq!(announced.lines().last().unwrap()["problem"]["type"], "urn:leadsman:problem:too-large");
    let lines = send(&world, "{\"facts\":{}}\n".repeat(5)).await.lines();
    assert_eq!(statuses(&lines), [(1, 201), (2, 201), (0, 413)]);
    let kind = world.post_text("/v1/leads/bulk", "application/json", "{}").await;
    assert_eq!(kind.problem(), "unsupported-type");
}

#[tokio::test]
async fn a_length_beyond_the_limit_is_refused_at_once() {
    let world = World::with(Limits { bulk_body_bytes_max: 10, ..Limits::default() });
    let request = super::world::request("POST", "/v1/leads/bulk", Some(&world.admin()))
        .header("content-type", NDJSON)
        .header("content-length", "11");
    let answer = world.send(request.body("{\"facts\":{}}".into()).unwrap()).await;
    assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_told_and_what_came_is_kept() {
    let world = World::with(Limits { bulk_chunk_lines: 1, ..Limits::default() });
    let pieces = vec![Ok(lead("mei").to_string() + "\n"), Err(std::io::Error::other("gone"))];
    let lines = send(&world, Body::from_stream(stream::iter(pieces))).await.lines();
    assert_eq!(statuses(&lines), [(1, 201), (0, 400)]);
}

#[tokio::test]
async fn a_body_that_stops_coming_is_given_up() {
    let world = World::with(Limits { bulk_idle_wait: Duration::from_millis(5), ..Limits::default() });
    let lines =
        send(&world, Body::from_stream(stream::pending::<Result<String, std::io::Error>>())).await.lines();
    assert_eq!(statuses(&lines), [(0, 504)]);
}

async fn order(world: &World, role: Role, lines: &[Value]) -> Vec<Value> {
    let body: String = lines.iter().map(|line| line.to_string() + "\n").collect();
    let request = super::world::request("POST", "/v1/orders", Some(&world.token("acme", role)));
    world.send(request.header("content-type", NDJSON).body(body.into()).unwrap()).await.lines()
}

#[tokio::test]
async fn orders_in_bulk_are_carried_out_one_by_one_with_the_rights_of_the_token() {
    let world = World::with(Limits { bulk_chunk_lines: 2, ..Limits::default() });
    let (mei, ida) = (world.new_lead("mei").await, world.new_lead("ida").await);
    let assign = |lead: &str| json!({"lead": lead, "order": "assign", "rep": "bob", "reason": "by hand"});
    let lines = [
        assign(&mei),
        assign(&ida),
        json!({"lead": ida, "order": "assign", "rep": "bob", "colour": 1}),
        json!({"order": "reclaim"}),
        assign("nobody"),
        json!({"lead": mei, "order": "reclaim", "reason": "for later"}),
    ];
    let done = order(&world, Role::Manager, &lines).await;
    assert_eq!(statuses(&done), [(1, 200), (2, 409), (3, 422), (4, 422), (5, 404), (6, 200)]);
    assert_eq!((&done[0]["now"]["lead"], &done[0]["now"]["status"]["owner"]), (&json!(mei), &json!("bob")));
    assert_eq!(done[1]["problem"]["type"], "urn:leadsman:problem:rep-unavailable");
    assert_eq!(done[3]["problem"]["type"], "urn:leadsman:problem:invalid-body");
    let as_rep = order(&world, Role::Rep, &[assign(&mei), json!({"lead": mei, "order": "claim"})]).await;
    assert_eq!(statuses(&as_rep), [(1, 403), (2, 200)]);
    let history = world.get(&format!("/v1/leads/{mei}/history")).await.text();
    assert!(
        history.contains(r#""order":"assign","rep":"bob","by":"acme manager","reason":"by hand""#),
        "{history}"
    );
}
