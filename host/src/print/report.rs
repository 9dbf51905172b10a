//! Tables and bars.

use std::collections::BTreeMap;

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{CellAlignment, Table};
use leadsman_flow::{OwnerShare, Summary, Tally};

/// A table with a header; columns but the first are numbers.
pub fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY).set_header(header.iter().copied());
    for row in rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// A bar of a width in proportion to a share of a whole.
pub fn bar(part: u64, whole: u64, width: u64) -> String {
    let length = if whole == 0 { 0 } else { (part * width).div_ceil(whole) };
    "█".repeat(usize::try_from(length).unwrap_or(0))
}

/// What became of submissions.
pub fn tally(tally: &Tally) {
    let rows = [
        ("received", tally.received),
        ("invalid", tally.invalid),
        ("rejected", tally.rejected),
        ("duplicates", tally.duplicates),
        ("assigned", tally.assigned),
        ("pooled", tally.pooled),
        ("held", tally.held),
        ("failed", tally.failed),
    ];
    funnel(&rows, tally.received);
    counts("rejected for", &tally.rejections);
    grades(&tally.grades);
    counts("pool", &tally.pools);
    counts("owner", &tally.owners);
    if tally.seen_before > 0 {
        println!("\n{} of these were seen before; nothing happened to them now.", tally.seen_before);
    }
}

/// Where the leads are.
pub fn summary(summary: &Summary) {
    let rows = [
        ("submissions", summary.submissions),
        ("leads", summary.leads),
        ("rejected", summary.rejected),
        ("nurtured", summary.nurtured),
        ("merged", summary.merged),
        ("anonymous", summary.anonymous),
        ("held", summary.held),
        ("pooled", summary.pooled),
        ("assigned", summary.assigned),
        ("ever mature", summary.matured),
        ("converted", summary.converted),
    ];
    funnel(&rows, summary.submissions);
    counts("rejected for", &summary.rejections);
    grades(&summary.grades);
    owners(&summary.owners);
    channels(summary);
}

fn funnel(rows: &[(&str, u64)], whole: u64) {
    for (name, count) in rows {
        println!("{name:>12} {count:>8}  {}", bar(*count, whole, 40));
    }
}

fn counts(what: &str, counts: &BTreeMap<String, u64>) {
    if counts.is_empty() {
        return;
    }
    let rows = counts.iter().map(|(name, count)| vec![name.clone(), count.to_string()]);
    println!("\n{}", table(&[what, "leads"], rows));
}

/// Grades: as a matrix where they are letters beside digits, else as a list.
fn grades(grades: &BTreeMap<String, u64>) {
    match matrix(grades) {
        Some(table) => println!("\n{table}"),
        None => counts("grade", grades),
    }
}

/// Grades such as `B1` as a matrix: letters (fit) down, digits (engagement) across.
pub fn matrix(grades: &BTreeMap<String, u64>) -> Option<Table> {
    let split = |grade: &String| {
        let digit = grade.find(|one: char| one.is_ascii_digit())?;
        (digit > 0).then(|| (grade[..digit].to_owned(), grade[digit..].to_owned()))
    };
    let cells: Option<BTreeMap<(String, String), u64>> =
        grades.iter().map(|(grade, count)| Some((split(grade)?, *count))).collect();
    let cells = cells.filter(|cells| !cells.is_empty())?;
    let mut letters: Vec<&String> = cells.keys().map(|(letter, _)| letter).collect();
    let mut digits: Vec<&String> = cells.keys().map(|(_, digit)| digit).collect();
    letters.dedup();
    digits.sort();
    digits.dedup();
    let mut header = vec!["fit \\ engagement"];
    header.extend(digits.iter().map(|digit| digit.as_str()));
    let rows = letters.iter().map(|letter| {
        let cell = |digit: &&String| {
            let count = cells.get(&((*letter).clone(), (*digit).clone()));
            count.map_or_else(|| "·".to_owned(), ToString::to_string)
        };
        std::iter::once((*letter).clone()).chain(digits.iter().map(cell)).collect()
    });
    Some(table(&header, rows.collect::<Vec<_>>()))
}

fn owners(owners: &[OwnerShare]) {
    if owners.is_empty() {
        return;
    }
    let rows = owners.iter().map(|owner| {
        let cap = owner.cap.map_or_else(|| "–".to_owned(), |cap| cap.to_string());
        vec![owner.owner.clone(), owner.weight.to_string(), cap, owner.leads.to_string()]
    });
    println!("\n{}", table(&["owner", "weight", "cap", "leads"], rows));
}

fn channels(summary: &Summary) {
    if summary.channels.is_empty() {
        return;
    }
    let rows = summary.channels.iter().map(|channel| {
        #[expect(clippy::cast_precision_loss, reason = "for display")]
        let (conversions, value) =
            (channel.conversions_millionths as f64 / 1e6, channel.value.0 as f64 / 100.0);
        vec![
            channel.channel.clone(),
            channel.touches.to_string(),
            format!("{conversions:.2}"),
            format!("{value:.2} {}", channel.currency),
        ]
    });
    println!("\n{}", table(&["channel", "touches", "conversions", "credit"], rows));
}
