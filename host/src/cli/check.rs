//! `leadsman check`: what would be said of a project at upload.

use anyhow::anyhow;
use clap::Args;
use leadsman_domain::limits::Limits;
use leadsman_domain::policy::PluginSource;
use leadsman_flow::rules::Step;
use leadsman_rules::Report;
use serde::Serialize;

use super::Authored;
use crate::exit::{self, Exit};
use crate::inspected::Inspected;
use crate::policies::{self, Shelf};
use crate::ready::Readying;
use crate::simulation::market;
use crate::{examine, print};

/// Checks a project: builds it, examines its component as an upload is examined, with the configuration that
/// its policy has, and checks the policy.
#[derive(Args)]
pub struct Check {
    #[command(flatten)]
    authored: Authored,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What is said of one component.
#[derive(Serialize)]
struct Said<'a> {
    component: &'a str,
    /// The decision point at which it serves.
    serves: &'static str,
    #[serde(flatten)]
    inspected: Inspected<'a>,
}

impl Check {
    pub fn run(self) -> Result<(), Exit> {
        let project = self.authored.built()?;
        let checked = policies::check(&Readying::new()?, project, Shelf::BUILT_IN)?;
        market::check(project, &checked.loaded.policy)?;
        let (loaded, limits) = (&checked.loaded, policies::limits_max());
        let mut examined: Vec<(&str, &'static str, Report, Limits)> = Vec::new();
        for step in Step::all(&loaded.policy) {
            let Some(binding) = step.binding(&loaded.policy) else { continue };
            let PluginSource::File(path) = &binding.source else { continue };
            let Some(component) = loaded.components.get(path) else { continue };
            let report = examine::component(component, &binding.configuration, &limits);
            let report =
                report.map_err(|refused| Exit { code: exit::POLICY, error: anyhow!("{path}: {refused}") })?;
            examined.push((path, step.as_str(), report, binding.limits));
        }
        if self.json {
            let said = examined.iter().map(|(component, serves, report, limits)| {
                let inspected = Inspected::of(report, *limits);
                Said { component, serves, inspected }
            });
            return print::json(&said.collect::<Vec<_>>());
        }
        for (component, serves, report, limits) in &examined {
            println!("{component}, {serves}");
            print::inspected(report, limits);
            println!();
        }
        println!("the policy holds together, and its plugins take their configuration");
        Ok(())
    }
}
