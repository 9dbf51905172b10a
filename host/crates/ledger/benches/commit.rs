//! Commits of five records (a lead, two index entries, a journal entry, a counter), on disk and in
//! memory, by how many threads wait for them at once; and reads and scans.

#![expect(clippy::expect_used, reason = "a measurement that fails has nothing to report")]

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use leadsman_domain::TenantId;
use leadsman_flow::ledger::{Add, Batch, Key, Ledger, Space};
use leadsman_ledger::{Options, Store};

/// About as long as a lead is as JSON.
const LEAD: &[u8] = &[b'x'; 605];

fn batch_of_five(number: u64) -> Batch {
    let id = format!("lead-{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let rep = format!("rep-{}", number % 50);
    Batch {
        puts: vec![
            (Key::of(Space::Lead).text(&id), LEAD.to_vec()),
            (Key::of(Space::ByTime).number(number).text(&id), Vec::new()),
            (Key::of(Space::ByOwner).text(&rep).number(number).text(&id), Vec::new()),
        ],
        adds: vec![Add { key: Key::of(Space::Load).text(&rep), delta: 1, min: 0, max: i64::MAX }],
        appends: vec![(Key::of(Space::Journal).text(&id), LEAD[..200].to_vec())],
        expects: vec![(Key::of(Space::Lead).text(&id), None)],
        ..Batch::default()
    }
}

fn commit_all(ledger: &Arc<dyn Ledger>, next: &AtomicU64, count: u64, waiters: u64) -> Duration {
    let end = next.load(Ordering::Relaxed) + count;
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..waiters {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= end {
                        break;
                    }
                    ledger.commit(batch_of_five(number)).expect("accepted").wait().expect("durable");
                }
            });
        }
    });
    let taken = started.elapsed();
    next.store(end, Ordering::Relaxed);
    taken
}

fn commits(criterion: &mut Criterion) {
    let tenant = TenantId::parse("acme").expect("an id");
    for (name, on_disk) in [("disk", true), ("memory", false)] {
        let mut group = criterion.benchmark_group(format!("commit/{name}"));
        group.throughput(Throughput::Elements(1)).sample_size(10).measurement_time(Duration::from_secs(8));
        for waiters in [1, 16, 256] {
            let dir = tempfile::tempdir().expect("a folder");
            let store = if on_disk {
                Store::open(dir.path(), Options::default()).expect("a store").0
            } else {
                Store::in_memory()
            };
            let (ledger, next) = (store.tenant(&tenant), AtomicU64::new(0));
            group.bench_function(format!("{waiters} waiting"), |bencher| {
                bencher.iter_custom(|count| commit_all(&ledger, &next, count, waiters));
            });
        }
    }
}

fn reads(criterion: &mut Criterion) {
    let dir = tempfile::tempdir().expect("a folder");
    let (store, _) = Store::open(dir.path(), Options::default()).expect("a store");
    let ledger = store.tenant(&TenantId::parse("acme").expect("an id"));
    commit_all(&ledger, &AtomicU64::new(0), 20_000, 64);
    store.checkpoint().expect("settled");
    let mut group = criterion.benchmark_group("read");
    let mut number = 0;
    group.bench_function("get", |bencher| {
        bencher.iter(|| {
            number = (number + 7_919) % 20_000;
            let key = Key::of(Space::Load).text(&format!("rep-{}", number % 50));
            black_box(ledger.get(&key)).expect("read")
        });
    });
    group.throughput(Throughput::Elements(1_000));
    group.bench_function("scan of 1,000", |bencher| {
        bencher.iter(|| black_box(ledger.scan(&Key::of(Space::Lead), None, 1_000)).expect("read"));
    });
}

criterion_group!(benches, commits, reads);
criterion_main!(benches);
