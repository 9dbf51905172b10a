use leadsman_sdk::harness::{Ask, Harness, allocation, dispatch, rep, sample};
use leadsman_sdk::prelude::*;
use proptest::prelude::*;
use serde_json::json;

use crate::RoundRobin;

fn harness() -> Harness<RoundRobin> {
    Harness::configure(json!({})).unwrap()
}

fn pool(weights: &[u32]) -> Ask {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let reps = names.into_iter().zip(weights).map(|(name, weight)| rep(name).weight(*weight));
    reps.fold(allocation("north", sample()), Ask::candidate)
}

/// Takes one turn, keeps the counters and says who was chosen.
fn turn(harness: &Harness<RoundRobin>, ask: &mut Ask) -> String {
    let proposal = harness.route(ask).unwrap();
    ask.commit(&proposal);
    match proposal.choice {
        Choice::Rep(rep) => rep,
        other => panic!("{other:?}"),
    }
}

fn turns(harness: &Harness<RoundRobin>, ask: &mut Ask, count: usize) -> String {
    (0..count).map(|_| turn(harness, ask)).collect()
}

#[test]
fn the_known_sequences() {
    assert_eq!(turns(&harness(), &mut pool(&[5, 1, 1]), 14), "aabacaaaabacaa");
    assert_eq!(turns(&harness(), &mut pool(&[3, 2, 1]), 6), "abacba");
    assert_eq!(turns(&harness(), &mut pool(&[1, 1, 1]), 6), "abcabc");
    assert_eq!(turns(&harness(), &mut pool(&[7]), 3), "aaa");
}

#[test]
fn everybody_is_told_why_or_why_not() {
    let proposal = harness().route(&pool(&[5, 1, 1])).unwrap();
    assert_eq!(proposal.reasons[0].message, "It is the turn of a among 3.");
    let ranking: Vec<_> = proposal.ranking.iter().map(|ranked| ranked.rep.as_str()).collect();
    assert_eq!(ranking, ["a", "b", "c"]);
    let passed: Vec<_> =
        proposal.passed_over.iter().map(|one| (one.rep.as_str(), one.code.as_str())).collect();
    assert_eq!(passed, [("b", "not-their-turn"), ("c", "not-their-turn")]);
    let counters: Vec<_> = proposal.counters.iter().map(|one| (one.key.as_str(), one.value)).collect();
    assert_eq!(counters, [("turn/a", -2), ("turn/b", 1), ("turn/c", 1)]);
}

#[test]
fn absence_neither_rewards_nor_punishes() {
    let harness = harness();
    let mut all = pool(&[1, 1, 1]);
    assert_eq!(turns(&harness, &mut all, 3), "abc");
    let mut without_b = all.clone().only(|rep| rep != "b");
    assert_eq!(turns(&harness, &mut without_b, 4), "acac");
    let mut back = without_b.clone().candidate(rep("b"));
    assert_eq!(turns(&harness, &mut back, 6), "abcabc", "no turns to make up for, none lost");
}

#[test]
fn a_debt_of_a_bigger_team_is_cut_to_one_turn() {
    let mut ask = pool(&[1, 1]).counter("turn/a", -1_000);
    let taken = turns(&harness(), &mut ask, 8);
    assert!(taken.matches('a').count() >= 3, "{taken}");
}

#[test]
fn equal_weights_and_weights_by_attribute() {
    let equal = Harness::<RoundRobin>::configure(json!({"weights": "equal"})).unwrap();
    assert_eq!(turns(&equal, &mut pool(&[5, 1]), 4), "abab");
    let ability = Harness::<RoundRobin>::configure(json!({"weight_attribute": "ability"})).unwrap();
    assert_eq!(ability.needs().rep_attributes, ["ability"]);
    let mut ask =
        allocation("north", sample()).candidate(rep("a").with("ability", 2.0)).candidate(rep("b").weight(1));
    assert_eq!(turns(&ability, &mut ask, 3), "aba");
}

#[test]
fn nothing_to_decide_is_passed_on() {
    assert_eq!(harness().route(&allocation("north", sample())).unwrap().choice, Choice::Pass);
    assert_eq!(harness().route(&dispatch(sample()).candidate(rep("a"))).unwrap().choice, Choice::Pass);
}

proptest! {
    /// Every stretch from the start is within one turn of each rep's ideal share.
    #[test]
    fn prefixes_stay_within_one_of_the_ideal(
        weights in prop::collection::vec(1..=10_u32, 1..=8),
        count in 1..120_usize,
    ) {
        let (harness, mut ask) = (harness(), pool(&weights));
        let sum: u32 = weights.iter().sum();
        let mut taken = vec![0_i64; weights.len()];
        for done in 1..=count as i64 {
            let chosen = turn(&harness, &mut ask);
            taken[usize::from(chosen.as_bytes()[0] - b'a')] += 1;
            for (have, weight) in taken.iter().zip(&weights) {
                let off = (have * i64::from(sum) - done * i64::from(*weight)).abs();
                prop_assert!(off <= i64::from(sum), "{off}/{sum} after {done} turns with {weights:?}");
            }
        }
    }

    /// N times k leads over N peers are k for each, whoever comes and goes between full rounds.
    #[test]
    fn peers_get_the_same(peers in 1..=8_usize, rounds in 1..6_usize) {
        let mut ask = pool(&vec![1; peers]);
        let taken = turns(&harness(), &mut ask, peers * rounds);
        for name in "abcdefgh".chars().take(peers) {
            prop_assert_eq!(taken.matches(name).count(), rounds);
        }
    }

    /// Whoever is there, credits stay within bounds.
    #[test]
    fn credits_are_bounded(presence in prop::collection::vec(1..256_u32, 1..80)) {
        let harness = harness();
        let mut ask = pool(&[3, 1, 4, 1, 5, 9, 2, 6]);
        for there in presence {
            let mut present = ask.clone().only(|rep| there >> (rep.as_bytes()[0] - b'a') & 1 == 1);
            let proposal = harness.route(&present).unwrap();
            present.commit(&proposal);
            ask.commit(&proposal);
            prop_assert!(ask.counters().values().all(|credit| credit.abs() <= 2 * 31));
        }
    }
}
