//! Simulations for people: one column for each policy.

use std::collections::BTreeSet;
use std::path::Path;

use leadsman_domain::RepId;

use crate::simulation::{GroupReport, RepReport, Report};

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
    if reports.iter().any(|(_, one)| one.contacted_without_consent.is_some()) {
        let without = |one: &Report| one.contacted_without_consent.map(|some| some.to_string());
        row("called without consent", reports, |(_, one)| without(one).unwrap_or("n/a".to_owned()));
    }
    groups(reports);
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

/// What came of each group, axis by axis.
fn groups(reports: &[(&Path, &Report)]) {
    let axes: BTreeSet<&String> = reports.iter().flat_map(|(_, report)| report.groups.keys()).collect();
    for axis in axes {
        println!(
            "\nBy {axis}: leads, given, called, working hours to first call (half, nine of ten within), deals"
        );
        let groups = |report: &Report| report.groups.get(axis).cloned().unwrap_or_default();
        let names: BTreeSet<String> = reports.iter().flat_map(|(_, one)| groups(one).into_keys()).collect();
        for name in names {
            row(&name, reports, |(_, report)| {
                let GroupReport {
                    leads,
                    given,
                    contacted,
                    working_hours_to_contact_median: half,
                    working_hours_to_contact_p90: most,
                    deals,
                    ..
                } = groups(report).remove(&name).unwrap_or_default();
                let hours =
                    |hours: Option<f64>| hours.map_or("n/a".to_owned(), |hours| format!("{hours:.2}"));
                format!("{leads} {given} {contacted} {} {} {deals}", hours(half), hours(most))
            });
        }
    }
}

fn row(name: &str, reports: &[(&Path, &Report)], cell: impl Fn(&(&Path, &Report)) -> String) {
    print!("  {name:<26}");
    reports.iter().for_each(|report| print!(" {:>28}", cell(report)));
    println!();
}
