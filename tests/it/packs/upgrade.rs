//! A newer pack comes into a folder that its owner changed.

use serde_json::json;

use super::Author;
use crate::program::{arg, json, run, said};

/// A tenant who has the first version and made changes: a rep of their own, a list longer, another list.
fn tenant() -> Author {
    let author = Author::new();
    let (code, words) = author.install(&author.build("1.0.0"), &["--accept"]);
    assert_eq!(code, Some(0), "{words}");
    author.edit("tenant/policy.toml", "id = \"bob\"", "id = \"bob\"\n[[reps]]\nid = \"cleo\"");
    author.edit("tenant/lists/spam.txt", "lottery\n", "lottery\nprize\n");
    author.write(&[("tenant/lists/ours.txt", b"rival\n"), ("tenant/notes.md", b"mine")]);
    author
}

#[test]
fn an_upgrade_shows_the_policy_diff_and_keeps_what_the_tenant_changed() {
    let author = tenant();
    author.edit("source/policy.toml", "points = 30", "points = 40");
    author.edit("source/lists/spam.txt", "casino\n", "bitcoin\ncasino\n");
    author.write(&[("source/lists/more.txt", b"more\n")]);
    std::fs::remove_file(author.path("source/README.md")).unwrap();
    let pack = author.build("1.1.0");
    let before = author.tenant();
    let (code, words) = author.install(&pack, &[]);
    assert_eq!((code, author.tenant()), (Some(13), before), "{words}");
    for line in [
        "It upgrades solar 1.0.0",
        "scoring[points].configuration.rules[large].points: 30 -> 40",
        "lists.spam: 1 added (bitcoin)",
        "policy.toml: changes of both",
        "lists/more.txt: as the newer pack has it",
        "README.md: goes",
    ] {
        assert!(words.contains(line), "{line:?} in\n{words}");
    }
    assert!(!words.contains("cleo"), "what the tenant changed is no news to them: {words}");
    let (code, words) = author.install(&pack, &["--accept"]);
    assert_eq!(code, Some(0), "{words}");
    let policy = author.read("tenant/policy.toml");
    assert!(policy.contains("points = 40") && policy.contains("cleo"), "{policy}");
    assert_eq!(author.read("tenant/lists/spam.txt"), "bitcoin\ncasino\nlottery\nprize\n");
    assert_eq!(
        (author.read("tenant/lists/ours.txt"), author.read("tenant/notes.md")),
        ("rival\n".into(), "mine".into())
    );
    assert!(!author.path("tenant/README.md").exists());
    json(&["policy", "check", arg(&author.path("tenant")), "--json"]);

    // The next one begins where this one ended.
    author.edit("source/policy.toml", "points = 40", "points = 50");
    let into = author.path("tenant");
    let pack = author.build("1.2.0");
    let report = json(&[
        "pack",
        "install",
        arg(&pack),
        "--into",
        arg(&into),
        "--trust",
        &author.key,
        "--accept",
        "--json",
    ]);
    assert_eq!((&report["from"]["version"], &report["installed"]), (&json!("1.1.0"), &json!(true)));
    let expected = json!({ "lists/spam.txt": "kept", "pack.toml": "taken", "policy.toml": "merged" });
    assert_eq!(report["files"], expected, "{report:#}");
    assert_eq!(report["differences"].as_array().unwrap().len(), 1, "{report:#}");
    assert!(author.read("tenant/policy.toml").contains("cleo"));

    // Back again is told, and the tenant's own stay all the same.
    let (code, words) = author.install(&author.path("solar-1.1.0.pack"), &["--accept"]);
    assert!(code == Some(0) && words.contains("version 1.1.0 is older than 1.2.0"), "{words}");
    let policy = author.read("tenant/policy.toml");
    assert!(policy.contains("points = 40") && policy.contains("cleo"), "{policy}");
}

