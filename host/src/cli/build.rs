//! `leadsman build`: an author's source becomes a component.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::exit::{self, Exit};
use crate::print;
use crate::project::Project;

/// Makes the component of a project, beside its policy.
#[derive(Args)]
pub struct Build {
    /// The project's folder.
    #[arg(value_name = "DIR", default_value = ".")]
    project: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Build {
    pub fn run(self) -> Result<(), Exit> {
        let Some(project) = Project::find(&self.project)? else {
            let error = anyhow::anyhow!(
                "{} holds no Cargo.toml, package.json or pyproject.toml: there is nothing to build",
                self.project.display()
            );
            return Err(Exit { code: exit::INPUT, error });
        };
        let component = project.build()?;
        let bytes = std::fs::metadata(&component)?.len();
        if self.json {
            return print::json(&json!({ "component": component, "bytes": bytes }));
        }
        println!("{}, {bytes} bytes", component.display());
        Ok(())
    }
}
