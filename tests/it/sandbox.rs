//! Misbehaving guests: each ends in a typed fault that an author understands, and the next lead is
//! served as if nothing had been.

use std::collections::BTreeSet;

use leadsman_domain::limits::{INTERPRETER_BYTES, Limits, MEMORY_BYTES_MAX};
use leadsman_domain::policy::PluginSource;
use leadsman_domain::ruling::{Fault, FaultClass};
use leadsman_domain::{AttributeName, Digest, Facts, LeadId, Value, journal};
use leadsman_flow::rules::Case;
use leadsman_policy::{PolicyFiles, Terms};
use leadsman_rules::{Plugin, Preparation, PrepareError, PreparedRulebook, Refusal};
use serde_json::json;

use crate::office::{MONDAY, desk, faults, guest, sandbox, submission, take_in};

/// Scorers, the class of their fault, and a part of what is said about it.
pub const SCORERS: [(&str, FaultClass, &str); 13] = [
    ("admits-a-fault", FaultClass::Internal, "upside down"),
    ("allocates-without-end", FaultClass::Memory, "more than its 16384 KiB of memory"),
    ("answers-too-few", FaultClass::Malformed, "0 answers for 1 leads"),
    ("complains", FaultClass::BadInput, "shoe size"),
    ("exits", FaultClass::Trap, "exited"),
    ("floods-its-log", FaultClass::Trap, "[truncated]"),
    ("leaks-handles", FaultClass::Trap, "table"),
    ("loops-for-ever", FaultClass::Fuel, "used up its 20000000 units of fuel"),
    ("overflows-its-stack", FaultClass::Trap, "trapped"),
    ("says-a-bit-too-much", FaultClass::OutputTooLarge, "32768"),
    ("says-too-much", FaultClass::OutputTooLarge, "more data than it may"),
    ("scores-infinity", FaultClass::Malformed, "inf points"),
    ("scores-nan", FaultClass::Malformed, "NaN points"),
];

/// Guests that other tests of this file and of its neighbours use.
const ELSEWHERE: [&str; 15] = [
    "asks-the-clock",
    "chooses-a-stranger",
    "counts-twice",
    "exports-nothing",
    "holds-in-the-past",
    "looks-back",
    "loops-in-configure",
    "never-rests",
    "opens-a-socket",
    "panics-on-trigger",
    "recycles-to-nowhere",
    "refuses-its-configuration",
    "remembers",
    "sleeps",
    "weighs-below-zero",
];

fn load(name: &str, limits: Limits) -> Result<Plugin, PrepareError> {
    Plugin::load(sandbox(), guest(name), &json!({}), limits, Preparation::Frozen)
}

fn lead(number: u64, trigger: bool) -> leadsman_domain::lead::Lead {
    let mut facts = Facts::new();
    if trigger {
        facts.set(AttributeName::parse("trigger").unwrap(), Value::Text("yes".to_owned()));
    }
    journal::begin(LeadId::of_submission(&Digest::of(&number.to_le_bytes())), MONDAY, facts)
}

fn score_one(plugin: &Plugin, number: u64) -> Result<Vec<(String, f64)>, Fault> {
    let lead = lead(number, false);
    let ruling = plugin.score(&[Case { lead: &lead, now: MONDAY }]).pop().unwrap();
    ruling.outcome.map(|all| all.into_iter().map(|one| (one.rule.to_string(), one.points.as_f64())).collect())
}

#[test]
fn every_guest_is_used() {
    let there: BTreeSet<&str> = leadsman_artifacts::GUESTS.iter().map(|guest| guest.name).collect();
    let used: BTreeSet<&str> = SCORERS.iter().map(|(name, _, _)| *name).chain(ELSEWHERE).collect();
    assert_eq!(there, used);
}

