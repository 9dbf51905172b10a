//! Packs for people: who made them, what their plugins read and take, and what an upgrade does.

use leadsman_domain::limits::Limits;
use leadsman_domain::policy::PluginSource;
use leadsman_pack::{Conflict, Line, Outcome, Pack, PackPath, PluginRecord, Reads};

use super::rules::list;
use crate::packs;

/// Prints what a pack is, and what its plugins were found to be.
pub fn pack(pack: &Pack, plugins: &[PluginRecord], vouched: &str) {
    let manifest = pack.manifest();
    let about = &manifest.pack;
    let bytes: u64 = manifest.files.values().map(|file| file.bytes).sum();
    println!("{about}  {}", about.title);
    println!("  {}", about.summary);
    println!("  authors  {}", list(about.authors.iter().map(ToString::to_string)));
    println!("  licence  {}", about.licence);
    println!("  address  {}", pack.address());
    println!("  signed   {vouched}");
    println!("  files    {}, {bytes} bytes", manifest.files.len());
    let cases = packs::cases(pack).map_or("cannot be read".to_owned(), |cases| cases.to_string());
    println!("  cases    {cases}");
    println!("Its plugins read, under the usual limits where no others are named");
    plugins.iter().for_each(plugin);
}

fn plugin(record: &PluginRecord) {
    let PluginRecord { serves, source, name, version, reads, limits } = record;
    let whence = match source {
        PluginSource::BuiltIn(_) => "which ships with leadsman".to_owned(),
        PluginSource::File(path) => format!("which the pack brings as {path}"),
        PluginSource::Uploaded(label) => format!("which was uploaded as {label}"),
    };
    println!("  {serves}: {name} {version}, {whence}");
    let Reads { attributes, all_texts, activities, rep_attributes, lists } = reads;
    let all = all_texts.then(|| "every text attribute".to_owned());
    let texts = |lines: &[Line]| lines.iter().map(ToString::to_string).collect::<Vec<_>>();
    let rows = [
        ("attributes of leads", texts(attributes).into_iter().chain(all).collect()),
        ("kinds of activity", texts(activities)),
        ("attributes of reps", texts(rep_attributes)),
        ("lists", texts(lists)),
        ("in a call", unusual(limits)),
    ];
    for (what, names) in rows.iter().filter(|(_, names)| !names.is_empty()) {
        println!("    {what:<20} {}", names.join(", "));
    }
}

/// The limits that are not the usual ones.
fn unusual(limits: &Limits) -> Vec<String> {
    let usual = Limits::default();
    let limit = |what: &str, wanted: u64, usual: u64| {
        (wanted != usual).then(|| format!("at most {wanted} {what} (usual: {usual})"))
    };
    let bytes = |what: &str, wanted: usize, usual: usize| {
        limit(&format!("bytes of {what}"), wanted as u64, usual as u64)
    };
    let all = [
        limit("fuel", limits.fuel, usual.fuel),
        limit("ms", limits.time_ms, usual.time_ms),
        bytes("memory", limits.memory_bytes, usual.memory_bytes),
        bytes("component", limits.component_bytes, usual.component_bytes),
        bytes("input", limits.input_bytes, usual.input_bytes),
        bytes("output", limits.output_bytes, usual.output_bytes),
        bytes("host calls", limits.host_call_bytes, usual.host_call_bytes),
        bytes("log", limits.log_bytes, usual.log_bytes),
    ];
    all.into_iter().flatten().collect()
}

/// Prints what an upgrade does to files.
pub fn upgrade(outcomes: &[(PackPath, Outcome)], conflicts: &[Conflict]) {
    for (path, outcome) in outcomes {
        let conflicting = conflicts.iter().any(|conflict| conflict.path == *path);
        let what = match outcome {
            _ if conflicting => "conflicts",
            Outcome::Kept => "stays as it is here",
            Outcome::Taken(_) => "as the newer pack has it",
            Outcome::Merged(_) => "changes of both",
            Outcome::Removed => "goes",
        };
        println!("  {path}: {what}");
    }
}
