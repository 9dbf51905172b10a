//! Whence leads come: sources, referrers, named accounts.

use leadsman_domain::attribution::Conversion;
use leadsman_domain::lead::Activity;
use leadsman_domain::submission::{Origin, Submission};
use leadsman_domain::time::DAY_MS;
use leadsman_flow::FlowError;
use leadsman_ledger::Store;
use leadsman_policy::{PolicyFiles, Terms};

use super::{POLICY, after, look, owner, sound};
use crate::desk::{act, conversion};
use crate::office::{MONDAY, desk, desk_with, submission, take_in};

pub const SOURCES: &str = r#"
[sources.market]
free = ["seo", "app", "community", "new-media"]
paid = ["sem", "agents", "offline"]
other = ["swap", "cross-trade", "word-of-mouth"]
[sources.self-developed]
own = ["cold-call"]
"#;

/// Leads of named accounts are for Kim's team.
const NAMED_ACCOUNTS: &str = r#"
default_pool = "inbound"
[[dispatch]]
plugin = "rule-table"
[dispatch.config]
rules = [{ name = "named", when = { attribute = "company.domain", in_list = "named-accounts" }, to = { pool = "key" } }]
[[pools]]
id = "inbound"
[[pools.allocation]]
plugin = "round-robin"
[[pools]]
id = "key"
[[pools.allocation]]
plugin = "round-robin"
[[reps]]
id = "ann"
pools = ["inbound"]
[[reps]]
id = "kim"
teams = ["key-accounts"]
pools = ["key"]
"#;

pub fn by(key: &str, channel: &str, campaign: Option<&str>) -> Submission {
    let mut submission = submission(key, &[("contact.email", &format!("{key}@{key}.com"))]);
    submission.origin = Some(Origin { channel: channel.to_owned(), campaign: campaign.map(str::to_owned) });
    submission
}

#[test]
fn f39_a_touch_by_an_unknown_leaf_is_refused_and_the_nearest_is_suggested() {
    let desk = desk(&format!("{POLICY}{SOURCES}"));
    desk.check_sources(&by("known", "seo", None)).unwrap();
    let refused = desk.check_sources(&by("typo", "soe", None)).unwrap_err();
    assert!(matches!(&refused, FlowError::UnknownSource(_)), "{refused}");
    let refused = desk.check_sources(&by("typo", "agent", None)).unwrap_err().to_string();
    assert_eq!(refused, "the policy knows no source \"agent\", did you mean \"agents\"?");
    let lead = take_in(&desk, by("one", "seo", None)).lead;
    let touch = Activity { channel: Some("market".to_owned()), ..act("call.done", 0) };
    let refused = desk.record(&lead, touch, MONDAY).unwrap_err();
    assert!(matches!(refused, FlowError::UnknownSource(_)), "a branch is no leaf: {refused}");
}

#[test]
fn f39_a_source_has_one_place_in_the_tree() {
    let twice = format!("{POLICY}{SOURCES}own-too = [\"sem\"]\nfree = 3\n");
    let files = PolicyFiles::new().with("policy.toml", twice.as_str());
    let problems = leadsman_policy::parse(&files, &Terms::default()).unwrap_err().to_string();
    assert!(problems.contains("the source `sem` is there already"), "{problems}");
    assert!(problems.contains("expected an array of channels, or a table of branches"), "{problems}");
}

#[test]
fn f26_a_referrer_is_credited_next_to_the_touch() {
    let attribution = "[[attribution]]\nscenario = \"default\"\nplugin = \"attribution\"\nconfig = { model = \"linear\" }\n";
    let desk = desk(&format!("{POLICY}{attribution}"));
    let lead = take_in(&desk, by("one", "event", None)).lead;
    let shared = Activity {
        channel: Some("share".to_owned()),
        by: Some("mei.lin".to_owned()),
        ..act("note.written", 1)
    };
    desk.record(&lead, shared, after(DAY_MS)).unwrap().wait().unwrap();
    let deal = Conversion { at: after(2 * DAY_MS), ..conversion("deal-1", 100) };
    let won = desk.convert(&lead, &deal, deal.at).unwrap().wait().unwrap();
    let credits = &won.won[0].credits;
    let of: Vec<_> = credits.iter().map(|one| (one.touch.by.as_deref(), one.value.0)).collect();
    assert_eq!(of, [(None, 50), (Some("mei.lin"), 50)]);
    sound(&desk);
}

#[test]
fn f31_a_lead_of_a_named_account_goes_to_the_team_of_the_account() {
    let files = PolicyFiles::new()
        .with("policy.toml", NAMED_ACCOUNTS)
        .with("lists/named-accounts.txt", "bigcorp.com\n");
    let desk = desk_with(&Store::in_memory(), files);
    let of = |key: &str, domain: &str| {
        let email = format!("{key}@{domain}");
        take_in(&desk, submission(key, &[("contact.email", &email), ("company.website", domain)])).lead
    };
    assert_eq!(owner(&desk, &of("one", "bigcorp.com")).as_deref(), Some("kim"));
    assert_ne!(owner(&desk, &of("two", "small.com")).as_deref(), Some("kim"));
}

#[test]
fn f57_the_same_rule_gives_the_same_verdict_in_bulk_and_alone() {
    let policy = format!(
        "{POLICY}[[screening]]\nplugin = \"contact-check\"\n[[scoring]]\nplugin = \"points\"\n\
         config = {{ rules = [{{ name = \"large\", points = 50, when = {{ attribute = \"company.size\", at_least = 100 }} }}] }}\n"
    );
    let submissions: Vec<Submission> = (0..60)
        .map(|nth| {
            let email = if nth % 7 == 0 { "nobody".to_owned() } else { format!("n{nth}@n{nth}.com") };
            let size = (nth * 13 % 200).to_string();
            submission(&format!("n{nth}"), &[("contact.email", &email), ("company.size", &size)])
        })
        .collect();
    let (bulk, alone) = (desk(&policy), desk(&policy));
    let together = bulk.take_in(submissions.clone()).unwrap().wait().unwrap();
    for (one, submission) in together.into_iter().zip(submissions) {
        assert_eq!(take_in(&alone, submission), one);
        let scores = [&bulk, &alone].map(|desk| look(desk, &one.lead).score);
        assert_eq!(scores[0], scores[1]);
    }
}
