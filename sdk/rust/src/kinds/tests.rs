//! What a pattern covers, and what can be one.

use super::*;
use crate::Timestamp;

fn kinds(names: &[&str]) -> Kinds {
    let mut kinds = Kinds::new();
    names.iter().for_each(|name| kinds.add(name));
    kinds
}

#[test]
fn each_kind_is_asked_for_once_and_in_order() {
    let kinds = kinds(&["meeting", "call.*", "meeting", "call.missed"]);
    assert_eq!(kinds.names(), ["meeting", "call.*", "call.missed"]);
}

#[test]
fn a_set_has_what_its_patterns_cover() {
    let kinds = kinds(&["call.*", "call.missed", "meeting", "callback", "call.missed.*"]);
    let positions = |patterns: &[&str]| kinds.covered_by(patterns).positions().collect::<Vec<_>>();
    assert_eq!(positions(&["call.*"]), [0, 1, 4]);
    assert_eq!(positions(&["call.missed"]), [1]);
    assert_eq!(positions(&["call.missed.*", "meeting"]), [2, 4]);
    assert!(positions(&[]).is_empty());
    assert!(positions(&["email.*"]).is_empty());
}

#[test]
fn a_set_is_asked_by_the_position_of_an_activity() {
    let set = kinds(&["meeting", "call.missed"]).covered_by(&["call.*"]);
    let contains = |kind| set.contains(&Activity { kind, at: Timestamp::from_millis(0), quantity: 1.0 });
    assert_eq!([0, 1, 2].map(contains), [false, true, false]);
}

#[test]
fn a_star_stands_for_the_rest_only_after_a_dot() {
    assert!(covers("email.*", "email.reply"));
    assert!(covers("email.*", "email.*"));
    assert!(!covers("email.*", "email"));
    assert!(!covers("email*", "emails"));
    assert!(covers("email*", "email*"));
}

#[test]
fn kinds_and_patterns_are_checked() {
    for kind in ["meeting", "email.reply", "email.*", "a.b.*"] {
        assert_eq!(check(kind), Ok(()), "{kind}");
    }
    for wrong in ["", "*", ".*", "email*", "email.*.reply", "e mail", " "] {
        assert!(check(wrong).is_err(), "{wrong:?}");
    }
}
