//! What stands below every report.

use serde_json::Value;

/// By which version of the standard a report was made, as one sentence; none if none holds.
pub fn standard(report: &Value) -> Option<String> {
    let standard = &report["standard"];
    let (version, digest) = (standard["version"].as_u64()?, standard["digest"].as_str()?);
    let digest = digest.get(..12).unwrap_or(digest);
    Some(format!(
        "Qualified by version {version} of the standard, of revision {} ({digest}).",
        standard["revision"]
    ))
}
