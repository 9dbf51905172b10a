//! A pack is read only if it is, byte by byte, what its manifest says.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so by a panic")]

use std::collections::BTreeMap;

use leadsman_domain::limits::Limits;
use leadsman_domain::policy::PluginSource;
use proptest::prelude::*;

use super::*;

const ABOUT: &str = r#"name = "solar"
version = "1.2.0"
title = "Solar leads"
summary = "Who wants panels on the roof."
authors = ["Ann Lee <ann@example.com>"]
licence = "MIT"
"#;

fn path(text: &str) -> PackPath {
    PackPath::try_from(text.to_owned()).unwrap()
}

fn files(files: &[(&str, &str)]) -> Files {
    files.iter().map(|(name, content)| (path(name), content.as_bytes().to_vec())).collect()
}

fn some_files() -> Files {
    files(&[
        ("pack.toml", ABOUT),
        ("policy.toml", "default_pool = \"inbound\"\n"),
        ("lists/spam.txt", "win\n"),
    ])
}

fn key(seed: u8) -> SecretKey {
    SecretKey::from_pem(&SecretKey::pem_of_seed(&[seed; 32])).unwrap()
}

fn manifest(files: &Files) -> Manifest {
    Manifest::of(About::of(files).unwrap(), files, Vec::new())
}

fn solar() -> Pack {
    let files = some_files();
    Pack::build(manifest(&files), &files, Some(&key(1))).unwrap()
}

/// A pack by somebody who writes what they like, and signs it.
fn forged(manifest: &str, entries: &[(&str, &[u8])]) -> Result<Pack, Refusal> {
    let head = [("manifest.json".to_owned(), manifest.as_bytes())];
    let entries = entries.iter().map(|(name, content)| ((*name).to_owned(), *content));
    Pack::read(archive::write(head.into_iter().chain(entries)).unwrap())
}

fn entries(files: &Files) -> Vec<(String, Vec<u8>)> {
    files.iter().map(|(path, content)| (format!("files/{path}"), content.clone())).collect()
}

/// The manifest of some files, with a text replaced.
fn with(from: &str, to: &str) -> Result<Pack, Refusal> {
    let files = some_files();
    let text = String::from_utf8(manifest(&files).to_bytes().unwrap()).unwrap();
    assert!(text.contains(from), "{from:?} in {text}");
    let entries = entries(&files);
    let entries: Vec<(&str, &[u8])> =
        entries.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    forged(&text.replacen(from, to, 1), &entries)
}

#[test]
fn a_pack_comes_out_as_it_went_in_and_is_made_the_same_again() {
    let pack = solar();
    assert_eq!((pack.files(), pack.manifest().pack.to_string().as_str()), (&some_files(), "solar 1.2.0"));
    assert_eq!(pack.bytes(), solar().bytes());
    let again = Pack::read(pack.bytes().to_vec()).unwrap();
    assert_eq!((again.address(), again.files()), (pack.address(), pack.files()));
    let unsigned = Pack::build(manifest(&some_files()), &some_files(), None).unwrap();
    assert_eq!(unsigned.address(), pack.address(), "the address does not depend on who signs");
}

#[test]
fn a_pack_is_a_tar_that_others_can_read() {
    let pack = solar();
    let names: Vec<String> = tar::Archive::new(pack.bytes())
        .entries()
        .unwrap()
        .map(|entry| entry.unwrap().path().unwrap().to_str().unwrap().to_owned())
        .collect();
    let expected =
        ["manifest.json", "signature.json", "files/lists/spam.txt", "files/pack.toml", "files/policy.toml"];
    assert_eq!(names, expected);
}

