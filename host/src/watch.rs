//! Waiting until an author has changed something in a project.

use std::path::{Component, Path};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use notify_debouncer_mini::notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_mini::{DebounceEventResult, Debouncer, new_debouncer};

use crate::exit::Exit;

/// Changes so soon after each other are one.
const TOGETHER: Duration = Duration::from_millis(200);

/// Folders that tools write into.
const OF_TOOLS: [&str; 6] = ["target", "node_modules", ".venv", "__pycache__", ".git", ".leadsman"];

/// A project that is watched.
pub struct Watch {
    changes: Receiver<DebounceEventResult>,
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
        let (sender, changes) = channel();
        let mut debouncer = new_debouncer(TOGETHER, sender)?;
        debouncer.watcher().watch(project, RecursiveMode::Recursive)?;
        Ok(Self { changes, _debouncer: debouncer })
    }

    /// Waits until a file is changed that an author writes. Says so until the watch is over.
    pub fn wait(&self) -> bool {
        for changes in &self.changes {
            let is_meant = |changes: Vec<_>| {
                let paths =
                    changes.into_iter().map(|change: notify_debouncer_mini::DebouncedEvent| change.path);
                paths.into_iter().any(|path| is_authors(&path))
            };
            if changes.is_ok_and(is_meant) {
                return true;
            }
        }
        false
    }
}

/// Whether a file is one that an author writes, and no tool.
fn is_authors(path: &Path) -> bool {
    let is_of_tools = |part: Component<'_>| match part {
        Component::Normal(part) => OF_TOOLS.iter().any(|name| part == *name),
        _ => false,
    };
    let is_made = path.extension().is_some_and(|extension| extension == "wasm")
        || path.file_name().is_some_and(|name| name == "fuel.json");
    !is_made && !path.is_dir() && !path.components().any(is_of_tools)
}
