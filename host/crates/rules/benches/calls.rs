//! What a call of a plugin costs: the same thirty rules as a native function, in a warm instance, in
//! batches, and in a brand-new sandbox for each lead. Read the figures as ratios to the native one.

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use leadsman_domain::journal;
use leadsman_domain::lead::Lead;
use leadsman_domain::limits::Limits;
use leadsman_domain::{AttributeName, Digest, Facts, LeadId, Timestamp, Value};
use leadsman_flow::rules::Case;
use leadsman_rules::{Plugin, Preparation, Sandbox};
use serde_json::json;

const RULES: usize = 30;
const INDUSTRIES: [&str; 5] = ["retail", "finance", "health", "education", "energy"];

/// Attribute n is a number if n is even, else one of five texts.
fn lead(attributes: usize, seed: usize) -> Lead {
    let fact = |n: usize| {
        let name = AttributeName::parse(&format!("attribute-{n}")).unwrap();
        let value = if n.is_multiple_of(2) {
            Value::Number(((seed * 31 + n * 17) % 1000) as f64)
        } else {
            Value::Text(INDUSTRIES[(seed + n) % 5].to_owned())
        };
        (name, value)
    };
    let facts: Facts = (0..attributes).map(fact).collect();
    let id = LeadId::of_submission(&Digest::of(&seed.to_le_bytes()));
    journal::begin(id, Timestamp::from_ms(1_700_000_000_000), facts)
}

fn configuration(attributes: usize) -> serde_json::Value {
    let rule = |rule: usize| {
        let n = rule % attributes;
        let when = if n.is_multiple_of(2) {
            json!({ "attribute": format!("attribute-{n}"), "at_least": (rule * 30) as f64 })
        } else {
            json!({ "attribute": format!("attribute-{n}"), "is": INDUSTRIES[rule % 5] })
        };
        json!({ "name": format!("rule-{rule}"), "points": (rule % 7) as f64 + 0.5, "when": when })
    };
    json!({ "rules": (0..RULES).map(rule).collect::<Vec<_>>() })
}

/// The same rules as a native function over the same facts.
fn native(attributes: usize, names: &[String], lead: &Lead) -> f64 {
    let mut score = 0.0;
    for rule in 0..RULES {
        let n = rule % attributes;
        let holds = match lead.facts.get(&names[n]) {
            Some(Value::Number(number)) => *number >= (rule * 30) as f64,
            Some(Value::Text(text)) => text == INDUSTRIES[rule % 5],
            _ => false,
        };
        if holds {
            score += (rule % 7) as f64 + 0.5;
        }
    }
    score
}

fn calls(criterion: &mut Criterion) {
    let sandbox = Sandbox::new().unwrap();
    let points = leadsman_artifacts::built_in("points").unwrap();
    for attributes in [6, 20] {
        let configuration = configuration(attributes);
        let plugin =
            |preparation| Plugin::load(&sandbox, points, &configuration, Limits::default(), preparation);
        let (frozen, shared) = (plugin(Preparation::Frozen).unwrap(), plugin(Preparation::Shared).unwrap());
        assert!(frozen.is_frozen() && !shared.is_frozen());
        let leads: Vec<Lead> = (0..256).map(|seed| lead(attributes, seed)).collect();
        let cases: Vec<Case<'_>> = leads.iter().map(|lead| Case { lead, now: lead.received }).collect();
        let names: Vec<String> = (0..attributes).map(|n| format!("attribute-{n}")).collect();
        let mut group = criterion.benchmark_group(format!("score-30-rules-{attributes}-attributes"));
        let mut turn = 0;
        let mut next = || {
            turn = (turn + 1) % cases.len();
            turn
        };
        group.throughput(Throughput::Elements(1));
        group.bench_function("native", |bench| {
            bench.iter(|| black_box(native(attributes, &names, &leads[next()])))
        });
        let mut warm = frozen.open(cases[0]).unwrap();
        group.bench_function("warm", |bench| bench.iter(|| black_box(warm.score(&cases[next()..][..1]))));
        drop(warm);
        group.bench_function("fresh", |bench| bench.iter(|| black_box(frozen.score(&cases[next()..][..1]))));
        group.bench_function("fresh-configured-each-time", |bench| {
            bench.iter(|| black_box(shared.score(&cases[next()..][..1])));
        });
        group.throughput(Throughput::Elements(cases.len() as u64));
        group.bench_with_input(BenchmarkId::new("batch", cases.len()), &cases, |bench, cases| {
            bench.iter_batched(|| (), |()| black_box(frozen.score(cases)), BatchSize::SmallInput);
        });
        group.finish();
    }
}

criterion_group!(benches, calls);
criterion_main!(benches);