#[test]
fn who_vouches_for_a_pack_is_told_and_strangers_are_not_trusted() {
    let (pack, ann, bob) = (solar(), key(1).public(), key(2).public());
    assert_eq!(pack.signer(), Ok(ann));
    assert_eq!(pack.trusted(&[bob, ann]), Ok(ann));
    assert_eq!(pack.trusted(&[bob]), Err(Distrust::Stranger(ann)));
    let unsigned = Pack::build(manifest(&some_files()), &some_files(), None).unwrap();
    assert_eq!(unsigned.trusted(&[ann]), Err(Distrust::Unsigned));

    // The signature of one pack under another, and a signature in somebody else's name.
    let other = files(&[("pack.toml", ABOUT), ("policy.toml", "default_pool = \"outbound\"\n")]);
    let written = manifest(&other).to_bytes().unwrap();
    let entries = entries(&other);
    let bytes = pack.bytes();
    let place = bytes.windows(14).position(|one| one == b"signature.json").unwrap();
    let signature = bytes[place + 512..].split_inclusive(|byte| *byte == b'}').next().unwrap();
    let signature = [signature, b"\n"].concat();
    for signature in [
        signature.clone(),
        String::from_utf8(signature).unwrap().replace(&ann.to_string(), &bob.to_string()).into_bytes(),
    ] {
        let all = [("signature.json", signature.as_slice())].into_iter();
        let all = all.chain(entries.iter().map(|(name, content)| (name.as_str(), content.as_slice())));
        let all: Vec<_> = all.collect();
        let pack = forged(std::str::from_utf8(&written).unwrap(), &all).unwrap();
        assert!(matches!(pack.trusted(&[ann, bob]), Err(Distrust::Unfitting(_))), "{:?}", pack.signer());
    }
}

#[test]
fn keys_are_read_again_and_shown_to_nobody() {
    assert_eq!(key(1).public().to_string().parse(), Ok(key(1).public()));
    for text in ["", "ed25519:", "ed25519:AAAA", "rsa:AAAA", "ed25519:!"] {
        assert_eq!(text.parse::<PublicKey>(), Err(KeyError::NotPublic), "{text}");
    }
    // Of `openssl genpkey -algorithm ed25519`.
    let openssl = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIBWjEv8FZc0xEqWZtk/CZoqU5R0m9HKpWGIHh7V0iTJ3\n-----END PRIVATE KEY-----\n";
    assert!(SecretKey::from_pem(openssl).is_ok());
    for text in ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "ed25519:AAAA"] {
        assert!(SecretKey::from_pem(text).is_err(), "{text}");
    }
}

#[test]
fn no_path_leads_out_of_the_folder_or_is_odd() {
    for odd in [
        "../policy.toml",
        "/etc/x.wasm",
        "a/../../x.wasm",
        "a//x.wasm",
        "./x.wasm",
        "a\\x.wasm",
        ".git/x.wasm",
        "lists/.x.txt",
        "c:x.wasm",
        "x\0.wasm",
        "x\n.wasm",
        "lists/spa\u{301}m.txt",
        "lists/sp\u{430}m.txt",
        "lists/\u{202e}txt.txt",
        "lists/spam .txt",
        "",
        "x.wasm.",
    ] {
        assert!(matches!(PackPath::try_from(odd.to_owned()), Err(InvalidPath::Odd(_))), "{odd:?}");
        let escaped = serde_json::to_string(odd).unwrap();
        let refused = with("\"lists/spam.txt\"", &escaped);
        assert!(matches!(refused, Err(Refusal::Manifest(_))), "{odd:?}: {refused:?}");
    }
    assert!(PackPath::try_from(format!("{}.wasm", "x".repeat(100))).is_err());
    for foreign in ["Cargo.toml", "src/lib.rs", "lists/spam.exe", "lists/a/b.txt", "cases/x.sh", "build.rs"] {
        let refused = PackPath::try_from(foreign.to_owned());
        assert!(matches!(refused, Err(InvalidPath::Foreign(_))), "{foreign}");
    }
}

