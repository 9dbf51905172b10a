//! What a call of a plugin costs: the same thirty rules as a native function, in a warm instance, in
//! batches, and in a brand-new sandbox for each lead. Read the figures as ratios to the native one.

#![expect(clippy::unwrap_used, reason = "a measurement that fails has nothing to report")]

#[path = "thirty_rules.rs"]
mod thirty_rules;

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use leadsman_domain::lead::Lead;
use leadsman_domain::limits::Limits;
use leadsman_flow::rules::Case;
use leadsman_rules::{Plugin, Preparation, Sandbox};
use thirty_rules::{configuration, lead, name, native};

fn calls(criterion: &mut Criterion) {
    let sandbox = Sandbox::new(None).unwrap();
    let points = leadsman_artifacts::built_in("points").unwrap();
    for attributes in [6, 20] {
        let configuration = configuration(attributes);
        let plugin =
            |preparation| Plugin::load(&sandbox, points, &configuration, Limits::default(), preparation);
        let (frozen, shared) = (plugin(Preparation::Frozen).unwrap(), plugin(Preparation::Shared).unwrap());
        assert!(frozen.is_frozen() && !shared.is_frozen());
        let leads: Vec<Lead> = (0..256).map(|seed| lead(attributes, seed)).collect();
        let cases: Vec<Case<'_>> = leads.iter().map(|lead| Case { lead, now: lead.received }).collect();
        let names: Vec<String> = (0..attributes).map(name).collect();
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
