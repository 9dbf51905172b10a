//! What an author goes through: a new plugin of every kind, built, told its cases in the real sandbox, and examined
//! as an upload is.

use std::path::{Path, PathBuf};
use std::process::Output;

use crate::program::{POLICY, arg, leadsman, said, write};
use crate::serve::{Server, token};

const KINDS: [&str; 5] = ["scorer", "screener", "router", "follow-up", "attributor"];

/// The projects share what they build.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("authors")
}

fn author(arguments: &[&str]) -> Output {
    leadsman().args(arguments).env("CARGO_TARGET_DIR", target()).output().unwrap()
}

fn begun(folder: &Path, kind: &str) -> PathBuf {
    begun_in(folder, kind, "rust")
}

fn begun_in(folder: &Path, kind: &str, language: &str) -> PathBuf {
    let project = folder.join(format!("{language}-{kind}"));
    let name = format!("my-{kind}");
    let output = author(&["new", kind, &name, "--lang", language, "--into", arg(&project)]);
    assert!(output.status.success(), "{}", said(&output));
    project
}

/// Takes the SDK of the source in place of the project's own, which is the same, so that it is compiled once.
fn sharing_the_sdk(project: &Path) {
    let sdk = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sdk/rust").canonicalize().unwrap();
    let manifest = std::fs::read_to_string(project.join("Cargo.toml")).unwrap();
    assert!(manifest.contains(".leadsman/sdk/rust"));
    let manifest = manifest.replace(".leadsman/sdk/rust", arg(&sdk));
    std::fs::write(project.join("Cargo.toml"), manifest).unwrap();
}

#[test]
fn a_new_plugin_of_every_kind_passes_its_cases_and_may_come_in() {
    let folder = tempfile::tempdir().unwrap();
    for kind in KINDS {
        let project = begun(folder.path(), kind);
        if kind != "scorer" {
            sharing_the_sdk(&project);
        }
        let tested = author(&["test", arg(&project), "--json"]);
        assert!(tested.status.success(), "{kind}: {}", said(&tested));
        let checked = author(&["check", arg(&project), "--json", "--no-build"]);
        assert!(checked.status.success(), "{kind}: {}", said(&checked));
        let report: serde_json::Value = serde_json::from_slice(&checked.stdout).unwrap();
        assert_eq!(report[0]["name"], format!("my-{kind}"), "{report}");
        assert_eq!(report[0]["frozen"], true, "calls start from a snapshot");
        let benched = author(&["bench", arg(&project), "--json", "--no-build"]);
        assert!(benched.status.success(), "{kind}: {}", said(&benched));
        fuel_is_found_where_it_goes(&serde_json::from_slice(&benched.stdout).unwrap());
        if kind == "scorer" {
            reaches_the_shadow(&project);
        }
    }
}

fn fuel_is_found_where_it_goes(benched: &serde_json::Value) {
    let benched = &benched[0];
    let (least, most) = (benched["fuel"][0].as_u64().unwrap(), benched["fuel"][1].as_u64().unwrap());
    assert!(0 < least && least <= most, "{benched}");
    let functions = benched["functions"].as_array().unwrap();
    let own = functions.iter().map(|function| function["own_percent"].as_f64().unwrap());
    assert!(own.clone().sum::<f64>() <= 100.1 && own.is_sorted_by(|one, other| one >= other), "{benched}");
    let name = |function: &serde_json::Value| function["name"].as_str().unwrap().to_owned();
    assert!(functions.iter().map(name).any(|name| name.contains("leadsman_sdk")), "{benched}");
}

