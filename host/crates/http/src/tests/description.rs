//! The description of the API says what there is.

use std::collections::BTreeSet;

use serde_json::Value;

use super::world::World;

async fn description() -> Value {
    World::new().get("/v1/openapi.json").await.json()
}

#[tokio::test]
async fn it_lists_the_routes() {
    let description = description().await;
    assert_eq!(description["openapi"], "3.1.0");
    let paths: Vec<&str> = description["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "/healthz",
        "/readyz",
        "/v1/campaigns",
        "/v1/campaigns/{campaign}/members",
        "/v1/leads",
        "/v1/leads/bulk",
        "/v1/leads/{lead}",
        "/v1/leads/{lead}/activities",
        "/v1/leads/{lead}/conversions",
        "/v1/leads/{lead}/decisions",
        "/v1/leads/{lead}/history",
        "/v1/leads/{lead}/orders",
        "/v1/leads/{lead}/suggestions",
        "/v1/orders",
        "/v1/plugins",
        "/v1/plugins/{name}/log",
        "/v1/policy",
        "/v1/policy/activate",
        "/v1/policy/backtest",
        "/v1/policy/revisions",
        "/v1/policy/rollback",
        "/v1/policy/trial",
        "/v1/policy/trial/end",
        "/v1/probe",
        "/v1/queue",
        "/v1/reports/accounts",
        "/v1/reports/campaigns",
        "/v1/reports/channels",
        "/v1/reports/forecast",
        "/v1/reports/plan",
        "/v1/reports/rebates",
        "/v1/reports/referrers",
        "/v1/reports/sources",
        "/v1/reports/stages",
        "/v1/reports/team",
        "/v1/reports/trends",
        "/v1/reps/{rep}/relieve",
        "/v1/summary",
        "/v1/targets/{kind}/{id}",
        "/v1/visitors/{visitor}/activities",
        "/v1/webhooks",
        "/v1/webhooks/{name}",
        "/v1/webhooks/{name}/failed",
        "/v1/webhooks/{name}/retry",
    ];
    assert_eq!(paths, expected);
    let leads = description["paths"]["/v1/leads"].as_object().unwrap();
    assert_eq!(leads.keys().collect::<Vec<_>>(), ["get", "post"]);
}

#[tokio::test]
async fn every_operation_has_a_name_a_summary_and_its_problems() {
    let description = description().await;
    let mut names = BTreeSet::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            assert!(names.insert(operation["operationId"].as_str().unwrap()), "{path}");
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{path}");
            let guarded = operation.get("security").is_some();
            assert_eq!(guarded, path.starts_with("/v1"));
            let problems: &[&str] = if guarded { &["401", "403", "default"] } else { &["default"] };
            for status in problems {
                let content = &operation["responses"][status]["content"]["application/problem+json"];
                assert_eq!(content["schema"]["$ref"], "#/components/schemas/Problem", "{path}");
            }
        }
    }
    assert_eq!(description["components"]["securitySchemes"]["token"]["scheme"], "bearer");
}

#[tokio::test]
async fn every_reference_leads_somewhere() {
    fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let description = description().await;
    let mut found = BTreeSet::new();
    references(&description, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        assert!(description.pointer(reference.strip_prefix('#').unwrap()).is_some(), "{reference}");
    }
}
