//! Every route, with no token, with each role, and with another tenant's token. The routes come from the
//! description, so a route that is added is tested, and one that is not listed here fails.

use axum::body::Body;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::world::{World, form, request};
use crate::access::Right;
use crate::tokens::Role;

/// Every guarded route, the right that it needs, and a body that fits.
fn routes() -> Vec<(&'static str, &'static str, Right, Option<Value>)> {
    let conversion = json!({"id": "deal-1", "value_minor": 100, "currency": "EUR"});
    vec![
        ("POST", "/v1/leads", Right::Send, Some(super::world::lead("one"))),
        ("POST", "/v1/leads/bulk", Right::Send, Some(super::world::lead("two"))),
        ("POST", "/v1/leads/{lead}/activities", Right::Send, Some(json!({"kind": "web.visit"}))),
        ("POST", "/v1/leads/{lead}/conversions", Right::Send, Some(conversion)),
        ("POST", "/v1/leads/{lead}/orders", Right::Order, Some(json!({"order": "return", "reason": "busy"}))),
        ("POST", "/v1/orders", Right::Order, Some(json!({"lead": "none", "order": "reclaim"}))),
        ("PATCH", "/v1/leads/{lead}", Right::Direct, Some(json!({"facts": {"company.size": 9}}))),
        ("POST", "/v1/reps/{rep}/relieve", Right::Direct, Some(json!({"reason": "leaves"}))),
        ("POST", "/v1/visitors/{visitor}/activities", Right::Observe, Some(json!({"kind": "web.visit"}))),
        ("PUT", "/v1/targets/{kind}/{id}", Right::Direct, Some(json!({"facts": {}}))),
        ("GET", "/v1/targets/{kind}/{id}", Right::ReadLeads, None),
        ("POST", "/v1/probe", Right::ReadLeads, Some(json!({"facts": {}}))),
        ("GET", "/v1/leads", Right::ReadLeads, None),
        ("GET", "/v1/leads/{lead}", Right::ReadLeads, None),
        ("GET", "/v1/leads/{lead}/history", Right::ReadLeads, None),
        ("GET", "/v1/leads/{lead}/decisions", Right::ReadRules, None),
        ("GET", "/v1/leads/{lead}/suggestions", Right::ReadLeads, None),
        ("GET", "/v1/queue", Right::ReadLeads, None),
        ("GET", "/v1/reports/team", Right::ReadLeads, None),
        ("GET", "/v1/reports/trends", Right::ReadLeads, None),
        ("GET", "/v1/reports/sources", Right::ReadLeads, None),
        ("GET", "/v1/reports/accounts", Right::ReadLeads, None),
        ("GET", "/v1/reports/campaigns", Right::ReadLeads, None),
        ("GET", "/v1/campaigns", Right::ReadLeads, None),
        ("PUT", "/v1/campaigns", Right::Direct, Some(json!({"fair": {"cost_minor": 100}}))),
        ("GET", "/v1/reports/channels", Right::ReadLeads, None),
        ("GET", "/v1/reports/forecast", Right::ReadLeads, None),
        ("GET", "/v1/reports/plan", Right::ReadLeads, None),
        ("GET", "/v1/reports/rebates", Right::ReadLeads, None),
        ("GET", "/v1/reports/referrers", Right::ReadLeads, None),
        ("GET", "/v1/campaigns/{campaign}/members", Right::ReadLeads, None),
        ("GET", "/v1/reports/stages", Right::ReadLeads, None),
        ("GET", "/v1/summary", Right::ReadLeads, None),
        ("GET", "/v1/policy", Right::ReadRules, None),
        ("GET", "/v1/policy/revisions", Right::ReadRules, None),
        ("POST", "/v1/policy/activate", Right::Govern, Some(json!({"revision": 1, "reason": "again"}))),
        (
            "POST",
            "/v1/policy/revisions",
            Right::Govern,
            Some(json!({"files": {"policy.toml": ""}, "reason": "the next"})),
        ),
        ("GET", "/v1/policy/trial", Right::ReadRules, None),
        (
            "POST",
            "/v1/policy/trial",
            Right::Govern,
            Some(json!({"revision": 1, "mode": "shadow", "reason": "a try"})),
        ),
        ("POST", "/v1/policy/trial/end", Right::Govern, Some(json!({"promote": false, "reason": "enough"}))),
        ("POST", "/v1/policy/backtest", Right::Govern, Some(json!({"revision": 1}))),
        ("GET", "/v1/plugins", Right::ReadRules, None),
        ("GET", "/v1/plugins/{name}/log", Right::ReadRules, None),
        ("POST", "/v1/plugins", Right::Publish, Some(json!(null))),
        ("POST", "/v1/policy/rollback", Right::Govern, Some(json!({"reason": "back"}))),
        ("POST", "/v1/webhooks", Right::Connect, Some(json!({"name": "crm", "url": "https://example.com"}))),
        ("GET", "/v1/webhooks", Right::Connect, None),
        ("DELETE", "/v1/webhooks/{name}", Right::Connect, None),
        ("GET", "/v1/webhooks/{name}/failed", Right::Connect, None),
        ("POST", "/v1/webhooks/{name}/retry", Right::Connect, None),
    ]
}

