//! What is wrong with a configuration, and where.

use super::*;

fn places(config: Json) -> Vec<String> {
    let problems = Harness::<Clocks>::configure(config).err().unwrap();
    problems.into_iter().map(|problem| problem.pointer).collect()
}

fn rule(changes: Json) -> Json {
    let mut rule = json!({"name": "r", "since": "owned", "within": "10h", "then": {"recycle": true}});
    for (key, value) in changes.as_object().unwrap() {
        rule[key] = value.clone();
    }
    json!({"counts": ["call.*"], "rules": [rule]})
}

fn first(changes: Json) -> (String, String) {
    let problem = Harness::<Clocks>::configure(rule(changes)).err().unwrap().remove(0);
    (problem.pointer, problem.message)
}

#[test]
fn the_needs_name_each_kind_and_attribute_once() {
    let whole = json!({
        "counts": ["call.*", "meeting"],
        "rules": [
            {"name": "first-contact", "since": "owned", "within": "24h", "met_by": "activity",
             "warn": ["4h", "1h"], "escalate": "30m", "then": {"recycle": true}},
            {"name": "idle", "since": "owned", "within": "15d", "extend": "15d", "warn": ["1d"],
             "then": {"recycle": true}},
            {"name": "no-deal", "since": "owned", "within": "60d", "met_by": "deal",
             "then": {"recycle": {"pool": "nurture"}}},
            {"name": "protected", "since": "owned", "within": "10d", "extend": "3d", "most": "20d",
             "then": {"recycle": true}},
            {"name": "mql-stands", "since": "stage", "stages": ["mql"], "within": "8h", "clock": "office",
             "then": {"escalate": "An MQL waits."}},
            {"name": "waits", "since": "pooled", "within": "2d",
             "when": {"attribute": "company.size", "at_least": 100}, "then": {"recycle": {"pool": "key"}}},
        ],
        "signals": [
            {"name": "saved-phone", "on": ["phone.saved"], "every": "1d", "then": {"remind": "Call now."}},
            {"name": "dwelled", "on": ["page.dwell"], "at_least": 300, "then": {"route": true}},
        ],
    });
    let needs = plugin(whole).needs().clone();
    assert_eq!(needs.activities, ["call.*", "meeting", "phone.saved", "page.dwell"]);
    assert_eq!(needs.attributes, ["company.size"]);
}

#[test]
fn durations_are_checked() {
    for wrong in ["", "h", "10", "1.5h", "-1h", "+1h", "10 h", "10w", "٣h", "1é"] {
        let (place, message) = first(json!({"within": wrong}));
        assert_eq!(place, "/rules/0/within", "{wrong:?}");
        assert_eq!(message, "must be a duration such as `90m`, `24h` or `15d`");
    }
    assert_eq!(first(json!({"within": "0h"})).1, "must be at least `1m`");
    assert_eq!(first(json!({"within": "36501d"})).1, "must be at most `36500d`");
    assert_eq!(first(json!({"within": "99999999999999999999h"})).1, "must be at most `36500d`");
}

#[test]
fn working_time_is_written_in_hours() {
    let clock = json!({
        "clock": "office", "within": "1d", "extend": "2d", "most": "3d", "warn": ["4d"], "escalate": "5d",
    });
    let expected = ["within", "extend", "most", "warn/0", "escalate"].map(|key| format!("/rules/0/{key}"));
    assert_eq!(places(rule(clock)), expected);
    let (_, message) = first(json!({"clock": "office", "within": "1d"}));
    assert!(message.starts_with("write working time in hours"), "{message}");
}

#[test]
fn what_makes_no_sense_together_is_refused() {
    let place = |changes| first(changes).0;
    assert_eq!(place(json!({"extend": "1h", "met_by": "activity"})), "/rules/0/extend");
    assert_eq!(place(json!({"most": "20h"})), "/rules/0/most");
    assert_eq!(place(json!({"extend": "1h", "most": "9h"})), "/rules/0/most");
    assert_eq!(place(json!({"warn": ["1h", "10h"]})), "/rules/0/warn/1");
    assert_eq!(place(json!({"warn": ["1h", "60m"]})), "/rules/0/warn/1");
    assert_eq!(place(json!({"extend": "3h", "escalate": "3h"})), "/rules/0/escalate");
    assert_eq!(place(json!({"stages": []})), "/rules/0/stages");
    assert_eq!(place(json!({"stages": ["lead"]})), "/rules/0/stages/0");
    assert_eq!(place(json!({"say": {"warn": "{owner}: call"}})), "/rules/0/say/warn");
    assert_eq!(place(json!({"clock": " "})), "/rules/0/clock");
    assert_eq!(place(json!({"when": {"attribute": "a"}})), "/rules/0/when");
    assert_eq!(place(json!({"name": "a/b"})), "/rules/0/name");
    assert_eq!(place(json!({"name": "a".repeat(64)})), "/rules/0/name");
}

#[test]
fn exactly_one_thing_is_done() {
    let place = |then: Json| first(json!({"then": then})).0;
    assert_eq!(place(json!({})), "/rules/0/then");
    assert_eq!(place(json!({"recycle": false})), "/rules/0/then");
    assert_eq!(place(json!({"recycle": true, "send": "x"})), "/rules/0/then");
    assert_eq!(place(json!({"recycle": {"pool": ""}})), "/rules/0/then/recycle/pool");
    assert_eq!(place(json!({"escalate": " "})), "/rules/0/then/escalate");
    assert_eq!(place(json!({"route": true})), "/rules/0/then/route", "somebody owns it");
    let (place, message) = first(json!({"then": {"recycle": "yes"}}));
    assert_eq!(place, "/rules/0/then/recycle");
    assert!(message.contains("expected `true`, or a pool"), "{message}");
    let (place, _) = first(json!({"since": "pooled"}));
    assert_eq!(place, "/rules/0/then/recycle", "nobody owns it");
}

#[test]
fn problems_are_reported_all_at_once() {
    let config = json!({
        "counts": ["*"],
        "rules": [
            {"name": "a", "since": "owned", "within": "soon", "then": {}},
            {"name": "a", "since": "owned", "within": "1h", "warn": ["2h"], "then": {"recycle": true}},
        ],
        "signals": [{"name": "a", "on": [], "at_least": 0, "every": "x", "then": {"remind": ""}}],
    });
    let expected = [
        "/counts/0",
        "/rules/0/within",
        "/rules/0/then",
        "/rules/1/name",
        "/rules/1/warn/0",
        "/signals/0/name",
        "/signals/0/on",
        "/signals/0/at_least",
        "/signals/0/every",
        "/signals/0/then/remind",
    ];
    assert_eq!(places(config), expected);
    let mut uncounted = rule(json!({"extend": "1h"}));
    uncounted["counts"] = json!([]);
    assert_eq!(places(uncounted), ["/rules/0/extend"]);
    assert_eq!(places(json!({"ruels": []})), ["/ruels"]);
    let many: Vec<Json> =
        (0..51).map(|n| json!({"name": n.to_string(), "on": ["x"], "then": {"route": true}})).collect();
    assert_eq!(places(json!({"signals": many})), ["/signals"]);
}

#[test]
fn the_schema_documents_every_field() {
    let schema = plugin(json!({})).schema().unwrap();
    let definitions = schema["$defs"].as_object().unwrap().values();
    for definition in definitions.chain([&schema]).filter(|definition| definition["properties"].is_object()) {
        for (name, property) in definition["properties"].as_object().unwrap() {
            assert!(property["description"].is_string(), "{name} is not described");
        }
    }
}
