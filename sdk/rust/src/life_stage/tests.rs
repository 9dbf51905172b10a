//! Names and their order.

use serde_json::json;

use super::*;

#[test]
fn configurations_read_the_names_that_stages_have() {
    for stage in LifeStage::ALL {
        let read: LifeStage = serde_json::from_value(json!(stage.to_string())).unwrap();
        assert_eq!((read, LifeStage::named(stage.as_str())), (stage, Some(stage)));
    }
    assert_eq!(LifeStage::named("MQL"), None);
}

#[test]
fn each_stage_comes_after_the_one_before() {
    assert!(LifeStage::ALL.is_sorted());
}
