use leadsman_sdk::harness::{Harness, sample};
use serde_json::json;

use crate::Size;

#[test]
fn big_companies_get_points() {
    let harness = Harness::<Size>::configure(json!({ "big": 100 })).unwrap();
    assert_eq!(harness.score(&sample().with("company.size", 250.0)).unwrap().total(), 20.0);
    assert_eq!(harness.score(&sample()).unwrap().total(), 0.0);
}
