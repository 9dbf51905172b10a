//! `leadsman wit-compat`: what a change of the contracts does to components that were built before it.

use std::path::{Path, PathBuf};

use crate::program::{arg, json, run, said, write};

/// The contracts, with one of their files changed.
fn changed(folder: &Path, file: &str, from: &str, to: &str) -> PathBuf {
    let contracts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
    for entry in contracts.read_dir().unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        let mut text = std::fs::read_to_string(entry.path()).unwrap();
        if file == name || file == "*" {
            assert!(text.contains(from), "{name} has no {from:?}");
            text = text.replace(from, to);
        }
        write(folder, &[(&name, text.as_bytes())]);
    }
    folder.to_owned()
}

fn contracts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit")
}

#[test]
fn the_same_contracts_break_nothing() {
    let told = json(&["wit-compat", arg(&contracts()), arg(&contracts()), "--json"]);
    assert_eq!(told, serde_json::json!({ "changes": [], "breaks": false }));
}

#[test]
fn every_kind_of_change_is_told_with_its_place() {
    let changes = [
        (
            "scoring.wit",
            "now-ms: timestamp-ms,",
            "now-ms: timestamp-ms,\n        zone: string,",
            true,
            "the field zone is new",
        ),
        ("types.wit", "flag(bool),", "", true, "the case flag is gone"),
        ("screening.wit", "reject,", "reject,\n        quarantine,", true, "the word quarantine is new"),
        ("lists.wit", "contains:", "has:", true, "lists.contains: gone"),
        (
            "follow-up.wit",
            "review: func(matter: matter, now-ms: timestamp-ms)",
            "review: func(matter: matter)",
            true,
            "(matter, now-ms) -> (matter)",
        ),
        ("attribution.wit", "result<list<f64>, failure>", "result<list<u32>, failure>", true, "f64 -> u32"),
        ("*", "leadsman:rules@0.1.0", "leadsman:rules@0.1.7", false, ""),
        ("*", "leadsman:rules@0.1.0", "leadsman:rules@0.2.0", true, "0.1.0 -> 0.2.0"),
    ];
    for (file, from, to, breaks, told) in changes {
        let folder = tempfile::tempdir().unwrap();
        let new = changed(folder.path(), file, from, to);
        let output = run(&["wit-compat", arg(&contracts()), arg(&new)]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(if breaks { 14 } else { 0 }), "{file}: {said}");
        assert!(said.contains(told), "{file}: {told:?} in {said}");
    }
}

#[test]
fn what_is_added_beside_breaks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let new = changed(
        folder.path(),
        "calendar.wit",
        "interface calendar {",
        "interface calendar {\n    /// Which day.\n    @since(version = 0.1.0)\n    weekday: func(at-ms: s64) -> u8;\n",
    );
    let output = run(&["wit-compat", arg(&contracts()), arg(&new)]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("calendar.weekday: new"), "{}", said(&output));
}

#[test]
fn components_of_every_stage_work_under_the_contracts_that_they_were_built_for() {
    let folder = tempfile::tempdir().unwrap();
    for component in leadsman_artifacts::BUILT_IN {
        let file = folder.path().join(format!("{}.wasm", component.name));
        std::fs::write(&file, component.bytes).unwrap();
        let output = run(&["wit-compat", arg(&file), arg(&contracts())]);
        assert!(output.status.success(), "{}: {}", component.name, said(&output));
    }
}

#[test]
fn what_is_no_contract_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let files: [(&str, &[u8]); 3] = [
        ("a.wit", b"package some:thing; interface one { f: func(); }"),
        ("b.wasm", b"nothing"),
        ("d.wit", b"package some:thing;\ninterface one { f: func(; }"),
    ];
    write(folder.path(), &files);
    for (file, told) in [
        ("a.wit", "nothing of the contracts"),
        ("b.wasm", "no component"),
        ("c.wit", "cannot be read"),
        ("d.wit", "d.wit:2:"),
    ] {
        let output = run(&["wit-compat", arg(&folder.path().join(file)), arg(&contracts())]);
        assert_eq!(output.status.code(), Some(4), "{}", said(&output));
        assert!(said(&output).contains(told), "{}", said(&output));
    }
}
