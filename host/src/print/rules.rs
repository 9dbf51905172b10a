//! Policies, revisions, replays, backtests and plugins for people.

use std::collections::BTreeMap;

use leadsman_domain::difference::{Change, Difference};
use leadsman_domain::limits::Limits;
use leadsman_flow::backtest::{Comparison, Move, Pair};
use leadsman_flow::trial::{EndedTrial, Mode};
use leadsman_flow::{Activation, Replay, RevisionRecord, Unreadable, Upload, Warrant};
use leadsman_rules::{Behaviour, Needs, Report};
use serde_json::Value;

/// How many entries of a list are named; of the others there is the number.
const ENTRIES_SHOWN_MAX: usize = 5;

/// How many ways that leads went are shown, those of most leads first.
const MOVES_SHOWN_MAX: usize = 12;

/// Prints what is different from a revision.
pub fn differences(revision: u64, differences: &[Difference]) {
    differences_from(&format!("revision {revision}"), differences);
}

/// Prints what is different from some other policy.
pub fn differences_from(other: &str, differences: &[Difference]) {
    if differences.is_empty() {
        println!("the same as {other}");
        return;
    }
    println!("{} differences from {other}", differences.len());
    for Difference { place, change } in differences {
        println!("  {place}: {}", sentence(change));
    }
}

fn sentence(change: &Change) -> String {
    match change {
        Change::Added(value) => format!("new, {}", short(value)),
        Change::Removed(value) => format!("gone, was {}", short(value)),
        Change::Replaced { was, is } => format!("{} -> {}", short(was), short(is)),
        Change::Entries { added, removed } => {
            let part = |entries: &[String], what: &str| match entries.len() {
                0 => None,
                count => Some(format!("{count} {what} ({})", some(entries))),
            };
            part(added, "added").into_iter().chain(part(removed, "removed")).collect::<Vec<_>>().join(", ")
        }
        Change::Reordered { was, is } => format!("order {} -> {}", some(was), some(is)),
    }
}

fn some(entries: &[String]) -> String {
    let mut shown = entries.iter().take(ENTRIES_SHOWN_MAX).cloned().collect::<Vec<_>>().join(", ");
    if entries.len() > ENTRIES_SHOWN_MAX {
        shown.push_str(", ...");
    }
    shown
}

/// A value on one line, cut where it gets long.
fn short(value: &Value) -> String {
    const CHARACTERS_MAX: usize = 80;
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match text.char_indices().nth(CHARACTERS_MAX) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

/// Prints the revisions and which decided when.
pub fn revisions(active: Option<u64>, revisions: &[RevisionRecord], activations: &[Activation]) {
    println!("Revisions");
    for revision in revisions {
        let mark = if active == Some(revision.number) { "*" } else { " " };
        println!("{mark} {:>4}  {}  frozen {}", revision.number, revision.digest, signed(&revision.frozen));
    }
    println!("\nActivations");
    for activation in activations {
        let given_up = activation.instead_of.map(|number| format!(" instead of {number}"));
        let given_up = given_up.unwrap_or_default();
        println!("  {:>4}  {}{given_up}", activation.revision, signed(&activation.warrant));
    }
}

/// Prints the trials that are over, if there were any.
pub fn ended_trials(trials: &[EndedTrial]) {
    if !trials.is_empty() {
        println!("\nTrials");
    }
    for EndedTrial { trial, end, ended, .. } in trials {
        let how = match &trial.mode {
            Mode::Shadow { .. } => "in the shadow".to_owned(),
            Mode::Canary { share, .. } => format!("on {} % of leads", f64::from(share.thousandths()) / 10.0),
        };
        println!("  {:>4}  {how}, {} {}", trial.candidate, end.as_str(), signed(ended));
    }
}

fn signed(warrant: &Warrant) -> String {
    let why = if warrant.why.is_empty() { String::new() } else { format!(": {}", warrant.why) };
    format!("{} by {}{why}", warrant.at, warrant.by)
}

/// Prints what a replay found.
pub fn replay(replay: &Replay) {
    let Replay { leads, same, skipped, differences, unreadable } = replay;
    println!("{leads} leads: {same} decisions came out the same, {} otherwise", differences.len());
    if *skipped > 0 {
        println!("{skipped} were ended by a clock or the host and cannot be compared");
    }
    for Unreadable { lead, cause } in unreadable {
        println!("{lead} could not be replayed: {cause}");
    }
    for one in differences {
        println!("\n{} at {}: {} by {} {}", one.lead, one.at, one.stage, one.plugin.name, one.plugin.version);
        println!("  revision {}, component {}", one.revision, one.plugin.digest);
        println!("  recorded {}", as_json(&one.recorded));
        match &one.again {
            Some(again) => println!("  now      {}", as_json(again)),
            None => println!("  now      the revision has no such plugin"),
        }
    }
}

fn as_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|cause| cause.to_string())
}