async fn call(
    world: &World,
    (method, path, _, body): &(&str, &str, Right, Option<Value>),
    lead: &str,
    token: Option<&str>,
) -> super::world::Answer {
    let text = || body.as_ref().map(ToString::to_string).unwrap_or_default().into_bytes();
    let (kind, body) = match *path {
        "/v1/plugins" => form(&[("component", b"scorer"), ("reason", b"new")]),
        "/v1/leads/bulk" | "/v1/orders" => ("application/x-ndjson", text()),
        _ => ("application/json", text()),
    };
    let request = request(method, &path_of(path, lead), token).header("content-type", kind);
    world.send(request.body(body.into()).unwrap()).await
}

fn path_of(path: &str, lead: &str) -> String {
    let named = [("{lead}", lead), ("{visitor}", "v-1"), ("{kind}", "account"), ("{id}", "acme")];
    named.into_iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value))
}

#[test]
fn the_table_lists_every_guarded_route() {
    let description = serde_json::to_value(crate::document()).unwrap();
    let mut described = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if operation.get("security").is_some() {
                described.push((method.to_uppercase(), path.clone()));
            }
        }
    }
    let mut listed: Vec<_> =
        routes().iter().map(|(method, path, ..)| ((*method).to_owned(), (*path).to_owned())).collect();
    described.sort();
    listed.sort();
    assert_eq!(described, listed);
}

#[tokio::test]
async fn nothing_is_told_without_a_token() {
    let world = World::new();
    let lead = world.new_lead("mei").await;
    for route in &routes() {
        for token in [None, Some(""), Some("lm_acme_0000"), Some("x".repeat(500).as_str())] {
            let answer = call(&world, route, &lead, token).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{route:?}");
            assert_eq!(answer.headers["www-authenticate"], "Bearer realm=\"leadsman\"");
            assert_eq!(answer.problem(), "unauthenticated");
        }
    }
}

#[tokio::test]
async fn roles_open_what_they_name_and_no_more() {
    let world = World::new();
    let lead = world.new_lead("mei").await;
    for route in &routes() {
        for role in Role::ALL {
            let token = world.token("acme", role);
            let answer = call(&world, route, &lead, Some(&token)).await;
            if role.may(route.2) {
                assert_ne!(answer.status, StatusCode::FORBIDDEN, "{role} {route:?}");
                assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{role} {route:?}");
            } else {
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{role} {route:?}");
                assert_eq!(answer.problem(), "forbidden");
            }
        }
    }
}

#[test]
fn the_roles_are_as_described() {
    let rights = |role: Role| {
        let all = [Right::Send, Right::Direct, Right::ReadLeads, Right::ReadRules, Right::Govern];
        all.into_iter().filter(|right| role.may(*right)).collect::<Vec<_>>()
    };
    assert_eq!(rights(Role::Admin).len(), 5);
    assert_eq!(rights(Role::Author), [Right::ReadRules]);
    assert_eq!(rights(Role::Intake), [Right::Send]);
    assert_eq!(rights(Role::Reader), [Right::ReadLeads, Right::ReadRules]);
}

#[tokio::test]
async fn the_lead_of_another_tenant_is_not_there() {
    let world = World::new();
    let lead = world.new_lead("mei").await;
    let stranger = world.token("other", Role::Admin);
    for route in routes().iter().filter(|route| route.1.contains("{lead}")) {
        let answer = call(&world, route, &lead, Some(&stranger)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{route:?}");
        assert_eq!(answer.problem(), "unknown-lead");
        let owned = call(&world, route, &lead, Some(&world.admin())).await;
        assert_ne!(owned.status, StatusCode::NOT_FOUND, "{route:?}");
    }
    let list = call(&world, &("GET", "/v1/leads", Right::ReadLeads, None), "", Some(&stranger)).await;
    assert_eq!(list.json(), json!({"leads": [], "next": null}));
    let summary = call(&world, &("GET", "/v1/summary", Right::ReadLeads, None), "", Some(&stranger)).await;
    assert_eq!(summary.json()["leads"], 0);
}

#[tokio::test]
async fn the_same_key_of_two_tenants_makes_two_leads() {
    let world = World::new();
    let own = world.post_keyed("order-1", super::world::lead("mei")).await;
    let stranger = world.token("other", Role::Intake);
    let request = request("POST", "/v1/leads", Some(&stranger))
        .header("content-type", "application/json")
        .header("idempotency-key", "order-1");
    let other = world.send(request.body(super::world::lead("ida").to_string().into()).unwrap()).await;
    assert_eq!((own.status, other.status), (StatusCode::CREATED, StatusCode::CREATED));
}

#[tokio::test]
async fn a_tenant_that_is_not_served_is_told_so() {
    let world = World::new();
    let token = world.admin();
    assert!(world.service.remove_tenant(&leadsman_domain::TenantId::parse("acme").unwrap()));
    let answer = world.send(request("GET", "/v1/policy", Some(&token)).body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.problem(), "not-served");
    assert_eq!(answer.headers["retry-after"], "1");
}

#[tokio::test]
async fn what_is_open_needs_no_token() {
    let world = World::new();
    for path in ["/healthz", "/readyz", "/v1/openapi.json"] {
        let answer = world.send(request("GET", path, None).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
    }
    world.service.begin_drain();
    assert_eq!(world.get("/healthz").await.status, StatusCode::OK);
    assert_eq!(world.get("/readyz").await.problem(), "not-ready");
}
