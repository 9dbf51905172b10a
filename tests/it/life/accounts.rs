//! What accounts are worth: the scores of their leads, rolled up as the policy says.

use leadsman_domain::attribution::Conversion;
use leadsman_domain::order::Order;
use leadsman_domain::policy::Policy;
use leadsman_domain::roll_up::RollUp;
use leadsman_domain::scoring::Points;
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{LeadId, Timestamp};
use leadsman_flow::Desk;
use leadsman_flow::report::{AccountFigures, AccountReport, Span};
use proptest::prelude::*;

use super::{POLICY, after, look};
use crate::desk::{act, conversion};
use crate::identity::merge;
use crate::office::{MONDAY, desk, order, submission, take_in};

const SCORING: &str = r#"
[[screening]]
plugin = "contact-check"
limits = { input_bytes = 4_000 }
[[scoring]]
plugin = "points"
[scoring.config]
rules = [
  { name = "somebody", points = 0.001, when = { attribute = "company.size", at_least = 1 } },
  { name = "two", points = 0.001, when = { attribute = "company.size", at_least = 2 } },
  { name = "large", points = 25, when = { attribute = "company.size", at_least = 100 } },
  { name = "too-large", points = -40.5, when = { attribute = "company.size", at_least = 1000 } },
]
"#;

fn office(roll_up: &str) -> Desk {
    desk(&format!("account = \"company.name\"\n{roll_up}{POLICY}{SCORING}"))
}

fn came(desk: &Desk, key: &str, account: &str, size: &str, at: Timestamp) -> LeadId {
    let email = format!("{key}@{key}.com");
    let known = [("contact.email", email.as_str()), ("company.name", account), ("company.size", size)];
    let mut submission = submission(key, &known);
    submission.received = at;
    take_in(desk, submission).lead
}

fn report_by(desk: &Desk, policy: &Policy, span: Span, account: Option<&str>) -> AccountReport {
    AccountReport::of(desk.archive(), policy, span, account).unwrap()
}

fn report(desk: &Desk) -> AccountReport {
    report_by(desk, &desk.revision().policy, Span::default(), None)
}

fn scores(report: &AccountReport) -> Vec<(&str, Option<i64>)> {
    let score = |account: &AccountFigures| account.score.map(Points::thousandths);
    report.accounts.iter().map(|account| (account.account.as_str(), score(account))).collect()
}

#[test]
fn f31_the_score_of_an_account_is_the_declared_roll_up_of_its_contacts() {
    let ways = [
        ("", [("big corp", Some(25_002)), ("tiny", Some(2))]),
        ("account_score = \"highest\"\n", [("big corp", Some(25_002)), ("tiny", Some(2))]),
        ("account_score = \"sum\"\n", [("big corp", Some(25_005)), ("tiny", Some(3))]),
        ("account_score = \"mean\"\n", [("big corp", Some(8_335)), ("tiny", Some(2))]),
    ];
    for (roll_up, expected) in ways {
        let desk = office(roll_up);
        for (key, account, size) in [
            ("one", "Big Corp", "150"),
            ("two", "ＢＩＧ  corp", "1"),
            ("three", "big corp", "2"),
            ("four", "Tiny", "1"),
            ("five", "Tiny", "2"),
        ] {
            came(&desk, key, account, size, MONDAY);
        }
        let held = came(&desk, &"x".repeat(5_000), "Unscored", "5", MONDAY);
        assert_eq!(look(&desk, &held).score, None, "screening broke, so it waits for a person");
        take_in(&desk, submission("none", &[("contact.email", "none@none.com")]));
        let told = report(&desk);
        assert_eq!(told.by.as_ref().unwrap().as_str(), "company.name");
        assert_eq!(scores(&told), [&expected[..], &[("unscored", None)]].concat(), "{roll_up}");
        assert_eq!(told.accounts[0].leads, 3);
    }
    let without = desk(POLICY);
    came(&without, "one", "Big Corp", "150", MONDAY);
    assert_eq!(report(&without), AccountReport::default());
}

