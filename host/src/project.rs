//! An author's project: a policy's folder with the source of the plugin that it brings, in one of the languages
//! that components are made of.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, anyhow};
use serde::Deserialize;

use crate::exit::{self, Exit};

/// A language that plugins are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// Rust, by cargo.
    Rust,
    /// JavaScript, by componentize-qjs.
    Js,
    /// TypeScript, likewise, once its types are checked.
    Ts,
    /// Python, by componentize-py.
    Python,
}

/// The target that Rust makes components for.
const RUST_TARGET: &str = "wasm32-wasip2";

/// What the JavaScript SDK makes components with.
const JS_BUILD: &str = "node_modules/leadsman-sdk/bin/leadsman-build.js";

/// What checks types, and the file that says how, by which a project is known to be in TypeScript.
const TS_CHECK: &str = "node_modules/typescript/bin/tsc";
const TS_SETTINGS: &str = "tsconfig.json";

/// The file that tells that a project's environment of Python is whole, and in which folder it was made.
const PYTHON_INSTALLED: &str = ".venv/leadsman-sdk-is-installed";

impl Language {
    /// The file by which a project's language is known.
    pub fn manifest(self) -> &'static str {
        match self {
            Self::Rust => "Cargo.toml",
            Self::Js | Self::Ts => "package.json",
            Self::Python => "pyproject.toml",
        }
    }

    /// The language of the project in a folder, if it is one.
    fn of(folder: &Path) -> Option<Self> {
        let is_there = |name: &str| folder.join(name).is_file();
        let known = [Self::Rust, Self::Js, Self::Python].into_iter().find(|one| is_there(one.manifest()))?;
        Some(if known == Self::Js && is_there(TS_SETTINGS) { Self::Ts } else { known })
    }
}

/// The source of a plugin.
#[derive(Debug, Clone)]
pub struct Project {
    folder: PathBuf,
    language: Language,
    name: String,
}

impl Project {
    /// The project in a folder; none if the folder holds no source of a plugin, as policies that are data only.
    ///
    /// # Errors
    ///
    /// When there is no such folder, or what names the plugin cannot be read.
    pub fn find(folder: &Path) -> Result<Option<Self>, Exit> {
        if !folder.is_dir() {
            let error = anyhow!("there is no folder {}", folder.display());
            return Err(Exit { code: exit::INPUT, error });
        }
        let Some(language) = Language::of(folder) else { return Ok(None) };
        let name = name(&folder.join(language.manifest()), language).map_err(Exit::with(exit::INPUT))?;
        Ok(Some(Self { folder: folder.to_owned(), language, name }))
    }

    /// Makes the component of the project in a folder, if the folder holds the source of one.
    ///
    /// # Errors
    ///
    /// As [`Project::find`] and [`Project::build`].
    pub fn build_in(folder: &Path) -> Result<(), Exit> {
        match Self::find(folder)? {
            Some(project) => project.build().map(drop),
            None => Ok(()),
        }
    }

    /// Where its component lies once it is built, beside `policy.toml`.
    pub fn component(&self) -> PathBuf {
        self.folder.join(self.component_name())
    }

    /// Makes the component, and puts it beside `policy.toml`.
    ///
    /// # Errors
    ///
    /// When a tool is missing, which is named with the command that installs it, or the source has errors,
    /// which its tool has told.
    pub fn build(&self) -> Result<PathBuf, Exit> {
        match self.language {
            Language::Rust => self.build_rust()?,
            Language::Js | Language::Ts => self.build_js()?,
            Language::Python => self.build_python()?,
        }
        Ok(self.component())
    }

