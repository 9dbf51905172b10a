//! Lists: one entry a line, comments begin with `#`.

use std::collections::{BTreeMap, BTreeSet};

use leadsman_domain::PoolId;

use crate::files::PolicyFiles;
use crate::problem::{Place, Problem};
use crate::reader::Report;

/// An entry may have so many bytes.
const ENTRY_BYTES_MAX: usize = 1_024;

/// Reads all lists. Entries are sorted, and each counts once.
pub(crate) fn read(files: &PolicyFiles, report: &Report) -> BTreeMap<String, Vec<String>> {
    let mut lists = BTreeMap::new();
    for (path, name, content) in files.below("lists", "txt") {
        // A list's name follows the rule of ids, as all names in policies do.
        if let Err(error) = PoolId::parse(name) {
            report.add(Problem::of_file(path, format!("{name:?} is not a name for a list: {}", error.rule)));
        }
        let mut entries = BTreeSet::new();
        let content = content.strip_prefix("\u{feff}".as_bytes()).unwrap_or(content);
        for (index, line) in content.split(|&byte| byte == b'\n').enumerate() {
            match entry(line) {
                Ok(Some(entry)) => drop(entries.insert(entry)),
                Ok(None) => {}
                Err(message) => report.add(problem(path, index, line, message)),
            }
        }
        lists.insert(name.to_owned(), entries.into_iter().collect());
    }
    lists
}

fn entry(line: &[u8]) -> Result<Option<String>, &'static str> {
    let line = std::str::from_utf8(line).map_err(|_| "this line is not UTF-8")?.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    if line.len() > ENTRY_BYTES_MAX {
        return Err("this entry is longer than 1 KiB");
    }
    Ok(Some(line.to_owned()))
}

fn problem(path: &str, index: usize, line: &[u8], message: &str) -> Problem {
    let text: String = String::from_utf8_lossy(line).trim_end().chars().take(100).collect();
    let place = Place { line: index + 1, column: 1, width: text.chars().count().max(1), text };
    Problem { file: path.to_owned(), place: Some(place), message: message.to_owned(), help: None }
}
