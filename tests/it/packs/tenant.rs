//! What a tenant does with a pack: nothing of it comes in unseen.

use leadsman_pack::{Manifest, Pack, SecretKey};
use proptest::prelude::*;
use serde_json::json;

use super::Author;
use crate::program::{LEADS, arg, json, run, said};
use crate::serve::{Server, token};

#[test]
fn a_pack_that_was_accepted_is_a_policy_that_decides() {
    let author = Author::new();
    let pack = author.build("1.0.0");
    let (code, words) = author.install(&pack, &["--accept"]);
    assert_eq!(code, Some(0), "{words}");
    for line in ["pools[inbound].allocation: round-robin", "company.size", "which is trusted", "policy apply"]
    {
        assert!(words.contains(line), "{line:?} in\n{words}");
    }
    let files: Vec<String> = author.tenant().into_keys().collect();
    assert_eq!(files, ["README.md", "lists/spam.txt", "pack.toml", "policy.toml", "raw.wasm"]);
    author.write(&[("leads.csv", LEADS.as_bytes())]);
    let (leads, tenant) = (author.path("leads.csv"), author.path("tenant"));
    let report = json(&["run", arg(&leads), "--policy", arg(&tenant), "--json"]);
    assert_eq!(report["grades"], json!({ "A": 1, "B": 2 }), "{report}");
    let data = author.path("data");
    let applied = json(&["policy", "apply", arg(&tenant), "--data", arg(&data), "--json"]);
    assert_eq!(applied["revision"], 1);
}

#[test]
fn nothing_is_written_that_was_not_accepted_or_that_nobody_trusted_signed() {
    let author = Author::new();
    let pack = author.build("1.0.0");
    let (code, words) = author.install(&pack, &[]);
    assert!(code == Some(13) && words.contains("--accept") && words.contains("company.size"), "{words}");
    assert!(!author.path("tenant").exists());

    let stranger = Author::new();
    let into = author.path("tenant");
    let try_with = |more: &[&str]| {
        let output =
            run(&[&["pack", "install", arg(&pack), "--into", arg(&into), "--accept"], more].concat());
        (output.status.code(), said(&output))
    };
    let (code, words) = try_with(&["--trust", &stranger.key]);
    assert!(code == Some(13) && words.contains("nobody here trusts"), "{words}");
    assert!(words.contains(&author.key) && !into.exists(), "{words}");
    let (code, words) = try_with(&["--trust", "ed25519:nonsense"]);
    assert!(code == Some(2) && words.contains("no public key"), "{words}");
    author.write(&[("friends", format!("# Ann\n{}\n", author.key).as_bytes())]);
    let (code, words) = try_with(&["--trust", arg(&author.path("friends"))]);
    assert_eq!(code, Some(0), "{words}");
    let (code, words) = author.install(&pack, &["--accept"]);
    assert_eq!(code, Some(0), "the same again: {words}");
}

#[test]
fn an_unsigned_pack_and_a_folder_of_something_else_are_refused() {
    let author = Author::new();
    author.build("1.0.0");
    let (source, pack) = (author.path("source"), author.path("unsigned.pack"));
    json(&["pack", "build", arg(&source), "--out", arg(&pack), "--json"]);
    let verified = run(&["pack", "verify", arg(&pack)]);
    assert_eq!(verified.status.code(), Some(13), "{}", said(&verified));
    let (code, words) = author.install(&pack, &["--accept"]);
    assert!(code == Some(13) && words.contains("not signed") && words.contains("--unsigned"), "{words}");
    author.write(&[("tenant/notes.txt", b"mine")]);
    let (code, words) = author.install(&pack, &["--accept", "--unsigned"]);
    assert!(code == Some(2) && words.contains("is not empty"), "{words}");
    assert_eq!(author.tenant().len(), 1);
    std::fs::remove_file(author.path("tenant/notes.txt")).unwrap();
    let (code, words) = author.install(&pack, &["--accept", "--unsigned"]);
    assert_eq!(code, Some(0), "{words}");
}

#[test]
fn a_pack_that_was_altered_is_taken_on_no_terms() {
    let author = Author::new();
    let pack = author.build("1.0.0");
    let mut bytes = std::fs::read(&pack).unwrap();
    let signature = b"\"signature\": \"";
    let at = bytes.windows(signature.len()).position(|window| window == signature).unwrap() + signature.len();
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    std::fs::write(&pack, bytes).unwrap();
    let (code, words) = author.install(&pack, &["--accept", "--unsigned"]);
    assert!(code == Some(13) && words.contains("was altered") && !words.contains("--unsigned"), "{words}");
    assert!(!author.path("tenant").exists());
}

