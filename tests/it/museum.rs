//! Components of every published version of the contracts, in every language, answer as they did when they were built:
//! `tests/museum` keeps them, a folder for each version.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use leadsman_domain::attribution::{Conversion, Touch};
use leadsman_domain::follow_up::Done;
use leadsman_domain::grading::Standing;
use leadsman_domain::lead::{Activity, Lead, Status};
use leadsman_domain::limits::Limits;
use leadsman_domain::money::Minor;
use leadsman_domain::policy::PluginSource;
use leadsman_domain::routing::{Acquaintance, Candidate, Counter, Question, Relation};
use leadsman_domain::ruling::Ruling;
use leadsman_domain::scoring::{Axis, Contribution, Points, Score};
use leadsman_domain::{AttributeName, Digest, Facts, LeadId, PoolId, Value, journal};
use leadsman_flow::rules::{Case, Inquiry};
use leadsman_policy::{PolicyFiles, Terms};
use leadsman_rules::{Plugin, Preparation, PreparedRulebook};
use serde_json::{Value as Json, json};

use crate::office::{MONDAY, sandbox};
use crate::program::{arg, run, said, write};

/// The languages of the pieces.
const LANGUAGES: [&str; 3] = ["rust", "js", "python"];

/// What a lead asks a piece for at each stage: every kind of answer that the contracts have.
const SCREENED: [&str; 5] = ["accept", "flag", "reject", "bad-input", "internal"];
const SCORED: [&str; 3] = ["a score", "bad-input", "internal"];
const DISPATCHED: [&str; 6] = ["pass", "pool", "hold", "nurture", "bad-input", "internal"];
const ALLOCATED: [&str; 3] = ["pass", "rep", "narrow"];
const REVIEWED: [&str; 11] = [
    "nothing",
    "remind",
    "escalate",
    "recycle",
    "recycle-to",
    "advance",
    "route",
    "send",
    "spawn",
    "bad-input",
    "internal",
];
const CREDITED: [&str; 2] = ["default", "unknown"];

const HOUR_MS: i64 = 3_600_000;

/// What a piece says, by what it was asked.
type Answers = BTreeMap<String, Json>;

fn museum() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("museum")
}

/// The folders of the versions, oldest first.
fn versions() -> Vec<PathBuf> {
    let entries = museum().read_dir().unwrap().flatten().map(|entry| entry.path());
    let mut versions: Vec<PathBuf> = entries.filter(|path| path.join("wit").is_dir()).collect();
    versions.sort();
    versions
}

/// A piece under the policy of its version, which its calendar and lists come from.
fn rulebook(
    version: &Path,
    language: &str,
    changed: impl Fn(String) -> String,
) -> Result<PreparedRulebook, String> {
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    let policy = version.join("policy");
    let mut files = PolicyFiles::new();
    files.insert("policy.toml", changed(read(&policy.join("policy.toml"))));
    for folder in ["lists", "calendars"] {
        for entry in policy.join(folder).read_dir().unwrap().flatten() {
            let name = entry.file_name().into_string().unwrap();
            files.insert(format!("{folder}/{name}"), read(&entry.path()));
        }
    }
    files.insert("piece.wasm", std::fs::read(version.join(format!("{language}.wasm"))).unwrap());
    let loaded =
        leadsman_policy::parse(&files, &Terms::default()).unwrap_or_else(|errors| panic!("{errors}"));
    let component = |source: &PluginSource| match source {
        PluginSource::File(path) => Ok(loaded.components[path].clone()),
        other => panic!("{other:?}"),
    };
    let plan = Limits { component_bytes: 24 << 20, ..Limits::default() };
    PreparedRulebook::prepare(&sandbox().patient(), &loaded.policy, &component, plan, Preparation::Frozen)
        .map_err(|error| error.to_string())
}

