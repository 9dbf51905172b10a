use leadsman_sdk::harness::{Harness, sample};
use leadsman_sdk::prelude::*;
use serde_json::json;

use crate::Words;

#[test]
fn an_unwanted_word_is_found_however_it_is_written() {
    let harness = Harness::<Words>::configure(json!({ "words": ["casino"] })).unwrap();
    let verdict = harness.screen(&sample().with("message", "Best CASINO in town")).unwrap();
    assert_eq!(verdict.disposition, Disposition::Reject);
    assert_eq!(harness.screen(&sample()).unwrap(), Verdict::accept());
}

#[test]
fn words_must_be_given() {
    let problems = Harness::<Words>::configure(json!({ "words": [] })).err().unwrap();
    assert_eq!(problems[0].pointer, "/words");
}
