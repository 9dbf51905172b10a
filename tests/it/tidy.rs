//! The house rules, as tests: which room may know which, how large a file gets, what is documented.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The longest that a file may get, in lines, tests aside.
const LINES_MAX: usize = 500;

/// What each room may depend on, of our own crates. Dev-dependencies are free.
fn allowed() -> BTreeMap<&'static str, Vec<&'static str>> {
    BTreeMap::from([
        ("leadsman-domain", vec![]),
        ("leadsman-flow", vec!["leadsman-domain"]),
        ("leadsman-rules", vec!["leadsman-domain", "leadsman-flow"]),
        ("leadsman-ledger", vec!["leadsman-domain", "leadsman-flow"]),
        ("leadsman-http", vec!["leadsman-domain", "leadsman-flow"]),
        ("leadsman-intake", vec!["leadsman-domain", "leadsman-flow"]),
        ("leadsman-policy", vec!["leadsman-domain", "leadsman-flow"]),
        ("leadsman-pack", vec!["leadsman-domain"]),
        ("leadsman-artifacts", vec![]),
        ("leadsman-credit", vec!["leadsman-domain"]),
        ("leadsman-sdk", vec!["leadsman-sdk-macros"]),
        ("leadsman-learning", vec!["leadsman-domain", "leadsman-model"]),
        ("leadsman-model", vec![]),
        ("leadsman-sdk", vec!["leadsman-sdk-macros", "leadsman-model"]),
        ("leadsman-sdk-macros", vec![]),
    ])
}

#[test]
fn rooms_know_only_what_they_may() {
    let output = Command::new(env!("CARGO"))
        .current_dir(ROOT)
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let allowed = allowed();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let ours: Vec<&str> = package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|dependency| dependency["kind"] != "dev")
            .filter_map(|dependency| dependency["name"].as_str())
            .filter(|dependency| dependency.starts_with("leadsman"))
            .collect();
        let may: &[&str] = match allowed.get(name) {
            Some(may) => may,
            None if name.starts_with("leadsman-plugin-") || name == "leadsman-guests" => &["leadsman-sdk"],
            None => continue,
        };
        for dependency in ours {
            assert!(may.contains(&dependency), "{name} may not know {dependency}");
        }
        let foreign = |crate_name: &str| {
            let mut all = package["dependencies"].as_array().unwrap().iter();
            all.any(|one| one["name"] == crate_name && one["kind"] != "dev")
        };
        assert!(!foreign("sled") || name == "leadsman-ledger", "{name} may not know sled");
        assert!(!foreign("wasmtime") || name == "leadsman-rules", "{name} may not know wasmtime");
        assert!(!foreign("axum") || name == "leadsman-http", "{name} may not know axum");
    }
}

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let hidden = path.file_name().unwrap().to_str().unwrap().starts_with('.');
        let brought = ["target", "node_modules"].iter().any(|name| path.ends_with(name));
        if path.is_dir() && !hidden && !brought {
            files(&path, ending, found);
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
}

#[test]
fn files_are_short_and_say_what_they_are_for() {
    let mut sources = Vec::new();
    for room in ["host", "plugins", "sdk", "tests"] {
        files(&Path::new(ROOT).join(room), "rs", &mut sources);
    }
    assert!(sources.len() > 100);
    for path in sources {
        let source = std::fs::read_to_string(&path).unwrap();
        let name = path.display();
        let is_test = path.ends_with("tests.rs")
            || path
                .components()
                .any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "benches" | "it")));
        assert!(is_test || source.lines().count() <= LINES_MAX, "{name} is longer than {LINES_MAX} lines");
        assert!(
            path.ends_with("tests.rs") || source.starts_with("//!"),
            "{name} does not say what it is for"
        );
    }
}

#[test]
fn every_item_of_the_contracts_is_documented_and_dated() {
    let mut contracts = Vec::new();
    files(&Path::new(ROOT).join("wit"), "wit", &mut contracts);
    assert!(contracts.len() >= 9);
    for path in contracts {
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for (number, line) in lines.iter().enumerate() {
            let word = line.split([' ', '(', ':']).next().unwrap_or_default();
            let is_item = matches!(word, "interface" | "world" | "record" | "variant" | "enum" | "type")
                || line.contains(": func(");
            if is_item {
                let place = format!("{}:{}", path.display(), number + 1);
                assert!(lines[number - 1].starts_with("@since"), "{place} is not dated");
                assert!(lines[number - 2].starts_with("///"), "{place} is not documented");
            }
        }
    }
}

#[test]
fn the_top_level_holds_what_belongs_there() {
    let belongs =
        ["Cargo.toml", "Cargo.lock", "host", "wit", "plugins", "sdk", "tests", "README.md", "target"];
    for entry in std::fs::read_dir(ROOT).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        assert!(
            name.starts_with('.') || belongs.contains(&name.as_str()),
            "{name} does not belong at the top level"
        );
    }
}
