//! Uploads and configurations that nobody wrote: bits flipped, ends cut, JSON made up. Each ends in an
//! answer or a typed error, and the sandbox serves on.

use std::collections::BTreeSet;

use leadsman_domain::limits::Limits;
use leadsman_domain::{Digest, Facts, LeadId, journal};
use leadsman_flow::rules::Case;
use leadsman_rules::{Plugin, Preparation, PrepareError, inspect};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use crate::office::{MONDAY, guest, sandbox};
use crate::raw::HARMLESS;

/// Room for a small guest, and no more.
fn tight() -> Limits {
    Limits { fuel: 2_000_000, time_ms: 20, memory_bytes: 4 << 20, ..Limits::default() }
}

/// The same cases in every run.
fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]))
}

/// Tries to put bytes to work, and asks about a lead if that goes.
fn try_out(bytes: &[u8]) -> Result<bool, PrepareError> {
    let plugin = Plugin::load(sandbox(), bytes, &json!({}), tight(), Preparation::Shared)?;
    let lead = journal::begin(LeadId::of_submission(&Digest::of(b"1")), MONDAY, Facts::new());
    Ok(plugin.score(&[Case { lead: &lead, now: MONDAY }]).pop().is_some_and(|ruling| ruling.outcome.is_ok()))
}

fn still_serves() {
    assert_eq!(try_out(guest("remembers")), Ok(true), "the sandbox serves on");
}

#[test]
fn components_with_flipped_bits_do_no_harm() {
    let whole = guest("remembers");
    let flips = prop::collection::vec((0..whole.len(), 0..8_u8), 1..4);
    let (mut came_in, mut kept_out) = (0, 0);
    let mut runner = runner(96);
    for _ in 0..96 {
        let mut bytes = whole.to_vec();
        for (at, bit) in flips.new_tree(&mut runner).unwrap().current() {
            bytes[at] ^= 1 << bit;
        }
        match try_out(&bytes) {
            Ok(_) => came_in += 1,
            Err(_) => kept_out += 1,
        }
    }
    // Flips in names and data leave a component whole; those in code and types do not.
    assert!(came_in > 0 && kept_out > 0, "{came_in} came in, {kept_out} were kept out");
    still_serves();
}

#[test]
fn components_that_are_cut_are_kept_out() {
    let whole = guest("remembers");
    for part in 0..32 {
        let cut = &whole[..whole.len() * part / 32];
        assert!(matches!(try_out(cut), Err(PrepareError::Refused(_))), "{part} of 32 parts");
    }
    still_serves();
}

#[test]
fn compiled_code_is_not_taken_from_outside() {
    for magic in [&b"\x7fELF\x02\x01\x01\0"[..], b"\0asm\x0d\0\x01", b"MZ\x90\0", b"PK\x03\x04"] {
        let bytes = [magic, &[0; 4096]].concat();
        assert!(matches!(try_out(&bytes), Err(PrepareError::Refused(_))), "{magic:?}");
    }
    still_serves();
}

/// Every name that a JSON Schema speaks of.
fn names(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            for (name, member) in members {
                if matches!(name.as_str(), "properties" | "$defs")
                    && let Some(members) = member.as_object()
                {
                    found.extend(members.keys().cloned());
                }
                if matches!(name.as_str(), "const" | "enum" | "required") {
                    texts(member, found);
                }
                names(member, found);
            }
        }
        Value::Array(members) => members.iter().for_each(|member| names(member, found)),
        _ => {}
    }
}

fn texts(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(found.insert(text.clone())),
        Value::Array(members) => members.iter().for_each(|member| texts(member, found)),
        _ => {}
    }
}

/// JSON that speaks of these names, often in the wrong place.
fn configurations(names: &BTreeSet<String>) -> impl Strategy<Value = Value> {
    let names: Vec<String> = names.iter().cloned().chain(["else".to_owned()]).collect();
    let name = prop::sample::select(names);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop::num::f64::NORMAL.prop_map(Value::from),
        (-3_i64..30).prop_map(Value::from),
        name.clone().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..7)
                .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

#[test]
fn no_configuration_breaks_a_built_in_plugin() {
    for component in leadsman_artifacts::BUILT_IN {
        let described = inspect(sandbox(), component.bytes, &json!({}), &Limits::default()).unwrap();
        let schema: Value = serde_json::from_str(&described.description.configuration_schema).unwrap();
        let mut known = BTreeSet::new();
        names(&schema, &mut known);
        assert!(!known.is_empty(), "{}", component.name);
        let made_up = configurations(&known).prop_map(|value| match value {
            Value::Object(_) => value,
            other => json!({ known.first().cloned().unwrap_or_default(): other }),
        });
        let tried = runner(150).run(&made_up, |configuration| {
            let report = inspect(sandbox(), component.bytes, &configuration, &Limits::default());
            let report = report.map_err(|error| TestCaseError::fail(error.to_string()))?;
            for problem in report.configured.err().into_iter().flatten() {
                let place = configuration.pointer(&problem.pointer);
                let parent = problem.pointer.rfind('/').map(|end| &problem.pointer[..end]);
                let there = place.or_else(|| configuration.pointer(parent.unwrap_or_default()));
                prop_assert!(there.is_some(), "{:?} is nowhere in {configuration}", problem.pointer);
                prop_assert!(!problem.message.is_empty());
            }
            Ok(())
        });
        tried.unwrap_or_else(|failure| panic!("{}: {failure}", component.name));
    }
}

#[test]
fn answers_that_nobody_wrote_are_taken_or_refused() {
    let mut runner = runner(128);
    // Mostly small numbers, so that pointers and lengths often lead somewhere.
    let byte = prop_oneof![4 => Just(0_u8), 3 => 0..9_u8, 1 => any::<u8>()];
    let bytes = prop::collection::vec(byte, 512);
    let (mut taken, mut refused) = (0, 0);
    for _ in 0..128 {
        let answer = bytes.new_tree(&mut runner).unwrap().current();
        let escaped: String = answer.iter().map(|byte| format!("\\{byte:02x}")).collect();
        // A list of one answer, whose place holds what nobody wrote; and needs that nobody wrote.
        let data = format!("(data (i32.const 3072) \"{escaped}\") (data (i32.const 1028) \"{escaped}\")");
        let answers_only = format!("(data (i32.const 3072) \"{escaped}\")");
        for more in [data, answers_only] {
            match try_out(&HARMLESS.component_with(&more)) {
                Ok(true) => taken += 1,
                Ok(false) | Err(PrepareError::Broke(_) | PrepareError::Configuration(_)) => refused += 1,
                Err(PrepareError::Refused(refusal)) => panic!("it was not the component's shape: {refusal}"),
            }
        }
    }
    assert!(taken > 0 && refused > 0, "{taken} were taken, {refused} refused");
    still_serves();
}
