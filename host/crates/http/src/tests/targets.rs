//! Who is known: visitors, accounts, contacts and opportunities, and leads that become one.

use serde_json::{Value, json};

use super::world::{World, request};
use crate::tokens::Role;

async fn put(world: &World, role: Role, path: &str, body: Value) -> super::world::Answer {
    let token = world.token("acme", role);
    let request = request("PUT", path, Some(&token)).header("content-type", "application/json");
    world.send(request.body(body.to_string().into()).unwrap()).await
}

async fn order(world: &World, lead: &str, body: Value) -> super::world::Answer {
    world.post(&format!("/v1/leads/{lead}/orders"), body).await
}

#[tokio::test]
async fn a_target_is_kept_shown_and_found() {
    let world = World::new();
    let mei = json!({"facts": {"contact.email": "mei@example.com"}, "owner": "ann", "account": "acme-gmbh"});
    let path = "/v1/targets/contact/mei.lin";
    assert_eq!(put(&world, Role::Rep, path, mei.clone()).await.problem(), "forbidden");
    let kept = put(&world, Role::Manager, path, mei).await.json();
    assert_eq!((&kept["account"], &kept["sources"]), (&json!("acme-gmbh"), &json!([])));
    assert_eq!(world.get(path).await.json(), kept);
    let probe = json!({"facts": {"contact.email": "mei@example.com"}});
    let found = world.post("/v1/probe", probe).await.json();
    assert_eq!(
        found["found"],
        json!([{"kind": "contact", "id": "mei.lin", "key": "contact.email", "owner": "ann", "on_match": "link"}])
    );
    let stranger = json!({"facts": {}, "owner": "zoe"});
    assert_eq!(put(&world, Role::Admin, path, stranger).await.problem(), "unknown-rep");
    assert_eq!(world.get("/v1/targets/contact/nobody").await.problem(), "unknown-target");
    assert_eq!(world.get("/v1/targets/planet/mars").await.problem(), "unknown-target");
}

#[tokio::test]
async fn contacts_and_accounts_are_members_of_campaigns_and_a_lead_that_is_a_contact_is_one() {
    let world = World::new();
    let lead = world.new_lead("mei").await;
    let seen = json!({"kind": "web.visit", "campaign": "fair-2026", "at": "2026-01-01T00:00:00Z"});
    assert_eq!(world.post(&format!("/v1/leads/{lead}/activities"), seen).await.status, 200);
    let facts = world.get(&format!("/v1/leads/{lead}")).await.json()["facts"].clone();
    let email = json!({"contact.email": facts["contact.email"]});
    let said = |facts: &Value, status: &str| json!({"facts": facts, "campaigns": {"fair-2026": status}});
    let kept =
        put(&world, Role::Manager, "/v1/targets/contact/mei.lin", said(&email, "invited")).await.json();
    let place = &kept["campaigns"]["fair-2026"];
    assert_eq!((&place["status"], &place["since"]), (&json!("invited"), &kept["created"]));
    let acme = put(&world, Role::Manager, "/v1/targets/account/acme", said(&json!({}), "sponsor")).await;
    assert_eq!(acme.status, 200);
    let members = world.get("/v1/campaigns/fair-2026/members").await.json()["members"].clone();
    let told = |at: usize| ["leads", "contacts", "account", "status"].map(|key| members[at][key].clone());
    assert_eq!(told(0), [json!([lead]), json!(["mei.lin"]), json!(null), json!("invited")]);
    assert_eq!(told(1), [json!([]), json!([]), json!("acme"), json!("sponsor")]);
    assert_eq!((members.as_array().unwrap().len(), &members[0]["touches"]), (2, &json!(1)));
    assert_eq!((&members[0]["stage"], &members[1]["stage"]), (&json!("mql"), &json!(null)));

    let deal = put(&world, Role::Admin, "/v1/targets/opportunity/deal", said(&json!({}), "invited")).await;
    let refused = deal.json();
    assert_eq!(refused["errors"][0]["pointer"], "/campaigns", "{refused}");
    let nothing = put(&world, Role::Admin, "/v1/targets/account/acme", said(&json!({}), "")).await;
    assert_eq!(nothing.problem(), "invalid-body");
}

#[tokio::test]
async fn visitors_become_known_and_leave_again() {
    let world = World::new();
    let visit = json!({"kind": "web.visit", "channel": "web"});
    let seen = world.post("/v1/visitors/v-1/activities", visit.clone()).await.json();
    assert_eq!(seen["status"]["is"], "anonymous");
    let body = json!({"facts": {"contact.email": "mei@example.com", "visitor.id": "v-1"}});
    let lead = world.post("/v1/leads", body).await.json()["lead"].as_str().unwrap().to_owned();
    let again = world.post("/v1/visitors/v-1/activities", visit).await.json();
    assert_eq!(again["lead"], lead.as_str());
    let known = world.get(&format!("/v1/leads/{lead}")).await.json();
    assert_eq!((&known["absorbed"][0], known["activities"].as_array().unwrap().len()), (&seen["lead"], 3));
    let out = json!({"order": "unmerge", "other": seen["lead"], "reason": "a shared computer"});
    assert_eq!(order(&world, &lead, out).await.status, 200);
    let parted = world.get(&format!("/v1/leads/{lead}")).await.json();
    assert_eq!(parted["absorbed"], json!([]));
    assert_eq!(
        world.post("/v1/visitors/V%20V/activities", json!({"kind": "web.visit"})).await.problem(),
        "invalid-body"
    );
}

#[tokio::test]
async fn leads_are_merged_qualified_and_have_tasks() {
    let world = World::new();
    let (mei, ida) = (world.new_lead("mei").await, world.new_lead("ida").await);
    assert_eq!(order(&world, &mei, json!({"order": "merge", "other": mei})).await.problem(), "cannot-merge");
    assert_eq!(order(&world, &mei, json!({"order": "merge", "other": ida})).await.status, 200);
    let merged = world.get(&format!("/v1/leads/{ida}")).await.json();
    assert_eq!(merged["status"], json!({"is": "merged", "into": mei}));
    let task = json!({"order": "add-task", "task": "send the offer", "due": "2026-09-01T09:00:00Z"});
    assert_eq!(order(&world, &ida, task).await.json()["lead"], mei.as_str());
    assert_eq!(
        order(&world, &mei, json!({"order": "close-task", "number": 7})).await.problem(),
        "unknown-task"
    );
    let nowhere = json!({"order": "qualify", "account": "nowhere"});
    assert_eq!(order(&world, &mei, nowhere).await.problem(), "unknown-target");
    assert_eq!(order(&world, &mei, json!({"order": "qualify"})).await.status, 200);
    assert_eq!(order(&world, &mei, json!({"order": "qualify"})).await.problem(), "lead-qualified");
    let became = world.get(&format!("/v1/leads/{mei}")).await.json()["qualified"].clone();
    let opportunity = became["opportunity"].as_str().unwrap();
    let opportunity = world.get(&format!("/v1/targets/opportunity/{opportunity}")).await.json();
    assert_eq!(opportunity["tasks"][0]["text"], "send the offer");
    assert_eq!((&opportunity["sources"][0], &opportunity["account"]), (&json!(mei), &became["account"]));
    let history = world.get(&format!("/v1/leads/{mei}/history")).await.text();
    for event in ["merged", "task-added", "qualified"] {
        assert!(history.contains(&format!("\"event\":\"{event}\"")), "{event}: {history}");
    }
}
