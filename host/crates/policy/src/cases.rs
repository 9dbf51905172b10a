//! Cases: facts in, expected decisions out, as an author writes them in `cases/*.toml` beside a policy. Each
//! is a small story of one lead, and what is expected keeps its place in the file.

mod expectation;
mod told;

use std::collections::BTreeSet;
use std::path::Path;

use chrono_tz::Tz;
use leadsman_domain::Timestamp;
use leadsman_domain::submission::Submission;

use crate::files::PolicyFiles;
use crate::problem::{PolicyErrors, Problem};
use crate::reader::{Desk, Report, Section};
use crate::source::{SourceText, Spot};

pub use expectation::{Expect, Expectation};
pub use told::Happening;

/// The folder that cases lie in.
pub const FOLDER: &str = "cases";

/// When a case is told that does not say when: Monday, 2026-01-05T09:00:00Z.
const AT: Timestamp = Timestamp::from_ms(1_767_603_600_000);

/// One case.
#[derive(Debug, Clone)]
pub struct Case {
    /// The file, as a path in the project's folder.
    pub file: String,
    /// What it is called; unique within its file.
    pub name: String,
    /// What comes in, with nothing derived yet; its moment is when the case begins.
    pub submission: Submission,
    /// What is expected of it.
    pub expect: Vec<Expectation>,
    /// What happens then, in order.
    pub then: Vec<Then>,
    /// Where it stands.
    pub spot: Spot,
}

/// What happens next in a case.
#[derive(Debug, Clone)]
pub struct Then {
    /// How long after what was told before, in milliseconds.
    pub after_ms: i64,
    /// What happens.
    pub happening: Happening,
    /// What is expected after it.
    pub expect: Vec<Expectation>,
    /// Where it stands.
    pub spot: Spot,
}

/// Reads the cases of a project's folder, in the order of files and places; moments without an offset are in
/// the zone.
///
/// # Errors
///
/// Everything that is wrong with them.
pub fn read(folder: &Path, zone: Tz) -> Result<Vec<Case>, PolicyErrors> {
    of(&PolicyFiles::read_only(folder, FOLDER, "toml")?, zone)
}

/// Reads the cases among files, likewise.
///
/// # Errors
///
/// Everything that is wrong with them.
pub fn of(files: &PolicyFiles, zone: Tz) -> Result<Vec<Case>, PolicyErrors> {
    let report = Report::default();
    let mut cases = Vec::new();
    for (path, _, content) in files.below(FOLDER, "toml") {
        match std::str::from_utf8(content) {
            Ok(text) => cases.extend(read_file(path, text, zone, &report)),
            Err(_) => report.add(Problem::of_file(path, "the file is not UTF-8")),
        }
    }
    if report.is_empty() { Ok(cases) } else { Err(PolicyErrors::new(report.into_problems())) }
}

fn read_file(path: &str, text: &str, zone: Tz, report: &Report) -> Vec<Case> {
    let source = SourceText::new(path, text);
    let desk = Desk { source: &source, report };
    let Some(document) = desk.parse() else { return Vec::new() };
    let top = desk.section(&document);
    let sections = top.require("case").map(|node| node.sections()).unwrap_or_default();
    top.close();
    let mut names = BTreeSet::new();
    let mut cases = Vec::with_capacity(sections.len());
    for section in sections {
        let named = section.get("name");
        let case = read_case(path, section, zone);
        if let (Some(node), Some(case)) = (named, &case)
            && !names.insert(case.name.clone())
        {
            node.problem(format!("the case `{}` is there already", case.name), None);
        }
        cases.extend(case);
    }
    cases
}

fn read_case(path: &str, section: Section<'_>, zone: Tz) -> Option<Case> {
    let spot = section.spot();
    let name = section.require("name").and_then(|node| node.text().map(str::to_owned));
    let at = section.get("at").and_then(|node| node.moment(zone)).unwrap_or(AT);
    let key = Submission::key_of("case", &format!("{path}/{}", name.as_deref().unwrap_or_default()));
    let submission = told::submission(&section, key, at, zone);
    let expect = section.get("expect").map(|node| expectation::read(&node)).unwrap_or_default();
    let then = section.get("then").map(|node| node.sections()).unwrap_or_default();
    section.close();
    let mut moment = at;
    let then = then
        .into_iter()
        .enumerate()
        .map(|(nth, step)| {
            let read = read_then(
                step,
                &format!("{path}/{}/{nth}", name.as_deref().unwrap_or_default()),
                moment,
                zone,
            );
            moment = moment.plus_ms(read.after_ms);
            read
        })
        .collect();
    Some(Case { file: path.to_owned(), name: name?, submission, expect, then, spot })
}

fn read_then(section: Section<'_>, name: &str, before: Timestamp, zone: Tz) -> Then {
    let spot = section.spot();
    let after_ms = section.get("after").and_then(|node| node.span_ms()).unwrap_or(0);
    let happening = told::happening(&section, name, before.plus_ms(after_ms), zone);
    let expect = section.get("expect").map(|node| expectation::read(&node)).unwrap_or_default();
    section.close();
    Then { after_ms, happening, expect, spot }
}
