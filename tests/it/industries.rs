//! The packs that ship with Leadsman: each one's plugin is built and tested as an author would, its policy
//! checks, its cases pass and make every rule fire, and its simulated month is the one that its README tells.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::program::{arg, json, leadsman, run, said};

/// Where a pack lies, from the top.
const PACKS: &str = "plugins/packs";

/// Runs cargo in a pack's folder; all packs share what is built of the SDK.
fn cargo(folder: &Path, arguments: &[&str]) -> Output {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("packs");
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(folder).args(arguments).args(["--quiet", "--target-dir", arg(&target)]);
    for name in ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS"] {
        command.env_remove(name);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}: {arguments:?}: {}", folder.display(), said(&output));
    output
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let is_source = !["target", "src"].iter().any(|skipped| name == *skipped);
        if path.is_dir() && is_source {
            copy(&path, &to.join(name));
        } else if path.is_file() {
            std::fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

/// A pack in a folder of its own, with its component.
struct Pack {
    top: tempfile::TempDir,
    name: &'static str,
}

impl Pack {
    fn built(name: &'static str, plugin: &str) -> Self {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(PACKS).join(name);
        cargo(&source, &["test"]);
        cargo(&source, &["build", "--release", "--target", "wasm32-wasip2"]);
        let pack = Self { top: tempfile::tempdir().unwrap(), name };
        copy(&source, &pack.folder());
        let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join("packs/wasm32-wasip2/release");
        let component = built.join(format!("{}.wasm", plugin.replace('-', "_")));
        std::fs::copy(component, pack.folder().join(format!("{plugin}.wasm"))).unwrap();
        pack
    }

    fn folder(&self) -> PathBuf {
        self.top.path().join(PACKS).join(self.name)
    }

    /// The cases pass, there are enough of them, and no rule is left out.
    fn passes(&self) {
        let folder = self.folder();
        let checked = run(&["policy", "check", arg(&folder)]);
        assert!(checked.status.success(), "{}", said(&checked));
        let output = run(&["test", arg(&folder), "--no-build", "--json"]);
        assert!(output.status.success(), "{}", said(&output));
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(told["cases"].as_array().unwrap().len() >= 12);
        assert_eq!(told["never_fired"], serde_json::json!([]));
    }

    /// Ten simulated days, which are the same twice.
    fn days(&self) -> Value {
        let folder = self.folder();
        let arguments = ["simulate", arg(&folder), "--days", "10", "--seed", "3", "--json"];
        let told = json(&arguments);
        assert_eq!(told, json(&arguments), "the same seed tells the same story");
        let report = told["policies"][0].clone();
        assert_eq!(report["contacted_without_consent"], 0, "nobody is called who did not agree");
        assert_eq!(number(&report, "given"), number(&report, "contacted") + number(&report, "lost"));
        assert!(number(&report, "rejected") > 0 && number(&report, "deals") > 0, "{report}");
        report
    }

    /// The month that the README tells is the one that is simulated, line by line.
    fn readme_tells_the_month(&self) {
        let readme = std::fs::read_to_string(self.folder().join("README.md")).unwrap();
        let path = format!("{PACKS}/{}", self.name);
        let arguments = ["simulate", &path, "--days", "30", "--seed", "7"];
        let output = leadsman().current_dir(self.top.path()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        let told = String::from_utf8(output.stdout).unwrap();
        for line in told.lines() {
            assert!(
                readme.lines().any(|known| known.trim_end() == line.trim_end()),
                "{}:\n{told}",
                self.name
            );
        }
    }
}

fn number(report: &Value, name: &str) -> u64 {
    report[name].as_u64().unwrap_or_else(|| panic!("no {name} in {report}"))
}

/// How many working hours nine of ten leads of a group waited at most.
fn waited_hours(report: &Value, axis: &str, group: &str) -> f64 {
    let waited = &report["groups"][axis][group]["working_hours_to_contact_p90"];
    waited.as_f64().unwrap_or_else(|| panic!("nobody of {axis} {group} was called: {report}"))
}

#[test]
fn education_calls_the_hot_ones_within_the_hour() {
    let pack = Pack::built("education", "runway");
    pack.passes();
    let report = pack.days();
    assert!(waited_hours(&report, "grade", "A") < 1.0, "{report}");
    let line = |name: &str| number(&report["groups"]["line"][name], "given");
    assert!(line("study-abroad") > 0 && line("children") > 0 && line("exams") > 0);
    pack.readme_tells_the_month();
}

#[test]
fn b2b_saas_calls_those_who_want_it_now_before_the_others() {
    let pack = Pack::built("b2b-saas", "momentum");
    pack.passes();
    let report = pack.days();
    assert!(waited_hours(&report, "grade", "A1") < 4.0, "{report}");
    let outside = number(&report["groups"]["grade"]["D4"], "given");
    assert!(
        outside * 4 <= number(&report["groups"]["grade"]["D4"], "leads"),
        "sales is spared what does not fit"
    );
    pack.readme_tells_the_month();
}

#[test]
fn automotive_calls_who_is_about_to_buy_and_keeps_agents_apart() {
    let pack = Pack::built("automotive", "territory");
    pack.passes();
    let report = pack.days();
    let half = |grade: &str| &report["groups"]["grade"][grade]["working_hours_to_contact_median"];
    assert!(half("hot").as_f64() < Some(2.0) && half("hot").as_f64() <= half("warm").as_f64(), "{report}");
    for buyer in ["agent", "fleet", "private"] {
        assert!(number(&report["groups"]["buyer"][buyer], "given") > 0, "{buyer}");
    }
    pack.readme_tells_the_month();
}

#[test]
fn healthcare_calls_nobody_who_did_not_agree_to_that() {
    let pack = Pack::built("healthcare", "consent-gate");
    pack.passes();
    let report = pack.days();
    let refused = &report["groups"]["consent"]["mail-only"];
    assert!(number(refused, "leads") > 0);
    assert_eq!(number(refused, "given"), 0, "who agreed to mail is not called: {report}");
    pack.readme_tells_the_month();
}
