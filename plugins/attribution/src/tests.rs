use leadsman_sdk::harness::Harness;
use leadsman_sdk::prelude::*;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::TouchCredit;

const DAY_MS: i64 = 86_400_000;
const WON: i64 = 1_000 * DAY_MS;

fn day(days_before: f64) -> Timestamp {
    Timestamp::from_millis(WON).plus_days(-days_before)
}

fn conversion() -> Conversion {
    Conversion {
        id: "deal".to_owned(),
        scenario: "new-business".to_owned(),
        at: day(0.0),
        lead_created: None,
        deal_created: None,
    }
}

fn touch(days_before: f64, channel: &str) -> Touch {
    Touch { at: day(days_before), channel: channel.to_owned(), campaign: None }
}

fn touches(days_before: &[f64]) -> Vec<Touch> {
    days_before.iter().map(|days| touch(*days, "ads")).collect()
}

fn credit_with(config: Json, conversion: &Conversion, touches: &[Touch]) -> Vec<f64> {
    let harness = Harness::<TouchCredit>::configure(config).unwrap();
    let weights = harness.credit(conversion, touches).unwrap();
    weights.into_iter().map(|weight| (weight * 1e9).round() / 1e9).collect()
}

fn credit(model: &str, days_before: &[f64]) -> Vec<f64> {
    credit_with(json!({"model": model}), &conversion(), &touches(days_before))
}

#[test]
fn single_touch_models() {
    assert_eq!(credit("first", &[3.0, 2.0, 1.0]), [1.0, 0.0, 0.0]);
    assert_eq!(credit("last", &[3.0, 2.0, 1.0]), [0.0, 0.0, 1.0]);
    assert_eq!(credit("linear", &[3.0, 2.0, 1.0, 0.0]), [0.25; 4]);
}

#[test]
fn last_non_direct_falls_back_to_direct() {
    let config = || json!({"model": "last-non-direct"});
    let path = [touch(3.0, "ads"), touch(2.0, "mail"), touch(1.0, "direct")];
    assert_eq!(credit_with(config(), &conversion(), &path), [0.0, 1.0, 0.0]);
    let direct = [touch(3.0, "direct"), touch(2.0, "direct")];
    assert_eq!(credit_with(config(), &conversion(), &direct), [0.0, 1.0]);
    let renamed = json!({"model": "last-non-direct", "direct_channel": "mail"});
    assert_eq!(credit_with(renamed, &conversion(), &path), [0.0, 0.0, 1.0]);
}

#[test]
fn u_shaped() {
    assert_eq!(credit("u-shaped", &[1.0]), [1.0]);
    assert_eq!(credit("u-shaped", &[2.0, 1.0]), [0.5, 0.5]);
    assert_eq!(credit("u-shaped", &[4.0, 3.0, 2.0, 1.0]), [0.4, 0.1, 0.1, 0.4]);
    let known = Conversion { lead_created: Some(day(3.0)), ..conversion() };
    let path = touches(&[4.0, 3.0, 2.0, 1.0]);
    assert_eq!(credit_with(json!({"model": "u-shaped"}), &known, &path), [0.4, 0.4, 0.1, 0.1]);
}

#[test]
fn w_shaped_pools_and_renormalises() {
    let config = || json!({"model": "w-shaped"});
    let path = touches(&[9.0, 7.0, 5.0, 3.0, 1.0]);
    let known = Conversion { lead_created: Some(day(7.0)), deal_created: Some(day(3.0)), ..conversion() };
    assert_eq!(credit_with(config(), &known, &path), [0.3, 0.3, 0.05, 0.3, 0.05]);
    let coincident = Conversion { lead_created: Some(day(8.0)), ..known.clone() };
    assert_eq!(credit_with(config(), &coincident, &path)[0], 0.6);
    let no_deal = Conversion { deal_created: None, ..known.clone() };
    let weights = credit_with(config(), &no_deal, &path[..3]);
    assert_eq!(weights, [0.428571429, 0.428571429, 0.142857143]);
    let before_all =
        Conversion { lead_created: Some(day(10.0)), deal_created: Some(day(7.0)), ..conversion() };
    assert_eq!(credit_with(config(), &before_all, &path[..2]), [0.5, 0.5]);
    assert_eq!(credit_with(config(), &known, &path[..1]), [1.0]);
}