#[test]
fn every_check_of_the_manifest_refuses_what_it_is_for() {
    assert!(with("solar", "solar").is_ok());
    assert_eq!(with("\"format\": 1", "\"format\": 2").unwrap_err(), Refusal::Format(2));
    for (from, to) in [
        ("\"format\": 1", "\"format\": 1, \"more\": 1"),
        ("\"format\": 1", "\"format\":1"),
        ("\"version\": \"1.2.0\"", "\"version\": \"first\""),
        ("Solar leads", "Solar\\u001b[2Jleads"),
        ("Solar leads", "Solar \\u202eleads"),
        ("\"solar\"", "\"Solar\""),
        // A file twice.
        ("\"files\": {", "\"files\": {\n    \"policy.toml\": { \"digest\": \"00\", \"bytes\": 1 },"),
    ] {
        let refused = with(from, to);
        assert!(matches!(refused, Err(Refusal::Manifest(_))), "{to}: {refused:?}");
    }
    let plugin = |source: &PluginSource| {
        let mut manifest = manifest(&some_files());
        let [serves, name, version] =
            ["scoring", "x", "1.0.0"].map(|text| Line::try_from(text.to_owned()).unwrap());
        let (reads, limits) = (Reads::default(), Limits::default());
        manifest.plugins.push(PluginRecord { serves, source: source.clone(), name, version, reads, limits });
        Pack::build(manifest, &some_files(), None)
    };
    assert!(plugin(&PluginSource::BuiltIn("points".to_owned())).is_ok());
    for source in [
        PluginSource::File("x.wasm".to_owned()),
        PluginSource::Uploaded("x@1.0.0".to_owned()),
        PluginSource::BuiltIn("\u{1b}[2J".to_owned()),
    ] {
        let refused = plugin(&source);
        assert!(matches!(refused, Err(Refusal::Plugin(_))), "{source:?}: {refused:?}");
    }
    let sizes = some_files()[&path("policy.toml")].len();
    let huge = with(&format!("\"bytes\": {sizes}"), &format!("\"bytes\": {}", u64::MAX));
    assert_eq!(huge.unwrap_err(), Refusal::Altered(path("policy.toml")));

    let built = |files: &Files| {
        let mut manifest = manifest(&some_files());
        manifest.files = Manifest::of(manifest.pack.clone(), files, Vec::new()).files;
        Pack::build(manifest, files, None)
    };
    let two = files(&[("policy.toml", ""), ("lists/a.txt", ""), ("lists/A.txt", "")]);
    assert_eq!(built(&two).unwrap_err(), Refusal::Collision(path("lists/a.txt")));
    let nested = files(&[("policy.toml", ""), ("x.wasm", ""), ("X.wasm/y.wasm", "")]);
    assert_eq!(built(&nested).unwrap_err(), Refusal::Collision(path("x.wasm")));
    assert_eq!(built(&files(&[("README.md", "")])).unwrap_err(), Refusal::NoPolicy);
    let many: Files = (0..2_001).map(|number| (path(&format!("lists/{number}.txt")), Vec::new())).collect();
    assert_eq!(built(&many).unwrap_err(), Refusal::Files(2_001));
}