/// A lead that asks for something, with all that a lead can have.
fn whole_lead(ask: &str) -> Lead {
    let mut facts = Facts::new();
    let mut set = |name: &str, value: Value| facts.set(AttributeName::parse(name).unwrap(), value);
    set("ask", Value::Text(ask.to_owned()));
    set("size", Value::Number(0.1));
    set("agreed", Value::Flag(true));
    set("since", Value::Time(MONDAY.plus_ms(-1)));
    set("tags", Value::Texts(vec!["ΟΔΟΣ".to_owned(), String::new()]));
    set("company.name", Value::Text("北風 GMBH".to_owned()));
    set("message", Value::Text("🦀 URGENT: the Price, please".to_owned()));
    let mut lead = journal::begin(LeadId::of_submission(&Digest::of(ask.as_bytes())), MONDAY, facts);
    let activity = |kind: &str, hours: i64, quantity: f64| Activity {
        kind: kind.to_owned(),
        at: MONDAY.plus_ms(hours * HOUR_MS),
        quantity,
        channel: None,
        campaign: None,
        by: None,
    };
    lead.activities = vec![
        activity("email.open", 1, 2.5),
        activity("page.visit", 2, 1.0),
        activity("call.done", 3, 1.0),
        activity("email.reply", 900, 1.0),
    ];
    let contribution = |axis: Axis, thousandths: i64| Contribution {
        rule: "known".into(),
        axis,
        points: Points::from_thousandths(thousandths),
        message: "Known before.".into(),
    };
    let (fit, engagement) = (contribution(Axis::Fit, 12_500), contribution(Axis::Engagement, -250));
    lead.score = Some(Score {
        total: fit.points + engagement.points,
        fit: fit.points,
        engagement: engagement.points,
        probability: None,
        contributions: vec![fit, engagement],
    });
    let grade = "B1".to_owned();
    lead.standing = Some(Standing { grade, meaning: "warm".to_owned(), mature: true, advice: None });
    lead.status =
        Status::Assigned { pool: pool("inbound"), owner: "ann".parse().unwrap(), quotas: Vec::new() };
    lead.follow_up.done = vec![Done { plugin: "museum-piece".to_owned(), key: "welcome".to_owned() }];
    lead
}

/// A lead of which nothing is known.
fn bare_lead() -> Lead {
    journal::begin(LeadId::of_submission(&Digest::of(b"bare")), MONDAY, Facts::new())
}

fn pool(name: &str) -> PoolId {
    name.parse().unwrap()
}

/// Asks a piece everything.
fn answers(plugin: &Plugin) -> Answers {
    let mut answers = Answers::new();
    let mut note = |question: String, answer: Json| {
        assert!(answers.insert(question.clone(), answer).is_none(), "{question} is asked twice");
    };
    let (description, needs) = (plugin.description(), &plugin.readings().needs);
    note(
        "introduction".to_owned(),
        json!({
            "name": description.name, "version": description.version, "summary": description.summary,
            "attributes": needs.attributes, "all_texts": needs.all_texts, "activities": needs.activities,
            "rep_attributes": needs.rep_attributes, "lists": needs.lists,
            "rules": needs.rules.iter().map(|rule| json!([rule.name, rule.axis, rule.message])).collect::<Vec<_>>(),
        }),
    );
    let now = MONDAY.plus_ms(50 * HOUR_MS);
    let leads = |asks: &[&'static str]| {
        let whole = asks.iter().map(|ask| (*ask, whole_lead(ask)));
        whole.chain([("of a bare lead", bare_lead())]).collect::<Vec<_>>()
    };
    for (ask, lead) in leads(&SCREENED) {
        note(format!("screening {ask}"), first(plugin.screen(&[Case { lead: &lead, now }])));
    }
    for (ask, lead) in leads(&SCORED) {
        note(format!("scoring {ask}"), first(plugin.score(&[Case { lead: &lead, now }])));
    }
    for (question, asks) in [(Question::Dispatch, &DISPATCHED[..]), (Question::Allocation, &ALLOCATED)] {
        for (ask, lead) in leads(asks) {
            let case = Case { lead: &lead, now };
            note(format!("{question:?} {ask}").to_lowercase(), routed(plugin, case, question));
        }
    }
    let pools = [pool("inbound"), pool("other")];
    for (ask, lead) in leads(&REVIEWED) {
        let case = Case { lead: &lead, now };
        note(format!("follow-up {ask}"), told(plugin.open(case).unwrap().review(case, &pools)));
    }
    for scenario in CREDITED {
        note(format!("attribution {scenario}"), credited(plugin, scenario));
    }
    answers
}

fn routed(plugin: &Plugin, case: Case<'_>, question: Question) -> Json {
    let candidate = |rep: &str, cap: Option<u32>| Candidate {
        rep: rep.parse().unwrap(),
        teams: vec!["field-north".parse().unwrap(), "field-south".parse().unwrap()],
        weight: 3,
        load: 4,
        cap,
    };
    let known =
        |rep: &str, relation: Relation| Acquaintance { rep: rep.parse().unwrap(), relation, since: MONDAY };
    let is_dispatch = question == Question::Dispatch;
    let (inbound, waiting) = (pool("inbound"), [(pool("inbound"), 0), (pool("other"), 70_000)]);
    let inquiry = Inquiry {
        as_mature: false,
        case,
        question,
        pool: (!is_dispatch).then_some(&inbound),
        pools: if is_dispatch { &waiting } else { &[] },
        candidates: &[candidate("ann", None), candidate("bob", Some(5))],
        acquaintances: &[
            known("ann", Relation::Owner),
            known("bob", Relation::AccountOwner),
            known("cyd", Relation::LastWorker),
        ],
        counters: &[Counter { key: "turns".to_owned(), value: -3 }],
    };
    told(plugin.open(case).unwrap().route(&inquiry))
}

