use leadsman_sdk::harness::Harness;
use leadsman_sdk::prelude::*;
use serde_json::json;

use crate::Campaigns;

#[test]
fn touches_of_campaigns_earn_more() {
    let harness = Harness::<Campaigns>::configure(json!({ "factor": 3 })).unwrap();
    let at = harness.now();
    let touch = |campaign: Option<&str>| Touch {
        at,
        channel: "email".to_owned(),
        campaign: campaign.map(str::to_owned),
    };
    let deal = Conversion {
        id: "deal-1".to_owned(),
        scenario: "default".to_owned(),
        at,
        lead_created: None,
        deal_created: None,
    };
    assert_eq!(harness.credit(&deal, &[touch(None), touch(Some("spring"))]).unwrap(), [1.0, 3.0]);
}
