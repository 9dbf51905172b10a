//! What is counted while the server runs: for each tenant, stage and plugin how often it was asked, what
//! it answered, how long that took and what it used up. In the form that Prometheus reads.

use std::collections::HashMap;
use std::sync::Arc;

use leadsman_domain::TenantId;
use leadsman_domain::attribution::{Conversion, Touch};
use leadsman_domain::lead::Lead;
use leadsman_domain::routing::Proposal;
use leadsman_domain::ruling::{PluginStamp, Ruling};
use leadsman_domain::scoring::Contribution;
use leadsman_domain::screening::Verdict;
use leadsman_flow::Frozen;
use leadsman_flow::rules::{Case, Inquiry, Rulebook, Rules, Step};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::clock::Stopwatch;

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
    readied: Family<Tenant, Counter>,
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
            readied: Family::default(),
        }
    }

    /// All of it as text.
    pub fn text(&self) -> String {
        let mut registry = Registry::with_prefix("leadsman");
        let Self { decisions, fuel, seconds, readied } = self.clone();
        registry.register("decisions", "Decisions about leads, by what came of them", decisions);
        registry.register("plugin_fuel", "Fuel that plugins used", fuel);
        registry.register("plugin_call_seconds", "How long calls of plugins took", seconds);
        registry.register("revisions_readied", "Revisions that were made ready to decide", readied);
        let mut text = String::new();
        // Writing into a string cannot fail.
        let _ = encode(&mut text, &registry);
        text
    }

    /// Rules that are counted for a tenant.
    pub fn observing(&self, tenant: &TenantId, rules: Arc<dyn Rules>) -> Arc<dyn Rules> {
        Arc::new(ObservedRules { tenant: tenant.to_string(), rules, metrics: self.clone() })
    }

    /// Where the calls of a step are counted.
    fn meter(&self, tenant: &str, step: Step, plugin: &str) -> Meter {
        let (tenant, plugin) = (tenant.to_owned(), plugin.to_owned());
        let place = Place { tenant, stage: step.as_str(), plugin };
        Meter {
            answers: self.decisions.get_or_create(&asked(&place, "answer")).clone(),
            fuel: self.fuel.get_or_create(&place).clone(),
            seconds: self.seconds.get_or_create(&place).clone(),
            place,
        }
    }
}

fn asked(place: &Place, outcome: &'static str) -> Asked {
    let Place { tenant, stage, plugin } = place.clone();
    Asked { tenant, stage, plugin, outcome }
}

struct ObservedRules {
    tenant: String,
    rules: Arc<dyn Rules>,
    metrics: Metrics,
}

impl Rules for ObservedRules {
    fn ready(&self, frozen: &Frozen) -> Result<Arc<dyn Rulebook>, String> {
        let rulebook = self.rules.ready(frozen)?;
        let Self { tenant, metrics, .. } = self;
        metrics.readied.get_or_create(&Tenant { tenant: tenant.clone() }).inc();
        let meter = |step| (step, metrics.meter(tenant, step, &rulebook.stamp(step).name));
        let meters = Step::all(&frozen.policy).map(meter).collect();
        Ok(Arc::new(Observed { meters, rulebook, metrics: metrics.clone() }))
    }
}

/// A rulebook whose calls are counted.
struct Observed {
    meters: HashMap<Step, Meter>,
    rulebook: Arc<dyn Rulebook>,
    metrics: Metrics,
}

/// Where the calls of one step are counted, found once.
struct Meter {
    answers: Counter,
    fuel: Counter,
    seconds: Histogram,
    place: Place,
}

impl Observed {
    fn counted<T>(&self, step: Step, call: impl FnOnce() -> T, count: impl FnOnce(&Self, &Meter, &T)) -> T {
        let watch = Stopwatch::start();
        let said = call();
        if let Some(meter) = self.meters.get(&step) {
            meter.seconds.observe(watch.seconds());
            count(self, meter, &said);
        }
        said
    }

    fn count<T>(&self, meter: &Meter, ruling: &Ruling<T>) {
        meter.fuel.inc_by(ruling.fuel);
        match &ruling.outcome {
            Ok(_) => drop(meter.answers.inc()),
            Err(fault) => {
                let asked = asked(&meter.place, fault.class.as_str());
                self.metrics.decisions.get_or_create(&asked).inc();
            }
        }
    }

    fn count_all<T>(&self, meter: &Meter, rulings: &[Ruling<T>]) {
        rulings.iter().for_each(|ruling| self.count(meter, ruling));
    }
}

impl Rulebook for Observed {
    fn stamp(&self, step: Step) -> &PluginStamp {
        self.rulebook.stamp(step)
    }

    fn screen(&self, step: Step, cases: &[Case<'_>]) -> Vec<Ruling<Verdict>> {
        self.counted(
            step,
            || self.rulebook.screen(step, cases),
            |all, meter, said| all.count_all(meter, said),
        )
    }

    fn score(&self, step: Step, cases: &[Case<'_>]) -> Vec<Ruling<Vec<Contribution>>> {
        self.counted(step, || self.rulebook.score(step, cases), |all, meter, said| all.count_all(meter, said))
    }

    fn route(&self, step: Step, inquiry: &Inquiry<'_>) -> Ruling<Proposal> {
        self.counted(step, || self.rulebook.route(step, inquiry), Self::count)
    }

    fn credit(
        &self,
        step: Step,
        lead: &Lead,
        conversion: &Conversion,
        touches: &[Touch],
    ) -> Ruling<Vec<f64>> {
        self.counted(step, || self.rulebook.credit(step, lead, conversion, touches), Self::count)
    }
}
