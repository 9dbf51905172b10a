use proptest::prelude::*;

use super::*;
use crate::time::DAY_MS;

const MINUTE_MS: i64 = 60 * 1000;

/// The places that count of touches so many minutes before the conversion, oldest first.
fn counted(rules: &TouchRules, touches: &[(i64, &str)]) -> Vec<usize> {
    let at = Timestamp::from_ms(100 * DAY_MS);
    rules.counted(at, touches.iter().map(|(before, channel)| (at.plus_ms(-before * MINUTE_MS), *channel)))
}

#[test]
fn touches_within_the_look_back_count_and_the_last_if_none_is() {
    let rules = TouchRules { lookback_ms: Some(30 * MINUTE_MS), ..TouchRules::default() };
    assert_eq!(counted(&rules, &[(31, "ads"), (30, "ads"), (1, "mail")]), [1, 2]);
    assert_eq!(counted(&rules, &[(50, "ads"), (40, "mail")]), [1]);
    assert_eq!(counted(&rules, &[]), [0_usize; 0]);
}

#[test]
fn a_session_is_one_touch_and_goes_on_as_long_as_there_is_another_soon() {
    let rules = TouchRules { session_ms: Some(30 * MINUTE_MS), ..TouchRules::default() };
    let touches = [(100, "ads"), (75, "ads"), (70, "mail"), (50, "ads"), (19, "ads"), (0, "mail")];
    assert_eq!(counted(&rules, &touches), [0, 2, 4, 5]);
}

#[test]
fn visits_without_a_source_count_where_nothing_else_does() {
    let rules = TouchRules { direct: Some("direct".to_owned()), ..TouchRules::default() };
    assert_eq!(counted(&rules, &[(3, "direct"), (2, "ads"), (1, "direct")]), [1]);
    assert_eq!(counted(&rules, &[(3, "direct"), (1, "direct")]), [0, 1]);
}

proptest! {
    #[test]
    fn some_touch_always_counts_and_order_is_kept(
        mut touches in prop::collection::vec((0..10_000_i64, prop::sample::select(vec!["ads", "mail", "direct"])), 1..12),
        lookback in prop::option::of(0..10_000_i64),
        session in prop::option::of(0..1_000_i64),
        skips in any::<bool>(),
    ) {
        touches.sort_by_key(|(before, _)| -before);
        let rules = TouchRules {
            lookback_ms: lookback.map(|minutes| minutes * MINUTE_MS),
            session_ms: session.map(|minutes| minutes * MINUTE_MS),
            direct: skips.then(|| "direct".to_owned()),
        };
        let counted = counted(&rules, &touches);
        prop_assert!(!counted.is_empty() && counted.is_sorted_by(|one, next| one < next));
        prop_assert!(counted.iter().all(|place| *place < touches.len()));
        if rules.is_every() {
            prop_assert_eq!(counted.len(), touches.len());
        }
    }
}
