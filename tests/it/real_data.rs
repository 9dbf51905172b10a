//! Real tables of leads through policies written for them. The data is not part of the project: it is
//! read from the folder that `LEADSMAN_DATA` names, and these tests say so when it is not there.

use std::path::{Path, PathBuf};

use crate::journey::adds_up;
use crate::program::{arg, json};

pub fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("LEADSMAN_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("SKIPPED: LEADSMAN_DATA names no folder with data");
    }
    folder
}

fn run(table: &str, policy: &str) -> Option<serde_json::Value> {
    let leads = data()?.join(table);
    let policy = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies").join(policy);
    let folder = tempfile::tempdir().unwrap();
    let arguments = [
        "run",
        arg(&leads),
        "--policy",
        arg(&policy),
        "--data",
        arg(folder.path()),
        "--at",
        "2026-01-05T08:00:00Z",
        "--json",
    ];
    let report = json(&arguments);
    assert!(adds_up(&report), "{report:#}");
    let again = json(&arguments);
    assert_eq!(again["seen_before"], report["received"]);
    for what in
        ["rejected", "duplicates", "assigned", "pooled", "held", "failed", "owners", "grades", "pools"]
    {
        assert_eq!(again[what], report[what], "{what}");
    }
    Some(report)
}

#[test]
fn the_leads_of_a_crm_run_through() {
    let Some(report) = run("zoho-crm/leads.csv", "zoho-crm") else { return };
    assert_eq!(
        (&report["received"], &report["invalid"], &report["failed"]),
        (&3900.into(), &0.into(), &0.into())
    );
    assert!(report["assigned"].as_u64() > Some(1000), "{report:#}");
}

#[test]
fn the_leads_of_a_school_run_through() {
    let Some(report) = run("x-education/leads.csv", "x-education") else { return };
    assert_eq!(
        (&report["received"], &report["invalid"], &report["failed"]),
        (&9240.into(), &0.into(), &0.into())
    );
    assert!(report["assigned"].as_u64() > Some(1000), "{report:#}");
}
