//! What a component was found to be: as it is kept, and as it is shown.

use leadsman_domain::Digest;
use leadsman_domain::limits::Limits;
use leadsman_domain::ruling::Stage;
use leadsman_flow::Examined;
use leadsman_rules::{Needs, Report};
use serde::Serialize;
use serde_json::Value;

/// What `plugin inspect --json` prints, and what an upload over HTTP answers.
#[derive(Serialize)]
pub struct Inspected<'a> {
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
    /// Whether its calls start from a snapshot.
    #[serde(skip_serializing_if = "Option::is_none")]
    frozen: Option<bool>,
    /// Whether leads are shown to it together.
    #[serde(skip_serializing_if = "Option::is_none")]
    batched: Option<bool>,
    /// What it does not like about the configuration, by JSON pointer.
    problems: Vec<(&'a str, &'a str)>,
    configuration_schema: Value,
    /// The most that it may use up in a call.
    limits: Limits,
}

impl<'a> Inspected<'a> {
    /// What is shown of a report.
    pub fn of(report: &'a Report, limits: Limits) -> Self {
        let Report { inspection, description, configured } = report;
        let problems = configured.as_ref().err().into_iter().flatten();
        let schema = &description.configuration_schema;
        let behaviour = configured.as_ref().ok();
        Self {
            digest: inspection.digest,
            bytes: inspection.bytes,
            stages: &inspection.stages,
            imports: &inspection.imports,
            needs: behaviour.map(|behaviour| &behaviour.needs),
            frozen: behaviour.map(|behaviour| behaviour.frozen),
            batched: behaviour.map(|behaviour| behaviour.batched),
            problems: problems.map(|one| (one.pointer.as_str(), one.message.as_str())).collect(),
            configuration_schema: serde_json::from_str(schema).unwrap_or_else(|_| schema.as_str().into()),
            name: &description.name,
            version: &description.version,
            summary: &description.summary,
            limits,
        }
    }
}

/// What is kept of a component that was looked at.
pub fn examined(report: &Report) -> Examined {
    let Report { inspection, description, configured } = report;
    Examined {
        name: description.name.clone(),
        version: description.version.clone(),
        summary: description.summary.clone(),
        digest: inspection.digest,
        bytes: inspection.bytes,
        stages: inspection.stages.clone(),
        batched: configured.as_ref().ok().map(|behaviour| behaviour.batched),
    }
}
