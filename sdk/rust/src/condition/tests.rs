//! What conditions hold for, how they read, and where their problems are.

use serde_json::json;

use super::*;
use crate::duration::DAY_MS;
use crate::harness::host;
use crate::{Problem, Timestamp, Value};

fn condition(json: serde_json::Value) -> Condition {
    serde_json::from_value(json).unwrap()
}

fn problems(json: serde_json::Value) -> Vec<Problem> {
    let mut scope = Scope::new();
    scope.compile(&condition(json), "/when");
    scope.finish().unwrap_err()
}

/// Whether a condition on the attribute `a` holds for a value.
fn holds(json: serde_json::Value, value: impl Into<Option<Value>>) -> bool {
    let mut scope = Scope::new();
    scope.attribute("a");
    let compiled = scope.compile(&condition(json), "");
    compiled.holds(&[value.into()], Timestamp::from_millis(30 * DAY_MS))
}

#[test]
fn texts_are_compared_as_people_do() {
    assert!(holds(json!({"attribute": "a", "is": "Retail"}), Value::from(" retail")));
    assert!(holds(json!({"attribute": "a", "one_of": ["x", "RETAIL"]}), Value::from("retail")));
    assert!(holds(json!({"attribute": "a", "contains": "tai"}), Value::from("ReTail")));
    assert!(holds(json!({"attribute": "a", "starts_with": "re", "ends_with": "IL"}), Value::from("Retail")));
    assert!(!holds(json!({"attribute": "a", "is_not": "retail"}), Value::from("Retail")));
    assert!(holds(json!({"attribute": "a", "is_not": "retail"}), Value::from("bank")));
}

#[test]
fn numbers_have_open_and_closed_ends() {
    let between = json!({"attribute": "a", "between": [10, 20]});
    assert!(holds(between.clone(), Value::from(10.0)));
    assert!(!holds(between, Value::from(20.0)));
    assert!(holds(json!({"attribute": "a", "at_least": 5, "below": 6}), Value::from(5.0)));
    assert!(!holds(json!({"attribute": "a", "above": 5}), Value::from(5.0)));
    assert!(holds(json!({"attribute": "a", "at_most": 5}), Value::from(5.0)));
    assert!(holds(json!({"attribute": "a", "is": 5}), Value::from(5.0)));
    assert!(holds(json!({"attribute": "a", "is": true}), Value::from(true)));
}

#[test]
fn what_is_missing_or_of_another_type_satisfies_nothing_but_absent() {
    for comparison in
        [json!({"is": "x"}), json!({"is_not": "x"}), json!({"above": 1}), json!({"within_days": 1})]
    {
        let mut condition = comparison;
        condition["attribute"] = json!("a");
        assert!(!holds(condition, None));
    }
    assert!(holds(json!({"attribute": "a", "absent": true}), None));
    assert!(holds(json!({"attribute": "a", "present": false}), None));
    assert!(holds(json!({"attribute": "a", "present": true}), Value::from(false)));
    assert!(!holds(json!({"attribute": "a", "above": 1}), Value::from("2")));
}

#[test]
fn sets_match_by_any_of_their_texts() {
    let tags = || Value::from(["VIP", "webinar"]);
    assert!(holds(json!({"attribute": "a", "includes_any": ["vip", "x"]}), tags()));
    assert!(holds(json!({"attribute": "a", "includes_all": ["vip", "Webinar"]}), tags()));
    assert!(!holds(json!({"attribute": "a", "includes_all": ["vip", "x"]}), tags()));
    assert!(holds(json!({"attribute": "a", "is": "vip"}), tags()));
    assert!(holds(json!({"attribute": "a", "includes_any": ["vip"]}), Value::from("vip")));
}

