use leadsman_sdk::harness::{Harness, owned, sample};
use leadsman_sdk::prelude::*;
use serde_json::json;

use crate::FirstCall;

const HOUR_MS: i64 = 3_600_000;

#[test]
fn an_owner_is_reminded_and_then_loses_the_lead() {
    let harness = || Harness::<FirstCall>::configure(json!({ "within": "24h", "remind": "2h" })).unwrap();
    let got = harness().now();
    let after = |hours: i64| harness().at(got.plus_millis(hours * HOUR_MS));
    let lead = owned(sample(), "ann", "inbound", got);
    let deeds = |hours| after(hours).review(&lead).unwrap().actions.into_iter().map(|one| one.deed);
    assert_eq!(deeds(21).count(), 0);
    assert!(matches!(deeds(22).next(), Some(Deed::Remind(_))));
    assert!(matches!(deeds(24).next(), Some(Deed::Recycle(None))));
    let called = lead.did("call.done", got.plus_millis(HOUR_MS));
    assert_eq!(after(24).review(&called).unwrap(), NextSteps::nothing());
}
