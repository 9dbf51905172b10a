//! `leadsman new`: the beginning of a plugin.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;

use crate::beginning::{self, Kind};
use crate::exit::{self, Exit};
use crate::project::Language;
use crate::whole_folder;

/// The longest name of a plugin.
const NAME_BYTES_MAX: usize = 63;

/// Writes a project: a plugin with one rule, a policy in which it serves, cases, and the SDK.
#[derive(Args)]
pub struct New {
    /// What the plugin decides.
    #[arg(value_name = "KIND")]
    kind: Kind,
    /// What it is called, such as `my-rules`; also the folder's name.
    #[arg(value_name = "NAME", value_parser = name)]
    name: String,
    /// What it is written in.
    #[arg(long, value_name = "LANGUAGE", default_value = "rust")]
    lang: Language,
    /// The folder to write it into, which must not be there yet; otherwise one of its name.
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
}

fn name(text: &str) -> Result<String, String> {
    let begins = text.chars().next().is_some_and(|first| first.is_ascii_lowercase());
    let is_of_name = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-';
    if begins && text.chars().all(is_of_name) && !text.ends_with('-') && text.len() <= NAME_BYTES_MAX {
        return Ok(text.to_owned());
    }
    Err(format!(
        "a plugin's name has a-z, 0-9 and `-`, begins with a letter and has at most {NAME_BYTES_MAX}"
    ))
}

impl New {
    pub fn run(self) -> Result<(), Exit> {
        let folder = self.into.clone().unwrap_or_else(|| PathBuf::from(&self.name));
        if folder.exists() {
            let error = anyhow!("{} is there already: name another folder with --into", folder.display());
            return Err(Exit { code: exit::INPUT, error });
        }
        let files = beginning::files(self.kind, self.lang, &self.name)?;
        whole_folder::write(&folder, files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())))?;
        println!("{}: write your rule, then", folder.display());
        println!("  leadsman test {}", folder.display());
        Ok(())
    }
}