#[test]
fn whom_nobody_names_is_not_trusted() {
    let author = Author::new();
    let pack = author.build("1.0.0");
    author.write(&[("none.txt", b"# nobody yet\n"), ("odd.txt", b"\nnokey\n")]);
    for (trusted, told) in
        [("none.txt", "none.txt holds no key"), ("odd.txt", "odd.txt:2"), ("gone.txt", "there is no file")]
    {
        let output = run(&["pack", "verify", arg(&pack), "--trust", arg(&author.path(trusted))]);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains(told), "{}", said(&output));
    }
}

#[test]
fn a_pack_that_hides_what_its_plugins_read_is_refused_though_it_is_signed() {
    let author = Author::new();
    let pack = author.build("1.0.0");
    let honest = Pack::read(std::fs::read(&pack).unwrap()).unwrap();
    let key = SecretKey::from_pem(&author.read("author.pem")).unwrap();
    let mut manifest: Manifest = honest.manifest().clone();
    let raw = manifest.plugins.iter_mut().find(|one| one.name.as_str() == "raw").unwrap();
    raw.limits.fuel = 1_000;
    let lying = Pack::build(manifest, honest.files(), Some(&key)).unwrap();
    std::fs::write(&pack, lying.bytes()).unwrap();
    let (code, words) = author.install(&pack, &["--accept"]);
    assert!(code == Some(13) && words.contains("something else than the pack says"), "{words}");
    assert!(!author.path("tenant").exists());
}

#[test]
fn a_pack_whose_policy_has_problems_is_refused() {
    let author = Author::new();
    let honest = Pack::read(std::fs::read(author.build("1.0.0")).unwrap()).unwrap();
    let key = SecretKey::from_pem(&author.read("author.pem")).unwrap();
    let mut files = honest.files().clone();
    for (path, content) in &mut files {
        if path.as_str() == "raw.wasm" {
            *content = b"\0asm\x0d\0\x01\0".to_vec();
        }
    }
    let manifest = Manifest::of(honest.manifest().pack.clone(), &files, honest.manifest().plugins.clone());
    let pack = author.path("empty.pack");
    std::fs::write(&pack, Pack::build(manifest, &files, Some(&key)).unwrap().bytes()).unwrap();
    let (code, words) = author.install(&pack, &["--accept"]);
    assert!(code == Some(3) && words.contains("raw.wasm"), "{words}");
    assert!(!author.path("tenant").exists());
}

#[test]
fn a_policy_is_sent_to_a_server_with_the_components_that_it_brings() {
    let author = Author::new();
    assert_eq!(author.install(&author.build("1.0.0"), &["--accept"]).0, Some(0));
    author.write(&[("tenants/acme/policy.toml", crate::program::POLICY.as_bytes())]);
    let admin = token(author.folder.path(), "acme", "admin");
    let server = Server::start(author.folder.path());
    let tenant = author.path("tenant");
    let apply = || {
        let arguments = ["policy", "apply", arg(&tenant), "--server", &server.address, "--json"];
        let output =
            crate::program::leadsman().args(arguments).env("LEADSMAN_TOKEN", &admin).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
    };
    let applied = apply();
    assert_eq!((&applied["revision"], &applied["new"]), (&json!(2), &json!(true)), "{applied}");
    assert_eq!(server.get(&admin, "/v1/plugins").1[0]["label"], "raw@1.0.0");
    assert_eq!(apply()["new"], json!(false), "the same again is known");
    let begin =
        ["trial", "begin", "2", "--shadow", "--server", &server.address, "--why", "what would it do?"];
    let begun = crate::program::leadsman().args(begin).env("LEADSMAN_TOKEN", &admin).output().unwrap();
    assert!(begun.status.success(), "{}", said(&begun));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn no_flipped_byte_gets_past_the_door(place in any::<prop::sample::Index>(), bit in 0_u8..8) {
        static BUILT: std::sync::OnceLock<(Author, Vec<u8>)> = std::sync::OnceLock::new();
        let (author, bytes) = BUILT.get_or_init(|| {
            let author = Author::new();
            let bytes = std::fs::read(author.build("1.0.0")).unwrap();
            (author, bytes)
        });
        let mut bytes = bytes.clone();
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        let altered = author.path("altered.pack");
        std::fs::write(&altered, &bytes).unwrap();
        let (code, words) = author.install(&altered, &["--accept"]);
        prop_assert!(matches!(code, Some(4 | 13)), "{:?} {}", code, words);
        prop_assert!(!author.path("tenant").exists());
    }
}
