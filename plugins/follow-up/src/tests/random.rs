//! Whatever the rules and the activities: everything happens once, and at its moment.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// How long the stories are, in hours.
const HOURS: i64 = 240;

#[derive(Debug, Clone)]
struct RandomRule {
    within: i64,
    extend: Option<i64>,
    most: Option<i64>,
    met: bool,
    warn: Option<i64>,
}

prop_compose! {
    fn random_rule()(
        within in 2..100_i64,
        extend in prop::option::of(2..60_i64),
        more in prop::option::of(0..100_i64),
        met in any::<bool>(),
        warn in prop::option::of(1..60_i64),
    ) -> RandomRule {
        let extend = extend.filter(|_| !met);
        let shortest = extend.unwrap_or(within).min(within);
        RandomRule {
            within,
            extend,
            most: more.filter(|_| extend.is_some()).map(|more| within + more),
            met,
            warn: warn.filter(|warn| *warn < shortest),
        }
    }
}

impl RandomRule {
    /// Only the first rule moves the lead, because a lead is moved once in a review at most.
    fn config(&self, index: usize) -> Json {
        let duration = |hours: i64| format!("{hours}h");
        json!({
            "name": index.to_string(),
            "since": "owned",
            "within": duration(self.within),
            "extend": self.extend.map(duration),
            "most": self.most.map(duration),
            "met_by": self.met.then_some("activity"),
            "warn": self.warn.map(duration).into_iter().collect::<Vec<_>>(),
            "then": if index == 0 { json!({"recycle": true}) } else { json!({"escalate": "Late."}) },
        })
    }

    /// The deadline by the letter of the definition, in minutes since the start; `None` if it is met.
    fn deadline(&self, calls: &[i64]) -> Option<i64> {
        let mut deadline = self.within * 60;
        let most = self.most.map_or(i64::MAX, |most| most * 60);
        for &call in calls {
            if call < deadline && self.met {
                return None;
            }
            if let Some(extend) = self.extend.filter(|_| call < deadline) {
                deadline = deadline.max(call + extend * 60).min(most);
            }
        }
        Some(deadline)
    }
}

fn minutes(minutes: i64) -> Timestamp {
    start().plus_millis(minutes * MINUTE_MS)
}

/// Every review that the host would make, with what was done in it, in minutes since the start.
fn reviews(mut harness: Harness<Clocks>, calls: &[i64]) -> Result<Vec<(i64, Action)>, TestCaseError> {
    let mut lead = calls.iter().fold(anns(), |lead, call| lead.did("call.answered", minutes(*call)));
    let (mut now, mut done) = (0, Vec::new());
    loop {
        harness = harness.at(minutes(now));
        let steps = harness.review(&lead).unwrap();
        lead.carry_out(&steps);
        let next = steps.next_ms.map(|next| (next - START_MS) / MINUTE_MS);
        prop_assert!(next.is_none_or(|next| next > now));
        done.extend(steps.actions.into_iter().map(|action| (now, action)));
        let call = calls.iter().copied().find(|call| *call > now);
        match next.into_iter().chain(call).min() {
            Some(next) => now = next,
            None => return Ok(done),
        }
    }
}

proptest! {
    #[test]
    fn everything_happens_once_and_at_its_moment(
        rules in prop::collection::vec(random_rule(), 1..5),
        calls in prop::collection::btree_set(0..HOURS * 60, 0..25),
    ) {
        let calls: Vec<i64> = calls.into_iter().collect();
        let configs: Vec<Json> = rules.iter().enumerate().map(|(index, rule)| rule.config(index)).collect();
        let done = reviews(plugin(json!({"counts": ["call.*"], "rules": configs})), &calls)?;
        let keys: BTreeSet<&str> = done.iter().map(|(_, action)| action.key.as_str()).collect();
        prop_assert_eq!(keys.len(), done.len(), "{:?}", done);
        for (now, action) in &done {
            let parts: Vec<&str> = action.key.split('/').collect();
            let deadline = (parts[2].parse::<i64>().unwrap() - START_MS) / MINUTE_MS;
            match parts.get(4) {
                None => prop_assert_eq!(*now, deadline, "{}", action.key),
                Some(before) => {
                    let moment = deadline - before.parse::<i64>().unwrap() / MINUTE_MS;
                    let by_call = *now > moment && *now < deadline && calls.contains(now);
                    prop_assert!(*now == moment || by_call, "{} at {}", action.key, now);
                }
            }
        }
        for (index, rule) in rules.iter().enumerate() {
            let ends: Vec<i64> = done.iter().filter(|(_, action)| {
                action.key.split('/').count() == 3 && action.key.starts_with(&format!("{index}/"))
            }).map(|(now, _)| *now).collect();
            prop_assert_eq!(ends, rule.deadline(&calls).into_iter().collect::<Vec<_>>());
        }
    }

    /// Working time that is never interrupted is the time on the wall.
    #[test]
    fn an_open_calendar_is_the_wall(
        rule in random_rule(),
        calls in prop::collection::btree_set(0..HOURS * 60, 0..25),
    ) {
        let calls: Vec<i64> = calls.into_iter().collect();
        let story = |clock: &str| {
            let mut rule = rule.config(0);
            rule["clock"] = json!(clock);
            reviews(plugin(json!({"counts": ["call.*"], "rules": [rule]})), &calls)
        };
        let moments = |story: Vec<(i64, Action)>| -> Vec<(i64, String)> {
            story.into_iter().map(|(now, action)| (now, action.key)).collect()
        };
        prop_assert_eq!(moments(story("wall")?), moments(story("always-open")?));
    }
}
