//! Who may come in: a component, not too large, that imports only what is allowed and exports a stage
//! of a version that the host knows.

use leadsman_domain::Digest;
use leadsman_domain::limits::Limits;
use leadsman_domain::ruling::Stage;
use wasmtime::component::{Component, InstancePre};

use crate::convert::Exports;
use crate::sandbox::Sandbox;
use crate::state::GuestState;
use crate::wasi;

/// The package of the contracts, with its version.
const CONTRACTS: &str = "leadsman:rules/";
const VERSION: &str = "@0.1.0";

/// The first eight bytes of a component and of a core module.
const COMPONENT_HEADER: [u8; 8] = *b"\0asm\x0d\0\x01\0";
const MODULE_HEADER: [u8; 8] = *b"\0asm\x01\0\0\0";

/// Why a component may not come in. Each says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not Wasm at all.
    #[error("this is no WebAssembly component: it does not begin with the header of one")]
    NotWasm,
    /// A core module.
    #[error("this is a core module, not a component: build it with `cargo build --target wasm32-wasip2`")]
    CoreModule,
    /// Too large.
    #[error(
        "the component has {bytes} bytes; at most {bytes_max} are taken. Build with `opt-level = \"s\"`, `lto` and `strip`"
    )]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        bytes_max: usize,
    },
    /// Broken, or using features that are switched off.
    #[error("the component does not compile: {0}")]
    Invalid(String),
    /// It wants to reach out of the sandbox.
    #[error("the component imports {import}: {remedy}")]
    ForbiddenImport {
        /// What it imports.
        import: String,
        /// What to do.
        remedy: &'static str,
    },
    /// It does not export what a plugin exports.
    #[error(
        "the component exports {found}; a plugin exports `leadsman:rules/plugin@0.1.0` and at least one stage such as `leadsman:rules/scoring@0.1.0`"
    )]
    WrongWorld {
        /// What it exports.
        found: String,
    },
    /// It imports or exports the right names with other types.
    #[error("the component does not fit the contracts of version 0.1.0: {0}")]
    WrongTypes(String),
    /// It does not serve the stage that it was bound to.
    #[error("the plugin serves {serves}, not {stage}")]
    WrongStage {
        /// What it serves.
        serves: String,
        /// What was asked.
        stage: Stage,
    },
}

/// What can be said of a component without configuring it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// Its digest.
    pub digest: Digest,
    /// Its size in bytes.
    pub bytes: usize,
    /// What it imports.
    pub imports: Vec<String>,
    /// The stages that it serves.
    pub stages: Vec<Stage>,
}

/// A component that was admitted.
pub(crate) struct Admitted {
    pub inspection: Inspection,
    pub linked: InstancePre<GuestState>,
    pub exports: Exports,
}

/// Checks a component and compiles it.
pub(crate) fn admit(sandbox: &Sandbox, bytes: &[u8], limits: &Limits) -> Result<Admitted, Refusal> {
    check_header(bytes)?;
    if bytes.len() > limits.component_bytes {
        return Err(Refusal::TooLarge { bytes: bytes.len(), bytes_max: limits.component_bytes });
    }
    let digest = Digest::of(bytes);
    let component = sandbox.compile(digest, bytes).map_err(|cause| Refusal::Invalid(format!("{cause:#}")))?;
    let imports = check_names(sandbox, &component)?;
    let linked = sandbox.link(&component).map_err(|cause| Refusal::WrongTypes(format!("{cause:#}")))?;
    let exports = Exports::find(&linked).map_err(|cause| Refusal::WrongTypes(format!("{cause:#}")))?;
    let inspection = Inspection { digest, bytes: bytes.len(), imports, stages: exports.stages() };
    Ok(Admitted { inspection, linked, exports })
}

fn check_header(bytes: &[u8]) -> Result<(), Refusal> {
    match bytes.get(..8) {
        Some(header) if *header == COMPONENT_HEADER => Ok(()),
        Some(header) if *header == MODULE_HEADER => Err(Refusal::CoreModule),
        _ => Err(Refusal::NotWasm),
    }
}

/// Checks the names of imports and exports; returns the imports.
fn check_names(sandbox: &Sandbox, component: &Component) -> Result<Vec<String>, Refusal> {
    let shape = component.component_type();
    let mut imports = Vec::new();
    for (name, _) in shape.imports(sandbox.engine()) {
        if let Some(remedy) = forbidden(name) {
            return Err(Refusal::ForbiddenImport { import: name.to_owned(), remedy });
        }
        imports.push(name.to_owned());
    }
    let exports: Vec<&str> = shape.exports(sandbox.engine()).map(|(name, _)| name).collect();
    let ours =
        |interface: &str| exports.iter().any(|name| *name == format!("{CONTRACTS}{interface}{VERSION}"));
    if ours("plugin") && Stage::ALL.iter().any(|stage| ours(stage.as_str())) {
        Ok(imports)
    } else if exports.is_empty() {
        Err(Refusal::WrongWorld { found: "nothing".to_owned() })
    } else {
        Err(Refusal::WrongWorld { found: exports.join(", ") })
    }
}

/// Why a plugin may not import this, if it may not.
fn forbidden(import: &str) -> Option<&'static str> {
    let ours = import.starts_with(CONTRACTS) && import.ends_with(VERSION);
    let inert = wasi::ALLOWED.iter().any(|allowed| import.starts_with(allowed));
    if ours || inert {
        None
    } else if import.starts_with(CONTRACTS) {
        Some("this host knows version 0.1.0 of the contracts; build against an SDK of that version")
    } else if import.starts_with("wasi:sockets/") || import.starts_with("wasi:http/") {
        Some("plugins have no network; remove the dependency that needs it")
    } else {
        Some("plugins reach nothing outside the sandbox; remove the dependency that needs it")
    }
}
