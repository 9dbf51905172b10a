//! The policies that are kept for real data, tried on it where it is at hand: `LEADSMAN_DATA` names the
//! folder that holds `zoho-crm/leads.csv` and `x-education/leads.csv`.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use leadsman_domain::submission::Submission;
use leadsman_domain::{Timestamp, Value};
use leadsman_intake::csv::{CsvImport, ImportContext};

use super::*;

fn policy(name: &str) -> LoadedPolicy {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/policies").join(name);
    crate::load(&folder, &Terms::default()).unwrap_or_else(|errors| panic!("{errors}"))
}

/// All rows of the table, none of them rejected; none if the data is not at hand.
fn rows(name: &str) -> Option<Vec<Submission>> {
    let Some(data) = std::env::var_os("LEADSMAN_DATA") else {
        eprintln!("SKIPPED: set LEADSMAN_DATA to the folder of the data to read {name}/leads.csv");
        return None;
    };
    let loaded = policy(name);
    let file = File::open(PathBuf::from(data).join(name).join("leads.csv")).unwrap();
    let region = loaded.policy.region.map(|region| region.parse().unwrap());
    let context = ImportContext { region, imported_at: Timestamp::from_ms(1_772_366_400_000) };
    let rows =
        CsvImport::open(file, loaded.mapping.unwrap(), context).unwrap_or_else(|error| panic!("{error}"));
    Some(rows.map(|row| row.unwrap_or_else(|error| panic!("{error}"))).collect())
}

fn count(rows: &[Submission], holds: impl Fn(&Submission) -> bool) -> usize {
    rows.iter().filter(|row| holds(row)).count()
}

fn is(row: &Submission, name: &str) -> bool {
    row.facts.get(name) == Some(&Value::Flag(true))
}

#[test]
fn the_kept_policies_are_right() {
    let zoho = policy("zoho-crm").policy;
    assert_eq!((zoho.reps.len(), zoho.pools.len(), zoho.grading.grades().len()), (11, 3, 16));
    let school = policy("x-education").policy;
    assert_eq!(
        (school.reps.len(), school.grading.grades()),
        (6, ["A", "B", "C", "D"].map(str::to_owned).to_vec())
    );
}

#[test]
fn zoho_leads_are_read() {
    let Some(rows) = rows("zoho-crm") else { return };
    assert_eq!(rows.len(), 3_900);
    assert_eq!(rows.iter().map(|row| row.key).collect::<BTreeSet<_>>().len(), 3_900);
    assert_eq!(rows[0].received.to_string(), "2021-04-15T04:03:00.000Z");
    let facts = &rows[0].facts;
    assert_eq!(facts.text("contact.phone.e164"), Some("+16604850224"));
    assert_eq!(facts.text("company.domain"), Some("cameraupdate.com"));
    assert_eq!(facts.text("contact.email.normal"), Some("garyldenson@cuvox.de"));
    let phones = count(&rows, |row| is(row, "contact.phone.valid"));
    let mails = count(&rows, |row| is(row, "contact.email.valid"));
    let disposable = count(&rows, |row| is(row, "contact.email.disposable"));
    let domains = count(&rows, |row| row.facts.text("company.domain").is_some());
    eprintln!(
        "zoho-crm: valid phones {phones}, valid mails {mails}, disposable {disposable}, domains {domains}"
    );
    assert!(phones > 3_800 && mails == 3_900 && domains > 3_800);
    assert!(rows.iter().all(|row| row.origin.is_some()));
}

#[test]
fn x_education_leads_are_read() {
    let Some(rows) = rows("x-education") else { return };
    assert_eq!(rows.len(), 9_240);
    assert_eq!(count(&rows, |row| row.origin.is_none()), 36, "rows without a source");
    assert_eq!(count(&rows, |row| row.facts.text("student.specialization").is_none()), 1_942 + 1_438);
    let kinds = |kind: &str| count(&rows, |row| row.activities.iter().any(|activity| activity.kind == kind));
    assert_eq!(
        (kinds("sms.sent"), kinds("email.open"), kinds("web.visit")),
        (2_745, 3_437, 9_240 - 2_189 - 137)
    );
    assert_eq!(kinds("call.done"), 39);
    assert_eq!(kinds("ebook.request"), 2_888);
}
