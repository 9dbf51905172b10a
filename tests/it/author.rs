//! An author's first scorer: built with plain cargo, named in a policy, and run.

use std::path::Path;
use std::process::Command;

use crate::program::{LEADS, POLICY, arg, json, write};

#[test]
fn a_first_scorer_builds_with_plain_cargo_and_runs() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sdk/rust/examples/first-scorer");
    let source = std::fs::read_to_string(example.join("src/lib.rs")).unwrap();
    let code = source.lines().take_while(|line| !line.contains("cfg(test)"));
    let code = code.filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with("//"));
    assert!(code.count() < 30, "a first scorer takes less than 30 lines");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("first-scorer");
    let built = Command::new(env!("CARGO"))
        .current_dir(&example)
        .args(["build", "--quiet", "--target", "wasm32-wasip2", "--release", "--target-dir", arg(&target)])
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("RUSTFLAGS")
        .status();
    assert!(built.unwrap().success());
    let component = std::fs::read(target.join("wasm32-wasip2/release/first_scorer.wasm")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let begin = POLICY.find("[[scoring]]").unwrap();
    let end = POLICY.find("[grading]").unwrap();
    let scoring = "[[scoring]]\npath = \"first_scorer.wasm\"\nconfig = { big = 100 }\n\n";
    let policy = format!("{}{scoring}{}", &POLICY[..begin], &POLICY[end..]);
    let files: [(&str, &[u8]); 3] = [
        ("policy/policy.toml", policy.as_bytes()),
        ("policy/first_scorer.wasm", &component),
        ("leads.csv", LEADS.as_bytes()),
    ];
    write(folder.path(), &files);
    let report = json(&[
        "run",
        arg(&folder.path().join("leads.csv")),
        "--policy",
        arg(&folder.path().join("policy")),
        "--json",
    ]);
    assert_eq!(report["grades"], serde_json::json!({ "A": 1, "B": 2 }), "{report}");
}
