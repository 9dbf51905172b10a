//! `leadsman top`: what a running server is busy with.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;

use crate::clock::Stopwatch;
use crate::exit::Exit;
use crate::print;
use crate::scrape::{Scrape, Series};

/// Shows what a running server is busy with, from the metrics that it counts: `serve --metrics ADDRESS`.
#[derive(Args)]
pub struct Top {
    /// Where the metrics are, such as http://127.0.0.1:9090/metrics.
    #[arg(long, value_name = "URL")]
    metrics: String,
    /// Seconds between two looks.
    #[arg(long, default_value_t = 2.0, value_name = "SECONDS")]
    every: f64,
    /// Look once, at everything since the server was started.
    #[arg(long)]
    once: bool,
    /// Print JSON, a line for each look.
    #[arg(long)]
    json: bool,
}

/// What the server did between two looks, or since it was started.
#[derive(Debug, Default, Serialize)]
pub struct Look {
    /// Seconds between the looks; none since the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// Tenants, by name.
    pub tenants: BTreeMap<String, TenantRow>,
    /// Plugins, the busiest first.
    pub plugins: Vec<PluginRow>,
}

/// What one tenant did.
#[derive(Debug, Default, Serialize)]
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

impl Top {
    pub fn run(self) -> Result<(), Exit> {
        let client = reqwest::blocking::Client::new();
        let read = || -> Result<Scrape, Exit> {
            let answer = client.get(&self.metrics).send().and_then(reqwest::blocking::Response::text);
            let cannot_read = || format!("cannot read {}", self.metrics);
            Ok(Scrape::of(&answer.with_context(cannot_read)?).with_context(cannot_read)?)
        };
        let mut before = read()?;
        if self.once {
            return self.show(&Look::between(&Scrape::default(), &before, None));
        }
        loop {
            let watch = Stopwatch::start();
            std::thread::sleep(Duration::from_secs_f64(self.every.clamp(0.1, 3600.0)));
            let now = read()?;
            self.show(&Look::between(&before, &now, Some(watch.seconds())))?;
            before = now;
        }
    }

    fn show(&self, look: &Look) -> Result<(), Exit> {
        if self.json {
            println!("{}", serde_json::to_string(look)?);
            return Ok(());
        }
        if !self.once {
            // Clears the screen and goes to its first place.
            print!("\u{1b}[2J\u{1b}[H");
        }
        print::look(look);
        Ok(())
    }
}

impl Look {
    fn between(before: &Scrape, now: &Scrape, seconds: Option<f64>) -> Self {
        let mut look = Self { seconds, ..Self::default() };
        let p99 = |name: &str, labels: &Series| now.quantile(before, name, labels, 0.99);
        for (labels, commits) in now.series("leadsman_commit_seconds_count") {
            let tenant = labels.get("tenant").to_owned();
            let row = TenantRow {
                commits: commits - before.get("leadsman_commit_seconds_count", labels),
                commit_p99_ms: p99("leadsman_commit_seconds", labels).map(|seconds| seconds * 1e3),
                waiting: now.get("leadsman_commands_waiting", labels),
                shadow: (
                    now.get("leadsman_shadow_leads", &labels.with("leads", "looked")),
                    now.get("leadsman_shadow_leads", &labels.with("leads", "different")),
                ),
            };
            look.tenants.insert(tenant, row);
        }
        for (labels, _) in now.series("leadsman_plugin_call_seconds_count") {
            let more = |name: &str| now.get(name, labels) - before.get(name, labels);
            let calls = more("leadsman_plugin_call_seconds_count");
            let outcomes = now.outcomes(labels).into_iter().map(|(outcome, count)| {
                let asked = labels.with("outcome", &outcome);
                (outcome, count - before.get("leadsman_decisions_total", &asked))
            });
            let (answers, faults): (BTreeMap<_, _>, BTreeMap<_, _>) =
                outcomes.filter(|(_, count)| *count > 0.0).partition(|(outcome, _)| outcome == "answer");
            let decisions = answers.values().chain(faults.values()).sum::<f64>();
            if calls == 0.0 {
                continue;
            }
            look.plugins.push(PluginRow {
                tenant: labels.get("tenant").to_owned(),
                stage: labels.get("stage").to_owned(),
                plugin: labels.get("plugin").to_owned(),
                decisions,
                calls,
                mean_us: more("leadsman_plugin_call_seconds_sum") / calls * 1e6,
                p99_us: p99("leadsman_plugin_call_seconds", labels).map(|seconds| seconds * 1e6),
                fuel: more("leadsman_plugin_fuel_total") / decisions.max(1.0),
                faults,
            });
        }
        let busy = |row: &PluginRow| row.mean_us * row.calls;
        look.plugins.sort_by(|one, other| busy(other).total_cmp(&busy(one)));
        look
    }
}