    fn build_rust(&self) -> Result<(), Exit> {
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(target) => std::path::absolute(target)?,
            None => std::path::absolute(self.folder.join("target"))?,
        };
        let cargo = Tool { program: "cargo", install: "curl https://sh.rustup.rs -sSf | sh" };
        cargo.is_there()?;
        let libraries =
            Command::new("rustc").args(["--print", "target-libdir", "--target", RUST_TARGET]).output();
        let is_installed = libraries.is_ok_and(|output| {
            output.status.success() && Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir()
        });
        if !is_installed {
            return Err(missing(
                &format!("target {RUST_TARGET} of Rust"),
                &format!("rustup target add {RUST_TARGET}"),
            ));
        }
        cargo.run(&self.folder, |command| {
            // Flags of the environment would win over the project's own, and the stack would be large.
            command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
            command
                .args(["build", "--quiet", "--target", RUST_TARGET, "--release", "--target-dir"])
                .arg(&target);
        })?;
        let name = format!("{}.wasm", self.name.replace('-', "_"));
        let (built, component) = (target.join(RUST_TARGET).join("release").join(name), self.component());
        std::fs::copy(&built, &component)
            .with_context(|| format!("cannot copy {} to {}", built.display(), component.display()))?;
        Ok(())
    }

    fn build_js(&self) -> Result<(), Exit> {
        const INSTALL: &str = "apt-get install nodejs npm";
        let node = Tool { program: "node", install: INSTALL };
        node.is_there()?;
        if !self.folder.join(JS_BUILD).is_file() {
            let npm = Tool { program: "npm", install: INSTALL };
            npm.run(&self.folder, |command| {
                command.args(["install", "--no-audit", "--no-fund", "--loglevel=error"]);
            })?;
        }
        if self.language == Language::Ts {
            node.run(&self.folder, |command| {
                command.args([TS_CHECK, "--noEmit"]);
            })?;
        }
        node.run(&self.folder, |command| {
            command.args([JS_BUILD, "-o"]).arg(self.component_name());
        })
    }

    fn build_python(&self) -> Result<(), Exit> {
        let python = self.folder.join(".venv/bin/python");
        let (installed, here) = (self.folder.join(PYTHON_INSTALLED), std::path::absolute(&self.folder)?);
        let here = here.to_string_lossy();
        // An environment knows where it was made: of a project that was moved or copied it is another's.
        // One that is linked to is shared on purpose.
        let made = std::fs::read_to_string(&installed).ok();
        let is_own =
            made.as_deref().is_some_and(|place| place == here) || self.folder.join(".venv").is_symlink();
        if made.is_some() && !is_own {
            std::fs::remove_dir_all(self.folder.join(".venv")).context("cannot make .venv anew")?;
        }
        if !python.exists() {
            let system = Tool { program: "python3", install: "apt-get install python3 python3-venv" };
            system.is_there()?;
            let modules = Command::new("python3").args(["-c", "import ensurepip, venv"]).output();
            if !modules.is_ok_and(|output| output.status.success()) {
                return Err(missing("module venv of Python", "apt-get install python3-venv"));
            }
            system.run(&self.folder, |command| {
                command.args(["-m", "venv", ".venv"]);
            })?;
        }
        let python = std::path::absolute(python)?.to_string_lossy().into_owned();
        let python = Tool { program: &python, install: "python3 -m venv .venv" };
        if !is_own {
            python.run(&self.folder, |command| {
                command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
                command.args(["--editable", ".leadsman/sdk/python"]);
            })?;
            std::fs::write(&installed, here.as_bytes())?;
        }
        python.run(&self.folder, |command| {
            command.args(["-m", "leadsman_sdk.build", "-o"]).arg(self.component_name());
        })
    }

    fn component_name(&self) -> String {
        format!("{}.wasm", self.name)
    }
}

/// A program that makes components.
struct Tool<'a> {
    program: &'a str,
    /// The command that installs it.
    install: &'static str,
}

impl Tool<'_> {
    /// Whether it can be run at all.
    fn is_there(&self) -> Result<(), Exit> {
        match Command::new(self.program).arg("--version").output() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(missing(self.program, self.install))
            }
            _ => Ok(()),
        }
    }

    fn run(&self, folder: &Path, arguments: impl FnOnce(&mut Command)) -> Result<(), Exit> {
        let mut command = Command::new(self.program);
        command.current_dir(folder);
        arguments(&mut command);
        // What a command prints is its answer; what tools say goes beside it.
        command.stdout(std::io::stderr());
        let status = match command.status() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(missing(self.program, self.install));
            }
            status => status.with_context(|| format!("cannot run {}", self.program))?,
        };
        if status.success() {
            return Ok(());
        }
        let error = anyhow!("{} could not build {}: see above", self.program, folder.display());
        Err(Exit { code: exit::BUILD, error })
    }
}

/// A tool is not here, and what installs it.
fn missing(what: &str, install: &str) -> Exit {
    Exit { code: exit::TOOL, error: anyhow!("there is no {what} here: install it with `{install}`") }
}

/// What a manifest calls the plugin.
fn name(manifest: &Path, language: Language) -> anyhow::Result<String> {
    #[derive(Deserialize)]
    struct Named {
        name: Option<String>,
        package: Option<Package>,
        project: Option<Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        name: String,
    }
    let text =
        std::fs::read_to_string(manifest).with_context(|| format!("cannot read {}", manifest.display()))?;
    let read: anyhow::Result<Named> = match language {
        Language::Js | Language::Ts => serde_json::from_str(&text).map_err(anyhow::Error::from),
        Language::Rust | Language::Python => toml::from_str(&text).map_err(anyhow::Error::from),
    };
    let named = read.with_context(|| format!("{} cannot be read", manifest.display()))?;
    let name = match language {
        Language::Js | Language::Ts => named.name,
        Language::Rust => named.package.map(|package| package.name),
        Language::Python => named.project.map(|project| project.name),
    };
    name.filter(|name| !name.is_empty() && !name.contains(['/', '\\']))
        .ok_or_else(|| anyhow!("{} does not name the plugin", manifest.display()))
}
