//! The beginning of an author's project: a plugin with one rule, a policy in which it serves, cases, and the SDK
//! that it is written with.

use std::collections::BTreeMap;

use anyhow::{Context as _, anyhow};
use leadsman_artifacts::KIT;

use crate::project::Language;

/// What a project begins as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Is this lead junk?
    Screener,
    /// What is it worth?
    Scorer,
    /// Who gets it?
    Router,
    /// What if nobody calls?
    FollowUp,
    /// Which touches earned the deal?
    Attributor,
}

/// What the plugin of every beginning is called there.
const NAME: &str = "first-rules";

/// Where its description goes.
const DESCRIPTION: &str = "DESCRIPTION";

/// The folder of a project that holds its SDK.
const SDK: &str = ".leadsman";

/// The crates of the Rust SDK.
const RUST_CRATES: [&str; 3] = ["sdk/rust", "sdk/rust/macros", "sdk/rust/model"];

impl Kind {
    fn folder(self) -> &'static str {
        match self {
            Self::Screener => "screener",
            Self::Scorer => "scorer",
            Self::Router => "router",
            Self::FollowUp => "follow-up",
            Self::Attributor => "attributor",
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::Screener => "Rejects leads whose message has one of a few words in it.",
            Self::Scorer => "Gives points to companies from a certain size on.",
            Self::Router => "Gives leads to the rep who speaks their language and has the fewest.",
            Self::FollowUp => "Takes a lead back from an owner who does not call it in time.",
            Self::Attributor => "Shares the credit among all touches, and gives those of campaigns more.",
        }
    }
}

impl Language {
    /// The folder of `sdk/new` with what projects begin with in it.
    fn folder(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Js => "js",
            Self::Ts => "ts",
            Self::Python => "python",
        }
    }

    /// The folder of `sdk` with its SDK.
    fn sdk(self) -> &'static str {
        match self {
            Self::Js | Self::Ts => "js",
            Self::Rust | Self::Python => self.folder(),
        }
    }
}

/// The files that a project begins with, by their paths in it.
///
/// # Errors
///
/// When Leadsman's own manifest cannot be read; which is told for whoever builds Leadsman.
pub fn files(kind: Kind, language: Language, name: &str) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let (stage, language_folder) = (kind.folder(), language.folder());
    let layers = [
        "sdk/new/every/".to_owned(),
        format!("sdk/new/stages/{stage}/"),
        format!("sdk/new/{language_folder}/every/"),
        format!("sdk/new/{language_folder}/{stage}/"),
    ];
    let mut files = BTreeMap::new();
    for file in KIT {
        let path = layers.iter().find_map(|layer| file.path.strip_prefix(layer.as_str()));
        let path = path.or_else(|| schema_of_ts(language, stage, file.path));
        if let Some(path) = path {
            let text = std::str::from_utf8(file.bytes).with_context(|| file.path)?;
            let text = text.replace(NAME, name).replace(DESCRIPTION, kind.description());
            files.insert(path.to_owned(), text.into_bytes());
        }
        let is_of_sdk =
            file.path.starts_with(&format!("sdk/{}/", language.sdk())) || file.path.starts_with("wit/");
        if is_of_sdk {
            files.insert(format!("{SDK}/{}", file.path), file.bytes.to_vec());
        }
    }
    if language == Language::Rust {
        files.insert(format!("{SDK}/Cargo.toml"), workspace_of_sdk()?.into_bytes());
        // Cargo drops what the project does not use, and keeps the versions that the SDK was tried with.
        files.insert("Cargo.lock".to_owned(), of_kit("Cargo.lock")?.to_vec());
    }
    Ok(files)
}

/// The schema of a configuration is the same in TypeScript as in JavaScript, and lies there.
fn schema_of_ts(language: Language, stage: &str, path: &'static str) -> Option<&'static str> {
    let of_js = path.strip_prefix("sdk/new/js/")?.strip_prefix(stage)?.strip_prefix('/')?;
    (language == Language::Ts && of_js.ends_with(".json")).then_some(of_js)
}

fn of_kit(path: &str) -> anyhow::Result<&'static [u8]> {
    let file = KIT.iter().find(|file| file.path == path);
    file.map(|file| file.bytes).ok_or_else(|| anyhow!("{path} is not in the kit"))
}

/// The manifest of the workspace that the Rust SDK is in, with none of the host's crates.
fn workspace_of_sdk() -> anyhow::Result<String> {
    let text = std::str::from_utf8(of_kit("Cargo.toml")?)?;
    let mut manifest: toml::Table = toml::from_str(text).context("Cargo.toml of the kit")?;
    manifest.retain(|key, _| key == "workspace");
    let workspace = manifest.get_mut("workspace").and_then(toml::Value::as_table_mut);
    let workspace = workspace.ok_or_else(|| anyhow!("Cargo.toml of the kit is no workspace"))?;
    let members = RUST_CRATES.iter().map(|member| toml::Value::from(*member)).collect::<Vec<_>>();
    workspace.insert("members".to_owned(), members.into());
    workspace.remove("exclude");
    workspace.remove("default-members");
    if let Some(dependencies) = workspace.get_mut("dependencies").and_then(toml::Value::as_table_mut) {
        dependencies.retain(|_, dependency| {
            let path = dependency.get("path").and_then(toml::Value::as_str);
            path.is_none_or(|path| RUST_CRATES.contains(&path))
        });
    }
    Ok(toml::to_string(&manifest)?)
}
