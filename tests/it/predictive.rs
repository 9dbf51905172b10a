//! Training and the sandbox say the same of every lead, to the last bit; and what `leadsman train` writes can
//! be used as it stands.

use std::fmt::Write as _;
use std::path::Path;

use leadsman_domain::lead::Lead;
use leadsman_domain::limits::Limits;
use leadsman_domain::scoring::{Contribution, Points};
use leadsman_domain::{LeadId, journal};
use leadsman_flow::rules::Case;
use leadsman_intake::csv::{CsvImport, ImportContext};
use leadsman_learning::{Table, Terms, Trained, train};
use leadsman_policy::LoadedPolicy;
use leadsman_rules::{Plugin, Preparation};

use crate::office::{MONDAY, sandbox};
use crate::program::{arg, json, run, said};

/// Columns of the school's table that are filled in by those who talk to leads, or after they did.
const AFTERWARDS: &str = "Tags,Lead Quality,Asymmetrique Activity Index,Asymmetrique Profile Index,\
                          Asymmetrique Activity Score,Asymmetrique Profile Score,Last Notable Activity";

/// A table with numbers, texts in other scripts, moments, gaps and an identifier.
pub fn made_up(rows: usize) -> String {
    let mut text = String::from("\u{feff}Nr.;Came in;Quelle;Seconds;Stadt;Seen;Won?\r\n");
    let mut state = 17_u64;
    let mut below = |end: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % end
    };
    for row in 0..rows {
        let source = ["Messe", "Web", "web ", "Empfehlung", "介绍", "n/a"][below(6) as usize];
        let city = ["", "Köln", "KÖLN", "Ulm", "İzmir", "\"St. Gallen; CH\""][below(6) as usize];
        let seconds = below(2_000);
        let (day, hour) = (1 + below(28), below(24));
        let shown =
            if seconds % 11 == 0 { String::new() } else { format!("{}.{:02}", seconds / 7, seconds % 100) };
        let won = below(100) < seconds / 40 + if source == "Messe" { 35 } else { 5 };
        let won = if won { "ja" } else { "nein" };
        let _ = write!(
            text,
            "A-{row};2026-03-{day:02} {hour:02}:00:00;{source};{shown};{city};2026-02-{day:02};{won}\r\n"
        );
    }
    text
}

fn load(folder: &Path) -> (LoadedPolicy, Plugin) {
    let loaded = leadsman_policy::load(folder, &Default::default()).unwrap();
    let mut configuration = loaded.policy.scoring[0].configuration.clone();
    configuration["reasons"] = 1_000.into();
    let component = leadsman_artifacts::built_in("predictive").unwrap();
    let plugin =
        Plugin::load(sandbox(), component, &configuration, Limits::default(), Preparation::Frozen).unwrap();
    (loaded, plugin)
}

/// The leads of a table as the import of a policy reads them.
fn leads(table: &Path, loaded: &LoadedPolicy) -> Vec<Lead> {
    let context = ImportContext { region: None, imported_at: MONDAY };
    let file = std::fs::File::open(table).unwrap();
    let rows = CsvImport::open(file, loaded.mapping.clone().unwrap(), context).unwrap();
    let lead = |submission: leadsman_domain::submission::Submission| {
        journal::begin(LeadId::of_submission(&submission.key), submission.received, submission.facts)
    };
    rows.map(|row| lead(row.unwrap())).collect()
}

/// Every lead of a table, in the real sandbox, is told what training told, and why.
fn agrees(table: &Path, folder: &Path, trained: &Trained) {
    let (loaded, plugin) = load(folder);
    let leads = leads(table, &loaded);
    assert_eq!(leads.len(), trained.foretold.len());
    let cases: Vec<Case<'_>> = leads.iter().map(|lead| Case { lead, now: lead.received }).collect();
    let model = trained.model.model().unwrap();
    let mut told = 0;
    for (ruling, foretold) in cases.chunks(256).flat_map(|some| plugin.score(some)).zip(&trained.foretold) {
        let contributions: Vec<Contribution> = ruling.outcome.unwrap();
        let sum: Points = contributions.iter().map(|one| one.points).sum();
        assert_eq!(sum.thousandths(), foretold.percent_thousandths());
        let average = model.calibration().probability(model.forest().base());
        assert_eq!(contributions[0].points.thousandths(), average.percent_thousandths());
        told += contributions.len();
    }
    assert!(told > leads.len() * 2, "{told} reasons for {} leads", leads.len());
}

fn learn(table: &Path, terms: &Terms, missing: &[String]) -> Trained {
    let read = Table::read(std::fs::File::open(table).unwrap(), missing).unwrap();
    train(&read, None, terms, &|_, _| {}).unwrap()
}