#[test]
fn each_misbehaviour_is_a_typed_fault() {
    for (name, class, part) in SCORERS {
        let plugin = load(name, Limits::default()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let fault = score_one(&plugin, 1).expect_err(name);
        assert_eq!(fault.class, class, "{name}: {fault}");
        assert!(fault.message.contains(part), "{name}: {fault}");
        assert!(!fault.message.contains('\u{1b}'), "{name} can reach the terminal: {fault:?}");
    }
}

#[test]
fn a_guest_with_much_fuel_is_stopped_by_the_clock() {
    let limits = Limits { fuel: u64::MAX / 2, time_ms: 20, ..Limits::default() };
    let fault = score_one(&load("loops-for-ever", limits).unwrap(), 1).unwrap_err();
    assert_eq!(fault.class, FaultClass::Time, "{fault}");
}

#[test]
fn a_guest_may_not_wait() {
    let fault = score_one(&load("sleeps", Limits::default()).unwrap(), 1).unwrap_err();
    assert!(fault.message.contains("may not wait"), "{fault}");
}

#[test]
fn one_lead_that_breaks_a_plugin_does_not_cost_the_others_their_answer() {
    let plugin = load("panics-on-trigger", Limits::default()).unwrap();
    let leads: Vec<_> = (0..300).map(|number| lead(number, number == 17)).collect();
    let cases: Vec<Case<'_>> = leads.iter().map(|lead| Case { lead, now: MONDAY }).collect();
    let rulings = plugin.score(&cases);
    assert_eq!(rulings.len(), 300);
    for (number, ruling) in rulings.iter().enumerate() {
        assert_eq!(ruling.outcome.is_err(), number == 17, "lead {number}: {:?}", ruling.outcome);
    }
    let fault = rulings[17].outcome.as_ref().unwrap_err();
    assert!(fault.message.contains("the trigger was pulled"), "{fault}");
}

#[test]
fn every_call_is_the_first_in_a_fresh_sandbox() {
    let plugin = load("remembers", Limits::default()).unwrap();
    let calls: Vec<_> = (0..3).map(|number| score_one(&plugin, number).unwrap()[0].1).collect();
    assert_eq!(calls, [1.0, 1.0, 1.0]);
}

#[test]
fn clock_and_chance_follow_from_the_decision() {
    let plugin = load("asks-the-clock", Limits::default()).unwrap();
    let first = score_one(&plugin, 5).unwrap();
    assert_eq!(first, score_one(&plugin, 5).unwrap());
    assert_eq!(first[0].1, (MONDAY.as_ms() % 1_000_000) as f64);
}

#[test]
fn frozen_and_configured_instances_answer_alike() {
    for (name, _, _) in SCORERS.iter().filter(|(name, _, _)| !matches!(*name, "answers-too-few")) {
        let shared =
            Plugin::load(sandbox(), guest(name), &json!({}), Limits::default(), Preparation::Shared).unwrap();
        let frozen = load(name, Limits::default()).unwrap();
        assert!(frozen.is_frozen() && !shared.is_frozen(), "{name}");
        let class = |plugin| score_one(plugin, 1).map_err(|fault| fault.class);
        assert_eq!(class(&frozen), class(&shared), "{name}");
    }
}

#[test]
fn a_configuration_is_refused_with_its_place() {
    let configuration = json!({ "size": 3 });
    let bytes = guest("refuses-its-configuration");
    let refused = Plugin::load(sandbox(), bytes, &configuration, Limits::default(), Preparation::Frozen);
    let Err(PrepareError::Configuration(problems)) = refused else { panic!("it was not refused") };
    assert_eq!(
        (problems[0].pointer.as_str(), problems[0].message.as_str()),
        ("/size", "3 is the wrong size")
    );
}

#[test]
fn a_configuration_that_never_ends_is_a_fault() {
    let Err(PrepareError::Broke(fault)) = load("loops-in-configure", Limits::default()) else {
        panic!("it ended")
    };
    assert!(matches!(fault.class, FaultClass::Fuel | FaultClass::Time), "{fault}");
}

#[test]
fn a_configuration_that_takes_too_much_names_the_limit_that_it_had() {
    let impatient = Limits { fuel: u64::MAX / 100, time_ms: 3, ..Limits::default() };
    for preparation in [Preparation::Frozen, Preparation::Shared] {
        for (limits, told) in [
            (Limits::default(), "its 200000000 units of fuel"),
            (impatient, "more than 30 ms of the processor"),
        ] {
            let bytes = guest("loops-in-configure");
            let loaded = Plugin::load(&sandbox().patient(), bytes, &json!({}), limits, preparation);
            let Err(PrepareError::Broke(fault)) = loaded else { panic!("it ended") };
            assert!(fault.message.contains(told), "{fault}");
        }
    }
}

#[test]
fn the_most_memory_that_a_policy_can_grant_is_there() {
    let limits =
        Limits { memory_bytes: MEMORY_BYTES_MAX, fuel: 2_000_000_000, time_ms: 5_000, ..Limits::default() };
    let fault = score_one(&load("allocates-without-end", limits).unwrap(), 1).unwrap_err();
    assert_eq!(fault.class, FaultClass::Memory, "{fault}");
    assert!(fault.message.contains("its 65536 KiB"), "{fault}");
}

#[test]
fn what_may_not_come_in_is_told_why() {
    let refusal = |bytes: &[u8], limits| match Plugin::load(
        sandbox(),
        bytes,
        &json!({}),
        limits,
        Preparation::Frozen,
    ) {
        Err(PrepareError::Refused(refusal)) => refusal,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it came in"),
    };
    let usual = Limits::default();
    assert_eq!(refusal(b"#!/bin/sh", usual), Refusal::NotWasm);
    assert_eq!(refusal(b"", usual), Refusal::NotWasm);
    assert_eq!(refusal(b"\0asm\x01\0\0\0", usual), Refusal::CoreModule);
    let whole = guest("complains");
    assert!(matches!(refusal(&whole[..whole.len() / 2], usual), Refusal::Invalid(_)));
    let small = Limits { component_bytes: 1000, ..usual };
    assert_eq!(refusal(whole, small), Refusal::TooLarge { bytes: whole.len(), bytes_max: 1000 });
    let network = refusal(guest("opens-a-socket"), usual).to_string();
    assert!(network.contains("wasi:sockets/") && network.contains("plugins have no network"), "{network}");
    assert!(matches!(refusal(guest("exports-nothing"), usual), Refusal::WrongWorld { .. }));
}

/// The component, saying of itself that it carries an interpreter that was started when it was built.
fn as_interpreted(component: &[u8]) -> Vec<u8> {
    let text = |text: &[u8]| [&[text.len() as u8], text].concat();
    let field = [text(b"processed-by"), vec![1], text(b"component-init-transform"), text(b"1")].concat();
    let section = [text(b"producers"), vec![1], field].concat();
    [component, &[0, section.len() as u8], &section].concat()
}

#[test]
fn an_interpreter_may_import_sockets_and_gets_none() {
    let interpreted = as_interpreted(guest("opens-a-socket"));
    let plugin =
        Plugin::load(sandbox(), &interpreted, &json!({}), Limits::default(), Preparation::Frozen).unwrap();
    let fault = score_one(&plugin, 1).expect_err("it got a socket");
    assert_eq!(fault.class, FaultClass::Trap, "{fault}");
    assert!(fault.to_string().contains("a plugin has no network"), "{fault}");
}

/// Why a policy with a scorer of so many bytes is refused, if it is.
fn of_bytes(component: &[u8], limits: &str) -> Option<String> {
    let policy =
        format!("default_pool = \"in\"\n[[scoring]]\npath = \"a.wasm\"\n{limits}\n[[pools]]\nid = \"in\"\n");
    let files = PolicyFiles::new().with("policy.toml", policy).with("a.wasm", component);
    let policy = leadsman_policy::parse(&files, &Terms::default()).unwrap().policy;
    let find = |_: &PluginSource| Ok(component.to_vec());
    let plan = Terms::default().limits_max;
    let ready = PreparedRulebook::prepare(sandbox(), &policy, &find, plan, Preparation::Shared);
    ready.err().map(|refused| refused.to_string())
}

#[test]
fn an_interpreter_in_a_component_may_be_large_and_the_rest_of_it_not() {
    let large = |component: &[u8], bytes: usize| {
        let padding = bytes - component.len();
        // A section of nothing, whose length takes five bytes as this one's does.
        let length = [0, 1, 2, 3].map(|place| ((padding - 6) >> (7 * place)) as u8 | 0x80);
        let last = ((padding - 6) >> 28) as u8;
        [component, &[0], &length, &[last, 0], &vec![0; padding - 7]].concat()
    };
    let (whole, usual) = (guest("remembers"), Limits::default().component_bytes);
    let limits = format!("limits = {{ component_bytes = {} }}", usual - 1);
    assert_eq!(of_bytes(&large(whole, usual), ""), None);
    let refused = of_bytes(&large(whole, usual + 1), "").unwrap();
    assert!(refused.contains("has 1048577 bytes; at most 1048576 are taken"), "{refused}");
    let refused = of_bytes(&large(whole, usual), &limits).unwrap();
    assert!(refused.contains("has 1048576 bytes; at most 1048575 are taken"), "{refused}");
    let interpreted = as_interpreted(whole);
    assert_eq!(of_bytes(&large(&interpreted, usual + INTERPRETER_BYTES), ""), None);
    let refused = of_bytes(&large(&interpreted, usual + INTERPRETER_BYTES), &limits).unwrap();
    assert!(refused.contains("has 25165824 bytes; at most 25165823 are taken"), "{refused}");
}

#[test]
fn a_fault_is_journalled_with_its_fallback_and_the_next_lead_is_served() {
    let desk = desk(
        r#"
        default_pool = "inbound"
        [[scoring]]
        path = "guests/panics-on-trigger.wasm"
        fallback = "hold"
        [[pools]]
        id = "inbound"
        [[pools.allocation]]
        plugin = "round-robin"
        [[reps]]
        id = "ann"
        "#,
    );
    let bad = take_in(&desk, submission("1", &[("trigger", "yes"), ("contact.email", "a@example.com")]));
    assert_eq!(bad.settled, leadsman_flow::Settled::Failed);
    assert_eq!(faults(&desk, &bad.lead), ["trap"]);
    let good = take_in(&desk, submission("2", &[("contact.email", "b@example.com")]));
    assert!(matches!(good.settled, leadsman_flow::Settled::Assigned { .. }), "{good:?}");
}

#[test]
fn a_broken_router_falls_back_as_the_policy_says() {
    for (guest, fallback, status) in [
        ("chooses-a-stranger", "default-pool", "pooled"),
        ("holds-in-the-past", "hold", "held"),
        ("counts-twice", "reject", "rejected"),
    ] {
        let desk = desk(&format!(
            r#"
            default_pool = "inbound"
            [[dispatch]]
            path = "guests/{guest}.wasm"
            fallback = "{fallback}"
            [[pools]]
            id = "inbound"
            [[pools.allocation]]
            plugin = "round-robin"
            [[reps]]
            id = "ann"
            "#
        ));
        let intake = take_in(&desk, submission("1", &[("contact.email", "a@example.com")]));
        assert_eq!(faults(&desk, &intake.lead), ["malformed"], "{guest}");
        let lead = desk.archive().lead(&intake.lead).unwrap();
        let is = serde_json::to_value(&lead.status).unwrap()["is"].clone();
        assert_eq!(is, status, "{guest}");
    }
}

#[test]
fn negative_weights_give_no_credit_and_lose_no_conversion() {
    let desk = desk(
        r#"
        default_pool = "inbound"
        [[attribution]]
        scenario = "default"
        path = "guests/weighs-below-zero.wasm"
        [[pools]]
        id = "inbound"
        "#,
    );
    let intake = take_in(&desk, submission("1", &[("contact.email", "a@example.com")]));
    let conversion = crate::desk::conversion("deal-1", 100);
    let lead = desk.convert(&intake.lead, &conversion, conversion.at).unwrap().wait().unwrap();
    assert_eq!(lead.won.len(), 1);
    assert!(lead.won[0].credits.is_empty());
    assert_eq!(faults(&desk, &intake.lead), ["malformed"]);
}
