//! What is wrong with a configuration, and where.

use super::*;

fn places(config: Json) -> Vec<String> {
    let problems = Harness::<Nurture>::configure(config).err().unwrap();
    problems.into_iter().map(|problem| problem.pointer).collect()
}

fn sends(sends: &[(u32, &str)]) -> Json {
    let each = sends.iter().map(|(day, template)| json!({"day": day, "template": template}));
    json!({"tracks": [{"name": "t", "sends": each.collect::<Vec<_>>()}]})
}

#[test]
fn the_needs_name_each_kind_and_attribute_once() {
    let mut config = warm_and_cold(json!({"sends": 2, "within": "7d"}));
    config["stop_on"] = json!(["email.reply", "email.*"]);
    config["opt_out_on"] = json!(["email.reply", "email.unsubscribe"]);
    config["opt_out"] = json!("consent.opt-out");
    config["upgrade"] =
        json!([{"when": {"attribute": "company.size", "at_least": 1}, "then": {"route": true}}]);
    let needs = plugin(config).needs().clone();
    assert_eq!(needs.activities, ["email.reply", "email.*", "email.unsubscribe", "message.sent"]);
    assert_eq!(needs.attributes, ["consent.opt-out", "company.size"]);
    assert_eq!(*plugin(json!({})).needs(), Needs::none());
}

#[test]
fn tracks_are_checked() {
    assert_eq!(places(json!({"tracks": []})), ["/tracks"]);
    assert_eq!(places(sends(&[])), ["/tracks/0/sends"]);
    assert_eq!(places(sends(&[(3, "a"), (1, "b")])), ["/tracks/0/sends/1/day"]);
    assert_eq!(places(sends(&[(3, "a"), (3, "b"), (3, "a")])), ["/tracks/0/sends/2/template"]);
    assert_eq!(
        places(sends(&[(1, ""), (40_000, "b")])),
        ["/tracks/0/sends/0/template", "/tracks/0/sends/1/day"]
    );
    let mut long = sends(&[(1, "a")]);
    long["tracks"][0]["name"] = json!("t".repeat(33));
    assert_eq!(places(long), ["/tracks/0/name"]);
}

#[test]
fn groups_must_fit_the_tracks() {
    let mut config = warm_and_cold(Json::Null);
    config["groups"] = Json::Null;
    assert_eq!(places(config), ["/groups"]);
    let mut config = warm_and_cold(Json::Null);
    config["groups"][0]["track"] = json!("hot");
    assert_eq!(places(config), ["/groups/0/track"]);
    let mut config = warm_and_cold(Json::Null);
    config["groups"].as_array_mut().unwrap().push(json!({"name": "cold", "track": "cold"}));
    assert_eq!(places(config), ["/groups/2/name", "/groups/2"]);
}

#[test]
fn a_track_must_not_stop_itself() {
    let problems = Harness::<Nurture>::configure(json!({"stop_on": ["message.*"]})).err().unwrap();
    assert_eq!(problems[0].pointer, "/stop_on/0");
    assert_eq!(problems[0].message, "covers `message.sent`: the first message would be the last");
    assert_eq!(places(json!({"opt_out_on": ["message.sent"]})), ["/opt_out_on/0"]);
}

#[test]
fn upgrades_are_checked() {
    let upgrade = |then: Json| json!({"upgrade": [{"when": {"attribute": "a", "is": 1}, "then": then}]});
    assert_eq!(places(upgrade(json!({}))), ["/upgrade/0/then"]);
    assert_eq!(places(upgrade(json!({"route": true, "advance": "mql"}))), ["/upgrade/0/then"]);
    assert_eq!(places(upgrade(json!({"advance": "lead"}))), ["/upgrade/0/then/advance"]);
    assert_eq!(places(upgrade(json!({"recycle": {"pool": " "}}))), ["/upgrade/0/then/recycle/pool"]);
    let mut twice = upgrade(json!({"route": true}));
    let mut second = twice["upgrade"][0].clone();
    second["name"] = json!("1");
    twice["upgrade"].as_array_mut().unwrap().push(second);
    assert_eq!(places(twice), ["/upgrade/1/name"]);
}

#[test]
fn problems_are_reported_all_at_once() {
    let config = json!({
        "groups": [{"name": "", "when": {"attribute": "a"}, "track": "t"}],
        "tracks": [{"name": "t", "sends": []}],
        "stop_on": ["*"], "opt_out": "", "opt_out_on": ["a b"], "cap": {"sends": 0, "within": "week"},
        "pools": [""], "at": {"calendar": ""}, "upgrade": [{"when": {}, "then": {}}],
    });
    let expected = [
        "/tracks/0/sends",
        "/groups/0/name",
        "/groups/0/when",
        "/stop_on/0",
        "/opt_out",
        "/opt_out_on/0",
        "/cap/sends",
        "/cap/within",
        "/pools/0",
        "/at/calendar",
        "/upgrade/0/when",
        "/upgrade/0/then",
    ];
    assert_eq!(places(config), expected);
    assert_eq!(places(json!({"trakcs": []})), ["/trakcs"]);
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
