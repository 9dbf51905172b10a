//! `leadsman plugin`: what a component is and what it would read, and bringing it in.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use clap::{Args, Subcommand};
use leadsman_flow::{Upload, keep_upload};
use leadsman_rules::Report;
use reqwest::blocking::multipart::{Form, Part};
use serde::Serialize;
use serde_json::Value;

use super::policy::{Order, refused};
use super::{At, Data, Place};
use crate::exit::{self, Exit};
use crate::inspected::{self, Inspected};
use crate::remote::{Remote, Server};
use crate::{examine, installation, policies, print};

/// Looks at plugins, and brings them in.
#[derive(Subcommand)]
pub enum Plugin {
    /// Shows what a component file is: its stages, what it will read, imports, size, configuration.
    Inspect(Inspect),
    /// Examines a component file and keeps it for a tenant's policies.
    Push(Push),
    /// Lists the plugins that were uploaded.
    List(List),
    /// Shows what a plugin wrote to its standard output and error lately, on a running server.
    Log(Log),
    /// Answers what `inspect` and `push` ask, in a process of its own.
    #[command(hide = true)]
    Examine,
}

/// A component and its configuration.
#[derive(Args)]
pub(super) struct Brought {
    /// The component, or the name of a plugin that ships with Leadsman.
    #[arg(value_name = "FILE")]
    pub component: PathBuf,
    /// A file with its configuration as JSON; without one the configuration is empty.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

#[derive(Args)]
pub struct Inspect {
    #[command(flatten)]
    brought: Brought,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Push {
    #[command(flatten)]
    brought: Brought,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    order: Order,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct List {
    #[command(flatten)]
    place: Place,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Log {
    /// The plugin's name, without its version.
    #[arg(value_name = "NAME")]
    plugin: String,
    #[command(flatten)]
    server: Server,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What `plugin push --json` prints.
#[derive(Serialize)]
struct Pushed {
    new: bool,
    #[serde(flatten)]
    upload: Upload,
}

impl Plugin {
    pub fn run(self) -> Result<(), Exit> {
        match self {
            Self::Inspect(verb) => verb.run(),
            Self::Push(verb) => verb.run(),
            Self::List(verb) => verb.run(),
            Self::Log(verb) => verb.run(),
            Self::Examine => examine::answer(),
        }
    }
}

impl Inspect {
    fn run(self) -> Result<(), Exit> {
        let limits = policies::limits_max();
        let report = self.brought.examine(&self.brought.bytes()?)?;
        if self.json {
            return print::json(&Inspected::of(&report, limits));
        }
        print::inspected(&report, &limits);
        Ok(())
    }
}

impl Push {
    fn run(self) -> Result<(), Exit> {
        let bytes = self.brought.bytes()?;
        let (label, new) = match self.place.at()? {
            At::Folder(data) => {
                let (upload, new) = self.to_folder(&data, &bytes)?;
                if self.json {
                    return print::json(&Pushed { new, upload });
                }
                (upload.plugin.label().to_string(), new)
            }
            At::Server(remote) => {
                let kept = self.to_server(&remote, bytes)?;
                if self.json {
                    return print::json(&kept);
                }
                (kept["label"].as_str().unwrap_or_default().to_owned(), kept["new"] == true)
            }
        };
        let known = if new { "kept as" } else { "known as" };
        println!("{known} {label}; policies call it `upload = \"{label}\"`");
        Ok(())
    }

    fn to_folder(&self, data: &Data, bytes: &[u8]) -> Result<(Upload, bool), Exit> {
        let report = self.brought.examine(bytes)?;
        if let (Err(problems), Some(_)) = (&report.configured, &self.brought.config) {
            let all = problems.iter().map(|one| format!("\n  {one}")).collect::<String>();
            let error = anyhow!("the plugin refuses its configuration:{all}");
            return Err(Exit { code: exit::POLICY, error });
        }
        let store = installation::open(&data.data)?;
        let ledger = store.tenant(&data.tenant);
        let kept = keep_upload(&*ledger, bytes, inspected::examined(&report), &self.order.warrant());
        let kept = kept.map_err(refused)?;
        store.close();
        Ok(kept)
    }

    fn to_server(&self, remote: &Remote, bytes: Vec<u8>) -> Result<Value, Exit> {
        let configuration = self.brought.config.is_some().then(|| self.brought.configuration());
        send(remote, bytes, configuration.transpose()?.as_ref(), self.order.reason())
    }
}

impl List {
    fn run(self) -> Result<(), Exit> {
        let data = match self.place.at()? {
            At::Folder(data) => data,
            At::Server(remote) => return print::json(&remote.get("/v1/plugins")?),
        };
        let store = installation::open_existing(&data.data)?;
        let uploads = installation::archive(&store, &data.tenant)?.uploads()?;
        if self.json {
            return print::json(&uploads);
        }
        print::uploads(&uploads);
        Ok(())
    }
}

impl Log {
    fn run(self) -> Result<(), Exit> {
        let entries = self.server.connect()?.get(&format!("/v1/plugins/{}/log", self.plugin))?;
        if self.json {
            return print::json(&entries);
        }
        for entry in entries.as_array().into_iter().flatten() {
            let part = |name: &str| entry[name].as_str().unwrap_or_default();
            println!("{} {}\n  {}", part("at"), part("stage"), part("text").trim_end().replace('\n', "\n  "));
        }
        Ok(())
    }
}

impl Brought {
    fn examine(&self, bytes: &[u8]) -> Result<Report, Exit> {
        let configuration = self.configuration()?;
        examine::component(bytes, &configuration, &policies::limits_max())
            .map_err(|refused| Exit { code: exit::POLICY, error: anyhow!(refused) })
    }

    pub fn bytes(&self) -> Result<Vec<u8>, Exit> {
        let named = self.component.to_str().and_then(leadsman_artifacts::built_in);
        match named {
            Some(bytes) if !self.component.exists() => Ok(bytes.to_vec()),
            None if !self.component.exists() => {
                let known = leadsman_artifacts::BUILT_IN.iter().map(|one| one.name).collect::<Vec<_>>();
                let (named, known) = (self.component.display(), known.join(", "));
                let error = anyhow!("there is no file {named}, and no plugin of that name ships: {known} do");
                Err(Exit { code: exit::INPUT, error })
            }
            _ => read(&self.component),
        }
    }

    pub fn configuration(&self) -> Result<Value, Exit> {
        let Some(path) = &self.config else { return Ok(serde_json::json!({})) };
        serde_json::from_slice(&read(path)?)
            .with_context(|| format!("{} is not JSON", path.display()))
            .map_err(Exit::with(exit::INPUT))
    }
}

/// Sends a component to a server, and says what that calls it.
pub(super) fn send(
    remote: &Remote,
    bytes: Vec<u8>,
    configuration: Option<&Value>,
    reason: &str,
) -> Result<Value, Exit> {
    let mut form = Form::new().part("component", Part::bytes(bytes));
    if let Some(configuration) = configuration {
        form = form.text("configuration", configuration.to_string());
    }
    remote.post_form("/v1/plugins", form.text("reason", reason.to_owned()))
}

fn read(path: &Path) -> Result<Vec<u8>, Exit> {
    let read = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    read.map_err(Exit::with(exit::INPUT))
}