fn credited(plugin: &Plugin, scenario: &str) -> Json {
    let lead = whole_lead(scenario);
    let conversion = Conversion {
        id: "deal-7".parse().unwrap(),
        scenario: scenario.to_owned(),
        at: MONDAY.plus_ms(99 * HOUR_MS),
        value: Minor(100_001),
        currency: "EUR".to_owned(),
        deal_created: Some(MONDAY),
    };
    let touch = |hours: i64, channel: &str, campaign: Option<&str>| Touch {
        at: MONDAY.plus_ms(hours * HOUR_MS),
        channel: channel.to_owned(),
        campaign: campaign.map(str::to_owned),
        by: None,
    };
    let touches =
        [touch(0, "organic-search", None), touch(1, "email", Some("spring")), touch(99, "event", None)];
    let case = Case { lead: &lead, now: conversion.at };
    told(plugin.open(case).unwrap().credit(&lead, &conversion, &touches))
}

/// The answer for the one lead.
fn first<T: serde::Serialize>(rulings: Vec<Ruling<T>>) -> Json {
    told(rulings.into_iter().next().unwrap())
}

/// What was said; what it took is nothing that is kept for ever.
fn told<T: serde::Serialize>(ruling: Ruling<T>) -> Json {
    match ruling.outcome {
        Ok(answer) => json!(answer),
        Err(fault) => json!({ "fault": fault.class.as_str(), "message": fault.message }),
    }
}

#[test]
fn pieces_of_every_version_and_language_answer_as_ever() {
    let versions = versions();
    assert!(!versions.is_empty(), "the museum is empty");
    for version in versions {
        let [rust, js, python] = LANGUAGES.map(|language| {
            let rulebook = rulebook(&version, language, |policy| policy);
            let rulebook =
                rulebook.unwrap_or_else(|error| panic!("{}: {language}: {error}", version.display()));
            answers(rulebook.plugins().next().unwrap())
        });
        for (question, answer) in &rust {
            assert_eq!(answer, &js[question], "JavaScript of {}: {question}", version.display());
            assert_eq!(answer, &python[question], "Python of {}: {question}", version.display());
        }
        let kept = version.join("answers.json");
        let Ok(kept) = std::fs::read(&kept) else {
            panic!(
                "{} is missing; pieces say:\n{}",
                kept.display(),
                serde_json::to_string_pretty(&rust).unwrap()
            );
        };
        let kept: Answers = serde_json::from_slice(&kept).unwrap();
        for (question, answer) in &kept {
            assert_eq!(rust.get(question), Some(answer), "{}: {question}", version.display());
        }
        assert_eq!(kept.len(), rust.len(), "{}: questions that nobody kept the answer of", version.display());
    }
}

#[test]
fn pieces_of_every_version_refuse_a_configuration_as_ever() {
    for version in versions() {
        for language in ["rust", "js"] {
            let too_many = |policy: String| policy.replace("hours = 12", "hours = 100");
            let Err(refused) = rulebook(&version, language, too_many) else { panic!("{language} takes it") };
            assert!(refused.contains("at /hours: must be at most 99"), "{language}: {refused}");
        }
    }
}

#[test]
fn the_contracts_of_today_break_no_version() {
    let today = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
    for version in versions() {
        for old in [
            version.join("wit"),
            version.join("rust.wasm"),
            version.join("js.wasm"),
            version.join("python.wasm"),
        ] {
            let output = run(&["wit-compat", arg(&old), arg(&today)]);
            assert!(output.status.success(), "{}: {}", old.display(), said(&output));
        }
    }
}

#[test]
fn a_contract_that_breaks_pieces_is_noticed() {
    let version = versions().remove(0);
    let contracts = version.join("wit");
    let changed = tempfile::tempdir().unwrap();
    for entry in contracts.read_dir().unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let text =
            text.replace("received-ms: timestamp-ms,", "received-ms: timestamp-ms,\n        zone: string,");
        write(changed.path(), &[(&name, text.as_bytes())]);
    }
    for old in [contracts, version.join("python.wasm")] {
        let output = run(&["wit-compat", arg(&old), arg(changed.path())]);
        assert_eq!(output.status.code(), Some(14), "{}: {}", old.display(), said(&output));
        assert!(said(&output).contains("the field zone is new"), "{}", said(&output));
    }
}