#[test]
fn the_sandbox_says_what_training_said() {
    let folder = tempfile::tempdir().unwrap();
    let (table, out) = (folder.path().join("leads.csv"), folder.path().join("out"));
    std::fs::write(&table, made_up(700)).unwrap();
    let arguments = ["train", arg(&table), "--label", "Won?", "--positive", "ja", "--time", "Came in"];
    let more = ["--missing", "N/A", "--seed", "5", "--out", arg(&out), "--json"];
    let report = json(&[&arguments[..], &more].concat());
    assert_eq!((&report["rows"], &report["hold_out"]["order"]), (&700.into(), &"by \"Came in\"".into()));
    let terms = Terms {
        label: "Won?".to_owned(),
        positive: Some("ja".to_owned()),
        time: Some("Came in".to_owned()),
        seed: 5,
        ..Terms::default()
    };
    agrees(&table, &out, &learn(&table, &terms, &["n/a".to_owned()]));

    let again = folder.path().join("again");
    let more = ["--missing", "N/A", "--seed", "5", "--out", arg(&again), "--json"];
    assert_eq!(json(&[&arguments[..], &more].concat()), report);
    for name in ["models/model.json", "report.json", "policy.toml"] {
        assert_eq!(
            std::fs::read(out.join(name)).unwrap(),
            std::fs::read(again.join(name)).unwrap(),
            "{name}"
        );
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "something is left lying about");

    let refused = run(&[&arguments[..], &["--out", arg(&out)]].concat());
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
}

#[test]
fn a_policy_grades_by_what_was_foretold() {
    let folder = tempfile::tempdir().unwrap();
    let (table, out) = (folder.path().join("leads.csv"), folder.path().join("out"));
    std::fs::write(&table, made_up(400)).unwrap();
    let page = folder.path().join("card.html");
    let learned = ["train", arg(&table), "--label", "Won?", "--positive", "ja", "--out", arg(&out), "--json"];
    json(&[learned.as_slice(), &["--html", arg(&page)]].concat());
    let card = std::fs::read_to_string(&page).unwrap();
    for title in
        ["Model card", "Whether what is foretold happens", "the most probable first", "What moves leads"]
    {
        assert!(card.contains(title), "{title} is missing in {card}");
    }
    // Points beside it, which change neither the grade nor the probability.
    let policy = out.join("policy.toml");
    let text = std::fs::read_to_string(&policy).unwrap();
    let points = "[[scoring]]\nplugin = \"points\"\n\
                  config = { rules = [{ name = \"all\", points = 7, when = { not = { attribute = \"x\", present = true } } }] }\n\n[grading]";
    std::fs::write(&policy, text.replace("[grading]", points)).unwrap();
    let data = folder.path().join("data");
    let report = json(&["run", arg(&table), "--policy", arg(&out), "--data", arg(&data), "--json"]);
    assert_eq!((&report["received"], &report["failed"]), (&400.into(), &0.into()), "{report:#}");
    let grades = report["grades"].as_object().unwrap();
    assert!(
        grades.keys().all(|grade| ["A", "B", "C"].contains(&grade.as_str())) && grades.len() > 1,
        "{report:#}"
    );
    let again = json(&["replay", "--data", arg(&data), "--json"]);
    assert_eq!(again["differences"].as_array().map(Vec::len), Some(0), "{again:#}");
}

#[test]
fn too_little_and_bad_input_have_codes_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("leads.csv");
    std::fs::write(&table, made_up(30)).unwrap();
    let code = |arguments: &[&str]| {
        let output = run(&[&["train", arg(&table)], arguments].concat());
        assert_eq!(String::from_utf8_lossy(&output.stderr).lines().count(), 1, "{}", said(&output));
        output.status.code()
    };
    assert_eq!(code(&["--label", "Won?", "--positive", "ja"]), Some(9));
    assert_eq!(code(&["--label", "Won"]), Some(7));
    assert_eq!(code(&["--label", "Quelle"]), Some(4));
    std::fs::write(&table, b"").unwrap();
    assert_eq!(code(&["--label", "Won?"]), Some(4));
    std::fs::remove_file(&table).unwrap();
    assert_eq!(code(&["--label", "Won?"]), Some(4));
}

#[test]
fn no_probability_beyond_a_hundred_is_believed() {
    let policy = "default_pool = \"p\"\n[[pools]]\nid = \"p\"\n[[scoring]]\nplugin = \"points\"\naxis = \"probability\"\n\
                  config = { rules = [{ name = \"all\", points = 101, when = { not = { attribute = \"x\", present = true } } }] }\n";
    let desk = crate::office::desk(policy);
    let intake = crate::office::take_in(&desk, crate::office::submission("1", &[]));
    let faults = crate::office::faults(&desk, &intake.lead);
    assert!(faults.iter().any(|fault| fault == "malformed"), "{faults:?}");
}

#[test]
fn the_leads_of_a_school_are_told_what_training_said() {
    let Some(data) = std::env::var_os("LEADSMAN_DATA").map(std::path::PathBuf::from) else {
        eprintln!("SKIPPED: LEADSMAN_DATA names no folder with data");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (school, out) = (data.join("x-education"), folder.path().join("out"));
    let (table, folds) = (school.join("leads.csv"), school.join("folds.csv"));
    let report = json(&[
        "train",
        arg(&table),
        "--label",
        "Converted",
        "--folds",
        arg(&folds),
        "--missing",
        "Select",
        "--exclude",
        AFTERWARDS,
        "--out",
        arg(&out),
        "--json",
    ]);
    let (auc, log_loss) = (&report["cross_validation"]["auc"], &report["cross_validation"]["log_loss"]);
    assert!(auc.as_f64() > Some(0.9123) && log_loss.as_f64() < Some(0.3648), "{auc} {log_loss}");
    let exclude = AFTERWARDS.split(',').map(str::to_owned).collect();
    let terms = Terms { label: "Converted".to_owned(), exclude, seed: 1, ..Terms::default() };
    agrees(&table, &out, &learn(&table, &terms, &["Select".to_owned()]));
}
