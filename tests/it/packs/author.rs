//! What an author does: keys, builds, and what is refused before anybody sees it.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use super::Author;
use crate::program::{arg, run, said};

#[test]
fn a_secret_key_is_private_never_written_over_and_shows_its_public_one() {
    let author = Author::new();
    let file = author.path("author.pem");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let shown = run(&["pack", "key", "show", arg(&file)]);
    assert_eq!(String::from_utf8(shown.stdout).unwrap().trim(), author.key);
    let before = author.read("author.pem");
    assert!(before.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    let again = run(&["pack", "key", "new", arg(&file)]);
    assert_eq!(
        (again.status.code(), author.read("author.pem")),
        (Some(1), before.clone()),
        "{}",
        said(&again)
    );
    author.build("1.0.0");
    let over = run(&["pack", "build", arg(&author.path("source")), "--out", arg(&file)]);
    assert_eq!((over.status.code(), author.read("author.pem")), (Some(4), before), "{}", said(&over));
}

#[test]
fn the_same_folder_and_key_make_the_same_pack_which_tells_what_it_reads() {
    let author = Author::new();
    let first = std::fs::read(author.build("1.0.0")).unwrap();
    let pack = author.build("1.0.0");
    assert_eq!(std::fs::read(&pack).unwrap(), first);
    let told = author.verify(&pack);
    assert_eq!((&told["signed_by"], &told["trusted"]), (&json!(author.key), &json!(true)));
    assert_eq!(told["pack"]["version"], "1.0.0");
    let files: Vec<&String> = told["files"].as_object().unwrap().keys().collect();
    assert_eq!(files, ["README.md", "lists/spam.txt", "pack.toml", "policy.toml", "raw.wasm"]);
    let plugins = told["plugins"].as_array().unwrap();
    let points = plugins.iter().find(|one| one["name"] == "points").unwrap();
    assert_eq!(points["reads"]["attributes"], json!(["company.size"]));
    let raw = plugins.iter().find(|one| one["name"] == "raw").unwrap();
    assert_eq!((&raw["serves"], &raw["source"]), (&json!("scoring"), &json!({ "file": "raw.wasm" })));
    assert_eq!(raw["limits"]["fuel"], 30_000_000);
    let words = said(&run(&["pack", "verify", arg(&pack)]));
    for line in [
        "solar 1.0.0  Solar leads",
        &format!("signed   by {}", author.key),
        "pools[inbound].allocation: round-robin",
        "scoring: raw 1.0.0, which the pack brings as raw.wasm",
        "at most 30000000 fuel (usual: 20000000)",
        "spam",
    ] {
        assert!(words.contains(line), "{line:?} in\n{words}");
    }
}

#[test]
fn a_pack_whose_cases_fail_is_not_signed() {
    let author = Author::new();
    let case = |score: u32| {
        let facts = "facts = { \"company.size\" = 500, \"contact.email\" = \"ann@northwind.com\" }";
        format!(
            "[[case]]\nname = \"a large one\"\n{facts}\n[case.expect]\nscore = {score}\n\n\
             [[case]]\nname = \"the same again\"\n{facts}\n[case.expect]\nscore = 30\n"
        )
    };
    author.write(&[("source/cases/large.toml", case(30).as_bytes())]);
    let pack = author.build("1.0.0");
    assert_eq!(author.verify(&pack)["cases"], 2);
    author.write(&[("source/cases/large.toml", case(31).as_bytes())]);
    let (source, key, out) = (author.path("source"), author.path("author.pem"), author.path("other.pack"));
    let build = ["pack", "build", arg(&source), "--key", arg(&key), "--out", arg(&out)];
    let refused = run(&build);
    assert_eq!((refused.status.code(), out.exists()), (Some(10), false), "{}", said(&refused));
    for part in
        ["1 of 2 cases", "a large one: ", "cases/large.toml:5:", "expected the score 31", "--skip-cases"]
    {
        assert!(said(&refused).contains(part), "{part:?} in {}", said(&refused));
    }
    let skipped = run(&[build.as_slice(), &["--skip-cases"]].concat());
    assert!(skipped.status.success() && said(&skipped).contains("cases    2"), "{}", said(&skipped));
    author.write(&[("source/cases/large.toml", b"[[case]]\nnme = 1\n")]);
    let unreadable = run(&build);
    assert_eq!(unreadable.status.code(), Some(4), "{}", said(&unreadable));
    assert!(said(&unreadable).contains("the cases have problems"), "{}", said(&unreadable));
}

#[test]
fn a_folder_with_problems_makes_no_pack_and_each_is_told_with_its_place() {
    let author = Author::new();
    let (source, out) = (author.path("source"), author.path("solar.pack"));
    let build = || {
        let output = run(&["pack", "build", arg(&source), "--out", arg(&out)]);
        assert!(!out.exists());
        (output.status.code(), said(&output))
    };
    let (code, words) = build();
    assert!(code == Some(4) && words.contains("pack.toml: there is no such file"), "{words}");
    author.write(&[("source/pack.toml", b"name = \"Solar Leads\"\n")]);
    let (code, words) = build();
    assert!(code == Some(4) && words.contains("pack.toml:1:8: a pack's name has small letters"), "{words}");
    author.write(&[("source/pack.toml", super::about("1.0.0").as_bytes())]);
    author.edit("source/policy.toml", "points = 30", "pionts = 30");
    let (code, words) = build();
    assert!(code == Some(3) && words.contains("policy.toml:"), "{words}");
    author.edit("source/policy.toml", "pionts = 30", "points = 30");
    author.write(&[("source/cases/two words.toml", b"")]);
    let (code, words) = build();
    assert!(code == Some(4) && words.contains("\"cases/two words.toml\" is no path of a pack"), "{words}");
}