#[test]
fn days_are_counted_to_the_millisecond() {
    let seven_days_ago = 23 * DAY_MS;
    let within = || json!({"attribute": "a", "within_days": 7});
    let older = || json!({"attribute": "a", "older_than_days": 7});
    assert!(holds(within(), Value::Time(seven_days_ago)));
    assert!(!holds(within(), Value::Time(seven_days_ago - 1)));
    assert!(!holds(within(), Value::Time(31 * DAY_MS)), "the future is not within the last days");
    assert!(!holds(older(), Value::Time(seven_days_ago)));
    assert!(holds(older(), Value::Time(seven_days_ago - 1)));
}

#[test]
fn lists_are_asked_and_needed() {
    host::set_lists([("named".to_owned(), vec!["Acme".to_owned()])]);
    assert!(holds(json!({"attribute": "a", "in_list": "named"}), Value::from("ACME")));
    assert!(!holds(json!({"attribute": "a", "in_list": "other"}), Value::from("ACME")));
    let mut scope = Scope::with_reserved(&["lead.score"]);
    scope.compile(
        &condition(json!({"all": [
            {"attribute": "b", "in_list": "named"}, {"attribute": "lead.score", "above": 1}
        ]})),
        "",
    );
    let needs = scope.finish().unwrap();
    assert_eq!((needs.attributes, needs.lists), (vec!["b".to_owned()], vec!["named".to_owned()]));
}

#[test]
fn conditions_combine() {
    let either =
        json!({"any": [{"attribute": "a", "is": "x"}, {"not": {"attribute": "a", "present": true}}]});
    assert!(holds(either.clone(), Value::from("x")));
    assert!(holds(either.clone(), None));
    assert!(!holds(either, Value::from("y")));
}

#[test]
fn problems_have_their_place() {
    let places = |json| problems(json).into_iter().map(|problem| problem.pointer).collect::<Vec<_>>();
    assert_eq!(places(json!({})), ["/when"]);
    assert_eq!(places(json!({"attribute": "a"})), ["/when"]);
    assert_eq!(places(json!({"is": 1})), ["/when"]);
    assert_eq!(places(json!({"attribute": "a", "between": [2, 2]})), ["/when/between"]);
    assert_eq!(places(json!({"attribute": "a", "all": [{"attribute": "a", "is": 1}]})), ["/when/all"]);
    assert_eq!(places(json!({"all": []})), ["/when/all"]);
    assert_eq!(
        places(json!({"any": [{"not": {"attribute": "a", "contains": " "}}]})),
        ["/when/any/0/not/contains"]
    );
    assert_eq!(places(json!({"attribute": "a", "within_days": -1})), ["/when/within_days"]);
}

#[test]
fn an_unknown_comparison_is_refused() {
    let error = serde_json::from_value::<Condition>(json!({"attribute": "a", "equals": 1})).unwrap_err();
    assert!(error.to_string().starts_with("unknown field `equals`"), "{error}");
}

#[test]
fn nesting_has_a_limit() {
    let nested = |depth: usize| {
        (1..depth).fold(json!({"attribute": "a", "is": 1}), |inner, _| json!({ "not": inner }))
    };
    let mut scope = Scope::new();
    scope.compile(&condition(nested(DEPTH_MAX)), "");
    assert!(scope.finish().is_ok());
    assert!(problems(nested(DEPTH_MAX + 1))[0].message.contains("more than 16 deep"));
}

#[test]
fn conditions_read_as_sentences() {
    let text = condition(json!({"all": [
        {"attribute": "company.size", "at_least": 50},
        {"any": [{"attribute": "industry", "one_of": ["retail", "finance"]}, {"attribute": "vip", "is": true}]},
    ]}));
    assert_eq!(
        text.to_string(),
        "company.size is at least 50 and (industry is one of retail, finance or vip is true)"
    );
}

#[test]
fn the_schema_knows_every_clause() {
    let schema = serde_json::to_value(schemars::schema_for!(Condition)).unwrap();
    let properties =
        schema["properties"].as_object().or_else(|| schema["$defs"]["Condition"]["properties"].as_object());
    assert_eq!(properties.unwrap().len(), 22);
}