/// A scorer goes from its project into a signed pack, into a tenant's folder, and into the shadow of a server
/// that takes leads.
fn reaches_the_shadow(project: &Path) {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    let must = |arguments: &[&str], token: &str| {
        let output = leadsman().args(arguments).env("LEADSMAN_TOKEN", token).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let about = "name = \"my-scorer\"\nversion = \"1.0.0\"\ntitle = \"Size\"\nsummary = \"Points by size.\"\n\
                 authors = [\"Ann Lee <ann@example.com>\"]\nlicence = \"MIT\"\n";
    std::fs::write(project.join("pack.toml"), about).unwrap();
    let (key, pack, crm) = (at("author.pem"), at("my-scorer.pack"), at("crm"));
    must(&["pack", "key", "new", arg(&key)], "");
    let public = must(&["pack", "key", "show", arg(&key)], "");
    must(&["pack", "build", arg(project), "--key", arg(&key), "--out", arg(&pack)], "");
    let trust = ["--trust", public.trim(), "--accept"];
    must(&[["pack", "install", arg(&pack), "--into", arg(&crm)].as_slice(), &trust].concat(), "");
    write(place.path(), &[("tenants/acme/policy.toml", POLICY.as_bytes())]);
    let admin = token(place.path(), "acme", "admin");
    let server = Server::start(place.path());
    let here = ["--server", &server.address];
    must(&[["policy", "apply", arg(&crm)].as_slice(), &here].concat(), &admin);
    let begin = ["trial", "begin", "2", "--shadow", "--why", "what would it do?"];
    must(&[begin.as_slice(), &here].concat(), &admin);
    for size in [20.0, 250.0, 5_000.0] {
        let mail = format!("ann.{size}@northwind.com");
        let lead = serde_json::json!({ "facts": { "company.size": size, "contact.email": mail } });
        assert!(server.post(&admin, "/v1/leads", &lead).0 < 300);
    }
    let show = [["trial", "show"].as_slice(), &here].concat();
    let looked = |told: &str| told.lines().any(|line| line.split_whitespace().eq(["looked", "3"]));
    assert!((0..500).any(|_| looked(&must(&show, &admin))), "the shadow looks at every lead");
}

#[test]
fn a_first_scorer_takes_less_than_thirty_lines() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sdk/new/rust/scorer/src/lib.rs");
    let source = std::fs::read_to_string(source).unwrap();
    let code = source.lines().take_while(|line| !line.contains("cfg(test)"));
    let code = code.filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with("//"));
    assert!(code.count() < 30);
}

#[test]
fn the_plugins_own_tests_pass() {
    let folder = tempfile::tempdir().unwrap();
    for kind in KINDS {
        let project = begun(folder.path(), kind);
        sharing_the_sdk(&project);
        let tested = std::process::Command::new(env!("CARGO"))
            .current_dir(&project)
            .args(["test", "--quiet", "--target-dir", arg(&target())])
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env_remove("RUSTFLAGS")
            .output()
            .unwrap();
        assert!(tested.status.success(), "{kind}: {}", said(&tested));
    }
}

/// JavaScript and Python take packages of npm and PyPI; `sdk/check.sh` says that they may.
pub fn may_take_packages() -> bool {
    let may = std::env::var_os("LEADSMAN_LANGUAGES").is_some();
    if !may {
        eprintln!("SKIPPED: run sdk/check.sh, or set LEADSMAN_LANGUAGES, to take packages of npm and PyPI");
    }
    may
}

/// Every kind of plugin in a language passes its cases and its own tests. What was installed for the first is used
/// for the others.
fn every_kind_passes(language: &str, installed: &str, own_tests: &[&str]) {
    if !may_take_packages() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for kind in KINDS {
        let project = begun_in(folder.path(), kind, language);
        if kind != KINDS[0] {
            let first = folder.path().join(format!("{language}-{}", KINDS[0]));
            std::os::unix::fs::symlink(first.join(installed), project.join(installed)).unwrap();
        }
        let tested = author(&["test", arg(&project)]);
        assert!(tested.status.success(), "{kind} in {language}: {}", said(&tested));
        let checked = author(&["check", arg(&project), "--no-build"]);
        assert!(checked.status.success(), "{kind} in {language}: {}", said(&checked));
        let (program, arguments) = own_tests.split_first().unwrap();
        let own = std::process::Command::new(program).args(arguments).current_dir(&project).output().unwrap();
        assert!(own.status.success(), "{kind} in {language}: {}", said(&own));
    }
    let scorer = folder.path().join(format!("{language}-scorer"));
    let benched = author(&["bench", arg(&scorer), "--no-build"]);
    assert!(benched.status.success(), "{}", said(&benched));
    reaches_the_shadow(&scorer);
}

