//! What the whole path costs: screening by four plugins, matching, scoring, dispatch, allocation and the
//! commit, each plugin in a fresh sandbox on the live path. In memory and with durable commits, with 1,
//! 16 and 256 intakes at one time; in bulk; and scoring alone in batches.

#![expect(clippy::unwrap_used, reason = "a measurement that fails has nothing to report")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use leadsman as _; // the allocator of the program
use leadsman_domain::policy::PluginSource;
use leadsman_domain::submission::{Origin, Submission};
use leadsman_domain::{AttributeName, Facts, TenantId, Timestamp, Value};
use leadsman_flow::rules::Rulebook;
use leadsman_flow::{Adopt, Desk, Frozen, Warrant};
use leadsman_ledger::{Options, Store};
use leadsman_policy::{LoadedPolicy, Terms};
use leadsman_rules::{Preparation, PreparedRulebook, Sandbox};

const MONDAY: Timestamp = Timestamp::from_ms(1_767_600_000_000);

struct Office {
    loaded: LoadedPolicy,
    rulebook: Arc<PreparedRulebook>,
    next: AtomicUsize,
}

impl Office {
    fn new() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../host/demo");
        let loaded = leadsman_policy::load(&folder, &Terms::default()).unwrap();
        let component = |source: &PluginSource| match source {
            PluginSource::BuiltIn(name) => Ok(leadsman_artifacts::built_in(name).unwrap().to_vec()),
            other => Err(format!("no component {}", other.as_str())),
        };
        let plan = Terms::default().limits_max;
        let sandbox = Sandbox::new(None).unwrap();
        let rulebook =
            PreparedRulebook::prepare(&sandbox, &loaded.policy, &component, plan, Preparation::Frozen)
                .unwrap();
        Self { loaded, rulebook: Arc::new(rulebook), next: AtomicUsize::new(0) }
    }

    fn desk(&self, store: &Store) -> Desk {
        let tenant = TenantId::parse("bench").unwrap();
        let rulebook = Arc::clone(&self.rulebook);
        let rules = move |_: &Frozen| Ok(Arc::clone(&rulebook) as Arc<dyn Rulebook>);
        let warrant = Warrant { by: "bench".to_owned(), at: MONDAY, why: String::new() };
        Desk::open_with(
            store.tenant(&tenant),
            Arc::new(rules),
            &self.loaded.policy,
            &[],
            Adopt::Always,
            &warrant,
        )
        .unwrap()
    }

    /// A lead like a real one, never the same twice.
    fn submission(&self) -> Submission {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let text = |text: String| Value::Text(text);
        let facts: Facts = [
            ("person.name", text(format!("Ann Lee {number}"))),
            ("person.title", text("Head of Operations".to_owned())),
            ("company.name", text(format!("Northwind Logistics {number}"))),
            ("company.industry", text("Logistics".to_owned())),
            ("company.size", Value::Number((number % 3000) as f64)),
            ("contact.email", text(format!("ann{number}@northwind-{number}.com"))),
            ("contact.phone", text(format!("+1 212 6{:02} {:04}", number / 10_000 % 100, number % 10_000))),
            ("message", text("We are looking for a way to keep track of our stock.".to_owned())),
        ]
        .into_iter()
        .map(|(name, value)| (AttributeName::parse(name).unwrap(), value))
        .collect();
        let mut submission = Submission {
            key: Submission::key_of("bench", &number.to_string()),
            received: MONDAY.plus_ms(number as i64),
            facts,
            origin: Some(Origin { channel: "organic-search".to_owned(), campaign: None }),
            activities: Vec::new(),
        };
        leadsman_intake::complete(&mut submission, None).unwrap();
        submission
    }

    /// Takes leads in from so many threads, one at a time each, every one awaited.
    fn live(&self, desk: &Desk, leads: usize, threads: usize) -> Duration {
        let share = leads.div_ceil(threads);
        let work: Vec<Vec<Submission>> =
            (0..threads).map(|_| (0..share).map(|_| self.submission()).collect()).collect();
        let start = Instant::now();
        std::thread::scope(|scope| {
            for submissions in work {
                scope.spawn(move || {
                    for submission in submissions {
                        desk.take_in(vec![submission]).unwrap().wait().unwrap();
                    }
                });
            }
        });
        start.elapsed().mul_f64(leads as f64 / (share * threads) as f64)
    }
}

fn whole_path(criterion: &mut Criterion) {
    let office = Office::new();
    let mut group = criterion.benchmark_group("whole-path");
    group.sample_size(10).measurement_time(Duration::from_secs(8)).throughput(Throughput::Elements(1));
    let memory = office.desk(&Store::in_memory());
    for threads in [1, 2] {
        group.bench_function(BenchmarkId::new("memory", threads), |bench| {
            bench.iter_custom(|leads| office.live(&memory, usize::try_from(leads).unwrap(), threads));
        });
    }
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(folder.path(), Options::default()).unwrap();
    let durable = office.desk(&store);
    for threads in [1, 16, 256] {
        group.bench_function(BenchmarkId::new("durable", threads), |bench| {
            bench.iter_custom(|leads| {
                let leads = usize::try_from(leads).unwrap();
                let enough = leads.max(threads * 4);
                office.live(&durable, enough, threads).mul_f64(leads as f64 / enough as f64)
            });
        });
    }
    group.bench_function("durable-bulk-256", |bench| {
        bench.iter_custom(|leads| {
            let chunks: Vec<Vec<Submission>> = (0..leads.div_ceil(256).max(4))
                .map(|_| (0..256).map(|_| office.submission()).collect())
                .collect();
            let count = chunks.len() * 256;
            let start = Instant::now();
            let pending: Vec<_> = chunks.into_iter().map(|chunk| durable.take_in(chunk).unwrap()).collect();
            for one in pending {
                one.wait().unwrap();
            }
            start.elapsed().mul_f64(leads as f64 / count as f64)
        });
    });
    group.finish();
}

criterion_group!(benches, whole_path);
criterion_main!(benches);