#[test]
fn full_path() {
    let known = Conversion { lead_created: Some(day(7.0)), deal_created: Some(day(3.0)), ..conversion() };
    let path = touches(&[9.0, 7.0, 5.0, 3.0, 1.0]);
    let weights = credit_with(json!({"model": "full-path"}), &known, &path);
    assert_eq!(weights, [0.225, 0.225, 0.1, 0.225, 0.225]);
}

#[test]
fn j_shaped_and_its_mirror() {
    assert_eq!(credit("j-shaped", &[3.0, 2.0, 1.0]), [0.2, 0.2, 0.6]);
    assert_eq!(credit("inverse-j", &[3.0, 2.0, 1.0]), [0.6, 0.2, 0.2]);
    assert_eq!(credit("j-shaped", &[2.0, 1.0]), [0.3, 0.7]);
    assert_eq!(credit("inverse-j", &[2.0, 1.0]), [0.7, 0.3]);
    assert_eq!(credit("j-shaped", &[1.0]), [1.0]);
}

#[test]
fn decay_by_time_and_by_position() {
    let sevenths = [0.142857143, 0.285714286, 0.571428571];
    assert_eq!(credit("time-decay", &[14.0, 7.0, 0.0]), sevenths);
    assert_eq!(credit("time-decay", &[914.0, 907.0, 900.0]), sevenths, "proportions, however long ago");
    assert_eq!(credit("position-decay", &[3.0, 2.0, 1.0]), [0.166666667, 0.333333333, 0.5]);
}

#[test]
fn weights_by_channel_and_own_shares() {
    let path = [touch(3.0, "ads"), touch(2.0, "mail"), touch(1.0, "fair")];
    let channels = json!({"model": "channel-weights", "channels": {"ads": 1, "mail": 3}});
    assert_eq!(credit_with(channels, &conversion(), &path), [0.25, 0.75, 0.0]);
    let unknown = json!({"model": "channel-weights", "channels": {"tv": 1}});
    assert_eq!(credit_with(unknown, &conversion(), &path[..2]), [0.5, 0.5]);
    let shares = json!({"model": "j-shaped", "weights": {"first": 1, "last": 2, "others": 1}});
    assert_eq!(credit_with(shares, &conversion(), &path), [0.25, 0.25, 0.5]);
}

#[test]
fn problems_are_placed() {
    let place = |config| Harness::<TouchCredit>::configure(config).unwrap_err().remove(0).pointer;
    assert_eq!(place(json!({"model": "best"})), "/model");
    assert_eq!(place(json!({"model": "time-decay", "half_life_days": 0})), "/half_life_days");
    assert_eq!(place(json!({"model": "linear", "weights": {"first": 1}})), "/weights");
    assert_eq!(place(json!({"model": "u-shaped", "weights": {"first": -1, "last": 2}})), "/weights/first");
    assert_eq!(place(json!({"model": "channel-weights"})), "/channels");
    assert_eq!(place(json!({"model": "channel-weights", "channels": {"a/b": -1}})), "/channels/a~1b");
}

proptest! {
    /// Whatever the model and the path, there is a weight for each touch and they sum to one.
    #[test]
    fn weights_are_shares(
        model in prop::sample::select(vec![
            "first", "last", "last-non-direct", "linear", "u-shaped", "w-shaped", "full-path", "j-shaped",
            "inverse-j", "time-decay", "position-decay",
        ]),
        mut days in prop::collection::vec(0.0..800.0_f64, 1..30),
        lead in prop::option::of(0.0..800.0_f64),
        deal in prop::option::of(0.0..800.0_f64),
    ) {
        days.sort_by(|one, other| other.total_cmp(one));
        let known = Conversion { lead_created: lead.map(day), deal_created: deal.map(day), ..conversion() };
        let harness = Harness::<TouchCredit>::configure(json!({"model": model})).unwrap();
        let weights = harness.credit(&known, &touches(&days)).unwrap();
        prop_assert_eq!(weights.len(), days.len());
        prop_assert!(weights.iter().all(|weight| weight.is_finite() && *weight >= 0.0));
        prop_assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }
}
