//! Whatever the tracks and the changes of group: the cap holds, and nothing is sent twice.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn random_track(name: &'static str) -> impl Strategy<Value = Json> {
    prop::collection::btree_set(0..20_u32, 1..6).prop_map(move |days| {
        let sends = days.into_iter().map(|day| json!({"day": day, "template": format!("m{day}")}));
        json!({"name": name, "sends": sends.collect::<Vec<_>>()})
    })
}

fn hours(hours: i64) -> Timestamp {
    start().plus_millis(hours * HOUR_MS)
}

/// Everything that is sent, in hours since the start, if the lead changes its group and others write to
/// it at some hours.
fn messages(
    mut harness: Harness<Nurture>,
    changes: &BTreeSet<i64>,
    others: &BTreeSet<i64>,
) -> Result<Vec<(i64, String)>, TestCaseError> {
    let mut lead = nurtured(sample(), start());
    let (mut now, mut all) = (0, Vec::new());
    loop {
        if others.contains(&now) {
            lead = lead.did("message.sent", hours(now));
        }
        let is_warm = changes.range(..=now).count() % 2 == 1;
        lead = lead.standing(standing(if is_warm { 40.0 } else { 0.0 }));
        harness = harness.at(hours(now));
        let steps = harness.review(&lead).unwrap();
        let next = steps.next_ms.map(|next| (next - start().as_millis()) / HOUR_MS);
        prop_assert!(next.is_none_or(|next| next > now), "looks again at {:?}, it is {}", next, now);
        carry_out(&mut lead, &steps, hours(now));
        all.extend(steps.actions.into_iter().map(|action| (now, action.key)));
        let event = changes.union(others).copied().filter(|event| *event > now).min();
        match next.into_iter().chain(event).min() {
            Some(next) => now = next,
            None => return Ok(all),
        }
    }
}

proptest! {
    #[test]
    fn the_cap_holds_and_nothing_is_sent_twice(
        tracks in (random_track("warm"), random_track("cold")),
        sends in 1..4_usize,
        within in 1..300_i64,
        changes in prop::collection::btree_set(1..480_i64, 0..6),
        others in prop::collection::btree_set(0..480_i64, 0..10),
        shut in prop::collection::btree_set(0..480_i64, 0..8),
    ) {
        let mut config = warm_and_cold(json!({"sends": sends, "within": format!("{within}h")}));
        config["tracks"] = json!([tracks.0, tracks.1]);
        config["at"] = json!({"calendar": "office"});
        let shut: Vec<i64> = shut.into_iter().collect();
        let closed = |harness: Harness<Nurture>, pair: &[i64]| {
            harness.closed("office", hours(pair[0]), hours(pair[1]))
        };
        let harness = shut.chunks_exact(2).fold(plugin(config), closed);
        let ours = messages(harness, &changes, &others)?;

        let keys: BTreeSet<&str> = ours.iter().map(|(_, key)| key.as_str()).collect();
        prop_assert_eq!(keys.len(), ours.len(), "{:?}", ours);
        let all: Vec<i64> = ours.iter().map(|(at, _)| *at).chain(others.iter().copied()).collect();
        for (at, key) in &ours {
            let period = all.iter().filter(|other| (at - within + 1..=*at).contains(*other)).count();
            prop_assert!(period <= sends, "{} messages with {}: {:?}", period, key, ours);
            let is_shut = shut.chunks_exact(2).any(|pair| (pair[0]..pair[1]).contains(at));
            prop_assert!(!is_shut, "{} at {}", key, at);
            let day: i64 = key.rsplit('/').next().unwrap().parse().unwrap();
            prop_assert!(*at >= day * 24, "{} at {}", key, at);
        }
    }

    /// Who stays on a track gets all of it, in order, whatever the cap: messages wait, none is lost.
    #[test]
    fn a_track_that_is_followed_from_the_start_is_sent_whole(
        track in random_track("cold"),
        sends in 1..4_usize,
        within in 1..300_i64,
        others in prop::collection::btree_set(0..480_i64, 0..10),
    ) {
        let expected: Vec<String> = track["sends"].as_array().unwrap().iter().map(|send| {
            format!("cold/{}/{}/{}", send["template"].as_str().unwrap(), start().as_millis(), send["day"])
        }).collect();
        let config = json!({"tracks": [track], "cap": {"sends": sends, "within": format!("{within}h")}});
        let ours = messages(plugin(config), &BTreeSet::new(), &others)?;
        let keys: Vec<String> = ours.into_iter().map(|(_, key)| key).collect();
        prop_assert_eq!(keys, expected);
    }
}
