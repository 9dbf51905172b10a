use serde::Deserialize;

use super::*;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only read from JSON")]
struct Outer {
    rules: Vec<Inner>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only read from JSON")]
struct Inner {
    points: f64,
}

fn problem(json: &str) -> Problem {
    parse::<Outer>(json).unwrap_err().remove(0)
}

#[test]
fn a_wrong_type_is_placed() {
    let problem = problem(r#"{"rules":[{"points":1},{"points":"ten"}]}"#);
    assert_eq!(problem.pointer, "/rules/1/points");
    assert_eq!(problem.message, r#"invalid type: string "ten", expected f64"#);
}

#[test]
fn an_unknown_key_is_placed() {
    let problem = problem(r#"{"rules":[{"points":1,"a/b":2}]}"#);
    assert_eq!(problem.pointer, "/rules/0/a~1b");
    assert!(problem.message.starts_with("unknown field `a/b`"), "{}", problem.message);
}

#[test]
fn a_missing_key_is_placed_at_its_object() {
    let problem = problem(r#"{"rules":[{}]}"#);
    assert_eq!((problem.pointer.as_str(), problem.message.as_str()), ("/rules/0", "missing field `points`"));
}

#[test]
fn what_follows_the_document_is_refused() {
    assert_eq!(problem(r#"{"rules":[]} x"#).pointer, "");
}

#[test]
fn depth_counts_brackets_outside_texts() {
    assert_eq!(depth(r#"{"a":["[[[\"[", [1]]}"#), 3);
}

#[test]
fn too_deep_is_a_problem_and_not_an_overflow() {
    let deep = "[".repeat(100_000);
    assert_eq!(problem(&deep), Problem::at("", "nested more than 40 levels deep"));
}
