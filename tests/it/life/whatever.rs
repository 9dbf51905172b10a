//! Whatever happens: orders, calls, sleeps and restarts in any order.

use std::collections::BTreeMap;

use leadsman_domain::journal;
use leadsman_domain::order::Order;
use leadsman_domain::{LeadId, Timestamp};
use leadsman_ledger::Store;
use proptest::prelude::*;

use super::{HOUR_MS, POLICY, call, lead_of, pool};
use crate::office::{MONDAY, desk_in, order};

/// What may happen to one of a few leads.
#[derive(Debug, Clone)]
enum Step {
    Ordered(usize, Order),
    Merged(usize, usize),
    Unmerged(usize, usize),
    Called(usize),
    Sleep(i64),
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let rep = prop::sample::select(vec!["ann", "ben", "cyn"]).prop_map(|rep| rep.parse().unwrap());
    let order = prop_oneof![
        rep.clone().prop_map(|rep| Order::Claim { rep }),
        rep.clone().prop_map(|rep| Order::Assign { rep, suggested: Vec::new() }),
        rep.prop_map(|rep| Order::Transfer { rep }),
        Just(Order::Return { code: None }),
        Just(Order::Return { code: Some("public".to_owned()) }),
        Just(Order::Reclaim),
        Just(Order::Reject),
        prop::sample::select(vec!["ann", "ben", "cyn"])
            .prop_map(|rep| Order::Relieve { rep: rep.parse().unwrap() }),
        Just(Order::Allocate),
    ];
    let step = prop_oneof![
        4 => (0..4_usize, order).prop_map(|(lead, order)| Step::Ordered(lead, order)),
        2 => (0..4_usize, 0..4_usize).prop_map(|(into, other)| Step::Merged(into, other)),
        2 => (0..4_usize, 0..4_usize).prop_map(|(into, other)| Step::Unmerged(into, other)),
        2 => (0..4_usize).prop_map(Step::Called),
        3 => (1..400_i64).prop_map(Step::Sleep),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever people do, merges and unmerges included, and however long the server sleeps: caps hold, loads are what is owned, every
    /// owner has a deadline that begins with them, no action happens twice, moments never go back, and the
    /// lead is the fold of its journal.
    #[test]
    fn whatever_happens_every_lead_is_accounted_for(steps in steps()) {
        let policy = POLICY.replace("id = \"ann\"", "id = \"ann\"\ncap = 2");
        let store = Store::in_memory();
        let mut desk = desk_in(&store, &policy);
        let leads: Vec<LeadId> = (0..4).map(|number| lead_of(&desk, &format!("n{number}"))).collect();
        let mut now = MONDAY;
        for step in steps {
            now = now.plus_ms(1000);
            match step {
                Step::Ordered(lead, what) => drop(order(&desk, &leads[lead], what, now)),
                Step::Merged(into, other) => {
                    let other = leads[other].clone();
                    drop(order(&desk, &leads[into], Order::Merge { other }, now));
                }
                Step::Unmerged(into, other) => {
                    let other = leads[other].clone();
                    drop(order(&desk, &leads[into], Order::Unmerge { other }, now));
                }
                Step::Called(lead) => call(&desk, &leads[lead], now),
                Step::Sleep(hours) => {
                    now = now.plus_ms(hours * HOUR_MS);
                    while !desk.wake(now).unwrap().leads.is_empty() {}
                }
                Step::Restart => desk = desk_in(&store, &policy),
            }
        }
        let mut owned: BTreeMap<String, u32> = BTreeMap::new();
        for lead in &leads {
            let history = desk.archive().history(lead).unwrap();
            prop_assert_eq!(&journal::fold(&history.entries).unwrap(), &history.lead);
            let mut keys: Vec<_> = history.lead.follow_up.done.iter().map(|done| &done.key).collect();
            let all = keys.len();
            keys.sort();
            keys.dedup();
            prop_assert_eq!(keys.len(), all);
            let moments: Vec<Timestamp> = history.entries.iter().map(|entry| entry.at).collect();
            prop_assert!(moments.is_sorted(), "{:?}", moments);
            if let Some(owner) = history.lead.status.owner() {
                *owned.entry(owner.to_string()).or_default() += 1;
                if history.lead.status.pool() == Some(&pool("inbound")) {
                    let countdown = &history.lead.follow_up.countdown;
                    prop_assert!(countdown.iter().any(|one| one.at > history.lead.since), "{:?}", history.lead);
                }
            }
        }
        prop_assert!(owned.get("ann").is_none_or(|owned| *owned <= 2));
        let summary = desk.archive().summary().unwrap();
        for share in summary.owners {
            prop_assert_eq!(share.leads, u64::from(owned.get(&share.owner).copied().unwrap_or(0)));
        }
    }
}
