//! A decorator around the rules that counts every call.

use std::collections::HashMap;
use std::sync::Arc;

use leadsman_domain::attribution::{Conversion, Touch};
use leadsman_domain::follow_up::NextSteps;
use leadsman_domain::lead::Lead;
use leadsman_domain::routing::Proposal;
use leadsman_domain::ruling::{PluginStamp, Ruling};
use leadsman_domain::scoring::Contribution;
use leadsman_domain::screening::Verdict;
use leadsman_flow::Frozen;
use leadsman_flow::rules::{Case, Inquiry, Rulebook, Rules, Step};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::Histogram;

use super::{FallenBack, Metrics, Place, Tenant, asked};
use crate::clock::Stopwatch;

/// Rules whose plugins' calls are counted for a tenant.
pub struct ObservedRules {
    pub tenant: String,
    pub rules: Arc<dyn Rules>,
    pub metrics: Metrics,
}

impl Rules for ObservedRules {
    fn ready(&self, frozen: &Frozen) -> Result<Arc<dyn Rulebook>, String> {
        let rulebook = self.rules.ready(frozen)?;
        let Self { tenant, metrics, .. } = self;
        metrics.readied.get_or_create(&Tenant { tenant: tenant.clone() }).inc();
        let meter = |step: Step| {
            let fallback = step.binding(&frozen.policy).map_or("hold", |binding| binding.fallback.as_str());
            (step, metrics.meter(tenant, step, &rulebook.stamp(step).name, fallback))
        };
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
pub struct Meter {
    pub answers: Counter,
    pub fuel: Counter,
    pub seconds: Histogram,
    pub fallback: &'static str,
    pub place: Place,
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
        if let Some(log) = &ruling.log {
            let Place { tenant, stage, plugin } = &meter.place;
            tracing::debug!(tenant, stage, plugin, %log, "a plugin wrote");
            self.metrics.logs.note(tenant, plugin, stage, log);
        }
        meter.fuel.inc_by(ruling.fuel);
        match &ruling.outcome {
            Ok(_) => drop(meter.answers.inc()),
            Err(fault) => {
                let asked = asked(&meter.place, fault.class.as_str());
                self.metrics.decisions.get_or_create(&asked).inc();
                let Place { tenant, stage, plugin } = meter.place.clone();
                let fallen_back = FallenBack { tenant, stage, plugin, fallback: meter.fallback };
                self.metrics.fallbacks.get_or_create(&fallen_back).inc();
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

    fn review(&self, step: Step, case: Case<'_>) -> Ruling<NextSteps> {
        self.counted(step, || self.rulebook.review(step, case), Self::count)
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