#[test]
fn every_check_of_the_files_refuses_what_it_is_for() {
    let files = some_files();
    let text = String::from_utf8(manifest(&files).to_bytes().unwrap()).unwrap();
    let entries = entries(&files);
    let entries: Vec<(&str, &[u8])> =
        entries.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    assert!(forged(&text, &entries).is_ok());
    let altered = |name: &str| Refusal::Altered(path(name));
    let mut other = entries.clone();
    other[0].1 = b"WIN\n";
    assert_eq!(forged(&text, &other).unwrap_err(), altered("lists/spam.txt"));
    other[0].1 = b"win\nmore\n";
    assert_eq!(forged(&text, &other).unwrap_err(), altered("lists/spam.txt"));
    assert_eq!(forged(&text, &entries[1..]).unwrap_err(), altered("lists/spam.txt"), "missing");
    assert_eq!(forged(&text, &entries[..2]).unwrap_err(), altered("policy.toml"), "missing at the end");
    let swapped = [entries[1], entries[0], entries[2]];
    assert_eq!(forged(&text, &swapped).unwrap_err(), altered("lists/spam.txt"), "in another order");
    let more = [entries.as_slice(), &[("files/src.wasm", b"")]].concat();
    assert_eq!(forged(&text, &more).unwrap_err(), Refusal::Trailing);

    // A link in place of the first file, a setuid bit, and another name that tools would read from a PAX header.
    let bytes = forged(&text, &entries).unwrap().bytes().to_vec();
    let at = bytes.windows(20).position(|one| one == b"files/lists/spam.txt").unwrap();
    for (offset, byte) in [(156, b'2'), (156, b'x'), (156, b'5'), (101, b'4')] {
        let mut bytes = bytes.clone();
        bytes[at + offset] = byte;
        let mut header = tar::Header::new_ustar();
        header.as_mut_bytes().copy_from_slice(&bytes[at..at + 512]);
        header.set_cksum();
        bytes[at..at + 512].copy_from_slice(header.as_bytes());
        assert_eq!(Pack::read(bytes).unwrap_err(), altered("lists/spam.txt"));
    }
    for length in [0, 1, 511, 512, 600, bytes.len() - 1] {
        assert!(Pack::read(bytes[..length].to_vec()).is_err(), "cut after {length} bytes");
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert_eq!(Pack::read(longer).unwrap_err(), Refusal::Trailing);
    assert_eq!(Pack::read(b"\x1f\x8b gzip".to_vec()).unwrap_err(), Refusal::NoPack);
}

#[test]
fn what_pack_toml_lacks_is_told_with_its_place() {
    let about = |text: &str| About::of(&files(&[("pack.toml", text)])).unwrap_err().to_string();
    let missing = ABOUT.replace("licence = \"MIT\"\n", "");
    assert!(about(&missing).contains("missing field `licence`"), "{}", about(&missing));
    let version = about(&ABOUT.replace("1.2.0", "1.2"));
    assert!(version.starts_with("pack.toml:2:11: "), "{version}");
    assert!(about(&ABOUT.replace("title", "tittle")).starts_with("pack.toml:3:1: unknown field `tittle`"));
    assert!(about(&ABOUT.replace("\"solar\"", "\"Solar leads\"")).contains("small letters"));
    assert!(About::of(&Files::new()).unwrap_err().to_string().contains("no such file"));
}

#[test]
fn a_folder_gives_what_belongs_to_the_policy_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| {
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, content).unwrap();
    };
    for name in ["pack.toml", "policy.toml", "lists/spam.txt", "cases/first.toml", "README.md"] {
        write(name, name);
    }
    for name in ["Cargo.toml", "src/lib.rs", "target/x.wasm", ".env", "lists/.hidden.txt", "lists/spam.txt~"]
    {
        write(name, name);
    }
    let components = BTreeMap::from([("mine.wasm".to_owned(), b"\0asm".to_vec())]);
    let gathered = gather(folder.path(), &components).unwrap();
    let names: Vec<&str> = gathered.keys().map(PackPath::as_str).collect();
    let expected =
        ["README.md", "cases/first.toml", "lists/spam.txt", "mine.wasm", "pack.toml", "policy.toml"];
    assert_eq!(names, expected);
    write("lists/two words.txt", "");
    assert!(matches!(gather(folder.path(), &components), Err(GatherError::Path(_))));
    std::fs::remove_file(folder.path().join("lists/two words.txt")).unwrap();
    std::fs::remove_file(folder.path().join("README.md")).unwrap();
    std::os::unix::fs::symlink("/etc/hosts", folder.path().join("README.md")).unwrap();
    assert!(matches!(gather(folder.path(), &components), Err(GatherError::NotPlain(_))));
}

/// What a merge of one file ends in.
fn merged(was: Option<&str>, mine: Option<&str>, new: Option<&str>) -> (Option<String>, Vec<Conflict>) {
    let one = |text: Option<&str>| text.map(|text| files(&[("policy.toml", text)])).unwrap_or_default();
    let Merge { outcomes, conflicts } = merge(&one(was), &one(mine), &one(new));
    assert!(outcomes.len() <= 1);
    let text = match outcomes.into_iter().next() {
        None | Some((_, Outcome::Kept)) => mine.map(str::to_owned),
        Some((_, Outcome::Removed)) => None,
        Some((_, Outcome::Taken(bytes) | Outcome::Merged(bytes))) => Some(String::from_utf8(bytes).unwrap()),
    };
    (text, conflicts)
}