#[test]
fn a_conflict_is_told_with_file_and_line_and_changes_nothing_unless_markers_are_asked_for() {
    let author = tenant();
    author.edit("tenant/policy.toml", "points = 30", "points = 35");
    author.edit("source/policy.toml", "points = 30", "points = 40");
    let pack = author.build("2.0.0");
    let before = author.tenant();
    let (code, words) = author.install(&pack, &["--accept"]);
    assert_eq!((code, author.tenant()), (Some(1), before), "{words}");
    let text = author.read("tenant/policy.toml");
    let line = text.lines().position(|line| line.contains("points = 35")).unwrap() + 1;
    let place = format!("{}:{line}: it was changed here", arg(&author.path("tenant/policy.toml")));
    assert!(words.contains(&place), "{place:?} in\n{words}");
    assert!(words.contains("1 conflicts, nothing was changed"), "{words}");
    let (_, sides) = words.split_once("here:").unwrap();
    let (here, newer) = sides.split_once("in the newer pack:").unwrap();
    assert!(here.contains("points = 35") && newer.contains("points = 40"), "{words}");

    let (code, words) = author.install(&pack, &["--accept", "--markers"]);
    assert!(code == Some(1) && words.contains("to mend by hand"), "{words}");
    let text = author.read("tenant/policy.toml");
    for part in ["<<<<<<<", "points = 35", "=======", "points = 40", ">>>>>>>", "cleo"] {
        assert!(text.contains(part), "{part:?} in\n{text}");
    }
    let open = run(&["policy", "check", arg(&author.path("tenant"))]);
    let line = text.lines().position(|line| line.starts_with("<<<<<<<")).unwrap() + 1;
    let told = format!("an upgrade left a conflict at line {line}");
    assert!(open.status.code() == Some(3) && said(&open).contains(&told), "{}", said(&open));
    let mended: String = text
        .split_inclusive('\n')
        .filter(|line| !["<<<<<<<", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark)))
        .filter(|line| !line.contains("points = 40"))
        .collect();
    author.write(&[("tenant/policy.toml", mended.as_bytes())]);
    let (code, words) = author.install(&pack, &["--accept"]);
    assert!(code == Some(0) && author.read("tenant/policy.toml").contains("points = 35"), "{words}");
}

#[test]
fn an_upgrade_after_which_the_policy_would_not_be_sound_changes_nothing() {
    let author = tenant();
    author.edit(
        "tenant/policy.toml",
        "[[pools]]\nid = \"inbound\"",
        "[[pools]]\nid = \"ours\"\n\n[[pools]]\nid = \"inbound\"",
    );
    author.edit("tenant/policy.toml", "[grading]", "[[dispatch]]\nplugin = \"rule-table\"\nconfig = { rules = [{ name = \"x\", to = { rep = \"bob\" } }] }\n\n[grading]");
    author.edit("source/policy.toml", "[[reps]]\nid = \"bob\"\n", "");
    let before = author.tenant();
    let (code, words) = author.install(&author.build("2.0.0"), &["--accept"]);
    assert_eq!(author.tenant(), before, "{words}");
    assert!(matches!(code, Some(1 | 3)) && words.contains("nothing was changed"), "{words}");
}

#[test]
fn a_component_that_the_tenant_still_names_is_not_taken_away() {
    let author = tenant();
    author.edit(
        "source/policy.toml",
        "[[scoring]]\npath = \"raw.wasm\"\nlimits = { fuel = 30_000_000 }\n",
        "",
    );
    author.edit(
        "tenant/policy.toml",
        "[import]",
        "[[attribution]]\nscenario = \"business\"\nplugin = \"attribution\"\nconfig = { model = \"linear\" }\n\n[import]",
    );
    author.edit(
        "tenant/policy.toml",
        "plugin = \"round-robin\"",
        "plugin = \"round-robin\"\nlimits = { fuel = 20_000_001 }",
    );
    let (code, words) = author.install(&author.build("2.0.0"), &["--accept"]);
    assert!(code == Some(0) && !author.path("tenant/raw.wasm").exists(), "{words}");

    let author = tenant();
    author.edit("tenant/policy.toml", "[grading]", "[[scoring]]\npath = \"raw.wasm\"\n\n[grading]");
    author.edit("source/policy.toml", "path = \"raw.wasm\"", "path = \"new.wasm\"");
    std::fs::rename(author.path("source/raw.wasm"), author.path("source/new.wasm")).unwrap();
    let before = author.tenant();
    let (code, words) = author.install(&author.build("2.0.0"), &["--accept"]);
    assert_eq!((code, author.tenant()), (Some(3), before), "{words}");
    assert!(words.contains("names raw.wasm, which the newer pack has no more"), "{words}");
}

