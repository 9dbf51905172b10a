//! Three states of a folder become one: the pack that it came from, what its owner made of it, and a newer pack.

use std::collections::BTreeSet;

use diffy::{ConflictStyle, DiffOptions, Hunk, MergeOptions};

use crate::Files;
use crate::path::PackPath;

/// The shortest line that marks a conflict.
const MARKER_MIN: usize = 7;

/// What becomes of a folder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merge {
    /// What becomes of each file that is not the same everywhere, in the order of paths.
    pub outcomes: Vec<(PackPath, Outcome)>,
    /// Where both sides changed the same, and nobody but the owner can say what is right.
    pub conflicts: Vec<Conflict>,
}

/// What becomes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is as the owner left it, or does not exist because they removed it.
    Kept,
    /// It is as the newer pack has it.
    Taken(Vec<u8>),
    /// It has the changes of both; or both sides of what conflicts, between markers.
    Merged(Vec<u8>),
    /// The newer pack has it no more, and the owner never touched it.
    Removed,
}

/// A place that both sides changed, each otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The file.
    pub path: PackPath,
    /// The line in the owner's file, from 1; none if the file as a whole is meant.
    pub line: Option<usize>,
    /// The line in the file with markers; none where there are none.
    pub marked_line: Option<usize>,
    /// What stands there on both sides; none if the file as a whole is meant.
    pub sides: Option<Sides>,
    /// What is wrong.
    pub message: &'static str,
}

/// What stands on both sides of a conflict.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sides {
    /// In the owner's file.
    pub here: String,
    /// In the newer pack's.
    pub newer: String,
}

/// Merges `theirs`, the newer pack, into `ours`, the owner's folder, both made from `base`. Files of the owner
/// alone are not looked at.
#[must_use]
pub fn merge(base: &Files, ours: &Files, theirs: &Files) -> Merge {
    let mut merge = Merge::default();
    let paths: BTreeSet<&PackPath> = base.keys().chain(theirs.keys()).collect();
    for path in paths {
        let [was, mine, new] = [base, ours, theirs].map(|files| files.get(path).map(Vec::as_slice));
        if mine == new {
            continue;
        }
        let outcome = match (was, mine, new) {
            (was, mine, new) if was == new && mine != was => Outcome::Kept,
            (was, mine, Some(new)) if was == mine => Outcome::Taken(new.to_vec()),
            (was, mine, None) if was == mine => Outcome::Removed,
            (was, Some(mine), Some(new)) => merge.both(path, was, mine, new),
            (_, None, _) => merge.whole(path, "it was removed here, and the newer pack changes it"),
            (_, _, None) => merge.whole(path, "it was changed here, and the newer pack removes it"),
        };
        merge.outcomes.push((path.clone(), outcome));
    }
    merge
}

impl Merge {
    fn whole(&mut self, path: &PackPath, message: &'static str) -> Outcome {
        let (line, marked_line, sides) = (None, None, None);
        self.conflicts.push(Conflict { path: path.clone(), line, marked_line, sides, message });
        Outcome::Kept
    }

    /// Both sides have the file, and neither as it was.
    fn both(&mut self, path: &PackPath, was: Option<&[u8]>, mine: &[u8], new: &[u8]) -> Outcome {
        let texts = [was.unwrap_or_default(), mine, new].map(std::str::from_utf8);
        let [Ok(was), Ok(mine), Ok(new)] = texts else {
            return self.whole(path, "it is no text, and was changed here and in the newer pack");
        };
        // Longer than anything in the files that looks like a marker.
        let is_free =
            |length: &usize| ![was, mine, new].iter().any(|text| text.contains(&"<".repeat(*length)));
        let marker = (MARKER_MIN..).find(is_free).unwrap_or(MARKER_MIN);
        let mut options = MergeOptions::new();
        options.set_conflict_marker_length(marker).set_conflict_style(ConflictStyle::Merge);
        match options.merge(was, mine, new) {
            Ok(merged) => Outcome::Merged(merged.into_bytes()),
            Err(_) if path.as_str().starts_with("lists/") => {
                Outcome::Merged(entries(was, mine, new).into_bytes())
            }
            Err(marked) => {
                let conflicts = places(&marked, mine, marker);
                self.conflicts.extend(conflicts.into_iter().map(|place| Conflict {
                    path: path.clone(),
                    line: Some(place.line),
                    marked_line: Some(place.marked_line),
                    sides: Some(place.sides),
                    message: "it was changed here and in the newer pack, each otherwise",
                }));
                Outcome::Merged(marked.into_bytes())
            }
        }
    }
}

/// The owner's list without the entries that the newer pack gave up, and with those that are new in it: the order
/// of a list's entries says nothing, so that no two changes of it conflict.
fn entries(was: &str, mine: &str, new: &str) -> String {
    let [before, here, after] = [was, mine, new].map(|text| text.lines().collect::<BTreeSet<_>>());
    let kept = mine.lines().filter(|line| after.contains(line) || !before.contains(line));
    let added = new.lines().filter(|line| !before.contains(line) && !here.contains(line));
    kept.chain(added).flat_map(|line| [line, "\n"]).collect()
}

/// Where a conflict is: the lines, from 1, in the owner's text and in the text with markers, and what stands there.
struct Clash {
    line: usize,
    marked_line: usize,
    sides: Sides,
}

/// Which side of a conflict is read, if any.
#[derive(Clone, Copy)]
enum Side {
    Here,
    Newer,
}

/// The conflicts in a text with markers.
fn places(marked: &str, mine: &str, marker: usize) -> Vec<Clash> {
    let [begin, middle, end] = ["<", "=", ">"].map(|one| one.repeat(marker));
    let (mut found, mut resolved, mut side) = (Vec::<Clash>::new(), String::new(), None);
    for (place, line) in marked.split_inclusive('\n').enumerate() {
        if line.starts_with(&begin) {
            let line = resolved.matches('\n').count() + 1;
            found.push(Clash { line, marked_line: place + 1, sides: Sides::default() });
            side = Some(Side::Here);
        } else if side.is_some() && line.trim_end() == middle {
            side = Some(Side::Newer);
        } else if side.is_some() && line.starts_with(&end) {
            side = None;
        } else {
            match (side, found.last_mut()) {
                (Some(Side::Here), Some(clash)) => clash.sides.here.push_str(line),
                (Some(Side::Newer), Some(clash)) => {
                    clash.sides.newer.push_str(line);
                    continue;
                }
                _ => {}
            }
            resolved.push_str(line);
        }
    }
    // What the newer pack changed before a conflict moved it away from where it stands in the owner's text.
    let patch = DiffOptions::new().set_context_len(0).create_patch(&resolved, mine);
    let in_mine = |line: usize| {
        let before = patch.hunks().iter().filter(|hunk| hunk.old_range().start() < line);
        let moved = |line: usize, hunk: &Hunk<'_, str>| {
            (line + hunk.new_range().len()).saturating_sub(hunk.old_range().len())
        };
        before.fold(line, moved).max(1)
    };
    found.into_iter().map(|clash| Clash { line: in_mine(clash.line), ..clash }).collect()
}