#[test]
fn a_merge_keeps_what_the_owner_changed_and_takes_what_the_pack_changed() {
    let (old, mine, new) = ("a\nb\nc\nd\ne\n", "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n");
    let fine = |text: Option<&str>| (text.map(str::to_owned), Vec::new());
    assert_eq!(merged(Some(old), Some(mine), Some(new)), fine(Some("A\nb\nc\nd\nE\n")));
    assert_eq!(merged(Some(old), Some(old), Some(new)), fine(Some(new)));
    assert_eq!(merged(Some(old), Some(mine), Some(old)), fine(Some(mine)));
    assert_eq!(merged(Some(old), Some(new), Some(new)), fine(Some(new)));
    assert_eq!(merged(Some(old), None, Some(old)), fine(None));
    assert_eq!(merged(Some(old), Some(old), None), fine(None));
    assert_eq!(merged(None, None, Some(new)), fine(Some(new)));
    for (was, mine, new) in
        [(Some(old), None, Some(new)), (Some(old), Some(mine), None), (None, Some(mine), Some(new))]
    {
        let (kept, conflicts) = merged(was, mine, new);
        assert_eq!(conflicts.len(), 1, "{was:?} {mine:?} {new:?}");
        assert!(mine.is_none_or(|mine| kept.unwrap().contains(mine)));
    }
}

#[test]
fn a_conflict_is_told_with_the_line_in_the_owners_file() {
    let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
    let mine = "0\n1\n2\n3\n4\n5\n6\nmine\n8\n9\n";
    let new = "1\n3\n4\n5\n6\nnew\n8\n9\n";
    let (marked, conflicts) = merged(Some(old), Some(mine), Some(new));
    let marked = marked.unwrap();
    assert_eq!(conflicts.len(), 1, "{marked}");
    assert_eq!(mine.lines().nth(conflicts[0].line.unwrap() - 1), Some("mine"));
    assert!(marked.lines().nth(conflicts[0].marked_line.unwrap() - 1).unwrap().starts_with("<<<<<<<"));
    // Text that looks like a marker is none.
    let (marked, conflicts) = merged(Some("<<<<<<<\na\n"), Some("<<<<<<<\nmine\n"), Some("<<<<<<<\nnew\n"));
    assert_eq!((conflicts[0].line, conflicts[0].marked_line), (Some(2), Some(2)), "{marked:?}");
}

#[test]
fn changes_of_a_list_never_conflict() {
    let list = |text: &str| files(&[("lists/spam.txt", text)]);
    let Merge { outcomes, conflicts } =
        merge(&list("a\nb\nc\n"), &list("a\nmine\nc\n"), &list("a\nnew\nother\nc\n"));
    assert_eq!(conflicts, []);
    assert_eq!(outcomes[0].1, Outcome::Merged(b"a\nmine\nc\nnew\nother\n".to_vec()));
}

proptest! {
    #[test]
    fn a_pack_with_any_other_byte_is_refused(place in 0_usize..1 << 20, flip in 1_u8..=255) {
        let pack = solar();
        let mut bytes = pack.bytes().to_vec();
        let place = place % bytes.len();
        bytes[place] ^= flip;
        let trusted = Pack::read(bytes).ok().and_then(|pack| pack.trusted(&[key(1).public()]).ok());
        prop_assert_eq!(trusted, None);
    }

    #[test]
    fn bytes_of_any_kind_are_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        prop_assert!(Pack::read(bytes).is_err());
    }

    #[test]
    fn whoever_changes_alone_gets_what_they_wrote(
        old in "([a-c]\n){0,12}",
        new in "([a-c]\n){0,12}",
    ) {
        let (old, new) = (Some(old.as_str()), Some(new.as_str()));
        prop_assert_eq!(merged(old, old, new), (new.map(str::to_owned), Vec::new()));
        prop_assert_eq!(merged(old, new, old), (new.map(str::to_owned), Vec::new()));
        prop_assert_eq!(merged(old, new, new), (new.map(str::to_owned), Vec::new()));
    }

    #[test]
    fn conflicts_point_at_lines_that_the_owner_has(
        old in "([a-c]\n){0,9}",
        mine in "([a-d]\n){0,9}",
        new in "([a-e]\n){0,9}",
    ) {
        let (_, conflicts) = merged(Some(&old), Some(&mine), Some(&new));
        for conflict in conflicts {
            prop_assert!(conflict.line.unwrap() <= mine.lines().count() + 1);
        }
    }
}