#[test]
fn f31_an_account_counts_its_leads_once_each_with_their_owners_and_deals() {
    let desk = office("account_score = \"sum\"\n");
    let big = |key: &str| came(&desk, key, "Big Corp", "1", MONDAY);
    let (one, two, three) = (big("one"), big("two"), big("three"));
    came(&desk, "nobody@", "Big Corp", "1", MONDAY);
    desk.observe(&"v".parse().unwrap(), act("note.written", 0), MONDAY).unwrap().wait().unwrap();
    let deal = |lead: &LeadId, id: &str, value: i64| {
        let deal = Conversion { at: after(1), ..conversion(id, value) };
        desk.convert(lead, &deal, deal.at).unwrap().wait().unwrap();
    };
    deal(&one, "deal-1", 900);
    deal(&two, "deal-2", 50);
    let owners = |account: &AccountFigures| -> Vec<String> {
        account.owners.iter().map(|(rep, leads)| format!("{rep} {leads}")).collect()
    };
    let figures = |leads: u64, thousandths: i64| {
        let told = report(&desk).accounts;
        let [big] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!((big.leads, big.score), (leads, Some(Points::from_thousandths(thousandths))));
        assert_eq!((big.deals, big.deals_value_minor), (2, 950));
        owners(big)
    };
    assert_eq!(figures(3, 3), ["ann 1", "ben 1", "cyn 1"]);
    merge(&desk, &one, &two, after(2)).unwrap();
    assert_eq!(figures(2, 2), ["ann 1", "cyn 1"], "what is part of another lead is there once");
    let spawn = Order::Spawn { line: "abroad".parse().unwrap(), pool: "nurture".parse().unwrap() };
    order(&desk, &three, spawn, after(3)).unwrap();
    assert_eq!(figures(3, 2), ["ann 1", "cyn 1"], "the other line is a lead of its own, of the same person");
}

/// One of three accounts or none, a size, whether it is junk, and a day.
fn leads() -> impl Strategy<Value = Vec<(usize, &'static str, bool, i64)>> {
    let size = prop::sample::select(vec!["0", "1", "2", "100", "1000"]);
    prop::collection::vec((0..4_usize, size, prop::bool::weighted(0.2), 0..4_i64), 1..14)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// The whole is the sum of its parts, the highest is one of them, the mean is the nearest thousandth, and an
    /// account asked for alone is the same as among all.
    #[test]
    fn f31_whatever_comes_accounts_are_the_sum_of_their_leads(leads in leads()) {
        const ACCOUNTS: [&str; 4] = ["", "One", "two", "Three"];
        let desk = office("");
        let mut of: [Vec<Points>; 4] = Default::default();
        for (nth, (account, size, junk, day)) in leads.into_iter().enumerate() {
            let key = if junk { format!("n{nth}@") } else { format!("n{nth}") };
            let lead = look(&desk, &came(&desk, &key, ACCOUNTS[account], size, after(day * DAY_MS)));
            if !junk {
                of[account].push(lead.score.unwrap().total);
            }
        }
        let mut policy = (*desk.revision().policy).clone();
        for roll_up in RollUp::ALL {
            policy.account_score = roll_up;
            let all = report_by(&desk, &policy, Span::default(), None);
            prop_assert_eq!(all.accounts.len(), of[1..].iter().filter(|scores| !scores.is_empty()).count());
            prop_assert!(all.accounts.is_sorted_by_key(|one| (std::cmp::Reverse(one.score), one.account.clone())));
            for (name, scores) in ACCOUNTS.iter().zip(&of).skip(1).filter(|(_, scores)| !scores.is_empty()) {
                let alone = report_by(&desk, &policy, Span::default(), Some(name)).accounts;
                prop_assert_eq!(alone.len(), 1);
                prop_assert!(all.accounts.contains(&alone[0]));
                prop_assert_eq!(alone[0].leads, scores.len() as u64);
                let count = scores.len() as i64;
                let sum = scores.iter().copied().sum::<Points>().thousandths();
                let rolled_up = alone[0].score.unwrap();
                match roll_up {
                    RollUp::Highest => prop_assert_eq!(Some(&rolled_up), scores.iter().max()),
                    RollUp::Sum => prop_assert_eq!(rolled_up.thousandths(), sum),
                    RollUp::Mean => {
                        let twice_too_much = 2 * (rolled_up.thousandths() * count - sum);
                        prop_assert!(-count < twice_too_much && twice_too_much <= count, "halves go up");
                    }
                }
                let cut = Some(after(2 * DAY_MS));
                let parts = [Span { from: None, until: cut }, Span { from: cut, until: None }];
                let parts = parts.map(|span| report_by(&desk, &policy, span, Some(name)).accounts);
                prop_assert_eq!(parts.iter().flatten().map(|part| part.leads).sum::<u64>(), alone[0].leads);
            }
        }
    }
}
