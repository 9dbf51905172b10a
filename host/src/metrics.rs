//! What is counted while the server runs: for each tenant, stage and plugin how often it was asked, what
//! it answered, how long that took and what it used up; for each tenant how long commits take, who waits,
//! and what shadows see. In the form that Prometheus reads. And what plugins write, by plugin.

mod observed;

use std::sync::Arc;
use std::time::Duration;

use leadsman_domain::TenantId;
use leadsman_flow::rules::{Rules, Step};
use leadsman_flow::{Desk, Instruments};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::clock::Stopwatch;
use crate::logs::Logs;
use observed::{Meter, ObservedRules};

/// A plugin at its place.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Place {
    tenant: String,
    stage: &'static str,
    plugin: String,
}

/// A plugin at its place, and what came of asking it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    tenant: String,
    stage: &'static str,
    plugin: String,
    /// `answer`, or the class of the fault.
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Tenant {
    tenant: String,
}

/// Everything that is counted. Clones count together.
#[derive(Clone)]
pub struct Metrics {
    decisions: Family<Asked, Counter>,
    fuel: Family<Place, Counter>,
    seconds: Family<Place, Histogram, fn() -> Histogram>,
    fallbacks: Family<FallenBack, Counter>,
    readied: Family<Tenant, Counter>,
    commits: Family<Tenant, Histogram, fn() -> Histogram>,
    waiting: Family<Tenant, Gauge>,
    shadowed: Family<Shadowed, Gauge>,
    sent: Family<Sent, Counter>,
    unsent: Family<Tenant, Gauge>,
    /// What plugins wrote.
    pub logs: Arc<Logs>,
}

/// A plugin at its place, and what its policy says for when it gives no usable answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FallenBack {
    tenant: String,
    stage: &'static str,
    plugin: String,
    /// `hold`, `next`, `default-pool` or `reject`.
    fallback: &'static str,
}

/// New leads beside which a shadow stood.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Shadowed {
    tenant: String,
    /// `looked`, `different`, `waiting` or `skipped`.
    leads: &'static str,
}

/// Attempts to deliver messages to receivers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Sent {
    tenant: String,
    /// `delivered`, `failed` or `given-up`.
    outcome: &'static str,
}

impl Metrics {
    /// Nothing counted yet.
    pub fn new() -> Self {
        // From 8 µs to 131 ms.
        let seconds = || Histogram::new(exponential_buckets(8e-6, 2.0, 15));
        Self {
            decisions: Family::default(),
            fuel: Family::default(),
            seconds: Family::new_with_constructor(seconds),
            fallbacks: Family::default(),
            readied: Family::default(),
            commits: Family::new_with_constructor(seconds),
            waiting: Family::default(),
            shadowed: Family::default(),
            sent: Family::default(),
            unsent: Family::default(),
            logs: Arc::default(),
        }
    }

    /// Reads what desks show of themselves.
    pub fn look_at(&self, desks: &[(TenantId, Arc<Desk>)]) {
        self.shadowed.clear();
        for (tenant, desk) in desks {
            let tenant = tenant.to_string();
            gauge(&self.waiting, &Tenant { tenant: tenant.clone() }, desk.waiting());
            let unsent =
                desk.receivers().all().iter().try_fold(0, |sum, one| {
                    desk.outbox().waiting(&one.receiver).map(|waiting| sum + waiting)
                });
            if let Ok(unsent) = unsent {
                gauge(&self.unsent, &Tenant { tenant: tenant.clone() }, unsent);
            }
            let Some(seen) = desk.shadow_counts() else { continue };
            for (leads, count) in [
                ("looked", seen.looked),
                ("different", seen.different),
                ("waiting", seen.waiting),
                ("skipped", seen.skipped),
            ] {
                gauge(&self.shadowed, &Shadowed { tenant: tenant.clone(), leads }, count);
            }
        }
    }

    /// All of it as text.
    pub fn text(&self) -> String {
        let mut registry = Registry::with_prefix("leadsman");
        let Self { decisions, fuel, seconds, fallbacks, readied, commits, waiting, shadowed, .. } =
            self.clone();
        let Self { sent, unsent, .. } = self.clone();
        registry.register("decisions", "Decisions about leads, by what came of them", decisions);
        registry.register("plugin_fuel", "Fuel that plugins used", fuel);
        registry.register("plugin_call_seconds", "How long calls of plugins took", seconds);
        registry.register("fallbacks", "Fallbacks that stood in for an answer", fallbacks);
        registry.register("commit_seconds", "From a command's commit until it is durable", commits);
        registry.register("commands_waiting", "Commands that wait for the tenant's turn", waiting);
        registry.register("shadow_leads", "New leads beside which a shadow stood", shadowed);
        registry.register("revisions_readied", "Revisions that were made ready to decide", readied);
        registry.register("messages", "Attempts to deliver messages, by what came of them", sent);
        registry.register("messages_waiting", "Messages that wait to be delivered", unsent);
        let mut text = String::new();
        // Writing into a string cannot fail.
        let _ = encode(&mut text, &registry);
        text
    }

    /// Counts an attempt to deliver a message of a tenant: `delivered`, `failed` or `given-up`.
    pub fn sent(&self, tenant: &TenantId, outcome: &'static str) {
        self.sent.get_or_create(&Sent { tenant: tenant.to_string(), outcome }).inc();
    }

    /// Rules that are counted for a tenant.
    pub fn observing(&self, tenant: &TenantId, rules: Arc<dyn Rules>) -> Arc<dyn Rules> {
        Arc::new(ObservedRules { tenant: tenant.to_string(), rules, metrics: self.clone() })
    }

    /// The instruments of a tenant's desk.
    pub fn instruments(&self, tenant: &TenantId) -> Arc<dyn Instruments> {
        let commits = self.commits.get_or_create(&Tenant { tenant: tenant.to_string() }).clone();
        Arc::new(Watched { watch: Stopwatch::start(), commits })
    }

    /// Where the calls of a step are counted.
    fn meter(&self, tenant: &str, step: Step, plugin: &str, fallback: &'static str) -> Meter {
        let (tenant, plugin) = (tenant.to_owned(), plugin.to_owned());
        let place = Place { tenant, stage: step.as_str(), plugin };
        Meter {
            answers: self.decisions.get_or_create(&asked(&place, "answer")).clone(),
            fuel: self.fuel.get_or_create(&place).clone(),
            seconds: self.seconds.get_or_create(&place).clone(),
            fallback,
            place,
        }
    }
}

/// What a desk is watched by while the server runs.
struct Watched {
    watch: Stopwatch,
    commits: Histogram,
}

impl Instruments for Watched {
    fn now(&self) -> Duration {
        self.watch.elapsed()
    }

    fn committed(&self, took: Duration) {
        self.commits.observe(took.as_secs_f64());
    }
}

fn gauge<L>(family: &Family<L, Gauge>, labels: &L, value: u64)
where
    L: Clone + std::hash::Hash + Eq,
{
    family.get_or_create(labels).set(i64::try_from(value).unwrap_or(i64::MAX));
}

fn asked(place: &Place, outcome: &'static str) -> Asked {
    let Place { tenant, stage, plugin } = place.clone();
    Asked { tenant, stage, plugin, outcome }
}
