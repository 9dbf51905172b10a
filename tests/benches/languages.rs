//! What a call costs in each language of the SDKs: the scorer that `sdk/same/build.sh` builds, in a brand-new sandbox
//! for each lead, in a warm instance, and in batches; its fuel, its size, and how long the compiler takes.

#![expect(clippy::unwrap_used, reason = "a measurement that fails has nothing to report")]

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use leadsman_domain::lead::Lead;
use leadsman_domain::limits::Limits;
use leadsman_domain::{AttributeName, Digest, Facts, LeadId, Timestamp, Value, journal};
use leadsman_flow::rules::Case;
use leadsman_rules::{Plugin, Preparation, Sandbox};
use serde_json::json;

const NOON: Timestamp = Timestamp::from_ms(1_767_614_400_000);

fn lead(number: u32) -> Lead {
    let texts = Value::Texts(vec!["Trade fair".to_owned(), "EMEA".to_owned()]);
    let values = [
        ("company.size", Value::Number(f64::from(number) * 1.5)),
        ("company.name", Value::Text("Example & Sons".to_owned())),
        ("industry", Value::Text(" Machine building ".to_owned())),
        ("message", Value::Text("Please call me back about the new line of presses".to_owned())),
        ("created", Value::Time(NOON.plus_ms(-86_400_000 * i64::from(number)))),
        ("newsletter", Value::Flag(number.is_multiple_of(2))),
        ("tags", texts),
    ];
    let fact = |(name, value): (&str, Value)| (AttributeName::parse(name).unwrap(), value);
    let facts: Facts = values.into_iter().map(fact).collect();
    journal::begin(LeadId::of_submission(&Digest::of(&number.to_le_bytes())), NOON, facts)
}

fn languages(criterion: &mut Criterion) {
    let sandbox = Sandbox::new(None).unwrap();
    let configuration = json!({ "each": 0.1, "industry": "machine building", "steps": [{ "from": 0, "points": 1 }, { "from": 99, "points": 2.5 }] });
    let limits = Limits { component_bytes: 24 << 20, ..Limits::default() };
    let leads: Vec<Lead> = (0..64).map(lead).collect();
    let cases: Vec<Case<'_>> = leads.iter().map(|lead| Case { lead, now: NOON }).collect();
    for language in ["rust", "js", "python"] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../sdk/same/build/{language}.wasm"));
        let Ok(bytes) = std::fs::read(&file) else {
            eprintln!("SKIPPED {language}: run sdk/same/build.sh");
            continue;
        };
        let started = Instant::now();
        let plugin = Plugin::load(&sandbox, &bytes, &configuration, limits, Preparation::Frozen).unwrap();
        let ready = started.elapsed();
        let fuel: u64 =
            cases.iter().map(|case| plugin.score(&[*case])[0].fuel).sum::<u64>() / cases.len() as u64;
        println!(
            "{language}: {} bytes, ready after {ready:.1?}, snapshot {}, {fuel} fuel a lead",
            bytes.len(),
            plugin.is_frozen()
        );
        let mut group = criterion.benchmark_group(language);
        let mut turn = 0;
        let mut next = || {
            turn = (turn + 1) % cases.len();
            turn
        };
        group.throughput(Throughput::Elements(1));
        group.bench_function("fresh", |bench| bench.iter(|| black_box(plugin.score(&cases[next()..][..1]))));
        let mut warm = plugin.open(cases[0]).unwrap();
        let mut renewed = 0;
        group.bench_function("warm", |bench| {
            bench.iter(|| {
                if black_box(warm.score(&cases[next()..][..1])).outcome.is_err() {
                    warm = plugin.open(cases[0]).unwrap();
                    renewed += 1;
                }
            });
        });
        println!("{language}: an instance that is kept was out of memory {renewed} times");
        drop(warm);
        group.throughput(Throughput::Elements(cases.len() as u64));
        group.bench_function("batch", |bench| bench.iter(|| black_box(plugin.score(&cases))));
        group.finish();
    }
}

criterion_group!(benches, languages);
criterion_main!(benches);
