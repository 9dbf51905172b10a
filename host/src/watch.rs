//! Waiting until an author has changed something in a project.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, SystemTime};

use notify_debouncer_mini::notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_mini::{DebounceEventResult, Debouncer, new_debouncer};
use walkdir::{DirEntry, WalkDir};

use crate::exit::Exit;

/// Changes so soon after each other are one.
const TOGETHER: Duration = Duration::from_millis(200);

/// Folders that tools write into.
const OF_TOOLS: [&str; 6] = ["target", "node_modules", ".venv", "__pycache__", ".git", ".leadsman"];

/// The files that an author writes: when they were written last, and how large they are.
type Files = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

/// A project that is watched.
pub struct Watch {
    project: PathBuf,
    /// As they were when somebody last looked.
    seen: Files,
    signals: Receiver<DebounceEventResult>,
    // Watches for as long as it is there.
    _debouncer: Debouncer<RecommendedWatcher>,
}

impl Watch {
    /// Begins to watch a project's folder.
    ///
    /// # Errors
    ///
    /// When the system has no more watches to give, or there is no such folder.
    pub fn begin(project: &Path) -> Result<Self, Exit> {
        let (sender, signals) = channel();
        let mut debouncer = new_debouncer(TOGETHER, sender)?;
        debouncer.watcher().watch(project, RecursiveMode::Recursive)?;
        Ok(Self { project: project.to_owned(), seen: files(project), signals, _debouncer: debouncer })
    }

    /// Waits until a file is changed that an author writes. Says so until the watch is over.
    ///
    /// The system signals that files were read as well, so what counts is whether they are other files than before.
    pub fn wait(&mut self) -> bool {
        loop {
            let now = files(&self.project);
            if now != self.seen {
                self.seen = now;
                return true;
            }
            if self.signals.recv().is_err() {
                return false;
            }
        }
    }
}

/// The files of a project that an author writes, and no tool.
fn files(project: &Path) -> Files {
    let is_of_tools = |entry: &DirEntry| {
        entry.file_type().is_dir() && OF_TOOLS.iter().any(|name| entry.file_name() == *name)
    };
    let is_made = |path: &Path| {
        path.extension().is_some_and(|extension| extension == "wasm") || path.ends_with("fuel.json")
    };
    let entries = WalkDir::new(project).into_iter().filter_entry(|entry| !is_of_tools(entry));
    let files = entries.flatten().filter(|entry| entry.file_type().is_file() && !is_made(entry.path()));
    files
        .map(|entry| {
            let written = entry.metadata().ok().map(|about| (about.modified().ok(), about.len()));
            (entry.into_path(), written.unwrap_or_default())
        })
        .collect()
}
