//! A look at a running server: what it was busy with, by tenant and plugin, from the metrics that it counts.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::scrape::{Scrape, Series};

/// What the server did between two looks, or since it was started.
#[derive(Debug, Serialize)]
pub struct Look {
    /// Seconds between the looks; none since the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// Tenants, by name.
    pub tenants: BTreeMap<String, TenantRow>,
    /// Plugins, the busiest first.
    pub plugins: Vec<PluginRow>,
}

impl Look {
    /// What was counted between two scrapes, so many seconds apart; or since the start, after an empty one.
    pub fn between(before: &Scrape, now: &Scrape, seconds: Option<f64>) -> Self {
        let tenants = now
            .series("leadsman_commit_seconds_count")
            .map(|(labels, _)| (labels.get("tenant").to_owned(), TenantRow::between(before, now, labels)));
        let plugins = now.series("leadsman_plugin_call_seconds_count");
        let mut plugins: Vec<_> =
            plugins.filter_map(|(labels, _)| PluginRow::between(before, now, labels)).collect();
        let busy = |row: &PluginRow| row.mean_us * row.calls;
        plugins.sort_by(|one, other| busy(other).total_cmp(&busy(one)));
        Self { seconds, tenants: tenants.collect(), plugins }
    }
}

/// What one tenant did.
#[derive(Debug, Serialize)]
pub struct TenantRow {
    /// Commits of commands.
    pub commits: f64,
    /// How long the slowest hundredth of commits took until they were durable, at most, in milliseconds.
    pub commit_p99_ms: Option<f64>,
    /// Commands that wait for the tenant's turn.
    pub waiting: f64,
    /// New leads that a shadow looked at, and of these those that would have ended otherwise.
    pub shadow: (f64, f64),
}

impl TenantRow {
    fn between(before: &Scrape, now: &Scrape, labels: &Series) -> Self {
        let shadow = |leads: &str| now.get("leadsman_shadow_leads", &labels.with("leads", leads));
        let commits = |scrape: &Scrape| scrape.get("leadsman_commit_seconds_count", labels);
        let p99 = now.quantile(before, "leadsman_commit_seconds", labels, 0.99);
        Self {
            commits: commits(now) - commits(before),
            commit_p99_ms: p99.map(|seconds| seconds * 1e3),
            waiting: now.get("leadsman_commands_waiting", labels),
            shadow: (shadow("looked"), shadow("different")),
        }
    }
}

/// What one plugin at its place did.
#[derive(Debug, Serialize)]
pub struct PluginRow {
    /// The tenant.
    pub tenant: String,
    /// The stage.
    pub stage: String,
    /// The plugin.
    pub plugin: String,
    /// Decisions.
    pub decisions: f64,
    /// Calls; one may carry several leads.
    pub calls: f64,
    /// The mean time of a call, in microseconds.
    pub mean_us: f64,
    /// How long the slowest hundredth of calls took, at most, in microseconds.
    pub p99_us: Option<f64>,
    /// Mean fuel of a decision.
    pub fuel: f64,
    /// Decisions without a usable answer, by the class of the fault.
    pub faults: BTreeMap<String, f64>,
}

impl PluginRow {
    /// None if it was not called.
    fn between(before: &Scrape, now: &Scrape, labels: &Series) -> Option<Self> {
        let more = |name: &str| now.get(name, labels) - before.get(name, labels);
        let calls = more("leadsman_plugin_call_seconds_count");
        if calls == 0.0 {
            return None;
        }
        let outcomes = now.outcomes(labels).into_iter().map(|(outcome, count)| {
            let asked = labels.with("outcome", &outcome);
            (outcome, count - before.get("leadsman_decisions_total", &asked))
        });
        let (answers, faults): (BTreeMap<_, _>, BTreeMap<_, _>) =
            outcomes.filter(|(_, count)| *count > 0.0).partition(|(outcome, _)| outcome == "answer");
        let decisions = answers.values().chain(faults.values()).sum::<f64>();
        let p99 = now.quantile(before, "leadsman_plugin_call_seconds", labels, 0.99);
        Some(Self {
            tenant: labels.get("tenant").to_owned(),
            stage: labels.get("stage").to_owned(),
            plugin: labels.get("plugin").to_owned(),
            decisions,
            calls,
            mean_us: more("leadsman_plugin_call_seconds_sum") / calls * 1e6,
            p99_us: p99.map(|seconds| seconds * 1e6),
            fuel: more("leadsman_plugin_fuel_total") / decisions.max(1.0),
            faults,
        })
    }
}