#[test]
fn what_a_newer_pack_reads_besides_and_who_else_signed_it_is_told() {
    let author = tenant();
    let rule =
        "{ name = \"roofs\", points = 1, when = { attribute = \"company.industry\", is = \"roofs\" } }";
    author.edit("source/policy.toml", "rules = [", &format!("rules = [{rule}, "));
    let pack = author.build("1.1.0");
    let (code, words) = author.install(&pack, &[]);
    assert!(
        code == Some(13) && words.contains("scoring: points now reads company.industry as well"),
        "{words}"
    );
    assert!(!words.contains("raw now reads") && !words.contains("was signed by"), "{words}");
    let source = author.path("source");
    json(&["pack", "build", arg(&source), "--out", arg(&pack), "--json"]);
    let (code, words) = author.install(&pack, &["--unsigned"]);
    let note = format!("the pack that is there was signed by {}, and this one was not", author.key);
    assert!(code == Some(13) && words.contains(&note), "{words}");
}

#[test]
fn another_pack_is_no_upgrade() {
    let author = tenant();
    author.build("1.0.0");
    author.edit("source/pack.toml", "\"solar\"", "\"lunar\"");
    let (source, key, out) = (author.path("source"), author.path("author.pem"), author.path("lunar.pack"));
    json(&["pack", "build", arg(&source), "--key", arg(&key), "--out", arg(&out), "--json"]);
    let (code, words) = author.install(&out, &["--accept"]);
    assert!(code == Some(2) && words.contains("has the pack solar, and this is lunar"), "{words}");
}

#[test]
fn an_upgrade_that_was_cut_short_is_carried_out_by_the_next_command() {
    let author = tenant();
    author.edit("source/policy.toml", "points = 30", "points = 40");
    let newer = author.build("1.1.0");
    // What another folder ends as.
    let whole = author.path("whole");
    let copied = std::process::Command::new("cp").arg("-r").arg(author.path("tenant")).arg(&whole).status();
    assert!(copied.unwrap().success());
    let trust = ["--trust", &author.key, "--accept"];
    let output = run(&[&["pack", "install", arg(&newer), "--into", arg(&whole)], trust.as_slice()].concat());
    assert!(output.status.success());
    // Laid down, with one file put in place before the end.
    let read = |name: &str| std::fs::read(whole.join(name)).unwrap();
    author.write(&[
        (
            "tenant/.pack/upgrade/plan.json",
            br#"{ "write": ["policy.toml", "pack.toml"], "remove": ["README.md"] }"#,
        ),
        ("tenant/.pack/upgrade/files/policy.toml", &read("policy.toml")),
        ("tenant/.pack/upgrade/installed.pack", &read(".pack/installed.pack")),
        ("tenant/.pack/upgrade/origin.json", &read(".pack/origin.json")),
        ("tenant/pack.toml", &read("pack.toml")),
    ]);
    let (code, words) = author.install(&newer, &["--accept"]);
    assert!(code == Some(0) && words.contains("It upgrades solar 1.1.0"), "{words}");
    assert!(author.read("tenant/policy.toml").contains("points = 40"));
    assert!(!author.path("tenant/README.md").exists() && !author.path("tenant/.pack/upgrade").exists());

    // One that was not laid down to the end is no upgrade, and of one that was carried out nothing is left.
    author.write(&[
        ("tenant/.pack/upgrade.unfinished/files/policy.toml", b"nonsense"),
        ("tenant/.pack/upgrade/files/left", b""),
    ]);
    let (code, words) = author.install(&newer, &["--accept"]);
    assert!(code == Some(0) && author.read("tenant/policy.toml").contains("points = 40"), "{words}");
    assert!(!author.path("tenant/.pack/upgrade.unfinished").exists());
    assert!(!author.path("tenant/.pack/upgrade").exists());
}
