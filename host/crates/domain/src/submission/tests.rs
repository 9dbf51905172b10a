//! The limits of a submission.

use super::*;

fn submission(facts: Facts) -> Submission {
    let key = Submission::key_of("form", "1");
    Submission { key, received: Timestamp::from_ms(0), facts, origin: None, activities: Vec::new() }
}

fn facts(pairs: impl IntoIterator<Item = (String, Value)>) -> Facts {
    pairs.into_iter().map(|(name, value)| (AttributeName::parse(&name).unwrap(), value)).collect()
}

#[test]
fn takes_what_is_within_the_limits() {
    let two_hundred = (0..200).map(|index| (format!("a{index}"), Value::Number(1.0)));
    assert_eq!(submission(facts(two_hundred)).check(), Ok(()));
    let full = Value::Text("x".repeat(TEXT_BYTES_MAX));
    assert_eq!(submission(facts([("note".to_owned(), full)])).check(), Ok(()));
}

#[test]
fn refuses_what_is_beyond_them() {
    let too_many = (0..201).map(|index| (format!("a{index}"), Value::Flag(true)));
    assert_eq!(submission(facts(too_many)).check(), Err(InvalidSubmission::TooManyAttributes(201)));
    let half = Value::Text("x".repeat(TEXT_BYTES_MAX / 2 + 1));
    let texts = Value::Texts(vec!["x".repeat(TEXT_BYTES_MAX / 2 + 1)]);
    let both = facts([("one".to_owned(), half), ("two".to_owned(), texts)]);
    assert_eq!(submission(both).check(), Err(InvalidSubmission::TooMuchText(TEXT_BYTES_MAX + 2)));
    let nan = facts([("size".to_owned(), Value::Number(f64::NAN))]);
    assert_eq!(submission(nan).check(), Err(InvalidSubmission::NotFinite("size".to_owned())));
    let mut nowhere = submission(Facts::new());
    nowhere.origin = Some(Origin { channel: String::new(), campaign: None });
    assert_eq!(nowhere.check(), Err(InvalidSubmission::Word("the channel")));
}

#[test]
fn keys_of_different_sources_never_meet() {
    assert_eq!(Submission::key_of("crm", "1"), Submission::key_of("crm", "1"));
    assert_ne!(Submission::key_of("crm", "1"), Submission::key_of("form", "1"));
    assert_ne!(Submission::key_of("ab", "c"), Submission::key_of("a", "bc"));
}
