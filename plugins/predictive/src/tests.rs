use leadsman_sdk::harness::{Harness, sample};
use leadsman_sdk::model::{Calibration, Encoder, Forest, Model, ModelDocument, Node, RAW_PER_LOG_ODDS, Tree};
use leadsman_sdk::{Timestamp, Value};
use proptest::prelude::*;
use serde_json::json;

use crate::Predictive;

/// A model that asks for a source, then for seconds.
fn model() -> ModelDocument {
    let one = i32::try_from(RAW_PER_LOG_ODDS).unwrap();
    let tree = Tree(vec![
        Node::split(0, 0, 0b10, 1),
        Node::leaf(one),
        Node::split(-one / 2, 1, 0b11, 3),
        Node::leaf(-one),
        Node::leaf(one / 4),
    ]);
    let forest = Forest::new(-RAW_PER_LOG_ODDS / 2, &[tree.clone(), tree]).unwrap();
    let knots = vec![10_000_000, 200_000_000, 400_000_000, 800_000_000, 990_000_000];
    let calibration = Calibration::new(-4 * RAW_PER_LOG_ODDS, 21, knots).unwrap();
    let encoders = vec![Encoder::text(vec!["chat".to_owned()]), Encoder::Number(vec![60.0])];
    let model = Model::new(encoders, forest, calibration).unwrap();
    ModelDocument::of(&model, &["source".to_owned(), "seconds".to_owned()])
}

fn told(reasons: usize, lead: &leadsman_sdk::harness::Sample) -> Vec<(String, f64)> {
    let harness = Harness::<Predictive>::configure(json!({ "model": model(), "reasons": reasons })).unwrap();
    let score = harness.score(lead).unwrap();
    score.contributions.into_iter().map(|one| (one.rule, one.points)).collect()
}

#[test]
fn a_lead_is_told_what_moved_it() {
    let told = |lead| told(6, &lead);
    let average = ("average lead".to_owned(), 35.0);
    assert_eq!(told(sample().with("source", "Chat")), [average.clone(), ("source".to_owned(), 35.0)]);
    let other = told(sample().with("source", "fair").with("seconds", 10.0));
    assert_eq!(other[0], average);
    assert_eq!(other.iter().map(|one| one.0.as_str()).collect::<Vec<_>>()[1..], ["seconds", "source"]);
    assert!(other[2].1 < 0.0 && other[1].1 < other[2].1, "{other:?}");
    let percent: f64 = other.iter().map(|one| one.1).sum();
    assert!((percent - 5.75).abs() < 1e-9, "{other:?}");
}

#[test]
fn what_is_not_told_singly_is_told_together() {
    let all = told(6, &sample().with("seconds", 10.0));
    let few = told(1, &sample().with("seconds", 10.0));
    assert_eq!(
        few.iter().map(|one| one.0.as_str()).collect::<Vec<_>>(),
        ["average lead", "seconds", "other attributes"]
    );
    let sum = |told: &[(String, f64)]| told.iter().map(|one| (one.1 * 1000.0).round() as i64).sum::<i64>();
    assert_eq!(sum(&all), sum(&few));
}

#[test]
fn problems_have_a_place() {
    let place = |config| Harness::<Predictive>::configure(config).unwrap_err()[0].pointer.clone();
    let changed = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut config = json!({ "model": model() });
        change(&mut config);
        place(config)
    };
    assert_eq!(place(json!({})), "");
    assert_eq!(changed(&|config| config["model"]["format"] = json!(2)), "/model");
    assert_eq!(changed(&|config| config["model"]["trees"] = json!("AAAA")), "/model");
    assert_eq!(
        changed(&|config| config["model"]["attributes"][0]["name"] = json!("seconds")),
        "/model/attributes/1/name"
    );
    assert_eq!(changed(&|config| config["reasons"] = json!(-1)), "/reasons");
    assert_eq!(changed(&|config| config["model"]["attributes"] = json!([])), "/model");
}

proptest! {
    #[test]
    fn whatever_a_lead_says_the_answer_is_a_probability(
        source in prop_oneof![
            any::<String>().prop_map(Value::Text),
            any::<f64>().prop_map(Value::Number),
            any::<bool>().prop_map(Value::Flag),
            any::<i64>().prop_map(Value::Time),
            prop::collection::vec(any::<String>(), 0..3).prop_map(Value::Texts),
        ],
        received in any::<i64>(),
    ) {
        let lead = sample().with("source", source.clone()).with("seconds", source);
        let lead = lead.received(Timestamp::from_millis(received));
        let percent: f64 = told(2, &lead).iter().map(|one| one.1).sum();
        prop_assert!((0.999..=99.001).contains(&percent), "{percent}");
    }
}
