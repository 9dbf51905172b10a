//! Simulations for people: one column for each policy.

use std::collections::BTreeSet;
use std::path::Path;

use leadsman_domain::RepId;

use crate::simulation::{RepReport, Report};

/// Prints what came of a simulation under each policy, side by side.
pub fn simulations(reports: &[(&Path, &Report)]) {
    row("", reports, |(policy, _)| policy.display().to_string());
    let count = |name: &str, count: fn(&Report) -> u64| row(name, reports, |(_, one)| count(one).to_string());
    count("leads", |one| one.leads);
    count("rejected", |one| one.rejected);
    count("given to a rep", |one| one.given);
    count("called", |one| one.contacted);
    count("called within a day", |one| one.contacted_in_a_day);
    let hours = |name: &str, hours: fn(&Report) -> Option<f64>| {
        row(name, reports, |(_, one)| hours(one).map_or("n/a".to_owned(), |hours| format!("{hours:.1}")));
    };
    hours("hours to first call", |one| one.hours_to_contact_mean);
    hours("  half within", |one| one.hours_to_contact_median);
    hours("  nine of ten within", |one| one.hours_to_contact_p90);
    count("reminders", |one| one.reminders);
    count("escalations", |one| one.escalations);
    count("recycled", |one| one.recycled);
    count("lost: given, never called", |one| one.lost);
    count("waiting in pools", |one| one.waiting);
    count("nurtured", |one| one.nurtured);
    count("deals", |one| one.deals);
    row("worth, in minor units", reports, |(_, one)| one.value_minor.to_string());
    let reps: BTreeSet<&RepId> = reports.iter().flat_map(|(_, report)| report.reps.keys()).collect();
    println!("\nBy rep: given, calls, recycled, deals, owns");
    for rep in reps {
        row(rep.as_str(), reports, |(_, report)| {
            let RepReport { given, calls, recycled, deals, owns } =
                report.reps.get(rep).cloned().unwrap_or_default();
            format!("{given} {calls} {recycled} {deals} {owns}")
        });
    }
}

fn row(name: &str, reports: &[(&Path, &Report)], cell: impl Fn(&(&Path, &Report)) -> String) {
    print!("  {name:<26}");
    reports.iter().for_each(|report| print!(" {:>28}", cell(report)));
    println!();
}