/// Prints what would have been different.
pub fn comparison(submissions: u64, comparison: &Comparison) {
    let Pair { was, is } = comparison.revision;
    println!("{submissions} submissions, revision {was} -> revision {is}");
    let figure = |name: &str, pair: Pair<u64>| println!("  {name:<24} {:>12} -> {:>12}", pair.was, pair.is);
    figure("leads", comparison.leads);
    for (status, pair) in &comparison.statuses {
        figure(status, *pair);
    }
    figure("decisions", comparison.decisions);
    figure("without a usable answer", comparison.faults);
    figure("fuel", comparison.fuel);
    figure("told, does not fit", comparison.misfits);
    let mean = |mean: Option<f64>| mean.map_or("none".to_owned(), |mean| format!("{mean:.2}"));
    let Pair { was, is } = comparison.mean_score;
    println!("  {:<24} {:>12} -> {:>12}", "mean score", mean(was), mean(is));
    println!("  {:<24} {:>12}", "scores that shift", comparison.score_shifts.len());
    print_counts("Grades", &comparison.grades);
    print_moves("Other grades", &comparison.grade_moves);
    print_moves("Other statuses", &comparison.status_moves);
    print_counts("Owners", &comparison.owners);
    print_moves("Other owners", &comparison.owner_moves);
    let full = comparison.full.iter().map(|(rep, pair)| (rep.to_string(), *pair)).collect();
    print_counts("Passed over because of a cap", &full);
}

fn print_counts(title: &str, counts: &BTreeMap<String, Pair<u64>>) {
    if !counts.is_empty() {
        println!("{title}");
    }
    for (name, Pair { was, is }) in counts {
        println!("  {name:<24} {was:>12} -> {is:>12}");
    }
}

fn print_moves(title: &str, moves: &[Move]) {
    if !moves.is_empty() {
        println!("{title}");
    }
    let mut moves: Vec<&Move> = moves.iter().collect();
    moves.sort_by_key(|one| std::cmp::Reverse(one.leads.len()));
    for Move { was, is, leads } in moves.iter().take(MOVES_SHOWN_MAX) {
        let place = |place: &Option<String>| place.clone().unwrap_or_else(|| "none".to_owned());
        let named: Vec<String> = leads.iter().map(ToString::to_string).collect();
        println!("  {} -> {}: {} leads ({})", place(was), place(is), leads.len(), some(&named));
    }
    if moves.len() > MOVES_SHOWN_MAX {
        println!("  and {} more, which --json lists", moves.len() - MOVES_SHOWN_MAX);
    }
}

/// Prints what a component is.
pub fn inspected(report: &Report, limits: &Limits) {
    let Report { inspection, description, configured } = report;
    println!("{} {}  {}", description.name, description.version, description.summary);
    println!("  digest   {}", inspection.digest);
    println!("  size     {} bytes", inspection.bytes);
    println!("  stages   {}", list(inspection.stages.iter().map(ToString::to_string)));
    println!("  imports  {}", list(inspection.imports.iter().cloned()));
    match configured {
        Ok(Behaviour { needs, frozen, batched }) => {
            println!("With this configuration it reads");
            print_needs(needs);
            let starts = if *frozen { "from a snapshot" } else { "by being configured, which is slower" };
            let shown = if *batched {
                "together"
            } else {
                "one by one: its answers depend on more than the lead, or take most of its fuel"
            };
            println!("A call starts {starts}; in bulk work leads are shown to it {shown}");
        }
        Err(problems) => {
            println!("It does not take this configuration");
            problems.iter().for_each(|problem| println!("  {problem}"));
        }
    }
    println!("In a call it may use up at most");
    println!("  {} fuel, {} ms, {} bytes of memory", limits.fuel, limits.time_ms, limits.memory_bytes);
    println!("  {} bytes of input, {} of output", limits.input_bytes, limits.output_bytes);
    println!("Its configuration, as JSON Schema");
    println!("{}", description.configuration_schema);
}

/// Prints the plugins that were uploaded.
pub fn uploads(uploads: &[Upload]) {
    for Upload { plugin, uploaded } in uploads {
        println!("{}  {}  {} bytes", plugin.label(), plugin.digest, plugin.bytes);
        println!("    {}: {}", list(plugin.stages.iter().map(ToString::to_string)), plugin.summary);
        println!("    uploaded {}", signed(uploaded));
    }
    if uploads.is_empty() {
        println!("no plugin was uploaded");
    }
}

fn print_needs(needs: &Needs) {
    let texts = if needs.all_texts { "every text attribute" } else { "" };
    let attributes = needs.attributes.iter().cloned().chain((!texts.is_empty()).then(|| texts.to_owned()));
    println!("  attributes of leads  {}", list(attributes));
    println!("  kinds of activity    {}", list(needs.activities.iter().cloned()));
    println!("  attributes of reps   {}", list(needs.rep_attributes.iter().cloned()));
    println!("  lists                {}", list(needs.lists.iter().cloned()));
}

pub(super) fn list(entries: impl Iterator<Item = String>) -> String {
    let entries: Vec<String> = entries.collect();
    if entries.is_empty() { "none".to_owned() } else { entries.join(", ") }
}
