//! Looking at a component before it is put to work: what it is, what it would read, and how it behaves.

use leadsman_domain::limits::Limits;
use serde::{Deserialize, Serialize};

use crate::admission::{Inspection, Refusal, admit};
use crate::convert::{Description, Needs};
use crate::introduction::{Terms, host_fault, meet};
use crate::plugin::{ConfigurationProblem, Plugin, Preparation, PrepareError, start};
use crate::sandbox::Sandbox;
use crate::state::Library;

/// What is found out about a component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What it says of itself without being run.
    pub inspection: Inspection,
    /// Who it says that it is.
    pub description: Description,
    /// How it takes the configuration, or what it does not like about that.
    pub configured: Result<Behaviour, Vec<ConfigurationProblem>>,
}

/// How a configured plugin behaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Behaviour {
    /// What it reads.
    pub needs: Needs,
    /// Whether calls start from a snapshot; else it is configured for every call, which is slower.
    pub frozen: bool,
    /// Whether leads are shown to it together in bulk work: not if its answers were seen to depend on
    /// more than the lead, or to take most of its fuel.
    pub batched: bool,
}

/// Looks at a component with a configuration. It is compiled, described and configured in the sandbox and
/// under its limits, and asked about leads that nobody submitted, but not put to work.
///
/// # Errors
///
/// When it may not come in, or breaks over it.
pub fn inspect(
    sandbox: &Sandbox,
    bytes: &[u8],
    configuration: &serde_json::Value,
    limits: &Limits,
) -> Result<Report, PrepareError> {
    let inspection = admit(bytes, limits)?;
    let (text, library) = (configuration.to_string(), Library::default());
    let terms = Terms { inspection: &inspection, configuration: &text, library: &library, limits };
    let met = sandbox.apart(|| {
        let (mut store, linked, exports) = start(sandbox.configuring(), bytes, &terms)?;
        let (_, description, configured) = meet(&mut store, &linked, &exports, &terms)?;
        Ok::<_, PrepareError>((description, configured))
    });
    let (description, configured) = met.map_err(|cause| host_fault(&cause.into()))??;
    let configured = match configured {
        Err(problems) => {
            // What passes here is compiled for running later, and must not take more then than now.
            let compiled = sandbox.running().compile_shared(bytes);
            compiled.map_err(|cause| Refusal::Invalid(format!("{cause:#}")))?;
            Err(problems)
        }
        Ok(needs) => {
            let plugin = Plugin::load(sandbox, bytes, configuration, *limits, Preparation::Frozen)?;
            Ok(Behaviour { needs, frozen: plugin.is_frozen(), batched: plugin.is_batched() })
        }
    };
    Ok(Report { inspection, description, configured })
}
