//! Who may come in: a component, not too large, that imports only what is allowed and exports a stage
//! of a version that the host knows.

use leadsman_domain::Digest;
use leadsman_domain::limits::{INTERPRETER_BYTES, Limits};
use leadsman_domain::ruling::Stage;
use serde::{Deserialize, Serialize};
use wasmparser::{KnownCustom, Parser, Payload};

use crate::wasi;

/// The package of the contracts, with its version.
const CONTRACTS: &str = "leadsman:rules/";
const VERSION: &str = "@0.1.0";

/// What a component names as its producer that carries an interpreter which was started when it was built. The
/// author of such a component does not choose what the interpreter imports.
const STARTED_INTERPRETER: &str = "component-init-transform";

/// A section that shared libraries have: interpreters are put together of them, and no plugin in a compiled language is.
const SHARED_LIBRARY: &str = "dylink.0";

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
        "the component has {bytes} bytes; at most {bytes_max} are taken. Build with `opt-level = \"s\"`, `lto` and `strip`, \
         or raise `component_bytes` in the `limits` of its binding"
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
    /// It does not say who it is in a form that can be shown.
    #[error(
        "the plugin does not say who it is: it needs a name and a version of 1 to 64 bytes and a summary of at most \
         500, without control characters"
    )]
    Unnamed,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// Checks what a component says of itself, before anything is compiled.
pub(crate) fn admit(bytes: &[u8], limits: &Limits) -> Result<Inspection, Refusal> {
    check_header(bytes)?;
    if bytes.len() > limits.component_bytes {
        return Err(Refusal::TooLarge { bytes: bytes.len(), bytes_max: limits.component_bytes });
    }
    let Outside { imports, exports, interpreted } =
        Outside::of(bytes).map_err(|cause| Refusal::Invalid(cause.to_string()))?;
    for import in &imports {
        if let Some(remedy) = forbidden(import, interpreted) {
            return Err(Refusal::ForbiddenImport { import: import.clone(), remedy });
        }
    }
    let ours =
        |interface: &str| exports.iter().any(|name| *name == format!("{CONTRACTS}{interface}{VERSION}"));
    let stages: Vec<Stage> = Stage::ALL.into_iter().filter(|stage| ours(stage.as_str())).collect();
    if !ours("plugin") || stages.is_empty() {
        let found = if exports.is_empty() { "nothing".to_owned() } else { exports.join(", ") };
        return Err(Refusal::WrongWorld { found });
    }
    Ok(Inspection { digest: Digest::of(bytes), bytes: bytes.len(), imports, stages })
}

/// How large a component may be to which a policy grants so many bytes: an interpreter that it carries comes on top.
pub(crate) fn bytes_max(bytes: &[u8], granted: usize) -> usize {
    let carries_one = || Outside::of(bytes).is_ok_and(|seen| seen.interpreted);
    if bytes.len() > granted && carries_one() { granted.saturating_add(INTERPRETER_BYTES) } else { granted }
}

/// What can be seen of a component from outside.
#[derive(Default)]
struct Outside {
    imports: Vec<String>,
    exports: Vec<String>,
    /// Whether it looks as if it carries an interpreter. One that lies about it gains nothing that its policy could not
    /// grant it as well.
    interpreted: bool,
}

impl Outside {
    fn of(bytes: &[u8]) -> wasmparser::Result<Self> {
        let mut seen = Self::default();
        let mut depth = 0_u32;
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::Version { .. } => depth += 1,
                Payload::End(_) => depth = depth.saturating_sub(1),
                Payload::ComponentImportSection(section) if depth == 1 => {
                    for import in section {
                        seen.imports.push(import?.name.name.to_owned());
                    }
                }
                Payload::ComponentExportSection(section) if depth == 1 => {
                    for export in section {
                        seen.exports.push(export?.name.name.to_owned());
                    }
                }
                Payload::CustomSection(section) if section.name() == SHARED_LIBRARY => {
                    seen.interpreted = true;
                }
                Payload::CustomSection(section) if depth == 1 => {
                    if let KnownCustom::Producers(producers) = section.as_known() {
                        seen.interpreted |= names_an_interpreter(producers)?;
                    }
                }
                _ => {}
            }
        }
        Ok(seen)
    }
}

fn names_an_interpreter(producers: wasmparser::ProducersSectionReader<'_>) -> wasmparser::Result<bool> {
    for field in producers {
        for producer in field?.values {
            if producer?.name == STARTED_INTERPRETER {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn check_header(bytes: &[u8]) -> Result<(), Refusal> {
    match bytes.get(..8) {
        Some(header) if *header == COMPONENT_HEADER => Ok(()),
        Some(header) if *header == MODULE_HEADER => Err(Refusal::CoreModule),
        _ => Err(Refusal::NotWasm),
    }
}

/// Why a plugin may not import this, if it may not.
fn forbidden(import: &str, interpreted: bool) -> Option<&'static str> {
    let ours = import.starts_with(CONTRACTS) && import.ends_with(VERSION);
    let inert = wasi::ALLOWED.iter().any(|allowed| import.starts_with(allowed))
        || interpreted && import.starts_with(wasi::SOCKETS);
    if ours || inert {
        None
    } else if import.starts_with(CONTRACTS) {
        Some("this host knows version 0.1.0 of the contracts; build against an SDK of that version")
    } else if import.starts_with(wasi::SOCKETS) || import.starts_with("wasi:http/") {
        Some("plugins have no network; remove the dependency that needs it")
    } else {
        Some("plugins reach nothing outside the sandbox; remove the dependency that needs it")
    }
}
