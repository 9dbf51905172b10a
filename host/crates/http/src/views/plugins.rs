//! Plugins that were uploaded.

use leadsman_flow::Upload;
use serde::Serialize;
use utoipa::ToSchema;

use crate::service::LogEntry;
use crate::values::Moment;

/// A component to be uploaded, as the parts of a form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the form")]
pub(crate) struct NewPlugin {
    /// The component.
    #[schema(value_type = String, format = Binary)]
    component: Vec<u8>,
    /// The configuration to try it with, as JSON; without one it is tried with `{}`, which it may refuse.
    #[schema(value_type = Option<Object>)]
    configuration: Option<serde_json::Value>,
    /// The reason, for the record.
    #[schema(example = "scores by the season")]
    reason: String,
}

/// A plugin that was uploaded.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Upload)]
pub(crate) struct UploadView {
    /// What policies call it, as `upload = "..."`.
    #[schema(example = "acme-scorer@1.2.0")]
    label: String,
    /// Its name.
    name: String,
    /// Its version.
    version: String,
    /// What it is for.
    summary: String,
    /// BLAKE3 digest of the component.
    digest: String,
    /// Its size in bytes.
    bytes: usize,
    /// The stages that it serves.
    stages: Vec<String>,
    /// Whether leads are shown to it together in bulk work; unknown if it was never configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    batched: Option<bool>,
    /// When it was uploaded.
    uploaded: Moment,
    /// Who uploaded it.
    by: String,
    /// Why.
    reason: String,
}

/// A plugin that was uploaded just now, or that was before.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Kept)]
pub(crate) struct KeptView {
    #[serde(flatten)]
    upload: UploadView,
    /// Whether it is new.
    new: bool,
    /// What was found out about it: what it reads, what it imports, its configuration as JSON Schema,
    /// what it may use up.
    #[schema(value_type = Object)]
    report: serde_json::Value,
}

/// What a plugin wrote in one call.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = LogEntry)]
pub(crate) struct LogEntryView {
    /// When.
    at: Moment,
    /// `screening`, `scoring`, `dispatch`, `allocation` or `attribution`.
    stage: &'static str,
    /// What it wrote: control characters are escaped, and what is too long is cut.
    text: String,
}

impl From<LogEntry> for LogEntryView {
    fn from(entry: LogEntry) -> Self {
        Self { at: entry.at.into(), stage: entry.stage, text: entry.text }
    }
}

impl KeptView {
    /// A kept plugin, with what was found out about it.
    pub(crate) fn of(upload: &Upload, new: bool, report: serde_json::Value) -> Self {
        Self { upload: upload.into(), new, report }
    }
}

impl From<&Upload> for UploadView {
    fn from(upload: &Upload) -> Self {
        let Upload { plugin, uploaded } = upload;
        Self {
            label: plugin.label().to_string(),
            name: plugin.name.clone(),
            version: plugin.version.clone(),
            summary: plugin.summary.clone(),
            digest: plugin.digest.to_string(),
            bytes: plugin.bytes,
            stages: plugin.stages.iter().map(ToString::to_string).collect(),
            batched: plugin.batched,
            uploaded: uploaded.at.into(),
            by: uploaded.by.clone(),
            reason: uploaded.why.clone(),
        }
    }
}
