use serde_json::json;

use super::*;

fn compared(was: &Value, is: &Value) -> Vec<(String, Change)> {
    let mut found = Vec::new();
    compare("", was, is, &mut found);
    found.into_iter().map(|one| (one.place, one.change)).collect()
}

fn replaced(was: Value, is: Value) -> Change {
    Change::Replaced { was, is }
}

#[test]
fn the_same_has_no_differences() {
    let policy = json!({"reps": [{"id": "ann", "cap": 3}], "lists": {"x": ["a"]}});
    assert_eq!(compared(&policy, &policy), []);
}

#[test]
fn entries_are_known_by_their_id_wherever_they_stand() {
    let was = json!({"reps": [{"id": "ann", "cap": 3}, {"id": "bob", "cap": null}]});
    let is = json!({"reps": [{"id": "bob", "cap": 5}, {"id": "ann", "cap": 4}, {"id": "cy"}]});
    let order = |names: [&str; 2]| names.map(str::to_owned).to_vec();
    let expected = [
        ("reps[ann].cap".to_owned(), replaced(json!(3), json!(4))),
        ("reps[bob].cap".to_owned(), Change::Added(json!(5))),
        ("reps[cy]".to_owned(), Change::Added(json!({"id": "cy"}))),
        ("reps".to_owned(), Change::Reordered { was: order(["ann", "bob"]), is: order(["bob", "ann"]) }),
    ];
    assert_eq!(compared(&was, &is), expected);
}

#[test]
fn bindings_are_known_by_their_plugin() {
    let binding = |words: Value| json!({"source": {"built-in": "words"}, "configuration": words});
    let was = json!({"screening": [binding(json!({"n": 1})), binding(json!({"n": 2}))]});
    let is = json!({"screening": [binding(json!({"n": 1})), binding(json!({"n": 3}))]});
    let place = "screening[words 2].configuration.n".to_owned();
    assert_eq!(compared(&was, &is), [(place, replaced(json!(2), json!(3)))]);
}

#[test]
fn lists_of_texts_differ_by_what_came_and_went() {
    let was = json!({"lists": {"bad": ["a.com", "b.com"]}});
    let is = json!({"lists": {"bad": ["b.com", "c.com"], "new": ["x"]}});
    let change = Change::Entries { added: vec!["c.com".to_owned()], removed: vec!["a.com".to_owned()] };
    let expected = [("lists.bad".to_owned(), change), ("lists.new".to_owned(), Change::Added(json!(["x"])))];
    assert_eq!(compared(&was, &is), expected);
}
