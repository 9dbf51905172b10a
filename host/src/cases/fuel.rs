//! Fuel: what each case took of it, beside what it took when the baseline was written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::exit::{self, Exit};

/// The file of a project that holds the baseline.
const FILE: &str = "fuel.json";

/// More fuel than the baseline by this much, in percent, is a regression: another compiler may make code that
/// takes a little more or less.
const TOLERATED_PERCENT: u64 = 10;

/// Fuel by case and plugin.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Baseline(pub BTreeMap<String, BTreeMap<String, u64>>);

/// A case that takes more fuel of a plugin than it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Regression {
    /// The case.
    pub case: String,
    /// The plugin.
    pub plugin: String,
    /// What it took.
    pub was: u64,
    /// What it takes.
    pub is: u64,
}

impl Baseline {
    /// Reads the baseline of a project, if it has one.
    pub fn read(project: &Path) -> Result<Option<Self>, Exit> {
        let path = Self::path(project);
        let bytes = match std::fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            read => read.with_context(|| format!("cannot read {}", path.display()))?,
        };
        let read = serde_json::from_slice(&bytes);
        let read = read.with_context(|| {
            format!("{} is no baseline of fuel: write it anew with `leadsman test --bless`", path.display())
        });
        read.map(Some).map_err(Exit::with(exit::INPUT))
    }

    /// Writes it into a project.
    pub fn write(&self, project: &Path) -> Result<(), Exit> {
        let path = Self::path(project);
        let text = serde_json::to_string_pretty(self)? + "\n";
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(())
    }

    /// What takes more fuel now.
    pub fn regressions(&self, now: &Self) -> Vec<Regression> {
        let mut found = Vec::new();
        for (case, plugins) in &now.0 {
            for (plugin, is) in plugins {
                let was = self.0.get(case).and_then(|plugins| plugins.get(plugin)).copied();
                if let Some(was) = was.filter(|was| is.saturating_mul(100) > was * (100 + TOLERATED_PERCENT))
                {
                    found.push(Regression { case: case.clone(), plugin: plugin.clone(), was, is: *is });
                }
            }
        }
        found
    }

    fn path(project: &Path) -> PathBuf {
        project.join(FILE)
    }
}