#[test]
fn a_new_plugin_of_every_kind_passes_in_javascript() {
    every_kind_passes("js", "node_modules", &["node", "--test", "tests/"]);
}

#[test]
fn a_new_plugin_of_every_kind_passes_in_typescript() {
    every_kind_passes("ts", "node_modules", &["npm", "test"]);
}

#[test]
fn a_plugin_in_typescript_whose_types_do_not_fit_is_not_built() {
    if !may_take_packages() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let project = begun_in(folder.path(), "scorer", "ts");
    let source = std::fs::read_to_string(project.join("src/plugin.ts")).unwrap();
    std::fs::write(project.join("src/plugin.ts"), source.replace("this.config.big", "this.config.large"))
        .unwrap();
    let refused = author(&["build", arg(&project)]);
    assert_eq!(refused.status.code(), Some(12), "{}", said(&refused));
    for part in ["src/plugin.ts(17,", "Property 'large' does not exist", "could not build"] {
        assert!(said(&refused).contains(part), "{part:?} in {}", said(&refused));
    }
}

#[test]
fn a_plugin_in_another_language_that_throws_says_on_which_line() {
    if !may_take_packages() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mistakes = [
        (
            "js",
            "src/plugin.js",
            "lead.facts.size >= this.config.big",
            "lead.nothing.size > 5",
            ", at src/plugin.js:10",
        ),
        ("ts", "src/plugin.ts", "this.config.big", "(this as any).nothing.big", ", at src/plugin.ts:17"),
        ("python", "src/plugin.py", "self.config[\"big\"]", "self.nothing", ", at plugin.py:17"),
    ];
    for (language, file, right, wrong, place) in mistakes {
        let project = begun_in(folder.path(), "scorer", language);
        let source = std::fs::read_to_string(project.join(file)).unwrap();
        assert!(source.contains(right), "{source}");
        std::fs::write(project.join(file), source.replace(right, wrong)).unwrap();
        let tested = author(&["test", arg(&project)]);
        assert_eq!(tested.status.code(), Some(10), "{language}: {}", said(&tested));
        assert!(said(&tested).contains(place), "{language}: {}", said(&tested));
    }
}

#[test]
fn a_new_plugin_of_every_kind_passes_in_python() {
    every_kind_passes("python", ".venv", &[".venv/bin/python", "-m", "unittest", "discover", "tests"]);
}

#[test]
fn mistakes_are_told_with_their_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |arguments: &[&str], code: i32, told: &str| {
        let output = author(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains(told), "{arguments:?}: {}", said(&output));
    };
    refused(&["new", "scorer", "My Rules"], 2, "begins with a letter");
    refused(&["new", "scorer", "rules", "--into", arg(folder.path())], 4, "is there already");
    refused(&["build", arg(folder.path())], 4, "there is nothing to build");
    refused(&["build", arg(&folder.path().join("nowhere"))], 4, "there is no folder");
    let project = begun(folder.path(), "scorer");
    sharing_the_sdk(&project);
    std::fs::remove_dir_all(project.join("cases")).unwrap();
    let policy = std::fs::read_to_string(project.join("policy.toml")).unwrap();
    std::fs::write(project.join("policy.toml"), policy.replace("big = 100", "bg = 100")).unwrap();
    refused(&["check", arg(&project)], 3, "policy.toml:6:");
    std::fs::write(project.join("policy.toml"), &policy).unwrap();
    refused(&["test", arg(&project)], 4, "write them into cases/*.toml");
    let source = std::fs::read_to_string(project.join("src/lib.rs")).unwrap();
    std::fs::write(project.join("src/lib.rs"), source.replace("20.0", "twenty")).unwrap();
    refused(&["build", arg(&project)], 12, "cannot find value `twenty`");
    let without_cargo = leadsman().args(["build", arg(&project)]).env("PATH", "/nowhere").output().unwrap();
    assert_eq!(without_cargo.status.code(), Some(11), "{}", said(&without_cargo));
    assert!(
        said(&without_cargo).contains("there is no cargo here: install it with `curl https://sh.rustup.rs")
    );
}
