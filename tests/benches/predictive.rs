//! What foretelling costs: leads through a trained model in the sandbox, in bulk and one by one, beside the same
//! model natively. And what training costs on a table of as many rows as `ROWS` says (100,000 if it does not).

#![expect(clippy::unwrap_used, reason = "a measurement that fails has nothing to report")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use leadsman as _; // the allocator of the program
use leadsman_domain::lead::Lead;
use leadsman_domain::limits::Limits;
use leadsman_domain::{AttributeName, Digest, Facts, LeadId, Timestamp, Value, journal};
use leadsman_flow::rules::Case;
use leadsman_learning::{Table, Terms, Trained, train};
use leadsman_model::Bins;
use leadsman_rules::{Plugin, Preparation, Sandbox};
use serde_json::json;

/// Leads that are scored together.
const BATCH: usize = 256;

const TEXTS: usize = 14;
const NUMBERS: usize = 8;

/// A made-up lead: texts with some tens of values, numbers, gaps, and whether it converted.
fn row(chance: &mut impl FnMut(u64) -> u64) -> (Vec<Option<String>>, Vec<Option<u64>>, bool) {
    let texts: Vec<Option<String>> = (0..TEXTS)
        .map(|nth| {
            Some(chance(4 + 3 * nth as u64))
                .filter(|value| value % 7 > 0)
                .map(|value| format!("value {value}"))
        })
        .collect();
    let numbers: Vec<Option<u64>> =
        (0..NUMBERS).map(|_| Some(chance(2_000)).filter(|value| value % 10 > 0)).collect();
    let mut odds = numbers[0].unwrap_or(500) / 40 + numbers[1].unwrap_or(0) / 100;
    odds += if texts[3].as_deref() == Some("value 2") { 30 } else { 0 };
    odds += if texts[0].is_none() && numbers[2].unwrap_or(0) > 1_000 { 25 } else { 0 };
    let converted = chance(130) < odds;
    (texts, numbers, converted)
}

fn chance() -> impl FnMut(u64) -> u64 {
    let mut state = 7_u64;
    move |end| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % end
    }
}

fn table(rows: usize) -> Table {
    let mut text = String::new();
    (0..TEXTS).for_each(|nth| write!(text, "text-{nth},").unwrap());
    (0..NUMBERS).for_each(|nth| write!(text, "number-{nth},").unwrap());
    text.push_str("converted\n");
    let mut chance = chance();
    for _ in 0..rows {
        let (texts, numbers, converted) = row(&mut chance);
        texts.iter().for_each(|one| write!(text, "{},", one.as_deref().unwrap_or_default()).unwrap());
        for one in numbers {
            one.iter().for_each(|one| write!(text, "{one}").unwrap());
            text.push(',');
        }
        text.push_str(if converted { "yes\n" } else { "no\n" });
    }
    Table::read(text.as_bytes(), &[]).unwrap()
}

fn leads(count: usize) -> Vec<Lead> {
    let mut chance = chance();
    let lead = |number: usize| {
        let (texts, numbers, _) = row(&mut chance);
        let mut facts = Facts::new();
        let mut say = |name: String, value: Value| facts.set(AttributeName::parse(&name).unwrap(), value);
        for (nth, text) in texts.into_iter().enumerate() {
            if let Some(text) = text {
                say(format!("text-{nth}"), Value::Text(text));
            }
        }
        for (nth, number) in numbers.into_iter().enumerate() {
            if let Some(number) = number {
                say(format!("number-{nth}"), Value::Number(number as f64));
            }
        }
        let id = LeadId::of_submission(&Digest::of(&number.to_le_bytes()));
        journal::begin(id, Timestamp::from_ms(1_767_600_000_000), facts)
    };
    (0..count).map(lead).collect()
}

fn learn(rows: usize) -> Trained {
    let table = table(rows);
    let terms = Terms { label: "converted".to_owned(), seed: 1, ..Terms::default() };
    let start = Instant::now();
    let trained = train(&table, None, &terms, &|_, _| {}).unwrap();
    let (size, auc) = (trained.report.size, trained.report.cross_validation.auc);
    println!(
        "{rows} rows learned in {:.2?}: {} trees, {} nodes, AUC {auc:.4}",
        start.elapsed(),
        size.trees,
        size.nodes
    );
    trained
}

fn predictive(criterion: &mut Criterion) {
    let rows = std::env::var("ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(100_000);
    let trained = learn(rows);
    let leads = leads(BATCH * 4);
    let cases: Vec<Case<'_>> = leads.iter().map(|lead| Case { lead, now: lead.received }).collect();
    let sandbox = Sandbox::new(None).unwrap();
    let component = leadsman_artifacts::built_in("predictive").unwrap();
    let configuration = json!({ "model": trained.model });
    // As the policy that training writes: leads of a batch share the fuel.
    let limits = Limits { fuel: 100_000_000, ..Limits::default() };
    let plugin = Plugin::load(&sandbox, component, &configuration, limits, Preparation::Frozen).unwrap();
    let ruling = plugin.score(&cases[..1]).remove(0);
    assert!(ruling.outcome.is_ok(), "{:?}", ruling.outcome);
    println!("fuel for one lead: {}", ruling.fuel);
    let mut group = criterion.benchmark_group("predictive");
    group.sample_size(20).measurement_time(Duration::from_secs(4));
    group.throughput(Throughput::Elements(1));
    let mut turn = 0;
    group.bench_function("fresh", |bench| {
        bench.iter(|| {
            turn = (turn + 1) % cases.len();
            black_box(plugin.score(&cases[turn..][..1]))
        });
    });
    group.throughput(Throughput::Elements(BATCH as u64));
    group.bench_function("batch-256", |bench| {
        bench.iter(|| {
            turn = (turn + 1) % 4;
            black_box(plugin.score(&cases[turn * BATCH..][..BATCH]))
        });
    });
    let model = trained.model.model().unwrap();
    let bins: Vec<Bins> = (0..BATCH)
        .map(|row| (0..model.encoders().len()).map(|nth| ((row * 7 + nth * 13) % 60) as u8).collect())
        .collect();
    group.bench_function("native-probability-256", |bench| {
        bench.iter(|| bins.iter().map(|bins| model.probability(bins).billionths()).fold(0, u32::wrapping_add))
    });
    group.bench_function("native-explanation-256", |bench| {
        bench.iter(|| bins.iter().map(|bins| black_box(model.explain(bins)).base_thousandths).sum::<i64>());
    });
    group.finish();
}

criterion_group!(benches, predictive);
criterion_main!(benches);
