//! Orders about leads: who may, and what comes of them.

use serde_json::{Value, json};

use super::world::{World, request};
use crate::tokens::Role;

async fn order(world: &World, role: Role, lead: &str, body: Value) -> super::world::Answer {
    let token = world.token("acme", role);
    let request = request("POST", &format!("/v1/leads/{lead}/orders"), Some(&token));
    let request = request.header("content-type", "application/json");
    world.send(request.body(body.to_string().into()).unwrap()).await
}

#[tokio::test]
async fn rejected_leads_are_released_by_name() {
    let world = World::new();
    let id = world.new_lead("junk").await;
    let assign = json!({"order": "assign", "rep": "ann", "reason": "knows them"});
    let release = |reason: &str| json!({"order": "release", "reason": reason});
    assert_eq!(order(&world, Role::Manager, &id, assign).await.problem(), "lead-rejected");
    let released = order(&world, Role::Manager, &id, release("checked by phone")).await;
    assert_eq!(released.json()["status"]["is"], "assigned");
    assert_eq!(order(&world, Role::Manager, &id, release("again")).await.problem(), "lead-not-stopped");
    let history = world.get(&format!("/v1/leads/{id}/history")).await.text();
    let told = r#""order":"release","by":"acme manager","reason":"checked by phone""#;
    assert!(history.contains(told), "{history}");
}

#[tokio::test]
async fn reps_get_leads_within_their_caps() {
    let world = World::new();
    let (mei, ida) = (world.new_lead("mei").await, world.new_lead("ida").await);
    let assign = |rep: &str| json!({"order": "assign", "rep": rep, "reason": "by hand"});
    let given = order(&world, Role::Manager, &mei, assign("bob")).await;
    assert_eq!(given.json()["status"]["owner"], "bob");
    assert_eq!(order(&world, Role::Manager, &ida, assign("bob")).await.problem(), "rep-unavailable");
    assert_eq!(order(&world, Role::Manager, &ida, assign("zoe")).await.problem(), "unknown-rep");
    assert_eq!(order(&world, Role::Manager, &ida, assign("Z O E")).await.problem(), "invalid-body");
}

#[tokio::test]
async fn reps_claim_for_themselves_and_order_about_their_own() {
    let world = World::new();
    let (own, other) = (world.new_lead("mei").await, world.new_lead("ida").await);
    let to_bob = json!({"order": "assign", "rep": "bob", "reason": "by hand"});
    order(&world, Role::Manager, &other, to_bob.clone()).await;
    assert_eq!(order(&world, Role::Rep, &own, to_bob).await.problem(), "lead-not-yours");
    let reclaim = json!({"order": "reclaim", "reason": "for later"});
    assert_eq!(order(&world, Role::Rep, &own, reclaim.clone()).await.problem(), "lead-not-yours");
    let reject = json!({"order": "reject", "reason": "not mine"});
    assert_eq!(order(&world, Role::Rep, &other, reject).await.problem(), "lead-not-yours");
    order(&world, Role::Manager, &other, reclaim).await;
    let claim = json!({"order": "claim"});
    let claimed = order(&world, Role::Rep, &other, claim.clone()).await.json();
    assert_eq!((&claimed["status"]["is"], &claimed["status"]["owner"]), (&json!("assigned"), &json!("ann")));
    assert_eq!(order(&world, Role::Rep, &other, claim).await.problem(), "lead-not-pooled");
}

#[tokio::test]
async fn an_order_says_what_it_needs_and_nothing_else() {
    let world = World::new();
    let lead = world.new_lead("mei").await;
    let pointer = |answer: super::world::Answer| answer.json()["errors"][0]["pointer"].clone();
    let assign = json!({"order": "assign", "reason": "by hand"});
    assert_eq!(pointer(order(&world, Role::Manager, &lead, assign).await), "/rep");
    let advance = json!({"order": "advance", "stage": "sql", "pool": "inbound"});
    assert_eq!(pointer(order(&world, Role::Manager, &lead, advance).await), "/pool");
    let leap = json!({"order": "advance", "stage": "deal", "reason": "it is"});
    assert_eq!(order(&world, Role::Manager, &lead, leap).await.problem(), "illegal-move");
}

#[tokio::test]
async fn the_queue_and_suggestions_are_told() {
    let world = World::new();
    let lead = world.new_lead("mei").await;
    let queue = world.get("/v1/queue?owner=ann").await.json();
    assert_eq!(queue["leads"][0]["lead"], lead.as_str());
    assert_eq!(world.get("/v1/queue").await.problem(), "bad-query");
    let suggested = world.get(&format!("/v1/leads/{lead}/suggestions")).await.json();
    assert_eq!((&suggested["pool"], &suggested["ranking"][0]["rep"]), (&json!("inbound"), &json!("bob")));
    assert_eq!(suggested["passed_over"][0]["code"], "owner");
}

#[tokio::test]
async fn everything_that_a_rep_owns_moves_on() {
    let world = World::new();
    for name in ["mei", "ida", "eve"] {
        world.new_lead(name).await;
    }
    let moved = world.post("/v1/reps/ann/relieve", json!({"reason": "leaves"})).await.json();
    assert_eq!(moved, json!({"moved": 3}));
    assert_eq!(world.get("/v1/leads?owner=ann").await.json()["leads"], json!([]));
}

#[tokio::test]
async fn a_correction_takes_the_place_of_what_was_known() {
    let world = World::new();
    let lead = world.new_lead("mei").await;
    let request = request("PATCH", &format!("/v1/leads/{lead}"), Some(&world.admin()));
    let request = request.header("content-type", "application/json");
    let body = json!({"facts": {"person.name": "Mei Lin"}}).to_string();
    assert_eq!(world.send(request.body(body.into()).unwrap()).await.status, 200);
    let facts = world.get(&format!("/v1/leads/{lead}")).await.json()["facts"].clone();
    assert_eq!(facts["person.name"], "Mei Lin");
}
