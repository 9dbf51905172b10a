//! `leadsman plugin`: what a component is and what it would read, before it is put to work.

use std::path::PathBuf;

use anyhow::{Context as _, anyhow};
use clap::{Args, Subcommand};
use leadsman_domain::ruling::Stage;
use leadsman_domain::{Digest, limits::Limits};
use leadsman_rules::{Needs, Report, inspect};
use serde::Serialize;

use crate::exit::{self, Exit};
use crate::{installation, policies, print};

/// Looks at plugins.
#[derive(Subcommand)]
pub enum Plugin {
    /// Shows what a component file is: its stages, what it will read, imports, size, configuration.
    Inspect(Inspect),
}

#[derive(Args)]
pub struct Inspect {
    /// The component, or the name of a plugin that ships with Leadsman.
    #[arg(value_name = "FILE")]
    component: PathBuf,
    /// A file with its configuration as JSON; without one the configuration is empty.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What `plugin inspect --json` prints.
#[derive(Serialize)]
struct Inspected<'a> {
    name: &'a str,
    version: &'a str,
    summary: &'a str,
    digest: Digest,
    bytes: usize,
    stages: &'a [Stage],
    imports: &'a [String],
    /// What it will read with this configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    needs: Option<&'a Needs>,
    /// What it does not like about the configuration, by JSON pointer.
    problems: Vec<(&'a str, &'a str)>,
    configuration_schema: serde_json::Value,
    /// The most that it may use up in a call.
    limits: Limits,
}

impl Plugin {
    pub fn run(self) -> Result<(), Exit> {
        match self {
            Self::Inspect(verb) => verb.run(),
        }
    }
}

impl Inspect {
    fn run(self) -> Result<(), Exit> {
        let bytes = self.bytes()?;
        let configuration = self.configuration()?;
        let limits = policies::terms().limits_max;
        let report = inspect(&installation::sandbox()?, &bytes, &configuration, &limits)
            .map_err(|error| Exit { code: exit::POLICY, error: anyhow!(error) })?;
        if self.json {
            return print::json(&Inspected::of(&report, limits));
        }
        print::inspected(&report, &limits);
        Ok(())
    }

    fn bytes(&self) -> Result<Vec<u8>, Exit> {
        let named = self.component.to_str().and_then(leadsman_artifacts::built_in);
        match named {
            Some(bytes) if !self.component.exists() => Ok(bytes.to_vec()),
            _ => std::fs::read(&self.component)
                .with_context(|| format!("cannot read {}", self.component.display()))
                .map_err(Exit::with(exit::INPUT)),
        }
    }

    fn configuration(&self) -> Result<serde_json::Value, Exit> {
        let Some(path) = &self.config else { return Ok(serde_json::json!({})) };
        let text = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
        let value = text.and_then(|text| {
            serde_json::from_slice(&text).with_context(|| format!("{} is not JSON", path.display()))
        });
        value.map_err(Exit::with(exit::INPUT))
    }
}

impl<'a> Inspected<'a> {
    fn of(report: &'a Report, limits: Limits) -> Self {
        let Report { inspection, description, configured } = report;
        let problems = configured.as_ref().err().into_iter().flatten();
        let schema = &description.configuration_schema;
        Self {
            digest: inspection.digest,
            bytes: inspection.bytes,
            stages: &inspection.stages,
            imports: &inspection.imports,
            needs: configured.as_ref().ok(),
            problems: problems.map(|one| (one.pointer.as_str(), one.message.as_str())).collect(),
            configuration_schema: serde_json::from_str(schema).unwrap_or_else(|_| schema.as_str().into()),
            name: &description.name,
            version: &description.version,
            summary: &description.summary,
            limits,
        }
    }
}
